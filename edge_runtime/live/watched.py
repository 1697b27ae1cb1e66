"""What the loop knows of its sources, and of the parts of their pictures that are captioned apart."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from edge_runtime.captioner import Caption, Captioner
from edge_runtime.events import CaptionEvent, Counters, Reason, StatusEvent, StatusKind, Word
from edge_runtime.frames.base import Frame
from edge_runtime.frames.zones import Zone
from edge_runtime.live.capture import Capture
from edge_runtime.live.daylight import DayNight
from edge_runtime.live.frozen import FrozenWatch
from edge_runtime.live.gate import Gate, GateOptions, Thumbnail
from edge_runtime.live.stabiliser import Stabiliser
from edge_runtime.live.tracker import SceneTracker

_log = logging.getLogger("edge_runtime.live.loop")

_STILL_AFTER, _STILL_PAUSE = 1.0, 0.11
"""Seconds after which an unchanged scene counts as still, and seconds between the looks at one: a change is found in time, and the
frames between are not even converted."""
_SETTLING = 10.0
"""Seconds that a camera takes, after it has switched between day and night, until its picture stays as it is."""


class View:
    """A picture that is captioned: the whole of a source's, or one of its zones.

    Args:
        captioner: The model.
        further: Of each further language.
        options: Which frames are captioned.
        zone: The part; None is the whole.

    Attributes:
        gate: Which frames are captioned.
        stabiliser: Which sentence is shown.
        further: The same of each further language.
        scenes: What is news.
        zone: The part; None is the whole.
    """

    def __init__(
        self, captioner: Captioner, further: Sequence[Captioner], options: GateOptions, zone: Zone | None = None
    ) -> None:
        self.gate = Gate(options, blank=captioner.abstains)
        self.stabiliser = Stabiliser(captioner)
        self.further = [Stabiliser(one) for one in further]
        self.zone = zone
        self.scenes = SceneTracker(captioner, zone.name if zone else "")

    def frame(self, frame: Frame) -> Frame:
        """Return what it shows of a frame.

        Raises:
            SourceError: The zone lies outside the frame.
        """
        return replace(frame, pixels=self.zone.cut(frame.pixels)) if self.zone else frame

    def event(
        self, frame: Frame, caption: Caption, reason: Reason, difference: float, changed: bool, counters: Counters
    ) -> CaptionEvent:
        """Return the event of a caption.

        Args:
            frame: What was captioned.
            caption: Of it.
            reason: Why it was captioned.
            difference: How much the scene had changed, in units of the gate's threshold.
            changed: Whether another sentence is shown now.
            counters: Of the source.
        """
        words = tuple(map(Word, caption.tokens, caption.token_log_probs))
        _log.debug("%s: frame %d, %s, %.2f", frame.source, frame.number, reason, difference)
        return CaptionEvent(
            source=frame.source,
            frame=frame.number,
            position=frame.position,
            captured=frame.captured,
            captured_at=frame.captured_at,
            age_ms=(time.monotonic() - frame.captured) * 1e3,
            text=self.stabiliser.text,
            shown=self.stabiliser.line,
            said=caption.text,
            changed=changed,
            words=words,
            timings=caption.timings,
            variant=caption.variant,
            reason=reason,
            difference=difference,
            counters=counters,
            confidence=caption.confidence,
            abstained=caption.abstained,
            hedged=self.stabiliser.hedges,
            language=caption.language,
            further=tuple((one.captioner.language, one.text, one.line) for one in self.further),
            zone=self.zone.name if self.zone else "",
        )


class Watched:
    """A source, and the views of it.

    Args:
        capture: Its frames.
        views: What is captioned of them, the whole picture first.
        frozen: Finds out whether its camera hangs.
    """

    def __init__(self, capture: Capture, views: Sequence[View], frozen: FrozenWatch) -> None:
        self.capture, self.views, self.frozen, self.daylight = capture, views, frozen, DayNight()
        self.moved = self.looked = 0.0

    @property
    def looked_at(self) -> int:
        """Return frames that the gate has seen."""
        return self.capture.counters.looked_at

    @property
    def captions(self) -> int:
        """Return captions made."""
        return self.capture.counters.captions

    def rests(self, now: float) -> float:
        """Return seconds until this source is worth a look: a still scene is looked at less often. 0 for now."""
        watching = self.capture.live and not self.views[0].gate.everything and self.captions > 0
        still = watching and now - self.moved > _STILL_AFTER
        return max(0.0, self.looked + _STILL_PAUSE - now) if still else 0.0

    def is_frozen(self, frame: Frame, emit: Callable[[StatusEvent], None]) -> bool:
        """Return whether a frame shows nothing new because its camera hangs; that is told once.

        Args:
            frame: The frame.
            emit: Takes what is told.
        """
        if not self.capture.is_camera:
            return False
        changed = self.frozen.look(frame.pixels, frame.captured)
        if changed is True:
            told = f"the same picture for {self.frozen.seconds:g} s though frames come; look after the camera"
            emit(self._status("frozen", frame, told))
        elif changed is False:
            emit(self._status("moving", frame, "the picture moves again"))
        return self.frozen.frozen

    def look_at_light(self, frame: Frame, thumbnail: Thumbnail, at: float, emit: Callable[[StatusEvent], None]) -> None:
        """Find out whether a camera has switched between day and night, for which all of the picture changes and nothing has happened.

        Args:
            frame: The frame.
            thumbnail: Of it.
            at: When it was captured, in the seconds of its gate.
            emit: Takes what is told.
        """
        light = self.daylight.look(thumbnail, frame.captured) if self.capture.is_camera else None
        if light == "night":
            emit(self._status("night", frame, "the camera sees without colours, as at night"))
        elif light == "day":
            emit(self._status("day", frame, "the camera sees colours, as by day"))
        if light is not None or self.daylight.switching:
            for view in self.views:
                view.scenes.memory.settle(at + _SETTLING)

    def _status(self, kind: StatusKind, frame: Frame, told: str) -> StatusEvent:
        counters = self.capture.counters
        return StatusEvent(kind, f"{frame.source}: {told}", frame.source, counters=counters, position=frame.position)
