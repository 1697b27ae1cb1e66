"""Frames that are made as they are needed and kept by nobody, so that a measurement of memory holds nothing itself."""

import numpy as np

from edge_runtime.frames.base import Pixels

SIZES = {
    "240p": (240, 426),
    "480p": (480, 640),
    "720p": (720, 1280),
    "1080p": (1080, 1920),
    "1440p": (1440, 2560),
    "4K": (2160, 3840),
}
"""Name -> height and width in pixels."""
USUAL = SIZES["480p"]
_ROWS, _COLUMNS = 6, 8


def patches(rng: np.random.Generator, height: int, width: int) -> Pixels:
    """Return a picture of 8 x 6 coloured patches: another one every time, at the price of one copy.

    Args:
        rng: Of the colours.
        height: Pixels.
        width: Pixels.

    Returns:
        uint8 [height, width, 3].
    """
    colours = rng.integers(0, 256, (_ROWS, _COLUMNS, 3), np.uint8)
    rows = np.arange(height) * _ROWS // height
    columns = np.arange(width) * _COLUMNS // width
    frame: Pixels = colours[rows[:, None], columns[None, :]]
    return frame
