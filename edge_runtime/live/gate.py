"""Has the scene changed enough to be worth a caption?

Two looks, the cheap one first. A thumbnail is held against those of the scene that has been captioned; where it differs, the
encoder is asked whether it sees something else. What it sees as the same is remembered by its thumbnail, so that a camera that
trembles does not keep the encoder busy.

A frame of one colour, as a covered lens gives, is looked at only for a captioner that can say that it shows nothing.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from edge_runtime.captioner import Floats
from edge_runtime.console.options import Options, option
from edge_runtime.events import Reason
from edge_runtime.frames.base import Pixels
from edge_runtime.machine.opencv import opencv

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
"""Levels by which a frame's thumbnail varies at the least; below it the frame is blank: there is nothing to see."""
_REMEMBERED = 6
"""Thumbnails of the captioned scene."""

Thumbnail = Floats


@dataclass(frozen=True)
class GateOptions(Options):
    """Which frames are captioned.

    Attributes:
        enabled: Whether frames of an unchanged scene are left out.
        sensitivity: How small a change counts.
        max_age: Seconds after which a scene is captioned again though nothing has changed; 0 for never.
    """

    table = "gate"

    enabled: bool = option(
        True, "caption only what has changed; without it every frame that there is time for", flag="gate"
    )
    sensitivity: Sensitivity = option("normal", "how small a change of the scene counts", choices=SENSITIVITIES)  # noqa: RUF009
    max_age: float = option(
        30.0,
        "seconds after which an unchanged scene is captioned again, 0 for never",
        metavar="S",
        low=0,
        high=1e9,
    )


@dataclass(frozen=True)
class CoarseCheck:
    """The cheap look at a frame.

    Attributes:
        thumbnail: float32 [12, 16, 3].
        trigger: Why the frame may be worth a caption; None where it is not.
        difference: To the captioned scene, in units of the threshold.
        ignored: Whether the frame shows nothing, and the captioner could not say so.
    """

    thumbnail: Thumbnail
    trigger: Reason | None
    difference: float
    ignored: bool = False


@dataclass(frozen=True)
class Decision:
    """What comes of the second look.

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
        options: Which; where they are not enabled every frame goes through, and only whether its scene is the same is found out.
        blank: Whether blank frames are looked at like others.

    Attributes:
        everything: Whether every frame goes through.

    Raises:
        SourceError: OpenCV is not installed.
    """

    def __init__(self, options: GateOptions, blank: bool = False) -> None:
        opencv()  # what is missing is said before the first frame
        self._levels, self._distance = SENSITIVITIES[options.sensitivity]
        self._max_age, self.everything = options.max_age, not options.enabled
        self._blank = blank
        self._thumbnails: deque[Thumbnail] = deque(maxlen=_REMEMBERED)
        self._features: Floats | None = None
        self._captioned = 0.0

    def coarse_check(self, pixels: Pixels, captured: float) -> CoarseCheck:
        """Look at a frame.

        Args:
            pixels: uint8 [H, W, 3].
            captured: When it was captured, seconds of the camera's clock or of the medium.
        """
        small = thumbnail(pixels)
        if self.everything:
            return CoarseCheck(small, "every", 0.0)
        blank = _is_blank(small)
        if blank and not self._blank:
            return CoarseCheck(small, None, 0.0, ignored=True)
        if self._features is None:
            return CoarseCheck(small, "first", 0.0)
        difference = min(_difference(small, known, blank) for known in self._thumbnails) / self._levels
        if difference < 1 and all(_is_blank(known) != blank for known in self._thumbnails):
            difference = 1.0  # a dim scene hardly differs from a covered lens
        if difference >= 1:
            return CoarseCheck(small, "changed", difference)
        old = self._max_age > 0 and captured - self._captioned >= self._max_age
        return CoarseCheck(small, "refresh" if old else None, difference)

    def decide(self, coarse: CoarseCheck, features: Floats) -> Decision:
        """Look again at a frame whose coarse check found a trigger.

        Args:
            coarse: Its coarse check.
            features: What the encoder sees, 1 long.
        """
        if self._features is None:
            return Decision(coarse.trigger, False, 0.0)
        difference = (1 - float(features @ self._features)) / self._distance
        if difference >= 1:
            return Decision("every" if self.everything else "changed", False, difference)
        if coarse.trigger == "changed":
            self._thumbnails.append(coarse.thumbnail)
            return Decision(None, True, difference)
        return Decision(coarse.trigger, True, difference)

    def captioned(self, coarse: CoarseCheck, decision: Decision, features: Floats, captured: float) -> None:
        """Remember what has been captioned.

        Args:
            coarse: Its coarse check.
            decision: What came of the second look.
            features: What the encoder sees, 1 long.
            captured: When the frame was captured.
        """
        if not decision.same_scene:
            self._thumbnails.clear()
            self._features = features
        self._thumbnails.append(coarse.thumbnail)
        self._captioned = captured


def thumbnail(pixels: Pixels) -> Thumbnail:
    """Return a frame as 16 x 12 colours, each the mean of samples spread over its part: sensor noise is averaged away.

    Args:
        pixels: uint8 [H, W, 3].

    Returns:
        float32 [12, 16, 3], 0 to 255.
    """
    cv2 = opencv()
    # Reading every pixel would cost more than all the rest of a look.
    samples = cv2.resize(pixels, (_COLUMNS * 5, _ROWS * 5), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(samples, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA), np.float32)


def _is_blank(small: Thumbnail) -> bool:
    return float(small.std(axis=(0, 1)).max()) < _BLANK


def _difference(one: Thumbnail, other: Thumbnail, light: bool) -> float:
    """Return root mean square of the difference in levels.

    Args:
        one: A thumbnail.
        other: Another one.
        light: Whether light that goes up or down as a whole counts: it is all that a blank frame has.
    """
    change = one - other
    return float(np.sqrt(np.square(change).mean()) if light else change.std())
