"""The thread that owns a camera: it keeps the newest frame, and brings the camera back when it is lost."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from edge_runtime.errors import SourceAwayError, SourceError, SourceLostError
from edge_runtime.events import Counters, StatusEvent, StatusKind
from edge_runtime.frames.base import Frame, FrameSource, Pixels
from edge_runtime.frames.geometry import Geometry
from edge_runtime.frames.health import SourceHealth

_FIRST_DELAY, _LONGEST_DELAY, _JITTER = 0.5, 30.0, 0.2
"""Seconds before the camera is tried again: doubled each time up to the longest, each with a random part."""
SILENT_SECONDS = 5.0
"""A camera whose driver does not even report that nothing comes is said to be lost after so long."""

_DAMAGED_FRAMES = 10
"""Frames in a row that may be damaged before the camera counts as lost; of a medium any number may be."""
_SETTLE_SECONDS = 2.0
"""How long the end of a source is held back for the caption of its last frame, so that it is told after it."""


class Capture:
    """The capture thread of one source.

    A frame is converted only when somebody waits for one, or looks at all of them. A live source's frame that nobody has taken yet
    is replaced by the next; any other source waits until its frame is taken.

    Args:
        source: Where frames come from; not opened yet.
        geometry: How frames are turned and cut.
        retries: Attempts to open it again, after a loss or where it is away from the start, before it is given up; None for ever.
        arrived: Notified when a frame lies ready, and when the source has ended.
        emit: Receives what happens; called from the capture thread.
        watch: Receives every frame that is watched, for a window or a video; None where nobody ever wants them all.
        watched: Whether somebody watches the source of this name at this moment; asked before each frame is converted, so it must not wait.

    Attributes:
        name: Of the source.
        live: Whether frames that nobody takes are gone.
        ended: Whether no frame will come any more.
        failure: Why it failed, a sentence; None where it did not.
        away: What `open` met where the source is not there and is waited for.
        counters: What it has gone through.
    """

    def __init__(
        self,
        source: FrameSource,
        geometry: Geometry,
        retries: int | None,
        arrived: threading.Condition,
        emit: Callable[[StatusEvent], None],
        watch: Callable[[Frame], None] | None = None,
        watched: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.name = source.name
        self.live = source.live
        self.ended = False
        self.failure: str | None = None
        self.away: SourceAwayError | None = None
        self.counters = Counters()
        self._source, self._geometry, self._retries = source, geometry, retries
        self._arrived, self._emit, self._watch, self._watched = arrived, emit, watch, watched
        self._stop = threading.Event()
        self._slot: Frame | None = None
        self._wanted = True
        self._taken = False
        self._opened = self._heard = time.monotonic()
        self._silent = False
        self._damaged = self._attempts = 0
        self._counting = threading.Lock()
        self._shape: tuple[int, ...] | None = None
        self._given: tuple[int, ...] | None = None
        """Of the frames as the source gives them."""
        self._is_open = False
        self._position: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"capture {self.name}", daemon=True)

    def open(self) -> None:
        """Open the source; one that is away is tried again once the thread runs.

        Raises:
            SourceError: It cannot be opened, and waiting would not help.
        """
        try:
            self._source.__enter__()
        except SourceAwayError as error:
            self.away = error
        except SourceError:
            raise
        except Exception as error:
            raise SourceError(self._unexpected(error)) from error
        else:
            self._is_open = True

    def start(self) -> None:
        """Begin to take frames, or to wait for the source."""
        self._opened = self._heard = time.monotonic()
        self._thread.start()

    def want(self) -> None:
        """From now on a frame is wanted, until one is taken."""
        self._wanted = True

    def health(self) -> SourceHealth:
        """Return how the source is at this moment."""
        counters = self.counters
        age = time.monotonic() - self._heard if counters.frames else None
        return SourceHealth(self.name, self.live, age, self.is_away, self.ended, self.failure, counters)

    @property
    def is_camera(self) -> bool:
        """Return whether its pictures are of now: no file at its own speed, whose picture may well stand still."""
        return self.live and self._source.position is None

    @property
    def is_away(self) -> bool:
        """Return whether it is lost, or not there yet, and being tried again."""
        return self._silent and not self.ended

    def take(self) -> Frame | None:
        """Take the newest frame, once; None where none lies ready. Call it with the condition held, and again once it is captioned."""
        frame, self._slot = self._slot, None
        if frame is not None:
            self._wanted = False
        if frame is not None or self._taken:
            self._arrived.notify_all()
        self._taken = frame is not None
        return frame

    def count(self, looked_at: int = 0, captions: int = 0) -> Counters:
        """Note what the loop has done with its frames; returns the counters from now on."""
        with self._counting:
            found = self.counters
            self.counters = replace(found, looked_at=found.looked_at + looked_at, captions=found.captions + captions)
            return self.counters

    def check(self) -> None:
        """Report a camera whose driver hangs."""
        waits = self.live and not self.ended and self._source.position is None
        if waits and time.monotonic() - self._heard > SILENT_SECONDS:
            self._lost(f"{self.name}: no frame for {SILENT_SECONDS:.0f} s; trying again until it is back")

    def give_up(self, why: str) -> None:
        """End the source: its frames cannot be used.

        Args:
            why: A sentence.
        """
        if self.failure is None:
            self.failure = why
            self._report("failed", why)
        self.stop()

    def stop(self) -> None:
        """Ask the thread to end, without waiting for it."""
        self._stop.set()
        with self._arrived:
            self._arrived.notify_all()

    def report_stop(self) -> None:
        """Tell that it is asked to stop, and how far the medium has got."""
        if not self.ended:
            self._report("stopped", f"{self.name}: stopped")

    def close(self, seconds: float) -> bool:
        """Stop, and give the device back.

        Args:
            seconds: To wait at the most.

        Returns:
            Whether the thread has ended; one that hangs in a driver is left to the end of the process.
        """
        self.stop()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        elif self._is_open:
            self._is_open = False
            self._leave()
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            going = self.away is None or self._wait_for(str(self.away))
            while going and not self._stop.is_set():
                going = self._session()
        except SourceError as error:
            self._settle()
            self.give_up(str(error))
        except Exception as error:
            # What a driver raises beyond that must be heard of too: the other sources go on, and the exit status tells.
            self.give_up(self._unexpected(error))
        finally:
            self._leave()
            with self._arrived:
                self.ended = True
                self._arrived.notify_all()

    def _wait_for(self, why: str) -> bool:
        """Wait for a source that is not there from the start; whether it came."""
        if self._retries == 0:
            raise SourceError(why)
        self._lost(f"{why}; trying again until it is there")
        return self._reopen(why)

    def _session(self) -> bool:
        """Return frames until the source is lost; whether to go on."""
        source = self._source
        try:
            while not self._stop.is_set():
                if not source.grab():
                    self._settle()
                    if not self._stop.is_set():
                        self._report("ended", f"{self.name}: the end")
                    return False
                self._got_one()
        except (SourceLostError, SourceAwayError) as error:
            if self._stop.is_set():
                return False
            self._leave()
            self._lost(f"{error}; trying again until it is back")
            return self._reopen(str(error))
        return False

    def _settle(self) -> None:
        """Wait for the caption of the last frame."""
        by = time.monotonic() + _SETTLE_SECONDS
        with self._arrived:
            while (self._slot is not None or self._taken) and not self._stop.is_set() and time.monotonic() < by:
                self._arrived.wait(max(0.0, by - time.monotonic()))

    def _got_one(self) -> None:
        number = self.counters.frames
        self._heard, self._attempts = time.monotonic(), 0
        given = self._source.position
        position = self._position = self._heard - self._opened if given is None else given
        with self._counting:
            back, self._silent = self._silent, False
            self.counters = replace(self.counters, frames=number + 1, recovered=self.counters.recovered + back)
        if back:
            self._report("recovered", f"{self.name}: frames again")
        watched = self._watch is not None and self._watched(self.name)
        if self.live and not self._wanted and not watched:
            return
        found = self._retrieve()
        if found is None:
            return
        pixels = self._applied(found)
        if self._shape not in (None, pixels.shape):
            self._report("resized", f"{self.name}: frames of {pixels.shape[1]} x {pixels.shape[0]} pixels from now on")
        self._shape = pixels.shape
        frame = Frame(self.name, number, pixels, self._heard, time.time(), position)
        if self._watch is not None and watched:
            self._watch(frame)
        with self._arrived:
            if self._wanted or not self.live:
                self._slot = frame
                self._arrived.notify_all()
            while not self.live and self._slot is not None and not self._stop.is_set():
                self._arrived.wait()

    def _applied(self, given: Pixels) -> Pixels:
        """Return a frame as it may be seen."""
        before, self._given = self._given or given.shape, given.shape
        try:
            self._geometry.check_resized(before, given.shape)
            return self._geometry.apply(given)
        except SourceError as error:
            raise SourceError(f"{self.name}: {error}") from None

    def _retrieve(self) -> Pixels | None:
        """Return the frame that was grabbed; None where it is damaged, as happens to one now and then."""
        try:
            pixels = self._source.retrieve()
        except SourceLostError:
            self._damaged += 1
            # Of a medium, which has a position, the frames after the damage may be good, and it would only begin anew.
            if self._damaged > _DAMAGED_FRAMES and self._source.position is None:
                raise
            return None
        self._damaged = 0
        return pixels

    def _reopen(self, why: str) -> bool:
        """Open it again; one that opens and then gives no frame is as good as one that cannot be opened.

        Raises:
            SourceError: It is given up: after all attempts, or, where it never gave a frame, because waiting would not help.
        """
        while self._retries is None or self._attempts < self._retries:
            delay = min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** min(self._attempts, 10))
            if self._stop.wait(delay * random.uniform(1 - _JITTER, 1 + _JITTER)):
                return False
            self._attempts += 1
            try:
                self._source.__enter__()
            except SourceError as error:
                # A camera that gave frames was asked for rightly: what its server says while it starts will pass.
                if not (isinstance(error, SourceAwayError) or self.counters.frames):
                    raise
                why = str(error)
                continue
            return True
        raise SourceError(f"{why}; given up after {self._attempts} attempts")

    def _lost(self, message: str) -> None:
        """Say it once, whether the driver told it or its silence did."""
        with self._counting:
            if self._silent:
                return
            self._silent = True
            self.counters = replace(self.counters, lost=self.counters.lost + 1)
        with self._arrived:
            self._slot = None  # what was seen before the loss is not news any more
            self._wanted = True
        self._report("lost", message)

    def _leave(self) -> None:
        self._source.__exit__(None, None, None)

    def _unexpected(self, error: Exception) -> str:
        told = " ".join(str(error).split())
        return f"{self.name}: stopped by an unexpected {type(error).__name__} ({told}); please report it"

    def _report(self, kind: StatusKind, message: str) -> None:
        self._emit(StatusEvent(kind, message, self.name, counters=self.counters, position=self._position))
