"""Technical and mathematical drawings: circuits, plans of floors, maps of lines, sets, curves."""

import math

import numpy as np
from PIL import ImageDraw

from train.nonpictures.boxes import filling, labelled
from train.nonpictures.charts import axes
from train.nonpictures.fonts import font, phrase
from train.nonpictures.papers import Colour, colour, shade
from train.nonpictures.text import Box


def circuit(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Wires on a grid with resistors, coils, capacitors, sources, earths and chips."""
    left, top, right, bottom = box
    columns, rows = int(rng.integers(3, 7)), int(rng.integers(2, 5))
    wide, high, thick = (right - left) / columns, (bottom - top) / rows, int(rng.integers(1, 3))
    ground = (255, 255, 255) if sum(fill) < 380 else (20, 20, 20)
    for column in range(columns):
        for row in range(rows):
            x, y = left + column * wide, top + (row + 0.5) * high
            if rng.random() < 0.8:
                pencil.line((x, y, x + wide, y), fill, thick)
                _part(rng, pencil, x + wide / 2, y, wide * 0.2, fill, ground)
            if row + 1 < rows and rng.random() < 0.5:
                pencil.line((x, y, x, y + high), fill, thick)
                pencil.circle((x, y), 2.5, fill)
            if rng.random() < 0.3:
                pencil.text(
                    (x + wide / 2, y - wide * 0.28), f"R{rng.integers(1, 40)}", fill, font(rng, 9, "sans"), "mm"
                )


def _part(
    rng: np.random.Generator, pencil: ImageDraw.ImageDraw, x: float, y: float, half: float, fill: Colour, ground: Colour
) -> None:
    kind = rng.integers(7)
    if kind == 0:
        pencil.rectangle((x - half, y - half * 0.4, x + half, y + half * 0.4), ground, fill)
    elif kind == 1:
        pencil.rectangle((x - half * 0.2, y - half, x + half * 0.2, y + half), ground)
        for side in (-0.2, 0.2):
            pencil.line((x + side * half, y - half, x + side * half, y + half), fill, 2)
    elif kind == 2:
        points = [(x + half * (at / 3 - 1), y + half * 0.5 * (-1) ** at * (0 < at < 6)) for at in range(7)]
        pencil.rectangle((x - half, y - 2, x + half, y + 2), ground)
        pencil.line(points, fill)
    elif kind == 3:
        pencil.circle((x, y), half * 0.8, ground, fill, 1)
        pencil.text((x, y), str(rng.choice(["V", "A", "M", "~"])), fill, font(rng, max(6, int(half)), "sans"), "mm")
    elif kind == 4:
        pencil.polygon(
            [x - half * 0.5, y - half * 0.6, x + half * 0.5, y, x - half * 0.5, y + half * 0.6], ground, fill
        )
        pencil.line((x + half * 0.5, y - half * 0.6, x + half * 0.5, y + half * 0.6), fill, 2)
    elif kind == 5:
        pencil.rectangle((x - half, y - half * 1.4, x + half, y + half * 1.4), ground, fill)
        pencil.text((x, y), f"U{rng.integers(1, 9)}", fill, font(rng, max(6, int(half * 0.7)), "sans"), "mm")


def lines_map(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Lines of a railway with their stops, at angles of 45 degrees, or streets."""
    left, top, right, bottom = box
    if rng.random() < 0.35:
        for _ in range(int(rng.integers(8, 24))):
            start, angle, long = rng.uniform((left, top), (right, bottom)), rng.uniform(0, 6.28), right - left
            end = start + long * np.array([math.cos(angle), math.sin(angle)])
            pencil.line((*(2 * start - end).tolist(), *end.tolist()), shade(rng, 150, 230), int(rng.integers(1, 9)))
    for _ in range(int(rng.integers(2, 8))):
        tint, place = colour(rng, 10, 235), rng.uniform((left, top), (right, bottom))
        points, turn, thick = [place], int(rng.integers(8)), int(rng.integers(2, 7))
        for _ in range(int(rng.integers(3, 9))):
            turn += int(rng.integers(-1, 2))
            step = rng.uniform(0.1, 0.3) * (right - left) * np.array([math.cos(turn * 0.785), math.sin(turn * 0.785)])
            points.append(np.clip(points[-1] + step, (left, top), (right, bottom)))
        pencil.line(np.array(points).ravel().tolist(), tint, thick, "curve")
        for x, y in np.array(points).tolist():
            pencil.circle((x, y), thick * 0.9 + 1, (255, 255, 255), fill)
            if rng.random() < 0.5:
                pencil.text((x + 7, y - 10), phrase(rng, 1)[:9], fill, font(rng, 8, "sans"))


def floor(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """The plan of a floor: rooms, doors, names, measures."""
    thick = int(rng.integers(2, 6))
    rooms: list[Box] = [box]
    for _ in range(int(rng.integers(3, 9))):
        left, top, right, bottom = rooms.pop(int(np.argmax([(r[2] - r[0]) * (r[3] - r[1]) for r in rooms])))
        at = rng.uniform(0.3, 0.7)
        if right - left > bottom - top:
            x = left + at * (right - left)
            rooms += [(left, top, x, bottom), (x, top, right, bottom)]
        else:
            y = top + at * (bottom - top)
            rooms += [(left, top, right, y), (left, y, right, bottom)]
    tinted = rng.random() < 0.4
    for left, top, right, bottom in rooms:
        pencil.rectangle((left, top, right, bottom), colour(rng, 205, 252) if tinted else None, fill, thick)
        pencil.text(((left + right) / 2, (top + bottom) / 2), phrase(rng, 1)[:8], fill, font(rng, 9, "sans"), "mm")
        door = min(right - left, bottom - top) * 0.35
        pencil.pieslice((left - door, bottom - door, left + door, bottom + door), 270, 360, (250, 250, 250), fill)
        if rng.random() < 0.4:
            pencil.rectangle((right - door, top + thick, right - thick, top + door), outline=fill)


def sets(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Circles that overlap, after Venn; or a cycle, or layers of a pyramid."""
    left, top, right, bottom = box
    x, y, kind = (left + right) / 2, (top + bottom) / 2, rng.integers(3)
    radius, count = min(right - left, bottom - top) * rng.uniform(0.24, 0.3), int(rng.integers(2, 6))
    for at in range(count):
        turn = at * 2 * math.pi / count + 0.5
        place = (x + radius * 0.65 * math.cos(turn), y + radius * 0.65 * math.sin(turn))
        if kind == 0:
            pencil.circle(place, radius, colour(rng, 120, 250) if at == 0 else None, fill, int(rng.integers(1, 5)))
            pencil.text((2 * place[0] - x, 2 * place[1] - y), phrase(rng, 1)[:8], fill, font(rng, 11, "sans"), "mm")
        elif kind == 1:
            pencil.arc(
                (x - radius, y - radius, x + radius, y + radius),
                at * 360 / count + 18,
                (at + 1) * 360 / count - 4,
                fill,
                4,
            )
            middle = (x + radius * 1.45 * math.cos(turn), y + radius * 1.35 * math.sin(turn))
            labelled(
                rng, pencil, (middle[0] - 40, middle[1] - 15, middle[0] + 40, middle[1] + 15), filling(rng), fill, 1
            )
        else:
            half = (right - left) * 0.45 * np.array([at, at + 1]) / count
            rows = top + (bottom - top) * np.array([at, at + 0.95]) / count
            corners = [x - half[0], rows[0], x + half[0], rows[0], x + half[1], rows[1], x - half[1], rows[1]]
            pencil.polygon([float(one) for one in corners], colour(rng, 90, 240), fill)
            pencil.text((x, float(rows.mean())), phrase(rng, 1)[:9], (20, 20, 20), font(rng, 11, "sans"), "mm")


def curves(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """A mathematical drawing: functions, ellipses, triangles, spirals, with names."""
    left, top, right, bottom = box
    if rng.random() < 0.6:
        left, top, right, bottom = axes(rng, pencil, box, fill)
    x, y, half = (left + right) / 2, (top + bottom) / 2, min(right - left, bottom - top) * 0.45
    pencil.line((left, y, right, y), fill)
    pencil.line((x, top, x, bottom), fill)
    along = np.linspace(-1, 1, 120)
    for _ in range(int(rng.integers(1, 5))):
        kind, one, other = rng.integers(4), rng.uniform(1, 5), rng.uniform(1, 5)
        tint = colour(rng, 0, 220) if rng.random() < 0.7 else fill
        if kind == 0:
            points = np.stack([along, np.sin(along * one * 3) * np.cos(other * along)], 1)
        elif kind == 1:
            points = np.stack([np.sin(one * along * math.pi), np.sin(other * along * math.pi + 1)], 1)
        elif kind == 2:
            points = np.stack([along, np.clip(along**2 * one - along**3 * other + rng.uniform(-0.5, 0.5), -1, 1)], 1)
        else:
            corners = rng.uniform(-0.9, 0.9, (3, 2))
            points = np.concatenate([corners, corners[:1]])
        places = (points * half + (x, y)).tolist()
        pencil.line([(a, b) for a, b in places], tint, int(rng.integers(1, 4)))
        pencil.text(tuple(places[0]), str(rng.choice(list("ABCPQxyfg"))), fill, font(rng, 12, "serif"))
