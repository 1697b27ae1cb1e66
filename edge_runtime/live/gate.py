"""Has the scene changed enough to be worth a caption?

Two looks, the cheap one first. A thumbnail is held against those of the scene that has been captioned; where it differs, the
encoder is asked whether it sees something else. What it sees as the same is remembered by its thumbnail, so that a camera that
trembles does not keep the encoder busy.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from edge_runtime.decoding import Floats
from edge_runtime.events import Reason
from edge_runtime.frames.base import Pixels
from edge_runtime.frames.opencv_loader import opencv

Sensitivity = Literal["low", "normal", "high"]

SENSITIVITIES: dict[Sensitivity, tuple[float, float]] = {
    "low": (14.0, 0.40),
    "normal": (8.0, 0.22),
    "high": (5.0, 0.12),
}
"""By name, what counts as another scene: difference of thumbnails in levels of 255, and 1 - cosine of the encoder's values.

Measured on Flickr8k's dev pictures (docs/decisions/012): the same picture, shifted by up to 5 pixels of 640 and with noise,
differs by at most .14; two pictures differ by at least .70 and 36 levels.
"""

_COLUMNS, _ROWS = 16, 12
_BLANK = 2.0
"""Levels by which a frame's thumbnail varies at the least; below it there is nothing to see."""
_REMEMBERED = 6
"""Thumbnails of the captioned scene."""

Thumbnail = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Glance:
    """The cheap look at a frame.

    Attributes:
        thumbnail: float32 [12, 16, 3].
        suspect: Why the frame may be worth a caption; None where it is not.
        difference: To the captioned scene, in units of the threshold.
    """

    thumbnail: Thumbnail
    suspect: Reason | None
    difference: float


@dataclass(frozen=True)
class Verdict:
    """The second look.

    Attributes:
        reason: Why the frame is captioned; None where it is not.
        same_scene: Whether the encoder sees what it saw when the scene was captioned.
        difference: 1 - cosine to it, in units of the threshold.
    """

    reason: Reason | None
    same_scene: bool
    difference: float


class Gate:
    """Lets frames of one source through.

    Args:
        sensitivity: "low", "normal" or "high": how small a change counts.
        max_age: Seconds after which a scene is captioned again though nothing has changed; None for never.
        everything: Let every frame through, and only tell whether its scene is the same.

    Attributes:
        everything: Whether every frame goes through.

    Raises:
        SourceError: OpenCV is not installed.
    """

    def __init__(self, sensitivity: Sensitivity, max_age: float | None, everything: bool = False) -> None:
        opencv()  # what is missing is said before the first frame
        self._levels, self._distance = SENSITIVITIES[sensitivity]
        self._max_age, self.everything = max_age, everything
        self._thumbnails: deque[Thumbnail] = deque(maxlen=_REMEMBERED)
        self._features: Floats | None = None
        self._captioned = 0.0

    def glance(self, pixels: Pixels, captured: float) -> Glance:
        """Look at a frame.

        Args:
            pixels: uint8 [H, W, 3].
            captured: When it was captured, seconds of the camera's clock or of the medium.
        """
        small = thumbnail(pixels)
        if self.everything:
            return Glance(small, "every", 0.0)
        if float(small.std(axis=(0, 1)).max()) < _BLANK:
            return Glance(small, None, 0.0)
        if self._features is None:
            return Glance(small, "first", 0.0)
        difference = min(_difference(small, known) for known in self._thumbnails) / self._levels
        if difference >= 1:
            return Glance(small, "changed", difference)
        old = self._max_age is not None and captured - self._captioned >= self._max_age
        return Glance(small, "refresh" if old else None, difference)

    def judge(self, glance: Glance, features: Floats) -> Verdict:
        """Look again at a frame that was suspect.

        Args:
            glance: Its first look.
            features: What the encoder sees, 1 long.
        """
        if self._features is None:
            return Verdict(glance.suspect, False, 0.0)
        difference = (1 - float(features @ self._features)) / self._distance
        if difference >= 1:
            return Verdict("every" if self.everything else "changed", False, difference)
        if glance.suspect == "changed":
            self._thumbnails.append(glance.thumbnail)
            return Verdict(None, True, difference)
        return Verdict(glance.suspect, True, difference)

    def captioned(self, glance: Glance, verdict: Verdict, features: Floats, captured: float) -> None:
        """Remember what has been captioned.

        Args:
            glance: Its first look.
            verdict: Its second one.
            features: What the encoder sees, 1 long.
            captured: When the frame was captured.
        """
        if not verdict.same_scene:
            self._thumbnails.clear()
            self._features = features
        self._thumbnails.append(glance.thumbnail)
        self._captioned = captured


def thumbnail(pixels: Pixels) -> Thumbnail:
    """A frame as 16 x 12 colours, each the mean of samples spread over its part: sensor noise is averaged away.

    Args:
        pixels: uint8 [H, W, 3].

    Returns:
        float32 [12, 16, 3], 0 to 255.
    """
    cv2 = opencv()
    # Reading every pixel would cost more than all the rest of a look.
    samples = cv2.resize(pixels, (_COLUMNS * 5, _ROWS * 5), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(samples, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA), np.float32)


def _difference(one: Thumbnail, other: Thumbnail) -> float:
    """Root mean square of the difference in levels, less what is the same everywhere: light that goes up or down as a whole."""
    change = one - other
    return float(change.std())
