"""Charts of numbers: bars, lines, pies, points, curves, the plan of a project."""

import numpy as np
from PIL import ImageDraw

from train.nonpictures.fonts import amount, font, phrase
from train.nonpictures.papers import Colour, colour
from train.nonpictures.text import Box


def axes(
    rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour, grid: bool | None = None
) -> Box:
    """Draw axes with their numbers and names; returns the area between them."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    size = int(np.clip(high * 0.055, 6, 12))
    inner = (left + wide * 0.1, top + high * 0.04, right - wide * 0.03, bottom - high * 0.12)
    face, grey = font(rng, size, "sans"), _between(fill)
    count = int(rng.integers(3, 8))
    ruled = rng.random() < 0.5 if grid is None else grid
    for at in range(count + 1):
        x = inner[0] + (inner[2] - inner[0]) * at / count
        y = inner[3] - (inner[3] - inner[1]) * at / count
        if ruled:
            pencil.line((inner[0], y, inner[2], y), grey)
            if count % 2:
                pencil.line((x, inner[1], x, inner[3]), grey)
        pencil.text((inner[0] - 3, y), f"{at * count}", fill, face, "rm")
        pencil.text((x, inner[3] + 3), f"{at * 2}", fill, face, "ma")
        pencil.line((inner[0] - 2, y, inner[0], y), fill)
    pencil.line((inner[0], inner[1], inner[0], inner[3], inner[2], inner[3]), fill, 1)
    if rng.random() < 0.3:
        pencil.rectangle(inner, outline=fill)
    if high > 120 and rng.random() < 0.7:
        pencil.text(((left + right) / 2, bottom), phrase(rng, 2), fill, face, "md")
    return inner


def _between(fill: Colour) -> Colour:
    """A grey that is seen on what `fill` is written on."""
    return (205, 205, 205) if sum(fill) < 380 else (85, 85, 85)


def bar_chart(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Bars, one or several beside each other or one on the other, upright or lying."""
    left, top, right, bottom = axes(rng, pencil, box, fill)
    groups, series, stacked = int(rng.integers(2, 14)), int(rng.integers(1, 5)), rng.random() < 0.3
    fills = [colour(rng, 20, 235) for _ in range(series)]
    lying = rng.random() < 0.25
    step = ((bottom - top) if lying else (right - left)) / groups
    thick = step * rng.uniform(0.4, 0.9) / (1 if stacked else series)
    for group in range(groups):
        base = 0.0
        for at in range(series):
            share = rng.uniform(0.05, 1 / series if stacked else 1)
            start = step * (group + 0.1) + (0 if stacked else at * thick)
            if lying:
                first, last = left + base * (right - left), left + (base + share) * (right - left)
                shape = (first, top + start, last, top + start + thick)
            else:
                first, last = bottom - (base + share) * (bottom - top), bottom - base * (bottom - top)
                shape = (left + start, first, left + start + thick, last)
            pencil.rectangle(shape, fills[at], fill if series == 1 else None)
            base += share if stacked else 0
    _legend(rng, pencil, (left, top, right, bottom), fills, fill)


def line_chart(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Lines that walk, rise or swing, with or without marks or an area below."""
    left, top, right, bottom = axes(rng, pencil, box, fill)
    count, series = int(rng.integers(5, 80)), int(rng.integers(1, 6))
    fills = [colour(rng, 20, 235) for _ in range(series)]
    along, thick, marks = np.linspace(0, 1, count), int(rng.integers(1, 4)), count < 20 and rng.random() < 0.5
    for tint in fills:
        kind = rng.integers(4)
        if kind == 0:
            values = np.cumsum(rng.normal(0, 1, count))
        elif kind == 1:
            values = along ** rng.uniform(0.3, 3) + rng.normal(0, 0.03, count)
        elif kind == 2:
            values = np.sin(along * rng.uniform(4, 40) + rng.uniform(0, 6)) * np.exp(-along * rng.uniform(0, 3))
        else:
            values = -np.exp(-along * rng.uniform(1, 9)) + rng.normal(0, 0.02, count)
        values = (values - values.min()) / max(float(np.ptp(values)), 1e-6)
        low, high = sorted(rng.uniform(0.02, 0.98, 2))
        x, y = left + along * (right - left), bottom - (low + (high - low) * values) * (bottom - top)
        points = np.stack([x, y], 1).ravel().tolist()
        if series == 1 and rng.random() < 0.3:
            pencil.polygon([left, bottom, *points, right, bottom], tint)
        pencil.line(points, tint, thick)
        for one, other in zip(x.tolist(), y.tolist(), strict=True) if marks else ():
            pencil.circle((one, other), thick + 1.5, tint)
    _legend(rng, pencil, (left, top, right, bottom), fills, fill)


def scatter_chart(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """Points in clouds."""
    left, top, right, bottom = axes(rng, pencil, box, fill)
    fills = [colour(rng, 20, 235) for _ in range(int(rng.integers(1, 5)))]
    for tint in fills:
        radius, count = rng.uniform(1, 5), int(rng.integers(10, 90))
        mixing = rng.normal(0, 0.14, (2, 2))
        points = np.clip(rng.normal(0, 1, (count, 2)) @ mixing + rng.uniform(0.25, 0.75, 2), 0, 1)
        for x, y in (points * (right - left, top - bottom) + (left, bottom)).tolist():
            pencil.circle((x, y), radius, tint)
    _legend(rng, pencil, (left, top, right, bottom), fills, fill)


def pie_chart(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """A pie or a ring, with names beside it."""
    left, top, right, bottom = box
    radius = min(right - left, bottom - top) * rng.uniform(0.36, 0.48)
    x, y = left + radius + rng.uniform(0, max(1, right - left - 2 * radius)), (top + bottom) / 2
    ends = np.cumsum(rng.dirichlet(np.full(int(rng.integers(2, 9)), 2.0))) * 360
    start, fills = 0.0, [colour(rng, 20, 240) for _ in ends]
    edge = fill if rng.random() < 0.5 else None
    for end, tint in zip(ends.tolist(), fills, strict=True):
        pencil.pieslice((x - radius, y - radius, x + radius, y + radius), start, end, tint, edge)
        angle = np.radians((start + end) / 2)
        if radius > 60:
            place = (x + radius * 1.12 * np.cos(angle), y + radius * 1.12 * np.sin(angle))
            pencil.text(place, amount(rng), fill, font(rng, 9, "sans"), "mm")
        start = end
    if rng.random() < 0.3:
        inner = radius * rng.uniform(0.4, 0.7)
        pencil.circle((x, y), inner, (250, 250, 250) if sum(fill) < 380 else (30, 30, 30))
    _legend(rng, pencil, box, fills, fill)


def plan_chart(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fill: Colour) -> None:
    """The plan of a project after Gantt: a bar for each task, in its time."""
    left, top, right, bottom = box
    edge, count = left + (right - left) * 0.24, int(rng.integers(5, 16))
    step = (bottom - top) / count
    face, at = font(rng, int(np.clip(step * 0.5, 6, 12)), "sans"), 0.0
    for x in np.linspace(edge, right, int(rng.integers(5, 14))):
        pencil.line((x, top, x, bottom), _between(fill))
    fills = [colour(rng, 30, 235) for _ in range(3)]
    for row in range(count):
        y = top + row * step
        pencil.text((left, y + step / 2), phrase(rng, 2)[:16], fill, face, "lm")
        long = rng.uniform(0.08, 0.35)
        start = edge + at * (right - edge)
        pencil.rounded_rectangle(
            (start, y + step * 0.2, min(right, start + long * (right - edge)), y + step * 0.8), 2, fills[row % 3]
        )
        at = min(0.85, at + long * rng.uniform(0, 0.8))


def _legend(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fills: list[Colour], fill: Colour) -> None:
    if rng.random() < 0.5 or box[3] - box[1] < 100:
        return
    x, y = box[2] - (box[2] - box[0]) * 0.25, box[1] + 6
    for at, tint in enumerate(fills):
        pencil.rectangle((x, y + at * 13, x + 9, y + at * 13 + 9), tint)
        pencil.text((x + 14, y + at * 13), phrase(rng, 1)[:9], fill, font(rng, 9, "sans"))
