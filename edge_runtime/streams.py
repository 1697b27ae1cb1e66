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
    stderr = sys.stderr
    if stderr is not None and stderr is not sys.__stderr__:
        return  # someone else's, such as a test's
    if stderr is not None and stderr.closed:
        return
    with contextlib.suppress(OSError, ValueError):
        if stderr is not None:
            stderr.flush()
    raw = _Unbreakable(2, "w", closefd=False)
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stderr.encoding if stderr is not None else "utf-8",
        errors=stderr.errors if stderr is not None else "backslashreplace",
        line_buffering=True,
    )


def stdout_is_open() -> bool:
    """Whether there is a stdout to print to."""
    return sys.stdout is not None and not sys.stdout.closed


def stdout_failure() -> OSError | None:
    """Write out what is still held for stdout: None if that went well, else why it did not; the rest is then dropped."""
    if not stdout_is_open():
        return None
    try:
        sys.stdout.flush()
    except OSError as error:
        # Python would try once more at exit, complain, and end with a status of its own.
        with contextlib.suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, sys.stdout.fileno())
            os.close(null)
            sys.stdout.flush()
        return error
    return None
