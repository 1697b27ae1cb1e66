"""What most diagrams are made of: boxes with a word in them, and arrows."""

import math

import numpy as np
from PIL import ImageDraw

from train.nonpictures.fonts import font, phrase
from train.nonpictures.papers import Colour, colour
from train.nonpictures.text import Box


def labelled(
    rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, tint: Colour | None, fill: Colour, kind: int
) -> None:
    """A box of a kind, rectangle, rounded, rhomb, ellipse or slanted, with a word in it."""
    left, top, right, bottom = box
    x, y, thick = (left + right) / 2, (top + bottom) / 2, int(rng.integers(1, 3))
    if kind == 0:
        pencil.rectangle(box, tint, fill, thick)
    elif kind == 1:
        pencil.rounded_rectangle(box, min(right - left, bottom - top) * 0.3, tint, fill, thick)
    elif kind == 2:
        pencil.polygon([x, top, right, y, x, bottom, left, y], tint, fill, thick)
    elif kind == 3:
        pencil.ellipse(box, tint, fill, thick)
    else:
        slant = (right - left) * 0.15
        pencil.polygon([left + slant, top, right, top, right - slant, bottom, left, bottom], tint, fill, thick)
    dark = tint is not None and sum(tint) < 330
    size = int(np.clip((bottom - top) * 0.3, 6, 14))
    pencil.text(
        (x, y), phrase(rng, 1)[:9], (255, 255, 255) if dark else (20, 20, 20) if tint else fill, font(rng, size), "mm"
    )


def arrow(
    pencil: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float], fill: Colour, thick: int = 1
) -> None:
    """Draw an arrow from one place to another."""
    pencil.line((*start, *end), fill, thick)
    angle, size = math.atan2(end[1] - start[1], end[0] - start[0]), 5 + 2 * thick
    sides = [(end[0] - size * math.cos(angle + turn), end[1] - size * math.sin(angle + turn)) for turn in (-0.4, 0.4)]
    pencil.polygon([end, *sides], fill)


def filling(rng: np.random.Generator) -> Colour | None:
    """Return what a box is filled with: nothing, a light colour, any colour."""
    kind = rng.random()
    return None if kind < 0.35 else colour(rng, 170, 250) if kind < 0.8 else colour(rng, 30, 220)
