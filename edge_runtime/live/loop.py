"""The live loop: newest frame -> gate -> captioner -> sinks, for as long as there are frames."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from edge_runtime.captioner import Caption, Captioner, Encoded
from edge_runtime.errors import EdgeCaptionError, PictureError
from edge_runtime.events import CaptionEvent, Counters, Event, Reason, StatusEvent, StatusKind, Word, WordsEvent
from edge_runtime.frames.base import Frame
from edge_runtime.live.capture import Capture
from edge_runtime.live.daylight import DayNight
from edge_runtime.live.frozen import FrozenWatch
from edge_runtime.live.gate import Gate, Thumbnail
from edge_runtime.live.rate_limiter import RateLimiter
from edge_runtime.live.stabiliser import Stabiliser

_log = logging.getLogger("edge_runtime.live.loop")

_STILL_AFTER, _STILL_PAUSE = 1.0, 0.11
"""Seconds after which an unchanged scene counts as still, and seconds between the looks at one: a change is found in time, and the
frames between are not even converted."""
_PATIENCE = 0.25
"""Seconds to wait for a frame before looking after the sources."""


class Watched:
    """What the loop knows of one source.

    Args:
        capture: Its frames.
        gate: Which of them are captioned.
        stabiliser: Which sentence is shown.
        further: The same of each further language.
        frozen: Finds out whether its camera hangs.
    """

    def __init__(
        self,
        capture: Capture,
        gate: Gate,
        stabiliser: Stabiliser,
        further: Sequence[Stabiliser] = (),
        frozen: FrozenWatch | None = None,
    ) -> None:
        self.capture, self.gate, self.stabiliser, self.further = capture, gate, stabiliser, further
        self.frozen, self.daylight = frozen or FrozenWatch(0), DayNight()
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
        watching = self.capture.live and not self.gate.everything and self.captions > 0
        still = watching and now - self.moved > _STILL_AFTER
        return max(0.0, self.looked + _STILL_PAUSE - now) if still else 0.0


class LiveLoop:
    """Captions sources until they end or it is stopped. One thread captions, the calling one is free for signals.

    Args:
        captioner: The model, shared by all sources in turns.
        sources: What is looked at.
        emit: Takes every event; must not wait.
        limiter: How fast it may go.
        arrived: The condition that the captures notify.
        beam: Hypotheses kept; 1 is greedy, and words appear as they are decoded.

    Attributes:
        beat: When the captioning thread last went round, seconds of `time.monotonic`: what a watchdog looks at.
        failure: A sentence, where the loop broke.
    """

    def __init__(
        self,
        captioner: Captioner,
        sources: Sequence[Watched],
        emit: Callable[[Event], None],
        limiter: RateLimiter,
        arrived: threading.Condition,
        beam: int,
    ) -> None:
        self.beat = time.monotonic()
        self.failure: str | None = None
        self._captioner, self._sources, self._emit = captioner, list(sources), emit
        self._limiter, self._arrived, self._beam = limiter, arrived, beam
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="captions", daemon=True)
        self._next = 0

    def start(self) -> None:
        """Begin captioning; the captures run already."""
        self._thread.start()

    @property
    def sources(self) -> Sequence[Watched]:
        """Return what is looked at."""
        return self._sources

    @property
    def done(self) -> bool:
        """Return whether every source has ended, or the loop broke."""
        return not self._thread.is_alive()

    def stop(self, seconds: float) -> bool:
        """Finish the caption that is being made, and end.

        Args:
            seconds: To wait at the most.

        Returns:
            Whether it has ended.
        """
        self._stop.set()
        with self._arrived:
            self._arrived.notify_all()
        self._thread.join(seconds)
        return self.done

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self.beat = time.monotonic()
                for source in self._sources:
                    source.capture.check()
                found = self._wait()
                if found is None:
                    if all(source.capture.ended for source in self._sources):
                        return
                    continue
                begun = time.monotonic()
                self._look(*found)
                self._pause(time.monotonic() - begun)
        except EdgeCaptionError as error:
            self.failure = str(error)
        except Exception as error:
            # Whatever it is, the process must end with a sentence and a status, so that a service manager starts it anew.
            _log.debug("the loop broke", exc_info=True)
            self.failure = f"the caption loop broke ({type(error).__name__}: {error}); start it again, and report this"

    def _pause(self, spent: float) -> None:
        pause = self._limiter.wait(spent)
        news = self._limiter.news()
        if news is not None:
            counters = Counters.total(source.capture.counters for source in self._sources)
            kind: StatusKind = "slowed" if self._limiter.slowed else "full-speed"
            self._emit(StatusEvent(kind, news, counters=counters))
        while pause > 0 and not self._stop.wait(min(pause, 1.0)):
            self.beat = time.monotonic()
            pause -= 1.0

    def _wait(self) -> tuple[Watched, Frame] | None:
        """Return the next frame, the sources taking turns."""
        now = time.monotonic()
        rests = [source.rests(now) for source in self._sources]
        for source, rest in zip(self._sources, rests, strict=True):
            if rest == 0:
                source.capture.want()
        with self._arrived:
            found = self._take()
            if found is None and not (self._stop.is_set() or all(source.capture.ended for source in self._sources)):
                self._arrived.wait(min([_PATIENCE, *(rest for rest in rests if rest > 0)]))
                found = self._take()
            return found

    def _take(self) -> tuple[Watched, Frame] | None:
        """Return a frame that lies ready, of the source whose turn it is. The condition is held."""
        for source in self._sources[self._next :] + self._sources[: self._next]:
            frame = source.capture.take()
            if frame is not None:
                self._next = (self._sources.index(source) + 1) % len(self._sources)
                return source, frame
        return None

    def _look(self, source: Watched, frame: Frame) -> None:
        source.capture.count(looked_at=1)
        source.looked = time.monotonic()
        # A file's scenes grow old by the file's own time, however fast it is read.
        at = frame.captured if source.capture.live else frame.position
        if self._is_frozen(source, frame):
            return
        coarse = source.gate.coarse_check(frame.pixels, at)
        self._look_at_light(source, frame, coarse.thumbnail)
        if coarse.trigger is None:
            return
        try:
            encoded = self._captioner.encode(frame.pixels, "BGR")
        except PictureError as error:
            source.capture.give_up(f"{frame.source}: {error}")
            return
        decision = source.gate.decide(coarse, encoded.features)
        if not decision.same_scene:
            source.moved = source.looked
        reason = decision.reason
        if reason is None:
            return
        caption = self._caption(source, frame, encoded)
        source.gate.captioned(coarse, decision, encoded.features, at)
        counters = source.capture.count(captions=1)
        changed = source.stabiliser.take(caption, encoded)
        for one in source.further:
            changed |= one.take(one.captioner.decode(encoded, self._beam), encoded)
        difference = max(coarse.difference, decision.difference)
        self._emit(self._event(source, frame, caption, reason, difference, changed, counters))

    def _is_frozen(self, source: Watched, frame: Frame) -> bool:
        """Return whether a frame shows nothing new because its camera hangs; that is told once."""
        if not source.capture.is_camera:
            return False
        changed = source.frozen.look(frame.pixels, frame.captured)
        if changed is True:
            told = f"the same picture for {source.frozen.seconds:g} s though frames come; look after the camera"
            self._report("frozen", source, frame, told)
        elif changed is False:
            self._report("moving", source, frame, "the picture moves again")
        return source.frozen.frozen

    def _look_at_light(self, source: Watched, frame: Frame, small: Thumbnail) -> None:
        light = source.daylight.look(small, frame.captured) if source.capture.is_camera else None
        if light == "night":
            self._report("night", source, frame, "the camera sees without colours, as at night")
        elif light == "day":
            self._report("day", source, frame, "the camera sees colours, as by day")

    def _report(self, kind: StatusKind, source: Watched, frame: Frame, told: str) -> None:
        counters = source.capture.counters
        self._emit(
            StatusEvent(kind, f"{frame.source}: {told}", frame.source, counters=counters, position=frame.position)
        )

    def _caption(self, source: Watched, frame: Frame, encoded: Encoded) -> Caption:
        """Return the sentence; its words are emitted as they come, unless it may not be shown in the end."""
        if self._beam > 1 or self._captioner.takes_back or source.stabiliser.margin(encoded) > 0:
            return self._captioner.decode(encoded, self._beam)
        words: list[str] = []
        stream = self._captioner.stream_encoded(encoded)
        while True:
            try:
                words.append(next(stream))
            except StopIteration as end:
                caption: Caption = end.value
                return caption
            self._emit(WordsEvent(frame.source, frame.number, self._captioner.begun(words)))

    def _event(
        self,
        source: Watched,
        frame: Frame,
        caption: Caption,
        reason: Reason,
        difference: float,
        changed: bool,
        counters: Counters,
    ) -> CaptionEvent:
        words = tuple(map(Word, caption.tokens, caption.token_log_probs))
        _log.debug("%s: frame %d, %s, %.2f", frame.source, frame.number, reason, difference)
        return CaptionEvent(
            source=frame.source,
            frame=frame.number,
            position=frame.position,
            captured=frame.captured,
            captured_at=frame.captured_at,
            age_ms=(time.monotonic() - frame.captured) * 1e3,
            text=source.stabiliser.text,
            shown=source.stabiliser.line,
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
            hedged=source.stabiliser.hedges,
            language=caption.language,
            further=tuple((one.captioner.language, one.text, one.line) for one in source.further),
        )
