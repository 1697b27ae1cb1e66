"""Privacy masks: polygons of a picture that are black before anyone sees it, be it the model, a file or a window.

Where it is not certain that a mask covers what it is meant to, there is no picture at all.
"""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from edge_runtime.console.validation import at_home, shortened
from edge_runtime.errors import OptionError, SourceError
from edge_runtime.frames.addresses import redacted, scheme_of, unaddressed
from edge_runtime.frames.base import Pixels

Point = tuple[float, float]

_LEAST_POINTS, _MOST_POINTS = 3, 200
_REMEMBERED = 16
"""Filled masks that are kept: one for each source and size of its frames."""


@dataclass(frozen=True)
class Mask:
    """A polygon of the turned and mirrored picture, before a region is cut from it.

    Attributes:
        points: Its corners in order, x and y: pixels from the top left corner of the picture, or shares of it where all are at most 1.
        source: Address of the only source that it is for; None for every one.

    Raises:
        OptionError: It is no polygon that certainly covers something.
    """

    points: tuple[Point, ...]
    source: str | None = field(default=None, repr=False)  # it may hold a password

    def __post_init__(self) -> None:
        shown = f"mask {shortened(self.shown, 60)!r}"
        if not _LEAST_POINTS <= len(self.points) <= _MOST_POINTS:
            raise OptionError(f"{shown}: {len(self.points)} points; a polygon has {_LEAST_POINTS} to {_MOST_POINTS}")
        numbers = [number for point in self.points for number in point]
        if not all(0 <= number < math.inf for number in numbers):
            raise OptionError(f"{shown}: reaches beyond the frame, whose near corner is 0,0")
        if not self.in_shares and any(number != int(number) for number in numbers):
            raise OptionError(f"{shown}: must be whole pixels, or shares of the frame from 0 to 1")
        if _crosses_itself(self.points):
            raise OptionError(
                f"{shown}: its edges cross; name its corners in the order in which they follow each other"
            )
        if abs(_area(self.points)) < 1e-9:
            raise OptionError(f"{shown}: has no area; name the corners of what is to be black, one after the other")

    @property
    def in_shares(self) -> bool:
        """Return whether its points are shares of the picture, whatever its size."""
        return max(max(point) for point in self.points) <= 1

    @property
    def shown(self) -> str:
        """Return the polygon as it is written; the source, which may hold a password, is left out."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)

    def is_for(self, names: Collection[str]) -> bool:
        """Return whether it is for a source.

        Args:
            names: What the source is called: its address as it was written, and its name.
        """
        return self.source is None or self.source in names

    def within(self, width: int, height: int) -> tuple[Point, ...]:
        """Return its points in pixels of a picture.

        Args:
            width: Of the picture.
            height: Of the picture.

        Raises:
            SourceError: It reaches beyond the picture.
        """
        if self.in_shares:
            return tuple((x * width, y * height) for x, y in self.points)
        if any(x > width or y > height for x, y in self.points):
            raise SourceError(
                f"mask {shortened(self.shown, 60)!r}: reaches beyond the frame, which has {width} x {height} pixels; "
                "give it in shares of 1"
            )
        return self.points


def parse_mask(text: str) -> Mask:
    """Return a mask as written: `X,Y X,Y X,Y ...`, and `@SOURCE` behind it where it is for one source.

    Args:
        text: As the user wrote it.

    Raises:
        OptionError: It is no such polygon.
    """
    # An address may hold an @ itself, a polygon none.
    polygon, at, source = text.partition("@")
    # What stands in the wrong place may be an address with its password.
    shown = f"mask {shortened(polygon, 60)!r}" if re.fullmatch(r"[\d.,\s+einfa-]*", polygon) else "mask"
    points = []
    for pair in polygon.split():
        if not re.fullmatch(r"[^,]+,[^,]+", pair):
            raise OptionError(f"{shown}: must be X,Y X,Y X,Y ..., in pixels or as shares from 0 to 1")
        try:
            x, y = map(float, pair.split(","))
        except ValueError:
            raise OptionError(f"{shown}: must be X,Y X,Y X,Y ..., in pixels or as shares from 0 to 1") from None
        points.append((x, y))
    if at and not source.strip():
        raise OptionError(f"{shown}: @ without a source behind it; write it as --source has it")
    return Mask(tuple(points), at_home(source.strip()) if at else None)


def check_sources(masks: Sequence[Mask], names: Collection[str]) -> None:
    """Refuse a mask for a source that there is not: what it was to hide would be seen.

    Args:
        masks: All.
        names: What all sources are called.

    Raises:
        OptionError: There is one.
    """
    for mask in masks:
        if not mask.is_for(names) and mask.source is not None:
            shown = redacted(mask.source) if scheme_of(mask.source) else unaddressed(mask.source)
            raise OptionError(
                f"mask {shortened(mask.shown, 60)!r}: there is no source {shown}; write it as --source has it"
            )


@lru_cache(_REMEMBERED)
def kept(masks: tuple[Mask, ...], width: int, height: int) -> Pixels:
    """Return what is seen of a picture of some size: 0 where a mask touches a pixel, however little, 255 elsewhere.

    Args:
        masks: At least one.
        width: Of the picture.
        height: Of the picture.

    Returns:
        uint8 [H, W, 3], read-only.

    Raises:
        SourceError: One reaches beyond the picture.
    """
    covered = np.zeros((height, width), np.bool_)
    for mask in masks:
        _cover(covered, mask.within(width, height))
    found: Pixels = np.repeat(np.where(covered, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    found.flags.writeable = False
    return found


def _cover(covered: np.typing.NDArray[np.bool_], points: Sequence[Point]) -> None:
    """Mark every pixel that a polygon touches: those that an edge passes through, and those whose middle it goes round at least once."""
    height = len(covered)
    crossings: list[list[tuple[float, int]]] = [[] for _ in range(height)]
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        turn = 1 if ay < by else -1
        if ay > by:
            ax, ay, bx, by = bx, by, ax, ay
        slope = (bx - ax) / (by - ay) if by > ay else 0.0
        for row in range(math.floor(ay), min(height, math.ceil(by))):
            ends = [ax + slope * (min(max(y, ay), by) - ay) for y in (row, row + 1)] if by > ay else [ax, bx]
            covered[row, math.floor(min(ends)) : math.ceil(max(ends))] = True
            if ay <= row + 0.5 < by:
                crossings[row].append((ax + slope * (row + 0.5 - ay), turn))
    for row, found in enumerate(crossings):
        found.sort()
        turns = 0
        for (left, turn), (right, _) in pairwise(found):
            turns += turn
            if turns:
                covered[row, math.floor(left) : math.ceil(right)] = True


def _area(points: Sequence[Point]) -> float:
    """Return the area by the shoelace formula, signed."""
    following = [*points[1:], points[0]]
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(points, following, strict=True)) / 2


def _crosses_itself(points: Sequence[Point]) -> bool:
    """Return whether two edges cross in the middle of both."""
    edges: list[Any] = list(zip(points, [*points[1:], points[0]], strict=True))
    return any(
        _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0
        for place, (a, b) in enumerate(edges)
        for c, d in edges[place + 1 :]
    )


def _side(a: Point, b: Point, c: Point) -> float:
    """Return on which side of a line through two points a third one lies: positive, negative, or 0 on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
