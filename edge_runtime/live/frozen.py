"""A camera that hangs may go on giving frames: the last picture, again and again. A sensor never gives the very same one twice."""

import numpy as np

from edge_runtime.frames.base import Pixels

_STRIDE = 16
"""Of the rows and columns that are compared first: a picture that lives differs in one of them, and that is all that it costs."""


class FrozenWatch:
    """Finds a picture that stays the same to the pixel.

    Args:
        seconds: For how long, before it counts as frozen; 0 for never.

    Attributes:
        seconds: The same.
        frozen: Whether it is.
    """

    def __init__(self, seconds: float) -> None:
        self.frozen = False
        self.seconds = seconds
        self._sample: Pixels | None = None
        self._whole: Pixels | None = None
        self._since = 0.0

    def look(self, pixels: Pixels, at: float) -> bool | None:
        """Look at a frame.

        Args:
            pixels: uint8 [H, W, 3]; not kept.
            at: When it was captured, in seconds of any clock.

        Returns:
            True where the picture counts as frozen from now on, False where it moves again, None where nothing has changed.
        """
        if not self.seconds:
            return None
        if not self._is_same(pixels):
            self._since = at
            if self.frozen:
                self.frozen = False
                return False
            return None
        if self.frozen or at - self._since < self.seconds:
            return None
        self.frozen = True
        return True

    def _is_same(self, pixels: Pixels) -> bool:
        """Return whether a frame is the one before, as far as is known: the second of a row of like ones is only sampled."""
        sample = pixels[::_STRIDE, ::_STRIDE]
        if self._sample is None or not np.array_equal(sample, self._sample):
            self._sample, self._whole = sample.copy(), None
            return False
        if self._whole is None:
            self._whole = pixels.copy()
            return True
        if np.array_equal(pixels, self._whole):
            return True
        self._whole = pixels.copy()
        return False
