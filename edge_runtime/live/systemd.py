"""Tells systemd how the program is doing, as `sd_notify` does (man 3 sd_notify), without a package for it."""

import contextlib
import os
import socket
import time
from collections.abc import Callable, Mapping

_PATIENCE = 0.2
"""Seconds that a message may wait for systemd; one that is not taken is dropped."""
_BEATS = 3
"""Signs of life in the time after which systemd takes the program for dead."""


class Notifier:
    """Sends notifications; does nothing where no service manager listens, and never raises. Any thread may use it.

    Args:
        address: Of the service manager's datagram socket, `/path` or `@abstract`; None where there is none.
        watchdog: Seconds without a sign of life after which the service is killed and started anew; None for no such thing.
        clock: Seconds, never going back.
    """

    def __init__(
        self, address: str | None, watchdog: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._address = address
        self._watchdog = watchdog
        self._clock = clock
        self._next_sign = clock()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Notifier":
        """As systemd says in `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`; a watchdog for another process is not ours."""
        address = environ.get("NOTIFY_SOCKET", "")
        ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        watchdog = None
        with contextlib.suppress(ValueError):
            microseconds = int(environ.get("WATCHDOG_USEC", ""))
            watchdog = microseconds / 1e6 if ours and microseconds > 0 else None
        return cls(address if address[:1] in ("/", "@") else None, watchdog)

    @property
    def interval(self) -> float | None:
        """Return seconds between two signs of life; None where nobody waits for them."""
        return self._watchdog / _BEATS if self._watchdog and self._address else None

    def ready(self, status: str) -> None:
        """The program does its work, for the first time or after it was reloaded."""
        self._send("READY=1", _status(status))

    def status(self, text: str) -> None:
        """What `systemctl status` shows, a sentence."""
        self._send(_status(text))

    def alive(self) -> None:
        """A sign of life; call it as often as you like, one is sent whenever `interval` has passed."""
        if self.interval is None or self._clock() < self._next_sign:
            return
        self._next_sign = self._clock() + self.interval
        self._send("WATCHDOG=1")

    def reloading(self) -> None:
        """The configuration is being read again; `ready` tells the end of it."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """The program is about to end."""
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with (
            # A manager that has gone, or is too busy, must not end the captions.
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel,
        ):
            channel.settimeout(_PATIENCE)
            channel.sendto("\n".join(lines).encode(errors="replace"), address)


def _status(text: str) -> str:
    """Return a line; a line break in it would begin another notification."""
    return f"STATUS={' '.join(text.split())}"
