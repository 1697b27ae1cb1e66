"""What is left of photographs that nobody can recognise any more: blurred beyond use, or nearly all of it clipped."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter

from train.nonpictures.fields import Field, Pixels, Shape, cast, clouds, compressed, exposed, frame_shape, slope

Photographs = Sequence[Pixels]
"""Pictures of any sizes, each uint8 [H, W, 3]."""

_WORK = 112
"""Side at which blurs are made: they leave nothing that is finer."""


def photograph(rng: np.random.Generator, photographs: Photographs, shape: Shape) -> Pixels:
    """Return a part of one of the photographs, perhaps mirrored, at a size.

    Args:
        rng: Of the choice.
        photographs: At least one.
        shape: Height and width wanted.

    Returns:
        uint8 [H, W, 3].
    """
    whole = photographs[int(rng.integers(len(photographs)))]
    height, width = whole.shape[:2]
    share = rng.uniform(0.6, 1, 2)
    high, wide = max(1, int(height * share[0])), max(1, int(width * share[1]))
    top, left = rng.integers(height - high + 1), rng.integers(width - wide + 1)
    part = whole[top : top + high, left : left + wide]
    if rng.random() < 0.5:
        part = part[:, ::-1]
    image = Image.fromarray(np.ascontiguousarray(part))
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.BILINEAR, reducing_gap=2.0))


def blurred(rng: np.random.Generator, photographs: Photographs) -> Pixels:
    """Return a photograph blurred so that nobody can tell what is seen: by a lens, a motion, or too few pixels.

    The blur has a standard deviation of 9 to 40 pixels where the picture has 224 a side.
    """
    seen = photograph(rng, photographs, (_WORK, _WORK))
    kind = rng.integers(6)
    sigma = math.exp(rng.uniform(math.log(9), math.log(40))) * _WORK / 224
    if kind <= 1:
        soft = Image.fromarray(seen).filter(ImageFilter.GaussianBlur(sigma))
    elif kind == 2:
        soft = Image.fromarray(seen).filter(ImageFilter.BoxBlur(sigma * math.sqrt(3)))
    elif kind == 3:
        soft = Image.fromarray(_convolved(seen, _disc(sigma * 2), rng.choice([1, 1, 2.2])))
    elif kind == 4:
        soft = Image.fromarray(_convolved(seen, _streak(rng, rng.uniform(1.2, 3) * sigma), 1))
        soft = soft.filter(ImageFilter.GaussianBlur(rng.uniform(4.5, 9)))
    else:
        few = int(rng.integers(4, 11))
        ways = (Image.Resampling.BICUBIC, Image.Resampling.BILINEAR, Image.Resampling.NEAREST)
        small = Image.fromarray(seen).resize((few, max(3, few + int(rng.integers(-2, 3)))), Image.Resampling.BOX)
        soft = small.resize((_WORK, _WORK), ways[rng.integers(3)])
    shape = frame_shape(rng)
    field = np.asarray(soft.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), np.float32)
    field = (field - 128) * np.float32(rng.uniform(0.6, 1.3)) + np.float32(128 * rng.uniform(0.7, 1.25))
    return compressed(rng, exposed(rng, field * cast(rng, 0.04), rng.choice([0, 0, 2, 5, 12])), least=10)


def overexposed(rng: np.random.Generator, photographs: Photographs) -> Pixels:
    """Return a photograph that is nearly all clipped: too much light, a lamp that shines into the lens, fog."""
    shape = frame_shape(rng)
    seen = photograph(rng, photographs, shape).astype(np.float32)
    kind = rng.integers(4)
    if kind == 0:
        field = seen * np.float32(rng.uniform(5, 20)) + np.float32(rng.uniform(0, 80))
    elif kind == 1:
        field = seen * np.float32(rng.uniform(0.5, 3)) + _lamp(rng, shape)
    elif kind == 2:
        soft = Image.fromarray(seen.astype(np.uint8)).filter(ImageFilter.GaussianBlur(rng.uniform(2, 9)))
        veil = rng.uniform(0.92, 0.97) + 0.02 * clouds(rng, shape, 3)[..., None]
        field = np.asarray(soft, np.float32) * (1 - veil) + veil * rng.uniform(232, 262) * np.clip(
            cast(rng, 0.03), 0.9, 1
        )
    else:
        lit = Image.fromarray(exposed(rng, _clipped(rng, seen, 0.18)))
        bloom = np.asarray(lit.filter(ImageFilter.GaussianBlur(rng.uniform(3, 12))), np.float32)
        field = np.maximum(bloom, np.asarray(lit, np.float32)) + np.float32(rng.uniform(10, 90))
    if kind != 2:
        field = _clipped(rng, field, 0.35 if kind == 0 else 0.18)
    return compressed(rng, exposed(rng, field, rng.choice([0, 0, 2, 5])), least=20)


def _clipped(rng: np.random.Generator, field: Field, most: float) -> Field:
    """Multiply until all but a share of the picture, 0.02 to `most`, has reached white in each channel."""
    darkest = field[::4, ::4].min(2)
    dark = max(float(np.quantile(darkest, rng.uniform(0.02, most))), 2.0)
    return np.asarray(field * np.float32(max(1.0, rng.uniform(250, 275) / dark)), np.float32)


def _lamp(rng: np.random.Generator, shape: Shape) -> Field:
    y, x = np.mgrid[0 : 1 : shape[0] * 1j, 0 : 1 : shape[1] * 1j].astype(np.float32)
    centre = rng.uniform(0.1, 0.9, 2)
    distance = np.hypot(x - centre[0], (y - centre[1]) * shape[0] / shape[1])
    rays = 1 + rng.uniform(0, 0.4) * np.cos(np.arctan2(y - centre[1], x - centre[0]) * rng.integers(3, 9)) ** 8
    glow = rng.uniform(400, 900) * np.exp(-distance / rng.uniform(0.25, 0.6)) * rays + rng.uniform(60, 140)
    colour = np.clip(np.array([1, rng.uniform(0.85, 1), rng.uniform(0.65, 1)]), 0, 1).astype(np.float32)
    return np.asarray(glow[..., None] * colour + 20 * slope(rng, shape)[..., None], np.float32)


def _disc(radius: float) -> Field:
    y, x = np.mgrid[-_WORK : _WORK + 1, -_WORK : _WORK + 1]
    return np.asarray(np.hypot(x, y) <= radius, np.float32)


def _streak(rng: np.random.Generator, length: float) -> Field:
    """The path of a camera that is moved: a line, bent a little."""
    kernel = np.zeros((2 * _WORK + 1, 2 * _WORK + 1), np.float32)
    angle, bend = rng.uniform(0, math.pi), rng.normal(0, 0.8)
    steps = np.linspace(-length, length, 200)
    turned = angle + bend * steps / max(length, 1)
    x, y = np.round(_WORK + steps * np.cos(turned)), np.round(_WORK + steps * np.sin(turned))
    np.add.at(kernel, (np.clip(y, 0, 2 * _WORK).astype(int), np.clip(x, 0, 2 * _WORK).astype(int)), 1)
    return kernel


def _convolved(pixels: Pixels, kernel: Field, gamma: float) -> Pixels:
    """Return a square picture convolved with a kernel of odd sides, its edges mirrored; a gamma lets lights bloom."""
    side = len(pixels)
    wide = np.pad((pixels / 255.0) ** gamma, ((side // 2, side // 2), (side // 2, side // 2), (0, 0)), mode="symmetric")
    turned = np.fft.rfft2(wide, axes=(0, 1)) * np.fft.rfft2(_centred(kernel / kernel.sum(), len(wide)))[..., None]
    whole = np.fft.irfft2(turned, s=wide.shape[:2], axes=(0, 1))
    part = whole[side // 2 : side // 2 + side, side // 2 : side // 2 + side]
    return (np.clip(part, 0, 1) ** (1 / gamma) * 255).astype(np.uint8)


def _centred(kernel: Field, side: int) -> Field:
    """Return the kernel in a square of `side`, its middle at the origin, its far ends cut."""
    middle, half = len(kernel) // 2, side // 2
    cut = kernel[middle - half : middle + half, middle - half : middle + half]
    return np.fft.ifftshift(cut)
