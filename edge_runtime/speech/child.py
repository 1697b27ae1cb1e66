"""A program of the system that gives or takes sound: it never holds us longer than it may, and never outlives its use."""

import os
import select
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from edge_runtime.errors import SpeechError

_POLL_SECONDS = 0.05
"""How often is asked meanwhile whether it is still wanted."""
STALL_SECONDS = 5.0
"""A program that gives, or takes, nothing for so long hangs."""
_MOST_SAID = 4096
_PIPE_BYTES, _SET_PIPE_SIZE = 4096, 1031
"""What may wait in the pipe to a player, a tenth of a second, and F_SETPIPE_SZ of Linux: a sentence is known to be over when it is."""


class Child:
    """A running program, apart from the terminal's signals.

    Args:
        name: For messages.
        command: The program and its arguments, none of them from outside.
        takes_sound: Whether it is fed slowly, as a player is: little waits in its pipe then.

    Raises:
        SpeechError: It cannot be run.
    """

    def __init__(self, name: str, command: Sequence[str], takes_sound: bool) -> None:
        self._name, self._program = name, os.path.basename(command[0])  # noqa: PTH119 - a name for messages
        try:
            self._process = subprocess.Popen(
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL if takes_sound else subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise SpeechError(f"{name}: {self._program} cannot be run ({error.strerror}); install it again") from None
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
        if takes_sound and self._process.stdin is not None:
            with suppress(ImportError, OSError):  # elsewhere a pipe is as large as it is
                import fcntl

                fcntl.fcntl(self._process.stdin.fileno(), _SET_PIPE_SIZE, _PIPE_BYTES)

    def write(self, given: bytes, stopped: Callable[[], bool]) -> bool:
        """Hand something over; whether all of it went.

        Args:
            given: What.
            stopped: Whether it is not wanted any more.

        Raises:
            SpeechError: The program has ended, or hangs.
        """
        stream, rest = self._process.stdin, memoryview(given)
        while rest and stream is not None:
            if not self._wait(stream.fileno(), select.POLLOUT, stopped):
                return False
            try:
                rest = rest[stream.write(rest) or 0 :]
            except OSError:
                raise self.failure() from None
        return True

    def read(self, most: int, stopped: Callable[[], bool]) -> bytes | None:
        """Return what it has said: empty at its end, None where it is not wanted any more.

        Args:
            most: Bytes at the most.
            stopped: Whether it is not wanted any more.

        Raises:
            SpeechError: It hangs.
        """
        stream = self._process.stdout
        if stream is None:
            return b""
        if not self._wait(stream.fileno(), select.POLLIN, stopped):
            return None
        return stream.read(most) or b""

    def end_input(self) -> None:
        """Tell it that nothing more comes."""
        if self._process.stdin is not None:
            with suppress(OSError):  # it has ended by itself
                self._process.stdin.close()

    def finish(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Wait for its end, once nothing more comes.

        Args:
            seconds: At the most.
            stopped: Whether it is not wanted any more; it is ended then.

        Raises:
            SpeechError: It ended with an error, or hangs.
        """
        by = time.monotonic() + seconds
        while self._process.poll() is None and not stopped():
            if time.monotonic() > by:
                raise self._hangs()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_POLL_SECONDS)
        if self._process.poll():
            raise self.failure()

    def failure(self) -> SpeechError:
        """Return the sentence for a program that has ended in the middle: its own last words."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_POLL_SECONDS)
        said = b""
        if self._process.stderr is not None and not self._process.stderr.closed:
            while more := self._process.stderr.read(_MOST_SAID):
                said = (said + more)[-_MOST_SAID:]
        lines = [" ".join(line.split()) for line in said.decode(errors="replace").splitlines() if line.strip()]
        told = lines[-1][:200] if lines else f"status {self._process.poll()}"
        return SpeechError(f"{self._name}: {self._program} has ended ({told})")

    def close(self) -> None:
        """End it at once, where it has not ended by itself."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _wait(self, descriptor: int, event: int, stopped: Callable[[], bool]) -> bool:
        """Wait until a pipe is ready; whether it is still wanted."""
        by = time.monotonic() + STALL_SECONDS
        asked = select.poll()
        asked.register(descriptor, event)
        while not stopped():
            if asked.poll(_POLL_SECONDS * 1e3):
                return True
            if time.monotonic() > by:
                raise self._hangs()
        return False

    def _hangs(self) -> SpeechError:
        return SpeechError(f"{self._name}: {self._program} hangs")
