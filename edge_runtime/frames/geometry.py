"""How a frame is turned, mirrored and cut before anyone sees it."""

from dataclasses import dataclass

import numpy as np

from edge_runtime.console.options import Options, option
from edge_runtime.errors import OptionError, SourceError
from edge_runtime.frames.base import Pixels
from edge_runtime.pictures.preprocess import MIN_SIDE

ROTATIONS = (0, 90, 180, 270)

Region = tuple[float, float, float, float]
"""x, y, width, height: pixels, or shares of the frame where all four are at most 1."""


@dataclass(frozen=True)
class Geometry:
    """How a frame is turned, then mirrored, then cut.

    Attributes:
        rotation: Degrees clockwise, one of `ROTATIONS`.
        mirror: Whether left and right are swapped.
        region: What is kept of the frame that comes of it; None is all.

    Raises:
        OptionError: A value outside its range.
    """

    rotation: int = 0
    mirror: bool = False
    region: Region | None = None

    def __post_init__(self) -> None:
        if self.rotation not in ROTATIONS:
            raise OptionError(f"rotation {self.rotation}: must be 0, 90, 180 or 270 degrees, clockwise")
        if self.region is None:
            return
        x, y, width, height = self.region
        shown = ",".join(f"{value:g}" for value in self.region)
        if not all(0 <= value < np.inf for value in self.region) or not width > 0 or not height > 0:
            raise OptionError(
                f"region {shown}: must be X,Y,WIDTH,HEIGHT, none of them negative, with some width and height"
            )
        if max(self.region) <= 1 and (x + width > 1 + 1e-9 or y + height > 1 + 1e-9):
            raise OptionError(f"region {shown}: reaches beyond the frame, whose far corner is 1,1")
        if max(self.region) > 1 and any(value != int(value) for value in self.region):
            raise OptionError(f"region {shown}: must be whole pixels, or shares of the frame from 0 to 1")

    def apply(self, pixels: Pixels) -> Pixels:
        """Turn, mirror and cut a frame.

        Args:
            pixels: uint8 [H, W, 3].

        Returns:
            uint8 [h, w, 3], contiguous; the very same array where there is nothing to do.

        Raises:
            SourceError: The region lies outside the frame, or is too small to show a scene.
        """
        turned = np.rot90(pixels, -self.rotation // 90) if self.rotation else pixels
        if self.mirror:
            turned = turned[:, ::-1]
        if self.region is not None:
            left, top, right, bottom = self._bounds(turned.shape[1], turned.shape[0])
            turned = turned[top:bottom, left:right]
        return np.ascontiguousarray(turned)

    def _bounds(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return the region's left, top, right and bottom edge in pixels."""
        x, y, wide, high = self.region or (0, 0, 1, 1)
        shown = ",".join(f"{value:g}" for value in (x, y, wide, high))
        if max(x, y, wide, high) <= 1:
            bounds = (round(x * width), round(y * height), round((x + wide) * width), round((y + high) * height))
        else:
            bounds = (int(x), int(y), int(x + wide), int(y + high))
        left, top, right, bottom = bounds
        if right > width or bottom > height:
            raise SourceError(
                f"region {shown}: reaches beyond the frame, which has {width} x {height} pixels; choose a smaller one"
            )
        if min(right - left, bottom - top) < MIN_SIDE:
            raise SourceError(
                f"region {shown}: only {right - left} x {bottom - top} pixels of a frame of {width} x {height}; "
                f"at least {MIN_SIDE} x {MIN_SIDE} are needed"
            )
        return bounds


@dataclass(frozen=True)
class PictureOptions(Options):
    """How the picture is asked to be.

    Attributes:
        rotate: Degrees clockwise.
        mirror: Whether left and right are swapped.
        region: As `parse_region` reads it; None is all.

    Raises:
        OptionError: A value outside its range, or no region.
    """

    table = "picture"

    rotate: int = option(0, "degrees by which the picture is turned clockwise", metavar="DEGREES", choices=ROTATIONS)
    mirror: bool = option(False, "mirror the picture left to right")
    region: str | None = option(
        None,
        "part that is captioned: X,Y,WIDTH,HEIGHT in pixels, or in shares of 1 of the turned picture",
        metavar="REGION",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.geometry()

    def geometry(self) -> Geometry:
        """Return the same, ready to be applied."""
        return Geometry(self.rotate, self.mirror, parse_region(self.region) if self.region is not None else None)


def parse_region(text: str) -> Region:
    """Return a region as written: `X,Y,WIDTH,HEIGHT`.

    Raises:
        OptionError: Not four numbers.
    """
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError:
        raise OptionError(f"region {text!r}: must be X,Y,WIDTH,HEIGHT, in pixels or as shares from 0 to 1") from None
    return x, y, width, height
