"""The thread of a sink, and what waits for it."""

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from edge_runtime.errors import ReaderLeftError, SinkError
from edge_runtime.events import Event, WordsEvent
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.base import ChoosySink, EmittingSink, IdleSink, LastingSink, LingeringSink, Sink, SinkContext

MOST_EVENTS = 256
"""Events that wait for a sink at the most."""
MOST_FRAMES = 2
"""Frames that wait for a sink at the most."""
_IDLE_SECONDS = 0.05
_LOOK_SECONDS = 0.1
"""How often a caller that waits looks whether it is to stop."""


@dataclass(frozen=True)
class _Shown:
    """A frame, and the sentence to show with it."""

    frame: Frame
    caption: str


class SinkWorker:
    """Runs a sink in a thread of its own, so that a slow or broken one holds nobody up.

    What comes too fast is left out: of frames the oldest; of events the words that are still coming, then the oldest. What is
    left keeps its order. With `block` the caller waits instead.

    Attributes:
        failed: Whether the sink broke; it is closed then, and nothing more goes to it.
        left: Whether it ended because the program that read it did.
        dropped: Events and frames that were left out.
        key: What it depends on, and whether a caller waits for room.
        stdout: Whether it writes to stdout.
    """

    def __init__(
        self,
        sink: Sink,
        log: Callable[[str], None],
        block: bool,
        stopped: Callable[[], bool] = lambda: False,
        key: Hashable = None,
        stdout: bool = False,
    ) -> None:
        """Make one; `start` begins it.

        Args:
            sink: Whose methods are called from the thread.
            log: Takes the sentence about a failure, once, in the sink's thread.
            block: Wait for room rather than leave something out: for sources that wait, too.
            stopped: Whether a caller that waits is to give up.
            key: What it depends on, see `WantedSink`.
            stdout: Whether it writes to stdout.
        """
        self.key = (key, block)
        self.stdout = stdout
        self.failed = self.left = False
        self.dropped = 0
        self._sink = sink
        self._choosy = sink if isinstance(sink, ChoosySink) else None
        self._log = log
        self._block = block
        self._stopped = stopped
        self._waiting: deque[Event | _Shown] = deque()
        self._frames = 0
        self._closing = False
        self._changed = threading.Condition()
        self._opened = threading.Event()
        self._refusal: SinkError | None = None
        # A daemon, for a sink that hangs must not keep the process from its end.
        self._thread = threading.Thread(target=self._run, name=f"sink {sink.name}", daemon=True)

    def adopt(self, stopped: Callable[[], bool], context: SinkContext | None = None) -> None:
        """Go on for another session.

        Args:
            stopped: As for a new one.
            context: Of the session, for a sink that has to know.
        """
        self._stopped = stopped
        if context is not None and isinstance(self._sink, LastingSink) and not self.failed:
            self._sink.adopt(context)

    @property
    def name(self) -> str:
        """Return the sink's."""
        return self._sink.name

    @property
    def wants_frames(self) -> bool:
        """Return whether the sink does anything with frames, and still can."""
        return self._sink.wants_frames and not self.failed

    @property
    def emits(self) -> bool:
        """Return whether the sink has events of its own for the others."""
        return isinstance(self._sink, EmittingSink) and self._sink.emits

    def wants(self, source: str) -> bool:
        """Return whether the sink wants the next frame of a source."""
        if not self.wants_frames:
            return False
        return self._choosy is None or self._choosy.wants(source)

    def check(self) -> None:
        """See whether the sink could be opened, and leave nothing behind.

        Raises:
            SinkError: It could not.
        """
        self._sink.check()

    def start(self) -> None:
        """Open the sink, in its thread.

        Raises:
            SinkError: It cannot be used.
        """
        self._thread.start()
        self._opened.wait()
        if self._refusal is not None:
            raise self._refusal

    def event(self, event: Event) -> None:
        """Hand an event on."""
        with self._changed:
            if self._has_room(lambda: len(self._waiting) - self._frames < MOST_EVENTS, self._drop_event, event):
                self._waiting.append(event)
                self._changed.notify_all()

    def frame(self, frame: Frame, caption: str) -> None:
        """Hand a frame on, with the sentence that is shown at the time."""
        if not self.wants_frames:
            return
        shown = _Shown(frame, caption)
        with self._changed:
            if self._has_room(lambda: self._frames < MOST_FRAMES, self._drop_frame, shown):
                self._waiting.append(shown)
                self._frames += 1
                self._changed.notify_all()

    def close(self, seconds: float) -> bool:
        """Let the sink finish what waits, and close it.

        Args:
            seconds: How long to wait for that.

        Returns:
            Whether it finished.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread.ident is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _has_room(self, room: Callable[[], bool], drop: Callable[[Event | _Shown], bool], item: Event | _Shown) -> bool:
        """Wait for room or make it; whether the item may come in. The lock is held."""
        # A sink that tells of what it has found is among those that hear it, and must not wait for itself.
        if self._block and threading.current_thread() is not self._thread:
            while not (room() or self.failed or self._closing or self._stopped()):
                self._changed.wait(_LOOK_SECONDS)
        if self.failed or self._closing:
            return False
        if room() or (self._block and threading.current_thread() is self._thread):
            return True
        self.dropped += 1
        return not self._block and drop(item)

    def _drop_frame(self, _: Event | _Shown) -> bool:
        oldest = next(index for index, waiting in enumerate(self._waiting) if isinstance(waiting, _Shown))
        del self._waiting[oldest]
        self._frames -= 1
        return True

    def _drop_event(self, item: Event | _Shown) -> bool:
        events = [index for index, waiting in enumerate(self._waiting) if not isinstance(waiting, _Shown)]
        words = [index for index in events if isinstance(self._waiting[index], WordsEvent)]
        if not words and isinstance(item, WordsEvent):
            return False
        del self._waiting[(words or events)[0]]
        return True

    def _run(self) -> None:
        try:
            self._sink.open()
        except Exception as error:
            self.failed = True
            self._refusal = _sentence(self._sink, error)
            return
        finally:
            self._opened.set()
        self._guarded(self._serve)
        self._guarded(self._linger)
        self._guarded(self._sink.close)

    def _guarded(self, action: Callable[[], None]) -> None:
        """Do something with the sink; the first failure is logged."""
        try:
            action()
        except Exception as error:
            with self._changed:
                first, self.failed = not self.failed, True
                self.left = self.left or (first and isinstance(error, ReaderLeftError))
                self._waiting.clear()
                self._frames = 0
                self._changed.notify_all()
            if first and not self.left:
                self._log(str(_sentence(self._sink, error)))

    def _serve(self) -> None:
        idle = self._sink.idle if isinstance(self._sink, IdleSink) else None
        while True:
            item = self._next(_IDLE_SECONDS if idle else None)
            if isinstance(item, _Shown):
                self._sink.frame(item.frame, item.caption)
            elif item is not None:
                self._sink.event(item)
            elif self._closing:
                return
            elif idle:
                idle()

    def _linger(self) -> None:
        while not (self.failed or self._stopped()) and isinstance(self._sink, LingeringSink) and self._sink.lingers():
            time.sleep(_IDLE_SECONDS)

    def _next(self, seconds: float | None) -> Event | _Shown | None:
        """Return the oldest that waits; None where nothing came for so long, or nothing will."""
        until = None if seconds is None else time.monotonic() + seconds
        with self._changed:
            while not self._waiting and not self._closing:
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._changed.wait(left)
            if not self._waiting:
                return None
            item = self._waiting.popleft()
            self._frames -= isinstance(item, _Shown)
            self._changed.notify_all()
            return item


def _sentence(sink: Sink, error: Exception) -> SinkError:
    if isinstance(error, SinkError):
        return error
    told = " ".join(str(error).split())
    return SinkError(f"{sink.name}: stopped by an unexpected {type(error).__name__} ({told}); please report it")
