"""Being asked to stop: by Ctrl-C, by SIGTERM (`kill`, systemd, a container's end), or by SIGHUP (a terminal that is closed).

A command ends at once, but a pass of a training run ends behind the step that it is at, so that the checkpoint is whole. The exit status
is that of a shell: 128 and the signal's number, 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP.
"""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
_EXIT = 128


class Stopped(KeyboardInterrupt):
    """The process was asked to stop.

    Args:
        number: Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    @property
    def status(self) -> int:
        """The exit status."""
        return _EXIT + self.number


class StopRequest:
    """Whether the process was asked to stop.

    Attributes:
        number: Of the signal; None as long as there was none.
    """

    number: int | None = None


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM and SIGHUP raise `Stopped` as Ctrl-C raises KeyboardInterrupt."""

    def stop(number: int, _: FrameType | None) -> None:
        raise Stopped(number)

    with _handled(stop):
        yield


@contextlib.contextmanager
def deferred_stop() -> Iterator[StopRequest]:
    """A signal is noted instead of tearing a step apart: weights and state of the run must agree in a checkpoint."""
    request = StopRequest()

    def note(number: int, _: FrameType | None) -> None:
        request.number = number

    with _handled(note):
        yield request


@contextlib.contextmanager
def _handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """A handler for the signals that ask to stop; one that the process was started to ignore (`nohup`) stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: found for number in _SIGNALS if (found := signal.getsignal(number)) not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, found in before.items():
            signal.signal(number, found)
