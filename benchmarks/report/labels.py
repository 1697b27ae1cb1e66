"""Labels of points in a chart that neither cover one another, nor a point, nor leave the frame."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

_SIZE = 7
"""Of the letters, in points."""
_GAP = 2.0
"""Between a label and whatever else there is, in pixels."""
_RINGS = (8, 14, 22, 32, 44, 58, 74, 92, 112, 134, 158, 184)
"""Distances from a point at which room is looked for, in pixels beyond its own radius."""
_DIRECTIONS = 16
_STEP = 4.0
"""From place to place of a line that is kept free, in pixels: less than a label is high."""
_LINE_FROM = 14
"""Distance from which on a thin line leads from the label to its point."""


def place_labels(
    axes: Any,
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    radii: Sequence[float],
    line: Sequence[tuple[float, float]] = (),
) -> None:
    """Write a name beside each point, the nearest place that is free first.

    A label for which no place is free is left out; the table below a chart has every name.

    Args:
        axes: Of matplotlib, everything else in it drawn already.
        points: In the units of the axes.
        names: A label a point.
        radii: Of the points' marks, in pixels.
        line: Corners of a line that is kept free too, in the units of the axes.
    """
    figure = axes.figure
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    frame = axes.get_window_extent(renderer)
    centres = [axes.transData.transform(point) for point in points]
    taken = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(centres, radii, strict=True)]
    corners = [axes.transData.transform(corner) for corner in line]
    for (x0, y0), (x1, y1) in pairwise(corners):
        steps = max(1, round(math.hypot(x1 - x0, y1 - y0) / _STEP))
        for place in range(steps + 1):
            x, y = x0 + (x1 - x0) * place / steps, y0 + (y1 - y0) * place / steps
            taken.append((x, y, x, y))
    legend = axes.get_legend()
    if legend is not None:
        taken.append(legend.get_window_extent(renderer).extents)
    for (x, y), name, radius in zip(centres, names, radii, strict=True):
        text = axes.text(0, 0, name, fontsize=_SIZE, ha="center", va="center", transform=None)
        text.set_in_layout(False)
        size = text.get_window_extent(renderer)
        found = _room(x, y, radius, size.width, size.height, taken, frame)
        if found is None:
            text.remove()
            continue
        (at_x, at_y), away = found
        to_data = axes.transData.inverted()
        text.set_transform(axes.transData)
        text.set_position(to_data.transform((at_x, at_y)))
        taken.append(_box(at_x, at_y, size.width, size.height))
        if away >= _LINE_FROM:
            end = _nearest(x, y, taken[-1])
            leader = [to_data.transform((x, y)), to_data.transform(end)]
            axes.plot(*zip(*leader, strict=True), color="grey", lw=0.5, zorder=1, scalex=False, scaley=False)


def _room(
    x: float, y: float, radius: float, width: float, height: float, taken: Sequence[Sequence[float]], frame: Any
) -> tuple[tuple[float, float], float] | None:
    """Return the middle of the nearest free place, and its distance from the point's mark."""
    for away in _RINGS:
        for step in range(_DIRECTIONS):
            # Beginning to the right and above, where a reader looks for a label.
            angle = math.pi / 8 + 2 * math.pi * step / _DIRECTIONS
            reach = radius + away / 2
            at_x = x + math.cos(angle) * (reach + width / 2)
            at_y = y + math.sin(angle) * (reach + height / 2)
            box = _box(at_x, at_y, width, height)
            inside = box[0] >= frame.x0 and box[1] >= frame.y0 and box[2] <= frame.x1 and box[3] <= frame.y1
            if inside and not any(overlap(box, other) for other in taken):
                return (at_x, at_y), away
    return None


def _box(x: float, y: float, width: float, height: float) -> tuple[float, float, float, float]:
    return x - width / 2 - _GAP, y - height / 2 - _GAP, x + width / 2 + _GAP, y + height / 2 + _GAP


def overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    """Return whether two boxes (left, lower, right, upper) have a place in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _nearest(x: float, y: float, box: Sequence[float]) -> tuple[float, float]:
    """Return the box's place that is nearest to a point."""
    return min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])
