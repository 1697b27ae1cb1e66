"""Frames that are made as they are needed and kept by nobody, so that a measurement of memory holds nothing itself."""

import time
from types import TracebackType
from typing import Self

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
    """A picture of 8 x 6 coloured patches: another one every time, at the price of one copy.

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


class PatchCamera:
    """A live source: a new frame of patches at a steady rate, made when it is looked at.

    Args:
        name: Of the source.
        fps: Frames a second.
        seconds: After which it ends.
        seed: Of the colours.
    """

    def __init__(self, name: str, fps: float, seconds: float, seed: int) -> None:
        self.name, self.live = name, True
        self._interval, self._frames = 1 / fps, round(seconds * fps)
        self._rng = np.random.default_rng(seed)
        self._number = -1
        self._start = 0.0

    @property
    def position(self) -> float | None:
        """None, as of a camera."""
        return None

    def __enter__(self) -> Self:
        """Begin."""
        self._start = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to give back."""

    def grab(self) -> bool:
        """Wait until the next frame is due; False after the last."""
        self._number += 1
        if self._number >= self._frames:
            return False
        time.sleep(max(0.0, self._start + self._number * self._interval - time.monotonic()))
        return True

    def retrieve(self) -> Pixels:
        """The frame."""
        return patches(self._rng, *USUAL)
