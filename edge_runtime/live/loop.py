"""The live loop: newest frame -> gate -> captioner -> sinks, for as long as there are frames."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from edge_runtime.captioner import Caption, Captioner, Encoded
from edge_runtime.errors import EdgeCaptionError, PictureError, SourceError
from edge_runtime.events import Counters, Event, SceneEvent, StatusEvent, StatusKind, WordsEvent
from edge_runtime.frames.base import Frame
from edge_runtime.live.rate_limiter import RateLimiter
from edge_runtime.live.scenes import QUIET
from edge_runtime.live.watched import View, Watched

_log = logging.getLogger("edge_runtime.live.loop")

_PATIENCE = 0.25
"""Seconds to wait for a frame before looking after the sources."""


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
                    if source.capture.ended:
                        self._end_scenes(source)
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
        finally:
            for source in self._sources:
                self._end_scenes(source)

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
        if source.is_frozen(frame, self._emit):
            return
        try:
            parts = [view.frame(frame) for view in source.views]
        except SourceError as error:
            source.capture.give_up(f"{frame.source}: {error}")
            return
        for view, part in zip(source.views, parts, strict=True):
            try:
                self._look_at(source, view, part, at)
            except PictureError as error:
                self._tell(view.scenes.failed(part, str(error)))
                source.capture.give_up(f"{frame.source}: {error}")
                return

    def _look_at(self, source: Watched, view: View, frame: Frame, at: float) -> None:
        coarse = view.gate.coarse_check(frame.pixels, at)
        if view.zone is None:
            source.look_at_light(frame, coarse.thumbnail, at, self._emit)
        if coarse.ignored:
            return
        look = view.scenes.memory.look(frame.pixels, coarse.thumbnail, at)
        if view.scenes.memory.waits:
            source.moved = source.looked
        if coarse.trigger is None and look.news in QUIET:
            return
        encoded = self._captioner.encode(frame.pixels, "BGR")
        decision = view.gate.decide(coarse, encoded.features)
        if not decision.same_scene:
            source.moved = source.looked
        if decision.reason is None and look.news in QUIET:
            return
        news = view.scenes.memory.weigh(look, encoded, at)
        caption = self._caption(view, frame, encoded)
        further = [one.captioner.decode(encoded, self._beam) for one in view.further]
        scenes = view.scenes.take(look, news, frame, encoded, caption, further, at)
        is_news = any(scene.kind == "new" for scene in scenes)
        counters = source.capture.count(captions=1)
        if decision.reason is not None or is_news:
            told = replace(decision, same_scene=False) if is_news else decision
            view.gate.captioned(coarse, told, encoded.features, at)
            changed = view.stabiliser.take(caption, encoded, is_news)
            for one, said in zip(view.further, further, strict=True):
                changed |= one.take(said, encoded, is_news)
            reason = decision.reason or ("changed" if changed else None)
            if reason is not None:
                difference = max(coarse.difference, decision.difference)
                self._emit(view.event(frame, caption, reason, difference, changed, counters))
        self._tell(scenes)

    def _tell(self, scenes: Iterable[SceneEvent]) -> None:
        for scene in scenes:
            self._emit(scene)

    def _end_scenes(self, source: Watched) -> None:
        for view in source.views:
            self._tell(view.scenes.end())

    def _caption(self, view: View, frame: Frame, encoded: Encoded) -> Caption:
        """Return the sentence; its words are emitted as they come, unless it may not be shown in the end."""
        takes_back = self._captioner.takes_back or view.stabiliser.margin(encoded) > 0
        if self._beam > 1 or takes_back or view.zone is not None:
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
