"""Noise, and what is left of a stream whose decoder has lost its way."""

import math

import numpy as np
from PIL import Image

from train.nonpictures.fields import Field, Pixels, Shape, clouds, compressed, enlarged, exposed, frame_shape, tinted
from train.nonpictures.photographs import Photographs


def noise(rng: np.random.Generator, photographs: Photographs) -> Pixels:
    """Return noise of some kind: of pixels, clumps, clouds, stripes; an empty channel; blocks of a broken decoder."""
    del photographs
    shape = frame_shape(rng)
    kinds = (_gaussian, _uniform, _pepper, _snow, _coarse, _fractal, _stripes, _blocks, _waves, _glitch)
    field = kinds[rng.integers(len(kinds))](rng, shape)
    return compressed(rng, exposed(rng, field, rng.choice([0, 0, 0, 6, 20])), share=0.35, least=8)


def _channels(rng: np.random.Generator) -> int:
    return int(rng.choice([1, 3, 3]))


def _wide(field: Field, shape: Shape) -> Field:
    return np.broadcast_to(field, (*shape, 3)).astype(np.float32)


def _gaussian(rng: np.random.Generator, shape: Shape) -> Field:
    base = rng.uniform(40, 215, 3 if rng.random() < 0.5 else 1).astype(np.float32)
    return _wide(base + rng.standard_normal((*shape, _channels(rng)), np.float32) * rng.uniform(25, 110), shape)


def _uniform(rng: np.random.Generator, shape: Shape) -> Field:
    low, high = sorted(rng.uniform(0, 255, 2)) if rng.random() < 0.5 else (0, 255)
    high = max(high, low + 70)
    return _wide(rng.random((*shape, _channels(rng)), np.float32) * (high - low) + low, shape)


def _pepper(rng: np.random.Generator, shape: Shape) -> Field:
    draws = rng.random((*shape, _channels(rng)), np.float32)
    share = rng.uniform(0.08, 0.5)
    ground = rng.uniform(0, 255) + 60 * (clouds(rng, shape, 2)[..., None] - 0.5)
    return _wide(np.where(draws < share, 0, np.where(draws > 1 - share, 255, ground)).astype(np.float32), shape)


def _snow(rng: np.random.Generator, shape: Shape) -> Field:
    """A television without a channel: grains drawn out along the lines, bars that roll."""
    long = int(rng.integers(1, 5))
    grains = rng.random((shape[0], shape[1] // long + 1), np.float32) ** np.float32(rng.uniform(0.6, 2.5))
    field = grains.repeat(long, 1)[:, : shape[1]] * 255
    rows = np.arange(shape[0], dtype=np.float32)[:, None]
    field *= 1 + rng.uniform(0, 0.5) * np.sin(rows * rng.uniform(0.005, 0.08) + rng.uniform(0, 6))
    if rng.random() < 0.5:
        field[:: int(rng.integers(2, 4))] *= rng.uniform(0.4, 0.9)
    return tinted(field, 1 + rng.normal(0, 0.06, 3))


def _coarse(rng: np.random.Generator, shape: Shape) -> Field:
    grain = int(rng.integers(2, 17))
    small = (shape[0] // grain + 1, shape[1] // grain + 1)
    how = Image.Resampling.NEAREST if rng.random() < 0.5 else Image.Resampling.BICUBIC
    planes = [enlarged(rng.random(small, np.float32) * 255, shape, how) for _ in range(_channels(rng))]
    return _wide(np.stack(planes, 2), shape)


def _fractal(rng: np.random.Generator, shape: Shape) -> Field:
    """Clouds of every size, each half as strong as the next larger, after Perlin 1985."""
    fade = rng.uniform(0.5, 0.95)
    planes = []
    for _ in range(_channels(rng)):
        plane = sum(fade**octave * (clouds(rng, shape, 2**octave) - 0.5) for octave in range(2, 8))
        planes.append(plane)
    stacked = np.stack(planes, 2)
    return _wide(128 + stacked * np.float32(rng.uniform(45, 90) / stacked.std()), shape)


def _stripes(rng: np.random.Generator, shape: Shape) -> Field:
    upright = rng.random() < 0.5
    along = shape[1] if upright else shape[0]
    thick = int(rng.integers(1, 9))
    values = rng.random((along // thick + 1, _channels(rng)), np.float32).repeat(thick, 0)[:along] * 255
    field = values[None, :] if upright else values[:, None]
    return _wide(field, shape) + rng.standard_normal((*shape, 1), np.float32) * np.float32(rng.uniform(0, 50))


def _blocks(rng: np.random.Generator, shape: Shape) -> Field:
    """Macroblocks: green, grey and pink where nothing was decoded, wrong ones elsewhere."""
    side = int(rng.choice([8, 16, 16, 24, 32]))
    rows, columns = shape[0] // side + 1, shape[1] // side + 1
    lost = np.array([(0, 135, 0), (128, 128, 128), (230, 90, 200), (80, 220, 110), (20, 20, 20)], np.float32)
    few = lost[rng.choice(len(lost), 2)]
    cells = few[rng.integers(0, 2, (rows, columns))] + rng.normal(0, 12, (rows, columns, 3))
    wrong = rng.random((rows, columns)) < rng.uniform(0.15, 0.9)
    cells[wrong] = rng.uniform(0, 255, (int(wrong.sum()), 3))
    if rng.random() < 0.6:  # a value that is carried on to the end of its row
        for row in range(rows):
            start = int(rng.integers(columns))
            cells[row, start:] = cells[row, start]
    field = cells.astype(np.float32).repeat(side, 0).repeat(side, 1)[: shape[0], : shape[1]]
    texture = rng.standard_normal((*shape, 1), np.float32) * np.float32(rng.choice([0, 10, 40]))
    return field + texture * (clouds(rng, shape, 8)[..., None] > 0.5)


def _waves(rng: np.random.Generator, shape: Shape) -> Field:
    """Blocks that each hold one wave of the cosine transform."""
    side = int(rng.choice([8, 16, 32]))
    rows, columns = shape[0] // side + 1, shape[1] // side + 1
    place = np.arange(side, dtype=np.float32) + 0.5
    basis = np.cos(math.pi / side * np.outer(np.arange(8), place))
    first, second = rng.integers(0, 8, (2, rows, columns))
    tiles = basis[first][:, :, :, None] * basis[second][:, :, None, :]
    whole = tiles.transpose(0, 2, 1, 3).reshape(rows * side, columns * side)[: shape[0], : shape[1]]
    colour = rng.uniform(-120, 120, (rows, columns, 3)).astype(np.float32).repeat(side, 0).repeat(side, 1)
    base = rng.uniform(60, 200, 3).astype(np.float32)
    return np.asarray(base + whole[..., None] * colour[: shape[0], : shape[1]], np.float32)


def _glitch(rng: np.random.Generator, shape: Shape) -> Field:
    """Lines that are pushed aside, torn and coloured, of a picture that is only clouds."""
    planes = [clouds(rng, shape, int(rng.integers(2, 9))) * 255 for _ in range(3)]
    field = np.stack(planes, 2)
    top = 0
    while top < shape[0]:
        high = int(rng.integers(1, 24))
        rows = field[top : top + high]
        field[top : top + high] = np.roll(rows, int(rng.integers(-shape[1], shape[1])), 1)
        kind = rng.integers(6)
        if kind == 0:
            field[top : top + high] = rng.uniform(0, 255, 3)
        elif kind == 1:
            field[top : top + high] = rng.random((1, shape[1], 3), np.float32) * 255
        elif kind == 2:
            field[top : top + high, :, int(rng.integers(3))] = rng.uniform(0, 255)
        top += high
    return field.astype(np.float32)
