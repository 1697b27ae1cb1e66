"""The main thread of `edge-caption live`: it waits for signals and for the end, and looks after the loop."""

import concurrent.futures
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from edge_runtime.console.exits import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_PARTLY
from edge_runtime.errors import EdgeCaptionError
from edge_runtime.live.logs import LogOptions, set_up_log
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions, resolve
from edge_runtime.live.systemd import Notifier

if TYPE_CHECKING:  # these take a while to load, and a signal that comes meanwhile must be heard
    from edge_runtime.captioner import Captioner
    from edge_runtime.live.session import LiveSession
    from edge_runtime.sinks.worker import SinkWorker

_log = logging.getLogger("edge_runtime.live.loop")

_POLL_SECONDS = 0.1
_HUNG_SECONDS = 10.0
"""A loop that has not gone round for so long is not reported to be alive."""
_STATUS_SECONDS = 10.0
_FLUSH_SECONDS = 0.1
_OPENING_SECONDS = 0.4
"""What the opening of a camera has to finish in once a signal has come."""


class Supervisor:
    """Waits for signals and for the end, and looks after the loop, in the main thread.

    Args:
        options: What is asked for.
        given: What the command line says, by destination; it holds again when the configuration is read again.
        configuration: The file that is read again; None where there is none.
        begun: Called once everything is open for the first time.
        leaving: Called before the process ends at once, which nothing after `run` would hear of.
    """

    def __init__(
        self,
        options: LiveOptions,
        given: Mapping[str, Any],
        configuration: Path | None,
        begun: Callable[[], None] = lambda: None,
        leaving: Callable[[], None] = lambda: None,
    ) -> None:
        self._options, self._given, self._configuration = options, given, configuration
        self._begun, self._leaving = begun, leaving
        self._signal: int | None = None
        self._reload = self._closed = False
        self._captioner: Captioner
        self._before: tuple[LiveOptions, Captioner] | None = None
        self._sinks: Sequence[SinkWorker] = ()
        """Of the session that has ended for another one; they run on until that has begun."""

    def run(self) -> int:
        """Caption until the sources end or a signal comes; returns the exit status.

        Raises:
            EdgeCaptionError: The model, a source or a sink cannot be opened at the start.
        """
        set_up_log(self._options[LogOptions].level)
        notifier = Notifier.from_environment(os.environ)
        # Handlers only leave a note: what they interrupt may hold a lock. A reload that comes early must not be the end.
        signal.signal(signal.SIGHUP, self._on_reload)
        self._captioner = self._options[ModelOptions].load()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        while True:
            session = self._open_or_end_sinks(notifier)
            if session is None:
                notifier.stopping()
                return self._leave(self._stopped_status())
            notifier.ready(session.status())
            self._begun()
            self._begun = lambda: None
            again = self._watch(session, notifier)
            if not again:
                notifier.stopping()
            ended = session.close((lambda: True) if again else self._is_stopping, keep_sinks=again)
            self._sinks = session.sinks if again else ()
            if not again:
                return self._end(session, ended)
            if not ended:
                _log.error("a camera does not let go of its device; start again")
                self._end_sinks()
                return self._leave(EXIT_FAILED)

    def stop(self) -> None:
        """Ask it to end, with the status of what has run so far; may be called from any thread."""
        self._closed = True

    def _open_or_end_sinks(self, notifier: Notifier) -> "LiveSession | None":
        """Open a session; where none begins, what ran on for it is ended as well."""
        session = None
        try:
            session = self._open_or_go_back(notifier)
        finally:
            if session is None:
                self._end_sinks()
        return session

    def _end_sinks(self) -> None:
        from edge_runtime.live.session import close_sinks

        close_sinks(self._sinks)

    def _open_or_go_back(self, notifier: Notifier) -> "LiveSession | None":
        """Open what is asked for now; where that cannot be, what was asked for before."""
        if self._before is None:
            return self._open(self._captioner, notifier)
        (options, captioner), self._before = self._before, None
        try:
            self._captioner = self._reloaded(options, captioner)
            session = self._open(self._captioner, notifier)
        except EdgeCaptionError as error:
            _log.error("%s; going on as before", error)
            self._options, self._captioner = options, captioner
            return self._open(captioner, notifier)
        _log.info("%s: read again", self._read)
        return session

    def _open(self, captioner: "Captioner", notifier: Notifier) -> "LiveSession | None":
        """Open everything, in a thread of its own: a camera that does not answer holds it for seconds. None where a signal came first.

        Raises:
            EdgeCaptionError: It cannot be opened.
        """
        from edge_runtime.live.session import LiveSession

        opening: concurrent.futures.Future[LiveSession] = concurrent.futures.Future()

        def build() -> None:
            try:
                opening.set_result(LiveSession(self._options, captioner, self.stop, self._sinks))
            except Exception as error:
                opening.set_exception(error)

        threading.Thread(target=build, name="opening", daemon=True).start()
        while not opening.done():
            if self._signal is not None:
                concurrent.futures.wait([opening], _OPENING_SECONDS)
                break
            concurrent.futures.wait([opening], _POLL_SECONDS)
            notifier.alive()  # each camera has its own limit of seconds to answer in
        if self._signal is not None and (not opening.done() or opening.exception() is not None):
            return None
        return opening.result()

    def _watch(self, session: "LiveSession", notifier: Notifier) -> bool:
        """Look after a session until it is to end; whether another one is to follow."""
        shown = time.monotonic()
        while not (session.live.done or session.unheard or session.left or self._is_stopping()):
            if self._reload:
                self._reload = False
                if self._reconfigure(notifier):
                    return True
            time.sleep(_POLL_SECONDS)
            now = time.monotonic()
            if now - session.live.beat < _HUNG_SECONDS:
                notifier.alive()
            if now - shown > _STATUS_SECONDS:
                shown = now
                notifier.status(session.status())
        return False

    def _reconfigure(self, notifier: Notifier) -> bool:
        """Read the configuration again; whether there is another one to go on with."""
        if self._configuration is None and self._given.get("rules") is None:
            _log.warning("SIGHUP: there is no --config to read again")
            return False
        try:
            options = resolve(self._given, self._configuration, _log.warning)
        except EdgeCaptionError as error:
            _log.error("%s; going on as before", error)
            return False
        # What this process has written is not meant by --overwrite.
        after, before = options.after_the_start(), self._options.after_the_start()
        if after == before:
            _log.info("%s: nothing has changed", self._read)
            return False
        notifier.reloading()
        self._before, self._options = (before, self._captioner), after
        return True

    def _reloaded(self, before: LiveOptions, captioner: "Captioner") -> "Captioner":
        set_up_log(self._options[LogOptions].level)
        if self._options[ModelOptions].is_loaded_as(before[ModelOptions]):
            return captioner
        return self._options[ModelOptions].load()

    def _end(self, session: "LiveSession", ended: bool) -> int:
        status = self._status(session)
        return status if ended else self._leave(status)

    def _leave(self, status: int) -> NoReturn:
        """End at once. A thread hangs in a driver: unloading the libraries under it would crash; what it holds goes with the process."""
        self._leaving()
        logging.shutdown()
        # Apart: a sink may hang in a pipe that nobody reads, and stdout is then held by it.
        flushing = threading.Thread(target=_flush_stdout, name="flushing", daemon=True)
        flushing.start()
        flushing.join(_FLUSH_SECONDS)
        os._exit(status)

    def _status(self, session: "LiveSession") -> int:
        sources, failed, sinks = session.failures()
        if session.live.failure is not None:
            _log.error("%s", session.live.failure)
            return EXIT_FAILED
        if failed == sources or (session.unheard and not session.left):
            return EXIT_FAILED
        if failed or sinks:
            return EXIT_PARTLY
        return self._stopped_status()

    def _stopped_status(self) -> int:
        return EXIT_INTERRUPTED if self._signal == signal.SIGINT else 0

    @property
    def _read(self) -> Path | None:
        """What is read again."""
        return self._configuration or self._given.get("rules")

    def _is_stopping(self) -> bool:
        return self._closed or self._signal is not None

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        self._signal = number

    def _on_reload(self, number: int, frame: FrameType | None) -> None:
        self._reload = True


def _flush_stdout() -> None:
    if sys.stdout is not None:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
