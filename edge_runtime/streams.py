"""The three streams of a process, as a command finds them: one may be closed, full, or its reader gone."""

import contextlib
import io
import os
import sys
from typing import Any


class _Unbreakable(io.FileIO):
    """Takes everything: what cannot be written is dropped, for no message is worth the work that it tells of."""

    def write(self, data: Any, /) -> int:
        """Write what can be written; returns the length of all of it."""
        content = bytes(data)
        rest = content
        with contextlib.suppress(OSError):
            while rest:
                rest = rest[super().write(rest) or len(rest) :]
        return len(content)


class _Watched(io.FileIO):
    """Remembers that it could not be written, for whoever wrote may have kept it for himself (argparse does)."""

    failure: OSError | None = None

    def write(self, data: Any, /) -> int | None:  # type: ignore[override]
        """As `io.FileIO.write`."""
        try:
            return super().write(data)
        except OSError as error:
            self.failure = error
            raise


class LogStream:
    """Stderr as it is at the moment, for `edge_runtime.console.log` and bars of progress.

    A terminal that was closed, a full disk or no stderr at all lose words, not the work.
    """

    encoding = "utf-8"

    def write(self, text: str) -> int:
        """Write, or lose it; returns the characters given."""
        with contextlib.suppress(OSError, ValueError):
            if sys.stderr is not None:
                sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, or lose it."""
        with contextlib.suppress(OSError, ValueError):
            if sys.stderr is not None:
                sys.stderr.flush()

    def isatty(self) -> bool:
        """Whether a terminal shows it."""
        with contextlib.suppress(OSError, ValueError):
            return sys.stderr is not None and sys.stderr.isatty()
        return False


LOG_STREAM = LogStream()


def open_streams() -> None:
    """Make sure that there are a stdin, a stdout and a stderr, and that stderr breaks nothing.

    A number that is free is given to the next file that is opened: with stderr closed, what is written to number 2 would land in
    a picture, a bundle or a recording. `/dev/null` takes each free place. `sys.stdout` stays None where it was closed, so that
    who wants to print there can refuse. Called again it changes nothing.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is given, which is this one.
            os.open(os.devnull, os.O_RDWR)
    # Streams that are not Python's own are someone else's, such as a test's.
    stdout: Any = sys.stdout
    stderr: Any = sys.stderr
    if _is_own(stdout, sys.__stdout__):
        sys.stdout = _over(_Watched(stdout.fileno(), "w", closefd=False), stdout)
    if stderr is None:
        raw = _Unbreakable(2, "w", closefd=False)
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=True)
    elif _is_own(stderr, sys.__stderr__):
        sys.stderr = _over(_Unbreakable(stderr.fileno(), "w", closefd=False), stderr)


def _is_own(stream: Any, pythons: Any) -> bool:
    return stream is not None and stream is pythons and not stream.closed


def _over(raw: io.FileIO, stream: Any) -> io.TextIOWrapper:
    """A stream of text as another one is, over a file of ours."""
    with contextlib.suppress(OSError):
        stream.flush()
    unbuffered = stream.write_through
    return io.TextIOWrapper(
        raw if unbuffered else io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=unbuffered,
    )


def stdout_is_open() -> bool:
    """Whether there is a stdout to print to."""
    return sys.stdout is not None and not sys.stdout.closed


def stdout_failure() -> OSError | None:
    """Write out what is still held for stdout: None if that went well, else why it did not; the rest is then dropped."""
    if not stdout_is_open():
        return None
    failure = None
    try:
        sys.stdout.flush()
    except OSError as error:
        failure = error
    buffer = getattr(sys.stdout, "buffer", None)
    raw = getattr(buffer, "raw", buffer)
    if isinstance(raw, _Watched):
        failure, raw.failure = failure or raw.failure, None
    if failure is not None:
        # Python would try once more at exit, complain, and end with a status of its own.
        with contextlib.suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, sys.stdout.fileno())
            os.close(null)
            sys.stdout.flush()
    return failure
