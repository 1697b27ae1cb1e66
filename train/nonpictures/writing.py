"""Pages of text: prose in columns, letters, tables, forms, receipts, books, handwriting, signs of other scripts."""

import numpy as np
from PIL import Image, ImageDraw

from train.nonpictures.fields import Pixels
from train.nonpictures.fonts import SCRIPTS, font, has_scripts, phrase, script_font
from train.nonpictures.forms import form, receipt, table
from train.nonpictures.papers import colour, ink, paper, scanned, shade
from train.nonpictures.photographs import Photographs
from train.nonpictures.text import Box, margins, scrawl, title, write


def page(rng: np.random.Generator, photographs: Photographs) -> Pixels:
    """Return a page of text, or a part of one, as a scan or as a camera sees it."""
    del photographs
    tall = rng.random() < 0.7
    size = (int(rng.integers(330, 440)), int(rng.integers(420, 540)))
    sheet = Image.new("RGB", size if tall else size[::-1], paper(rng))
    kinds = (_prose, _prose, _columns, _letter, table, form, receipt, _book, _handwritten, _signs, _poster)
    sheet = kinds[rng.integers(len(kinds))](rng, sheet)
    if rng.random() < 0.25:  # only a part of it is in view
        share = rng.uniform(0.35, 0.8)
        wide, high = int(sheet.width * share), int(sheet.height * share)
        left, top = int(rng.integers(sheet.width - wide)), int(rng.integers(sheet.height - high))
        sheet = sheet.crop((left, top, left + wide, top + high))
    return scanned(rng, sheet)


def _prose(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    pencil, fill, size = ImageDraw.Draw(sheet), ink(rng), int(rng.choice([8, 9, 10, 11, 12, 14, 18, 24]))
    box = margins(rng, sheet)
    if rng.random() < 0.6:
        box = title(rng, pencil, box, int(size * rng.uniform(1.2, 2.4)), fill)
    other = has_scripts() and rng.random() < 0.25
    script = SCRIPTS[rng.integers(1, len(SCRIPTS))] if other else "latin"
    write(rng, pencil, box, script_font(size) if other else font(rng, size), fill, script)
    if rng.random() < 0.4:
        place = (sheet.width / 2, sheet.height - 12)
        pencil.text(place, str(rng.integers(1, 600)), fill, font(rng, 9), "mm")
    return sheet


def _columns(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    """A newspaper, or a paper of a conference."""
    pencil, fill = ImageDraw.Draw(sheet), ink(rng)
    left, top, right, bottom = title(rng, pencil, margins(rng, sheet), int(rng.integers(14, 40)), fill)
    count, face = int(rng.integers(2, 5)), font(rng, int(rng.integers(7, 11)), "serif" if rng.random() < 0.7 else None)
    wide = (right - left) / count
    for at in range(count):
        x, y = left + at * wide, top
        while y < bottom - 30:
            end = min(bottom, y + rng.uniform(60, 400))
            if rng.random() < 0.3:
                pencil.text((x, y), phrase(rng, 2), fill, font(rng, 12))
                y += 18
            elif rng.random() < 0.15:
                pencil.rectangle((x, y, x + wide - 12, y + 40), shade(rng, 150, 225), fill)
                y += 46
            write(rng, pencil, (x, y, x + wide - 10, end), face, fill)
            y = end + 6
        if at and rng.random() < 0.4:
            pencil.line((x - 5, top, x - 5, bottom), fill)
    return sheet


def _letter(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    pencil, fill, size = ImageDraw.Draw(sheet), ink(rng), int(rng.integers(9, 14))
    left, top, right, bottom = margins(rng, sheet)
    face = font(rng, size)
    if rng.random() < 0.5:
        pencil.rectangle((left, top, left + rng.uniform(20, 70), top + 24), colour(rng, 0, 200))
    for at in range(int(rng.integers(3, 6))):
        pencil.text((right, top + at * size * 1.3), phrase(rng), fill, face, "ra")
        pencil.text((left, top + (at + 5) * size * 1.3), phrase(rng), fill, face)
    write(rng, pencil, (left, top + size * 16, right, bottom - rng.uniform(60, 160)), face, fill)
    scrawl(rng, pencil, left, bottom - 30, 110, 16, colour(rng, 0, 110))
    return sheet


def _book(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    """Two pages side by side, darker toward the fold."""
    wide = sheet.resize((max(sheet.size), int(max(sheet.size) * rng.uniform(0.62, 0.8))))
    pencil, fill, middle = ImageDraw.Draw(wide), ink(rng), wide.width / 2
    face = font(rng, int(rng.integers(8, 13)), "serif")
    for left in (0.0, middle):
        box: Box = (left + 24, 26, left + middle - 24, wide.height - 26)
        if rng.random() < 0.3:
            box = title(rng, pencil, box, 18, fill)
        write(rng, pencil, box, face, fill)
    pixels = np.asarray(wide, np.float32)
    away = np.abs(np.arange(wide.width) - middle) / middle
    fold = 1 - rng.uniform(0.2, 0.7) * np.exp(-away / rng.uniform(0.02, 0.12))
    return Image.fromarray((pixels * fold[None, :, None]).astype(np.uint8))


def _handwritten(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    pencil, fill = ImageDraw.Draw(sheet), ink(rng) if rng.random() < 0.4 else (25, 35, int(rng.integers(90, 190)))
    left, top, right, bottom = margins(rng, sheet)
    step, ruled = rng.uniform(20, 44), rng.integers(3)
    for y in np.arange(top, bottom, step if ruled == 1 else step / 2) if ruled else ():
        pencil.line((0, y, sheet.width, y), (170, 190, 220))
    for x in np.arange(0, sheet.width, step / 2) if ruled == 2 else ():
        pencil.line((x, 0, x, sheet.height), (170, 190, 220))
    for y in np.arange(top, bottom, step):
        x, end = left, right if rng.random() < 0.8 else rng.uniform(left + 40, right)
        while x < end - 20:
            long = min(rng.uniform(0.5, 3) * step, end - x)
            scrawl(rng, pencil, x, y - step * 0.25 + rng.normal(0, 1), long, step * 0.7, fill)
            x += long + step * 0.35
    return sheet


def _signs(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    """Square signs of a few strokes, in lines or columns, as Chinese and Japanese pages have them."""
    pencil, fill, side = ImageDraw.Draw(sheet), ink(rng), int(rng.integers(14, 30))
    left, top, right, bottom = margins(rng, sheet)
    upright = rng.random() < 0.3
    gap = (rng.uniform(1.1, 1.2), rng.uniform(1.3, 1.7))
    for x in np.arange(left, right - side, side * gap[int(upright)]):
        for y in np.arange(top, bottom - side, side * gap[int(not upright)]):
            if rng.random() < 0.05:
                continue
            ends = rng.uniform(0.05, 0.95, (int(rng.integers(3, 7)), 3)) * side
            for at, (one, other, third) in enumerate(ends.tolist()):
                flat = (x + one * 0.4, y + other, x + side - third * 0.4, y + other)
                down = (x + other, y + one * 0.4, x + other + (third - side / 2) * 0.4, y + side - third * 0.3)
                pencil.line(flat if at % 2 else down, fill, 1 + side // 18)
    return sheet


def _poster(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    """A few large lines: a sheet on a door, a slide, a notice."""
    ground = colour(rng, 0, 255) if rng.random() < 0.5 else paper(rng)
    fill = (255, 255, 255) if sum(ground) < 380 else ink(rng)
    sheet.paste(ground, (0, 0, *sheet.size))
    pencil, y = ImageDraw.Draw(sheet), sheet.height * rng.uniform(0.05, 0.2)
    middle = rng.random() < 0.6
    while y < sheet.height * 0.9:
        size = int(rng.integers(16, 60))
        place = (sheet.width / 2 if middle else sheet.width * 0.06, y)
        pencil.text(place, phrase(rng, 3), fill, font(rng, size), "ma" if middle else "la")
        y += size * rng.uniform(1.2, 2)
    return sheet
