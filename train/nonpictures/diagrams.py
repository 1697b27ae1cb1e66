"""Diagrams: boxes and arrows, graphs, circuits, plans, maps of lines, sets, classes, charts; on screen, paper, a whiteboard."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from train.nonpictures.boxes import arrow, filling, labelled
from train.nonpictures.charts import bar_chart, line_chart, pie_chart, plan_chart, scatter_chart
from train.nonpictures.drawings import circuit, curves, floor, lines_map, sets
from train.nonpictures.fields import Pixels, clouds
from train.nonpictures.fonts import font, phrase
from train.nonpictures.papers import Colour, colour, ink, paper, scanned, shade
from train.nonpictures.photographs import Photographs
from train.nonpictures.text import Box

_Drawer = Callable[[np.random.Generator, ImageDraw.ImageDraw, Box, Colour], None]


def diagram(rng: np.random.Generator, photographs: Photographs) -> Pixels:
    """Return a diagram of some kind: as a file, or drawn on paper or a board that a camera sees."""
    del photographs
    wide = int(rng.integers(320, 460))
    size = (wide, int(wide * rng.uniform(0.6, 1.05)))
    ground, fill = (paper(rng), ink(rng)) if rng.random() < 0.85 else (shade(rng, 10, 50, 12), shade(rng, 190, 250))
    sheet = Image.new("RGB", size, ground)
    pencil = ImageDraw.Draw(sheet)
    if rng.random() < 0.08:
        for at in range(0, wide, int(rng.integers(9, 16))):
            pencil.line((at, 0, at, size[1]), (200, 215, 235))
            pencil.line((0, at, wide, at), (200, 215, 235))
    margin = wide * rng.uniform(0.03, 0.1)
    top = margin
    if rng.random() < 0.4:
        pencil.text((wide / 2, margin), phrase(rng, 4), fill, font(rng, int(rng.integers(11, 22))), "ma")
        top += 26
    kinds: tuple[_Drawer, ...] = (
        flow,
        flow,
        blocks,
        graph,
        tree,
        circuit,
        lines_map,
        floor,
        sets,
        classes,
        sequence,
        curves,
    )
    kinds += (bar_chart, line_chart, scatter_chart, pie_chart, plan_chart)
    kinds[rng.integers(len(kinds))](rng, pencil, (margin, top, wide - margin, size[1] - margin), fill)
    return scanned(rng, _by_hand(rng, sheet) if rng.random() < 0.25 else sheet, 0.3)


def _by_hand(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    """Let every line shake, as one that a hand draws."""
    pixels = np.asarray(sheet)
    shape, reach = pixels.shape[:2], rng.uniform(3, 14)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    cells = int(rng.integers(6, 24))
    down = np.clip(y + reach * (clouds(rng, shape, cells) - 0.5), 0, shape[0] - 1).astype(np.intp)
    aside = np.clip(x + reach * (clouds(rng, shape, cells) - 0.5), 0, shape[1] - 1).astype(np.intp)
    return Image.fromarray(pixels[down, aside])


def flow(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Steps and questions in rows and columns, with arrows from one to the next."""
    left, top, right, bottom = box
    columns, rows = int(rng.integers(1, 4)), int(rng.integers(3, 6))
    wide, high, tint = (right - left) / columns, (bottom - top) / rows, filling(rng)
    thick, many = int(rng.integers(1, 4)), rng.random() < 0.4
    for column in range(columns):
        for row in range(rows):
            x, y = left + (column + 0.5) * wide, top + (row + 0.5) * high
            if columns > 1 and rng.random() < 0.15:
                continue
            half = (min(wide * 0.38, 70), high * 0.28)
            if row + 1 < rows:
                arrow(pencil, (x, y + half[1]), (x, y + high - half[1]), fill, thick)
            if column + 1 < columns and rng.random() < 0.4:
                arrow(pencil, (x + half[0], y), (x + wide - half[0], y), fill, thick)
            shape = (x - half[0], y - half[1], x + half[0], y + half[1])
            labelled(rng, pencil, shape, filling(rng) if many else tint, fill, int(rng.choice([0, 0, 1, 1, 2, 3, 4])))


def blocks(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Blocks of a system: large ones that hold small ones, lines between them at right angles."""
    left, top, right, bottom = box
    kind, places = int(rng.integers(0, 2)), []
    columns, rows = int(rng.integers(2, 4)), int(rng.integers(1, 4))
    for at in range(columns * rows):
        x = left + (right - left) * (at % columns) / columns
        y = top + (bottom - top) * (at // columns) / rows
        wide, high = (right - left) / columns * rng.uniform(0.6, 0.85), (bottom - top) / rows * rng.uniform(0.5, 0.8)
        places.append((x, y, x + wide, y + high))
    for one, other in pairwise(places):
        y = (one[1] + one[3]) / 2
        middle = (other[0] + other[2]) / 2
        pencil.line((one[2], y, middle, y, middle, (other[1] + other[3]) / 2), fill, int(rng.integers(1, 4)))
    for place in places:
        labelled(rng, pencil, place, filling(rng) or (255, 255, 255), fill, kind)
        for at in range(int(rng.integers(0, 4))):
            high = (place[3] - place[1]) * 0.16
            y = place[1] + high * (0.3 + 1.3 * at) + (place[3] - place[1]) * 0.4 * (at > 1)
            labelled(rng, pencil, (place[0] + 6, y, place[2] - 6, y + high), colour(rng, 200, 255), fill, 0)


def graph(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Nodes and edges: at random, on a ring, or in layers as a network has them."""
    left, top, right, bottom = box
    kind, count = rng.integers(3), int(rng.integers(5, 22))
    if kind == 0:
        places = rng.uniform(0.06, 0.94, (count, 2))
        pairs = [(a, int(b)) for a in range(count) for b in rng.integers(0, count, 2)]
    elif kind == 1:
        turns = np.arange(count) * 2 * math.pi / count
        places = 0.5 + 0.44 * np.stack([np.cos(turns), np.sin(turns)], 1)
        pairs = [(int(a), int(b)) for a, b in rng.integers(0, count, (count * 2, 2))]
    else:
        sizes = rng.integers(2, 8, int(rng.integers(3, 6)))
        layers = np.repeat(np.arange(len(sizes)), sizes)
        heights = np.concatenate([(np.arange(size) + 0.5) / size for size in sizes])
        places = np.stack([0.06 + 0.88 * layers / (len(sizes) - 1), heights], 1)
        pairs = [(a, b) for a in range(len(layers)) for b in range(len(layers)) if layers[b] == layers[a] + 1]
    at = (places * (right - left, bottom - top) + (left, top)).tolist()
    radius, directed = rng.uniform(4, 18), rng.random() < 0.25 and kind < 2
    for a, b in pairs:
        if directed and a != b:
            arrow(pencil, tuple(at[a]), tuple((np.array(at[a]) + 2 * np.array(at[b])) / 3), fill)
        pencil.line((*at[a], *at[b]), fill)
    tint, face = filling(rng) or (255, 255, 255), font(rng, max(6, int(radius)), "sans")
    for number, (x, y) in enumerate(at):
        pencil.circle((x, y), radius, colour(rng, 60, 240) if kind == 0 and radius < 9 else tint, fill, 1)
        if radius > 8:
            pencil.text((x, y), str(number + 1), (20, 20, 20), face, "mm")


def tree(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """A tree, as of an organisation or a family."""
    left, top, right, bottom = box
    depth, fan, kind = int(rng.integers(3, 5)), int(rng.integers(2, 4)), int(rng.integers(0, 4))
    high, tint = (bottom - top) / depth, filling(rng)
    for level in range(depth):
        count = fan**level
        wide = (right - left) / count
        half = min(wide * 0.42, 44)
        for at in range(count):
            x, y = left + (at + 0.5) * wide, top + level * high
            for child in range(fan) if level + 1 < depth else ():
                end = x + wide / fan * (child - (fan - 1) / 2)
                pencil.line((x, y + high * 0.5, x, y + high * 0.75, end, y + high * 0.75, end, y + high), fill)
            labelled(rng, pencil, (x - half, y, x + half, y + high * 0.5), tint, fill, 0 if kind == 2 else kind)


def classes(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Classes, or tables of a database: a head, lines, and how they hang together."""
    left, top, right, bottom = box
    columns, rows = int(rng.integers(2, 4)), int(rng.integers(1, 4))
    wide, high, tint = (right - left) / columns, (bottom - top) / rows, filling(rng) or (235, 235, 220)
    face, before = font(rng, 8, "sans"), None
    for at in range(columns * rows):
        x, y = left + at % columns * wide, top + at // columns * high
        lines = int(np.clip(rng.integers(2, 9), 1, high * 0.75 / 11))
        end = (x + wide * 0.72, y + 15 + lines * 11)
        if before is not None:
            pencil.line((*before, x, before[1], x, y + 8), fill)
            pencil.polygon([x, y + 8, x - 5, y + 2, x - 5, y + 14], (255, 255, 255), fill)
        pencil.rectangle((x, y, *end), (255, 255, 255), fill)
        pencil.rectangle((x, y, end[0], y + 14), tint, fill)
        pencil.text(((x + end[0]) / 2, y + 7), phrase(rng, 1), (10, 10, 10), face, "mm")
        for line in range(lines):
            pencil.text(
                (x + 4, y + 16 + line * 11), f"+ {phrase(rng, 1).lower()}: int"[: int(wide * 0.15)], (40, 40, 40), face
            )
        before = (end[0], (y + end[1]) / 2)


def sequence(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Who says what to whom, from above to below."""
    left, top, right, bottom = box
    count = int(rng.integers(2, 6))
    places = np.linspace(left + 30, right - 30, count).tolist()
    tint, face = filling(rng), font(rng, 8, "sans")
    for x in places:
        labelled(rng, pencil, (x - 28, top, x + 28, top + 20), tint, fill, 0)
        for y in np.arange(top + 22, bottom, 8):
            pencil.line((x, y, x, y + 4), fill)
    for y in np.arange(top + 36, bottom - 8, rng.uniform(16, 34)):
        one, other = rng.choice(count, 2, replace=False).tolist()
        arrow(pencil, (places[one], float(y)), (places[other], float(y)), fill)
        pencil.text(((places[one] + places[other]) / 2, y - 6), phrase(rng, 1)[:10], fill, face, "mm")
