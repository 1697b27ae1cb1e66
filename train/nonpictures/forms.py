"""Sheets that are filled in: tables, forms, receipts."""

import numpy as np
from PIL import Image, ImageDraw

from train.nonpictures.fonts import amount, font, phrase
from train.nonpictures.papers import colour, ink, shade
from train.nonpictures.text import margins, scrawl, title


def table(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    """Rows of numbers under heads, with or without lines between them."""
    pencil, fill, size = ImageDraw.Draw(sheet), ink(rng), int(rng.integers(8, 13))
    left, top, right, bottom = title(rng, pencil, margins(rng, sheet), size + 8, fill)
    face, columns = font(rng, size), int(rng.integers(3, 8))
    edges = np.linspace(left, right, columns + 1)
    step, ruled, banded = size * rng.uniform(1.4, 2.2), rng.integers(3), rng.random() < 0.4
    light = shade(rng, 210, 245)
    for row, y in enumerate(np.arange(top, bottom - step, step)):
        if row == 0 or (banded and row % 2):
            pencil.rectangle((left, y, right, y + step), light)
        for at, x in enumerate(edges[:-1]):
            text = phrase(rng, 1)[: int(15 - columns)] if row == 0 or at == 0 else amount(rng)
            pencil.text((x + 3, y + 2), text, fill, face)
        if ruled or row < 2:
            pencil.line((left, y, right, y), fill)
    if ruled == 2:
        for x in edges:
            pencil.line((x, top, x, bottom - step), fill)
    return sheet


def form(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    """Boxes, lines and squares to fill in, some of them filled by hand."""
    pencil, fill = ImageDraw.Draw(sheet), ink(rng)
    left, top, right, bottom = title(rng, pencil, margins(rng, sheet), int(rng.integers(14, 24)), fill)
    face, step, y = font(rng, int(rng.integers(8, 12))), rng.uniform(20, 36), top
    while y < bottom - step:
        kind = rng.integers(4)
        pencil.text((left, y + 4), phrase(rng, 2), fill, face)
        x = left + (right - left) * 0.35
        if kind == 0:
            pencil.rectangle((x, y, right, y + step * 0.75), outline=fill)
        elif kind == 1:
            pencil.line((x, y + step * 0.7, right, y + step * 0.7), fill)
        elif kind == 2:
            for at in range(int(rng.integers(2, 5))):
                pencil.rectangle((x + at * 60, y + 3, x + at * 60 + 11, y + 14), outline=fill)
                pencil.text((x + at * 60 + 16, y + 4), phrase(rng, 1)[:6], fill, face)
        else:
            for at in range(int(rng.integers(6, 14))):
                pencil.rectangle((x + at * 14, y, x + at * 14 + 14, y + 16), outline=fill)
        if rng.random() < 0.4:
            scrawl(rng, pencil, x + 6, y + step * 0.5, rng.uniform(50, 120), 9, (30, 40, 130))
        y += step
    return sheet


def receipt(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    """A long strip, on a table."""
    ground = Image.new("RGB", sheet.size, colour(rng, 20, 150))
    wide = int(rng.integers(150, 260))
    left = int(rng.integers(0, max(1, sheet.width - wide)))
    pencil = ImageDraw.Draw(ground)
    pencil.rectangle((left, 0, left + wide, sheet.height), shade(rng, 225, 252))
    size = int(rng.integers(9, 13))
    face, fill = font(rng, size, "mono"), shade(rng, 20, 110)
    pencil.text((left + wide / 2, 14), phrase(rng, 2).upper(), fill, font(rng, size + 6), "ma")
    for row, y in enumerate(np.arange(44, sheet.height - 10, size * 1.4)):
        if row % 11 == 10:
            pencil.text((left + 8, y), "-" * int(wide / size * 1.5), fill, face)
            continue
        pencil.text((left + 8, y), phrase(rng, 1)[:12], fill, face)
        pencil.text((left + wide - 8, y), f"{rng.uniform(0.5, 90):.2f}", fill, face, "ra")
    return ground
