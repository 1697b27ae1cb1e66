"""From options to a running live loop: cameras opened, sinks started, and all of it closed again in time."""

import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from edge_runtime.captioner import Captioner
from edge_runtime.errors import CameraAwayError, EdgeCaptionError
from edge_runtime.events import CaptionEvent, Counters, Event, StatusEvent
from edge_runtime.frames.base import Frame
from edge_runtime.frames.geometry import Geometry, parse_region
from edge_runtime.frames.opening import SourceOptions, open_sources
from edge_runtime.live.capture import Capture
from edge_runtime.live.gate import Gate
from edge_runtime.live.loop import Live, Watched
from edge_runtime.live.open_sinks import wanted_sinks
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.rate_limiter import Governor
from edge_runtime.live.stabiliser import Steady
from edge_runtime.sinks.jsonl import STDOUT
from edge_runtime.sinks.output import reader_has_left
from edge_runtime.sinks.text import TextSink
from edge_runtime.sinks.worker import RunningSink

_log = logging.getLogger("edge_runtime.live.loop")

_LEVELS = {"lost": logging.WARNING, "failed": logging.ERROR, "slowed": logging.WARNING, "stopped": logging.DEBUG}
_PRINTING = (TextSink.name, f"--jsonl {STDOUT}")
"""Names of the sinks that write to stdout."""
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
        running: Sinks of the session before. Those that are asked for again go on; the others are closed once this one has begun.

    Attributes:
        sinks: Where captions go.
        captures: The sources.
        live: The loop.

    Raises:
        SourceError, SinkError, OptionError: A source or a sink cannot be opened, and waiting would not help; nothing is left open
            then but what ran before. A source that is away is no error: it is told as lost, and tried again.
    """

    def __init__(
        self,
        options: LiveOptions,
        captioner: Captioner,
        stop: Callable[[], None],
        running: Sequence[RunningSink] = (),
    ) -> None:
        self._arrived = threading.Condition()
        self._texts: dict[str, str] = {}
        self._stopping = False
        geometry = Geometry(options.rotate, options.mirror, parse_region(options.region) if options.region else None)
        wanted = SourceOptions(options.width, options.height, options.fps, options.realtime)
        sources = open_sources(options.source, wanted, _log.warning)
        patient = not any(source.live for source in sources)
        kept = {sink.key: sink for sink in running if not sink.failed}
        self.sinks = [
            kept.get((sink.key, patient)) or RunningSink(sink.make(), _log.error, patient, self._is_stopping, sink.key)
            for sink in wanted_sinks(options, sources, stop)
        ]
        self._fresh = [sink for sink in self.sinks if sink not in running]
        watch = self._watch if any(sink.wants_frames for sink in self.sinks) else None
        self.captures = [
            Capture(source, geometry, options.retries, self._arrived, self.tell, watch) for source in sources
        ]
        watched = [
            Watched(
                capture,
                Gate(options.sensitivity, options.max_age or None, everything=not options.gate),
                Steady(captioner),
            )
            for capture in self.captures
        ]
        self.live = Live(
            captioner, watched, self.tell, Governor(options.max_fps, options.cpu_budget), self._arrived, options.beam
        )
        self._open()
        close_sinks([sink for sink in running if sink not in self.sinks])

    def tell(self, event: Event) -> None:
        """Log a status, and hand every event to every sink."""
        if isinstance(event, CaptionEvent):
            self._texts[event.source] = event.text
        for sink in self.sinks:
            sink.event(event)
        if isinstance(event, StatusEvent):
            _log.log(_LEVELS.get(event.kind, logging.INFO), "%s", event.message)

    @property
    def unheard(self) -> bool:
        """Whether every sink has failed, so that captions go nowhere."""
        return bool(self.sinks) and all(sink.failed for sink in self.sinks)

    @property
    def left(self) -> bool:
        """Whether those who read the captions have ended, as `head` does when it has enough, and they go nowhere else."""
        printing = all(sink.name in _PRINTING for sink in self.sinks)
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
        self._stopping = stopped()
        for capture in self.captures:
            capture.report_stop()
            capture.stop()
        ended = [self.live.stop(_LOOP_SECONDS)]
        by = time.monotonic() + _CAPTURE_SECONDS
        ended += [capture.close(max(0.0, by - time.monotonic())) for capture in self.captures]
        if keep_sinks:
            return all(ended)
        for sink in self.sinks:
            sink.close(0)
        by = time.monotonic() + _DRAIN_SECONDS
        while not all(sink.close(0) for sink in self.sinks) and time.monotonic() < by and not stopped():
            time.sleep(_LOOK_SECONDS)
        by = time.monotonic() + (_SINK_SECONDS if stopped() else 0)
        ended += [sink.close(max(0.0, by - time.monotonic())) for sink in self.sinks]
        return all(ended)

    def status(self) -> str:
        """One line about how it goes, for a service manager."""
        total = Counters.total(capture.counters for capture in self.captures)
        away = [capture.name for capture in self.captures if capture.is_away]
        waiting = f"; waiting for {', '.join(away)}" if away else ""
        return f"sources: {len(self.captures)}, captions: {total.captions}, lost: {total.lost} times{waiting}"

    def failures(self) -> tuple[int, int, int]:
        """How many sources there are, how many of them failed, and how many sinks failed."""
        failed = sum(capture.failure is not None for capture in self.captures)
        return len(self.captures), failed, sum(sink.failed and not sink.left for sink in self.sinks)

    def _open(self) -> None:
        started: list[RunningSink] = []
        try:
            for sink in self._fresh:
                sink.check()
            self._open_captures()
            for sink in self._fresh:
                sink.start()
                started.append(sink)
        except EdgeCaptionError:
            for capture in self.captures:
                capture.close(0)
            for sink in started:
                sink.close(_SINK_SECONDS)
            raise
        for sink in self.sinks:
            sink.adopt(self._is_stopping)
        for capture in self.captures:
            capture.start()
        self.live.start()

    def _open_captures(self) -> None:
        """Open all sources at once, so that one that does not answer keeps no other waiting.

        Raises:
            SourceError: One cannot be opened and waiting would not help; or none is there but cameras to be plugged in.
        """
        with ThreadPoolExecutor(len(self.captures), "opening") as openings:
            opened = [openings.submit(capture.open) for capture in self.captures]
        for one in opened:
            one.result()
        away = [capture.away for capture in self.captures]
        if isinstance(away[0], CameraAwayError) and all(isinstance(one, CameraAwayError) for one in away):
            raise away[0]

    def _is_stopping(self) -> bool:
        return self._stopping

    def _watch(self, frame: Frame) -> None:
        for sink in self.sinks:
            if sink.wants_frames:
                sink.frame(frame, self._texts.get(frame.source, ""))


def close_sinks(sinks: Sequence[RunningSink]) -> None:
    """End sinks that run on after their session, in the time that a stop has."""
    for sink in sinks:
        sink.close(0)
    by = time.monotonic() + _SINK_SECONDS
    for sink in sinks:
        sink.close(max(0.0, by - time.monotonic()))
