"""What a camera gives that sees nothing: black, white, a covered lens."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from train.nonpictures.fields import (
    Field,
    Pixels,
    Shape,
    cast,
    clouds,
    compressed,
    enlarged,
    exposed,
    frame_shape,
    slope,
    tinted,
    vignette,
)
from train.nonpictures.photographs import Photographs, photograph

_SKIN = ((214, 150, 125), (186, 118, 92), (141, 85, 60), (96, 56, 40), (226, 172, 150), (70, 40, 30))
_TAPE = ((24, 24, 26), (120, 122, 125), (196, 178, 140), (30, 60, 120), (150, 30, 30), (210, 208, 200), (90, 90, 84))
_CLOTH = ((30, 32, 40), (90, 40, 40), (50, 70, 50), (110, 100, 90), (40, 50, 90), (150, 140, 125), (70, 60, 80))


def black(rng: np.random.Generator, photographs: Photographs) -> Pixels:
    """Return a frame without light: even, noisy, with hot pixels, stripes or a glow, or far too short an exposure."""
    shape = frame_shape(rng)
    kind = rng.integers(8 if photographs else 7)
    field = np.full((*shape, 3), rng.choice([0, 0, 2, 8, 16]), np.float32)
    if kind == 0:
        return exposed(rng, field)
    if kind == 1:
        field += rng.uniform(0, 14, 3).astype(np.float32)
    elif kind == 2:
        field += tinted(slope(rng, shape) * rng.uniform(10, 45), cast(rng, 0.2))
    elif kind == 3:
        where = rng.integers(0, shape, (int(rng.integers(3, 250)), 2))
        field[where[:, 0], where[:, 1]] = rng.uniform(40, 255, (len(where), 3)) * rng.integers(0, 2, (len(where), 3))
    elif kind == 4:
        along = rng.normal(4, rng.uniform(1, 6), shape[0] if rng.random() < 0.5 else shape[1])
        field += (along[:, None, None] if len(along) == shape[0] else along[None, :, None]).astype(np.float32)
    elif kind == 5:
        field += tinted(clouds(rng, shape, int(rng.integers(1, 5))) * rng.uniform(6, 40), cast(rng, 0.2))
    elif kind == 6:
        field = (field + rng.uniform(5, 30)) * vignette(rng, shape, 1.0)[..., None] * cast(rng, 0.15)
    else:
        seen = photograph(rng, photographs, shape).astype(np.float32)
        field += seen * np.float32(rng.uniform(1, 9) / max(seen.mean(), 20))
    noise = rng.choice([0, 1, 3, 6, 12]) * rng.uniform(0.5, 1.2)
    return compressed(rng, exposed(rng, field, noise), least=8)


def white(rng: np.random.Generator, photographs: Photographs) -> Pixels:
    """Return a frame that is all light: even, noisy, a wall or a sheet with a soft shadow."""
    del photographs
    shape = frame_shape(rng)
    kind = rng.integers(6)
    field = np.full((*shape, 3), 255, np.float32)
    if kind == 0:
        return exposed(rng, field - rng.choice([0, 0, 1, 3, 6]))
    if kind == 1:
        field -= rng.uniform(0, 28, 3).astype(np.float32)
    elif kind == 2:
        field -= tinted(slope(rng, shape) * rng.uniform(5, 60), cast(rng, 0.3))
    elif kind == 3:
        field *= vignette(rng, shape, 0.45)[..., None] * np.clip(cast(rng, 0.04), 0.85, 1)
    elif kind == 4:
        paper = 235 + 20 * clouds(rng, shape, 60) * rng.random() + 12 * clouds(rng, shape, int(rng.integers(1, 4)))
        field = tinted(paper - slope(rng, shape) * rng.uniform(0, 35), (1, rng.uniform(0.96, 1), rng.uniform(0.86, 1)))
    else:
        field = tinted(rng.uniform(195, 250) + 8 * clouds(rng, shape, 2), np.clip(cast(rng, 0.03), 0.92, 1.03))
    noise = rng.choice([0, 1, 3, 8]) * rng.uniform(0.5, 1.2)
    return compressed(rng, exposed(rng, field, noise), least=8)


def covered(rng: np.random.Generator, photographs: Photographs) -> Pixels:
    """Return what is seen past a finger, a hand, a cap, tape or cloth that lies on the lens."""
    shape = frame_shape(rng)
    kinds = [_finger, _finger, _hand, _cap, _tape, _cloth]
    field = kinds[rng.integers(len(kinds))](rng, shape)
    if photographs and rng.random() < 0.15:
        field = _past_the_edge(rng, field, photographs)
    field *= vignette(rng, shape)[..., None]
    return compressed(rng, exposed(rng, field, rng.choice([0, 1.5, 4, 9])), least=10)


def _finger(rng: np.random.Generator, shape: Shape) -> Field:
    colour = np.array(_SKIN[rng.integers(len(_SKIN))], np.float32) * cast(rng, 0.1)
    if rng.random() < 0.45:  # light shines through it
        colour = np.array([rng.uniform(120, 250), rng.uniform(8, 70), rng.uniform(0, 50)], np.float32)
    level = rng.uniform(0.2, 1.05) * (0.55 + 0.45 * clouds(rng, shape, int(rng.integers(1, 4))))
    field = tinted(level, colour)
    return _leak(rng, field) if rng.random() < 0.6 else field


def _hand(rng: np.random.Generator, shape: Shape) -> Field:
    """Fingers side by side, with light between them."""
    skin = np.array(_SKIN[rng.integers(len(_SKIN))], np.float32) * rng.uniform(0.25, 0.9)
    light = np.array([rng.uniform(150, 255), rng.uniform(110, 230), rng.uniform(80, 220)], np.float32)
    image = Image.new("F", (96, 96), 0)
    pencil = ImageDraw.Draw(image)
    at, turn = rng.uniform(-20, 10), rng.uniform(-40, 40)
    while at < 110:
        pencil.line((at, -10, at + turn, 106), 1.0, int(rng.integers(1, 6)))
        at += rng.uniform(18, 40)
    gaps = np.asarray(image, np.float32)
    gaps = gaps.T if rng.random() < 0.5 else gaps
    soft = Image.fromarray((gaps * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(rng.uniform(2, 7)))
    share = enlarged(np.asarray(soft, np.float32) / np.float32(255), shape)[..., None] * rng.uniform(0.2, 1)
    folds = (0.7 + 0.3 * clouds(rng, shape, 3))[..., None]
    return np.asarray(skin * folds * (1 - share) + light * share, np.float32)


def _cap(rng: np.random.Generator, shape: Shape) -> Field:
    field = tinted(np.full(shape, rng.uniform(0, 35), np.float32), cast(rng, 0.15))
    return _leak(rng, field) if rng.random() < 0.75 else field


def _tape(rng: np.random.Generator, shape: Shape) -> Field:
    colour = np.array(_TAPE[rng.integers(len(_TAPE))], np.float32) * rng.uniform(0.3, 1.1) * cast(rng, 0.06)
    fibres = clouds(rng, shape, int(rng.integers(8, 50))) - 0.5
    if rng.random() < 0.6:
        fibres = np.broadcast_to(fibres.mean(axis=int(rng.integers(2)), keepdims=True) * 4, shape)
    level = 1 + rng.uniform(0, 0.2) * fibres + rng.uniform(0, 0.5) * (slope(rng, shape) - 0.5)
    field = tinted(level.astype(np.float32), colour)
    return _leak(rng, field) if rng.random() < 0.3 else field


def _cloth(rng: np.random.Generator, shape: Shape) -> Field:
    colour = np.array(_CLOTH[rng.integers(len(_CLOTH))], np.float32) * rng.uniform(0.3, 1.3) * cast(rng, 0.15)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    period, turn = rng.uniform(3, 14), rng.uniform(0, 1)
    weave = np.sin((x + turn * y) * 6.28 / period) + np.sin((y - turn * x) * 6.28 / period)
    folds = clouds(rng, shape, int(rng.integers(2, 6)))
    level = 0.5 + 0.6 * folds + rng.uniform(0, 0.12) * weave * clouds(rng, shape, 2)
    return tinted(level.astype(np.float32), colour)


def _leak(rng: np.random.Generator, field: Field) -> Field:
    """Light that comes in at an edge or a corner."""
    y, x = np.mgrid[0 : 1 : field.shape[0] * 1j, 0 : 1 : field.shape[1] * 1j].astype(np.float32)
    centre = rng.choice([-0.1, 1.1, rng.uniform(0, 1)], 2)
    if 0 <= centre[0] <= 1 and 0 <= centre[1] <= 1:
        centre[rng.integers(2)] = rng.choice([-0.1, 1.1])
    near = np.exp(-np.hypot((x - centre[0]) * rng.uniform(0.4, 2), y - centre[1]) / rng.uniform(0.05, 0.4))
    colour = np.array([rng.uniform(150, 300), rng.uniform(60, 260), rng.uniform(30, 240)], np.float32)
    return np.asarray(field + tinted(near, colour), np.float32)


def _past_the_edge(rng: np.random.Generator, field: Field, photographs: Photographs) -> Field:
    """What covers leaves a strip of an unsharp scene free."""
    shape = field.shape[:2]
    seen = photograph(rng, photographs, (shape[0] // 4, shape[1] // 4))
    soft = Image.fromarray(seen).filter(ImageFilter.GaussianBlur(rng.uniform(1, 5)))
    scene = np.asarray(soft.resize((shape[1], shape[0])), np.float32)
    free = slope(rng, shape)
    edge = np.quantile(free, rng.uniform(0.86, 0.97))
    share = 1 / (1 + np.exp(-(free - edge) * rng.uniform(15, 60)))
    return np.asarray(field * (1 - share[..., None]) + scene * share[..., None], np.float32)
