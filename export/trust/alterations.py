"""Photographs as poorer cameras and lamps show them: still clear pictures, which must not be taken for none."""

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Pixels = npt.NDArray[np.uint8]


def darker(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """Return it with a third to four fifths of its light."""
    return _bounded(picture * rng.uniform(0.33, 0.8))


def brighter(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """Return it with up to half more light; what is white stays so."""
    return _bounded(picture * rng.uniform(1.15, 1.5))


def softer(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """Return it slightly out of focus: a Gaussian of .4 to .8 % of its width, which leaves every larger thing to be told."""
    radius = float(rng.uniform(0.004, 0.008)) * picture.shape[1]
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(radius)), np.uint8)


def noisier(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """Return it with the noise of a small sensor at dusk: a deviation of 4 to 16 of 255."""
    return _bounded(picture + rng.normal(0, rng.uniform(4, 16), picture.shape))


def packed(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """Return it as a JPEG of quality 20 to 60."""
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "JPEG", quality=int(rng.integers(20, 61)))
    return np.asarray(Image.open(content), np.uint8)


def dusk(rng: np.random.Generator, picture: Pixels) -> Pixels:
    """Return it as at dusk: a seventh to a half of its light, the sky's or the lamps' colour on it, and up to three lamps that glare.

    The standard deviation of a lamp's glare is 1 to 8 % of the picture's width.
    """
    height, width = picture.shape[:2]
    cast = 1 + rng.uniform(-0.3, 0.3) * np.array([1.0, 0.0, -1.0])
    field = picture * (rng.uniform(0.15, 0.5) * cast)
    for _ in range(int(rng.integers(4))):
        row, column, radius = rng.uniform(0, height), rng.uniform(0, width), rng.uniform(0.01, 0.08) * width
        down, across = (np.arange(height) - row)[:, None], (np.arange(width) - column)[None]
        glare = np.exp(-(down**2 + across**2) / (2 * radius**2))
        field = field + glare[..., None] * (rng.uniform(150, 400) * cast)
    return _bounded(field)


ALTERATIONS: tuple[Callable[[np.random.Generator, Pixels], Pixels], ...] = (
    darker,
    brighter,
    softer,
    noisier,
    packed,
    dusk,
)
"""Each takes a source of chance and a picture, uint8 [H, W, 3] RGB, and gives a new one of the same shape."""


def altered(picture: Pixels, place: int, seed: int) -> Pixels:
    """Return a picture altered in one way, each place in its turn.

    Args:
        picture: uint8 [H, W, 3] RGB.
        place: Of the picture in its set: it chooses the alteration, and with the seed how strong it is.
        seed: Of chance.
    """
    rng = np.random.default_rng([seed, place])
    return ALTERATIONS[place % len(ALTERATIONS)](rng, picture)


def _bounded(values: npt.NDArray[np.floating]) -> Pixels:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
