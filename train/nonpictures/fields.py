"""Fields that vary slowly over a frame, and what a camera adds to them: what most frames without content are made of.

A field is float32 [H, W] or [H, W, 3]; as a brightness it is in 0 to 255, as a share in 0 to 1.
"""

import io
import math

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
Field = npt.NDArray[np.float32]
Shape = tuple[int, int]

_COARSE = 64j
"""Places a side at which smooth fields are computed, as `np.mgrid` takes it."""
_ASPECTS = ((4, 3), (4, 3), (16, 9), (3, 2), (1, 1), (3, 4), (9, 16))


def frame_shape(rng: np.random.Generator, least: int = 224, most: int = 340) -> Shape:
    """Return height and width of a frame, as cameras have them.

    Args:
        rng: Of the choice.
        least: Pixels of its longer side, at least.
        most: And at most.
    """
    wide, high = _ASPECTS[rng.integers(len(_ASPECTS))]
    longest = int(rng.integers(least, most + 1))
    return round(longest * high / max(wide, high)), round(longest * wide / max(wide, high))


def enlarged(coarse: Field, shape: Shape, how: Image.Resampling = Image.Resampling.BICUBIC) -> Field:
    """Return a field of [h, w] at another size [H, W]."""
    image = Image.fromarray(coarse.astype(np.float32)).resize((shape[1], shape[0]), how)
    return np.asarray(image, np.float32)


def clouds(rng: np.random.Generator, shape: Shape, cells: int) -> Field:
    """Return a share that goes up and down about `cells` times over a frame, float32 [H, W]."""
    return np.clip(enlarged(rng.random((cells + 1, cells + 1), np.float32), shape), 0, 1)


def slope(rng: np.random.Generator, shape: Shape) -> Field:
    """Return a share that grows along a line of random direction, or from a random point, float32 [H, W]."""
    y, x = np.mgrid[0:1:_COARSE, 0:1:_COARSE].astype(np.float32)
    if rng.random() < 0.5:
        angle = rng.uniform(0, 2 * math.pi)
        along = x * math.cos(angle) + y * math.sin(angle)
    else:
        centre = rng.uniform(-0.4, 1.4, 2)
        along = np.hypot(x - centre[0], y - centre[1])
    along -= along.min()
    grown: Field = (along / along.max()) ** np.float32(rng.uniform(0.6, 3))
    return enlarged(grown, shape, Image.Resampling.BILINEAR)


def vignette(rng: np.random.Generator, shape: Shape, most: float = 0.7) -> Field:
    """Return a factor that falls toward the corners by up to `most`, float32 [H, W]."""
    y, x = np.mgrid[-1:1:_COARSE, -1:1:_COARSE].astype(np.float32)
    off = rng.normal(0, 0.15, 2)
    distance = np.hypot(x - off[0], y - off[1]) / math.sqrt(2)
    factor: Field = np.clip(1 - rng.uniform(0, most) * distance ** np.float32(rng.uniform(1.5, 4)), 0, 1)
    return enlarged(factor, shape, Image.Resampling.BILINEAR)


def tinted(brightness: Field, colour: npt.ArrayLike) -> Field:
    """Return a brightness [H, W] in a colour whose channels are factors, [H, W, 3]."""
    return brightness[..., None] * np.asarray(colour, np.float32)


def cast(rng: np.random.Generator, strength: float = 0.08) -> Field:
    """Return factors of three channels, near 1."""
    return (1 + rng.normal(0, strength, 3)).astype(np.float32)


def grain(rng: np.random.Generator, shape: Shape, sigma: float) -> Field:
    """Return a sensor's noise: of each pixel or of small clumps, grey or coloured, float32 [H, W, 3] around 0."""
    clump = int(rng.choice([1, 1, 1, 2, 3]))
    channels = 3 if rng.random() < 0.7 else 1
    small = (-(-shape[0] // clump), -(-shape[1] // clump))
    noise = rng.standard_normal((*small, channels), np.float32) * np.float32(sigma)
    if clump > 1:
        noise = noise.repeat(clump, 0).repeat(clump, 1)[: shape[0], : shape[1]]
    return np.broadcast_to(noise, (*shape, 3))


def exposed(rng: np.random.Generator, field: Field, sigma: float = 0.0) -> Pixels:
    """Return what a camera makes of a field: with its noise, in whole steps from 0 to 255.

    Args:
        rng: Of the noise.
        field: Brightness [H, W] or [H, W, 3].
        sigma: Of the noise.

    Returns:
        uint8 [H, W, 3].
    """
    whole = field[..., None].repeat(3, 2) if field.ndim == 2 else field
    if sigma > 0:
        whole = whole + grain(rng, whole.shape[:2], sigma)
    pixels: Pixels = np.clip(whole + 0.5, 0, 255).astype(np.uint8)
    return pixels


def compressed(rng: np.random.Generator, pixels: Pixels, share: float = 0.4, least: int = 15) -> Pixels:
    """Return a picture as it was, or, in a share of cases, as a JPEG file of random quality gives it back.

    Args:
        rng: Of the choice.
        pixels: uint8 [H, W, 3].
        share: Of the cases.
        least: Quality, at least.
    """
    if rng.random() >= share:
        return pixels
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=int(rng.integers(least, 96)))
    return np.asarray(Image.open(file).convert("RGB"))
