"""A rectangle of a picture, in pixels or in shares of it."""

import numpy as np

from edge_runtime.console.validation import shortened
from edge_runtime.errors import OptionError, SourceError
from edge_runtime.pictures.preprocess import MIN_SIDE

Region = tuple[float, float, float, float]
"""x, y, width, height: pixels, or shares of the picture where all four are at most 1."""


def parse_region(text: str, label: str = "region") -> Region:
    """Return a region as written: `X,Y,WIDTH,HEIGHT`.

    Args:
        text: As the user wrote it.
        label: What messages call it.

    Raises:
        OptionError: Not four numbers.
    """
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError:
        raise OptionError(
            f"{label} {shortened(text)!r}: must be X,Y,WIDTH,HEIGHT, in pixels or as shares from 0 to 1"
        ) from None
    return x, y, width, height


def check_region(region: Region, label: str = "region") -> None:
    """Refuse a region that no picture has.

    Args:
        region: The region.
        label: What messages call it.

    Raises:
        OptionError: It is one.
    """
    x, y, width, height = region
    shown = region_shown(region)
    if not all(0 <= value < np.inf for value in region) or not width > 0 or not height > 0:
        raise OptionError(
            f"{label} {shown}: must be X,Y,WIDTH,HEIGHT, none of them negative, with some width and height"
        )
    if max(region) <= 1 and (x + width > 1 + 1e-9 or y + height > 1 + 1e-9):
        raise OptionError(f"{label} {shown}: reaches beyond the frame, whose far corner is 1,1")
    if max(region) > 1 and any(value != int(value) for value in region):
        raise OptionError(f"{label} {shown}: must be whole pixels, or shares of the frame from 0 to 1")


def bounds_of(region: Region, width: int, height: int, label: str = "region") -> tuple[int, int, int, int]:
    """Return the left, top, right and bottom edge of a region in pixels.

    Args:
        region: One that `check_region` lets pass.
        width: Of the picture.
        height: Of the picture.
        label: What messages call it.

    Raises:
        SourceError: It lies outside the picture, or is too small to show a scene.
    """
    x, y, wide, high = region
    shown = region_shown(region)
    if max(region) <= 1:
        bounds = (round(x * width), round(y * height), round((x + wide) * width), round((y + high) * height))
    else:
        bounds = (int(x), int(y), int(x + wide), int(y + high))
    left, top, right, bottom = bounds
    if right > width or bottom > height:
        raise SourceError(
            f"{label} {shown}: reaches beyond the frame, which has {width} x {height} pixels; choose a smaller one"
        )
    if min(right - left, bottom - top) < MIN_SIDE:
        raise SourceError(
            f"{label} {shown}: only {right - left} x {bottom - top} pixels of a frame of {width} x {height}; "
            f"at least {MIN_SIDE} x {MIN_SIDE} are needed"
        )
    return bounds


def region_shown(region: Region) -> str:
    """Return a region for a message."""
    return ",".join(f"{value:g}" for value in region)
