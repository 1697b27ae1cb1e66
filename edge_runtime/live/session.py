"""From options to a running live loop: cameras opened, sinks started, and all of it closed again in time."""

import logging
import sys
import time
from collections.abc import Callable, Sequence

from edge_runtime.captioner import Captioner
from edge_runtime.errors import EdgeCaptionError
from edge_runtime.events import CaptionEvent, Counters, Event, StatusEvent
from edge_runtime.frames.base import Frame
from edge_runtime.frames.health import SourceHealth
from edge_runtime.frames.kinds import SourceKind
from edge_runtime.frames.opening import open_sources
from edge_runtime.frames.options import SourceOptions
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.open_sinks import wanted_sinks
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline
from edge_runtime.sinks.base import SinkContext, SinkKind
from edge_runtime.sinks.output import reader_has_left
from edge_runtime.sinks.targets import FileOptions
from edge_runtime.sinks.worker import SinkWorker

_log = logging.getLogger("edge_runtime.live.loop")

_LEVELS = {
    "lost": logging.WARNING,
    "failed": logging.ERROR,
    "slowed": logging.WARNING,
    "frozen": logging.WARNING,
    "stopped": logging.DEBUG,
}
_LOOP_SECONDS, _CAPTURE_SECONDS, _SINK_SECONDS = 0.3, 0.2, 0.3
"""What each part has at the most to finish in once it is asked to stop: less than a second together."""
_DRAIN_SECONDS = 60.0
"""The same for sinks where the sources came to their end by themselves and nobody waits."""
_LOOK_SECONDS = 0.02
"""How often is looked meanwhile whether somebody waits after all."""


class LiveSession:
    """One run of the live loop.

    Args:
        options: What is asked for.
        captioner: The model.
        stop: Called when a sink, a window that is closed, asks for the end.
        before: Sinks of the session before. Those that are asked for again go on; the others are closed once this one has begun.

    Attributes:
        sinks: Where captions go.
        captures: The sources.
        live: The loop.

    Raises:
        BundleError, UnknownLanguageError: A further language cannot be spoken.
        SourceError, SinkError, OptionError: A source or a sink cannot be opened, and waiting would not help; nothing is left open
            then but what ran before. A source that is away is no error: it is reported as lost, and tried again.
    """

    def __init__(
        self,
        options: LiveOptions,
        captioner: Captioner,
        stop: Callable[[], None],
        before: Sequence[SinkWorker] = (),
    ) -> None:
        self._texts: dict[str, str] = {}
        self._stopping = False
        self._stopped: Callable[[], bool] = lambda: False
        asked = options[SourceOptions]
        sources = open_sources(asked.address, asked, _log.warning, options.every(SourceKind))
        further = options[ModelOptions].load_further(captioner)
        letters = "\n".join(one.letters for one in (captioner, *further))
        words = {one.language: one.words for one in (captioner, *further)}
        self._context = context = SinkContext(
            tuple(sources),
            asked.fps,
            options[FileOptions].overwrite,
            stop,
            letters,
            words,
            self.emit,
            self.health,
            options.every(SinkKind),
        )
        patient = not any(source.live for source in sources)
        kept = {sink.key: sink for sink in before if not sink.failed}
        self.sinks = [
            kept.get((wanted.key, patient))
            or SinkWorker(wanted.sink, _log.error, patient, self._is_stopping, wanted.key, wanted.stdout)
            for wanted in wanted_sinks(options.every(SinkKind), asked.address, context)
        ]
        self._fresh = [sink for sink in self.sinks if sink not in before]
        watch = self._watch if any(sink.wants_frames for sink in self.sinks) else None
        self._pipeline = Pipeline(
            captioner, sources, options, self.emit, watch, further=further, watched=self._is_watched
        )
        self.captures, self.live = self._pipeline.captures, self._pipeline.live
        self._open()
        close_sinks([sink for sink in before if sink not in self.sinks])

    def emit(self, event: Event) -> None:
        """Log a status, and hand every event to every sink."""
        if isinstance(event, CaptionEvent) and not event.zone:
            self._texts[event.source] = "\n".join(event.lines)
        for sink in self.sinks:
            sink.event(event)
        if isinstance(event, StatusEvent):
            _log.log(_LEVELS.get(event.kind, logging.INFO), "%s", event.message)

    @property
    def unheard(self) -> bool:
        """Return whether every sink has failed, so that captions go nowhere."""
        return all(sink.failed for sink in self.sinks)

    @property
    def left(self) -> bool:
        """Return whether those who read the captions have ended, as `head` does when it has enough, and they go nowhere else."""
        printing = all(sink.stdout for sink in self.sinks)
        return all(sink.left for sink in self.sinks) or (printing and reader_has_left(sys.stdout))

    def close(self, stopped: Callable[[], bool], keep_sinks: bool = False) -> bool:
        """End everything.

        Args:
            stopped: Whether it is asked for, so that it must be quick; otherwise the sources have ended by themselves. Asked
                again while sinks finish.
            keep_sinks: Leave the sinks running, for the session that follows.

        Returns:
            Whether every thread has ended.
        """
        self._stopping, self._stopped = stopped(), stopped
        ended = [self._pipeline.stop(_LOOP_SECONDS), self._pipeline.close_captures(_CAPTURE_SECONDS)]
        if keep_sinks:
            return all(ended)
        by = time.monotonic() + _DRAIN_SECONDS
        # Those that tell the others of something end first.
        for closing in ([sink for sink in self.sinks if sink.emits], self.sinks):
            for sink in closing:
                sink.close(0)
            while not all(sink.close(0) for sink in closing) and time.monotonic() < by and not stopped():
                time.sleep(_LOOK_SECONDS)
        by = time.monotonic() + (_SINK_SECONDS if stopped() else 0)
        ended += [sink.close(max(0.0, by - time.monotonic())) for sink in self.sinks]
        return all(ended)

    def status(self) -> str:
        """Return one line about how it goes, for a service manager."""
        total = Counters.total(capture.counters for capture in self.captures)
        away = [capture.name for capture in self.captures if capture.is_away]
        waiting = f"; waiting for {', '.join(away)}" if away else ""
        return f"sources: {len(self.captures)}, captions: {total.captions}, lost: {total.lost} times{waiting}"

    def health(self) -> tuple[SourceHealth, ...]:
        """Return how each source is at this moment; may be called from any thread."""
        return tuple(capture.health() for capture in self.captures)

    def failures(self) -> tuple[int, int, int]:
        """Return how many sources there are, how many of them failed, and how many sinks failed."""
        failed = sum(capture.failure is not None for capture in self.captures)
        return len(self.captures), failed, sum(sink.failed and not sink.left for sink in self.sinks)

    def _open(self) -> None:
        started: list[SinkWorker] = []
        try:
            for sink in self._fresh:
                sink.check()
            self._pipeline.open()
            for sink in self._fresh:
                sink.start()
                started.append(sink)
        except EdgeCaptionError:
            self._pipeline.close_captures(0)
            for sink in started:
                sink.close(_SINK_SECONDS)
            raise
        for sink in self.sinks:
            sink.adopt(self._is_stopping, self._context)
        self._pipeline.start()

    def _is_stopping(self) -> bool:
        return self._stopping or self._stopped()

    def _is_watched(self, source: str) -> bool:
        return any(sink.wants(source) for sink in self.sinks)

    def _watch(self, frame: Frame) -> None:
        for sink in self.sinks:
            if sink.wants(frame.source):
                sink.frame(frame, self._texts.get(frame.source, ""))


def close_sinks(sinks: Sequence[SinkWorker]) -> None:
    """End sinks that run on after their session, in the time that a stop has."""
    for sink in sinks:
        sink.close(0)
    by = time.monotonic() + _SINK_SECONDS
    for sink in sinks:
        sink.close(max(0.0, by - time.monotonic()))
