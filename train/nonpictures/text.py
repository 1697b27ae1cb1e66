"""Paragraphs, titles and words by hand, as they stand on sheets and screens."""

import numpy as np
from PIL import Image, ImageDraw

from train.nonpictures.fonts import Font, font, phrase, words
from train.nonpictures.papers import Colour

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def write(
    rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, face: Font, fill: Colour, script: str = "latin"
) -> None:
    """Fill a box with paragraphs.

    Args:
        rng: Of the words.
        pencil: Draws on the sheet.
        box: Where the text stands.
        face: Its letters.
        fill: Their colour.
        script: Of `train.nonpictures.fonts.SCRIPTS`.
    """
    left, top, right, bottom = box
    high = getattr(face, "size", 10)
    step, y = high * rng.uniform(1.15, 1.7), top
    letter = max(face.getlength("nearoutside") / 11, 2)
    room = int((right - left) / letter)
    justified, indent = rng.random() < 0.35, rng.random() < 0.5
    lines_left = int(rng.integers(3, 14))
    store = words(rng, max(0, int((bottom - top) / step * (room / 5 + 2))) + 8, script)
    begins = True
    while y + high < bottom and store:
        taken, length = [], 2 if begins and indent else 0
        while store and length + len(store[-1]) <= room:
            taken.append(store.pop())
            length += len(taken[-1]) + 1
        if not taken:
            taken = [store.pop()[: max(room, 1)]]
        lines_left -= 1
        x = left + (2 * letter if begins and indent else 0)
        begins = lines_left <= 0
        if begins:
            taken = taken[: int(rng.integers(1, len(taken) + 1))]
            lines_left, extra = int(rng.integers(3, 14)), 0 if indent else step * 0.7
        if justified and not begins and len(taken) > 2:
            lengths = [face.getlength(one) for one in taken]
            gap = (right - x - sum(lengths)) / (len(taken) - 1)
            for one, long in zip(taken, lengths, strict=True):
                pencil.text((x, y), one, fill, face)
                x += long + gap
        else:
            pencil.text((x, y), " ".join(taken), fill, face)
        y += step + (extra if begins else 0)


def margins(rng: np.random.Generator, sheet: Image.Image) -> Box:
    """Return what a sheet's margins leave."""
    side, top = sheet.width * rng.uniform(0.03, 0.14), sheet.height * rng.uniform(0.03, 0.12)
    return side, top, sheet.width - side, sheet.height - top


def title(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, size: int, fill: Colour) -> Box:
    """Write a title at the head of a box; returns what is left of it."""
    left, top, right, bottom = box
    middle = rng.random() < 0.5
    place = ((left + right) / 2 if middle else left, top)
    pencil.text(place, phrase(rng, 4), fill, font(rng, size), "ma" if middle else "la")
    return left, top + size * rng.uniform(1.5, 2.5), right, bottom


def scrawl(
    rng: np.random.Generator, pencil: ImageDraw.ImageDraw, x: float, y: float, long: float, high: float, fill: Colour
) -> None:
    """A word as a hand writes it: a line that swings."""
    count = max(6, int(long / high * 6))
    turns = np.cumsum(rng.uniform(0.7, 1.7, count))
    tall = high * rng.choice([0.25, 0.3, 0.6], count)
    points = np.stack([x + np.linspace(0, long, count) + high * 0.25 * np.cos(turns), y + tall * np.sin(turns)], 1)
    pencil.line(points.ravel().tolist(), fill, int(rng.integers(1, 3)), "curve")
