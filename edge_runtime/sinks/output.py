"""What a sink writes text to: a file or stdout, whose failures are sentences."""

import errno
import os
import select
import stat
import sys
import time
from pathlib import Path
from typing import IO, BinaryIO, Self

from edge_runtime.errors import ReaderLeftError, SinkError

SYNC_SECONDS = 5.0
"""Seconds that a power cut may take: the kernel alone would keep up to 30 of them in memory."""


class Output:
    """A file or stdout that text is written to, UTF-8, all of it at once and nothing held back.

    Make one with `Output.to_file()` or `Output.to_stdout()`.

    Attributes:
        name: Of the sink, for messages.
    """

    def __init__(self, name: str, stream: BinaryIO, owned: bool) -> None:
        self.name = name
        self._stream = stream
        self._owned = owned
        self._synced = time.monotonic()

    @classmethod
    def to_file(cls, name: str, path: Path) -> Self:
        """Open a file to go on behind what it holds, on a new line.

        Args:
            name: Of the sink, for messages.
            path: The file; its folder must exist. A named pipe needs a reader already.

        Raises:
            SinkError: It cannot be written.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        # A named pipe without a reader would wait for ever otherwise.
        flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            torn = _is_torn(path)
            descriptor = os.open(path, flags, 0o666)
            os.set_blocking(descriptor, True)
        except OSError as error:
            raise failure(name, error) from None
        output = cls.to_descriptor(name, descriptor)
        if torn:
            output.write("\n")
        return output

    @classmethod
    def to_descriptor(cls, name: str, descriptor: int) -> Self:
        """Write to a file that is open.

        Args:
            name: Of the sink, for messages.
            descriptor: The file; belongs to the output from now on.
        """
        return cls(name, open(descriptor, "wb", buffering=0), owned=True)

    @classmethod
    def to_stdout(cls, name: str) -> Self:
        """Write to stdout, in UTF-8 whatever the locale.

        Raises:
            SinkError: There is none.
        """
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            raise SinkError(f"{name}: there is no stdout; name a file")
        return cls(name, stream, owned=False)

    def write(self, text: str) -> None:
        """Write and flush.

        Raises:
            SinkError: The disk is full, or the reader has left.
        """
        rest = memoryview(text.encode("utf-8", "backslashreplace"))
        try:
            while rest:
                rest = rest[self._stream.write(rest) :]
            self._stream.flush()
            if self._owned and time.monotonic() - self._synced > SYNC_SECONDS:
                self._sync()
        except BrokenPipeError as error:
            abandon(self._stream)
            raise failure(self.name, error) if self._owned else ReaderLeftError(self.name) from None
        except OSError as error:
            abandon(self._stream)
            raise failure(self.name, error) from None

    def close(self) -> None:
        """Make sure that it is on the disk, and close it; stdout stays open.

        Raises:
            SinkError: It did not get to the disk.
        """
        if not self._owned or self._stream.closed:
            return
        try:
            with self._stream:
                self._sync()
        except OSError as error:
            raise failure(self.name, error) from None

    def _sync(self) -> None:
        """Get a file onto the disk; nothing to do for a pipe."""
        if stat.S_ISREG(os.fstat(self._stream.fileno()).st_mode):
            os.fsync(self._stream.fileno())
        self._synced = time.monotonic()


def check_target(name: str, path: Path, beside: bool = False) -> None:
    """See whether a file could be written, without touching it.

    Args:
        name: Of the sink, for messages.
        path: The file.
        beside: Whether a file that is there already stays as it is, and the new one goes beside it.

    Raises:
        SinkError: Its folder does not exist, it is a folder itself, or it is not ours to write.
    """
    if path.is_dir():
        raise failure(name, IsADirectoryError())
    if not path.parent.is_dir():
        raise failure(name, FileNotFoundError())
    written = path.exists() and not (beside and path.is_file())
    if not os.access(path if written else path.parent, os.W_OK):
        raise failure(name, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


def failure(name: str, error: OSError) -> SinkError:
    """Return the sentence for what the operating system says.

    Args:
        name: Of the sink.
        error: What was raised while it was opened or written.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SinkError(f"{name}: the disk is full; make room on it and start again")
    if isinstance(error, BrokenPipeError):
        return SinkError(f"{name}: the program that read it has ended; start it again")
    if error.errno == errno.ENXIO:
        return SinkError(f"{name}: nobody reads from this pipe; start its reader first")
    if isinstance(error, FileNotFoundError):
        return SinkError(f"{name}: its folder does not exist; make it first")
    if isinstance(error, IsADirectoryError):
        return SinkError(f"{name}: a folder; name a file in it")
    reason = error.strerror or error
    return SinkError(f"{name}: cannot be written ({reason}); check the path, its permissions and the disk")


def abandon(stream: IO[str] | BinaryIO) -> None:
    """Point a stream that cannot be written at nothing: Python would try once more, and complain, at its exit."""
    try:
        target = stream.fileno()
    except (OSError, ValueError):
        return  # it stands in memory, or is closed
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, target)
    os.close(nothing)


def reader_has_left(stream: IO[str] | BinaryIO | None) -> bool:
    """Return whether a pipe has nobody any more who reads it, found out without writing to it; False of what is no pipe."""
    poll = getattr(select, "poll", None)
    try:
        if stream is None or poll is None or not stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode):
            return False
        asked = poll()
        asked.register(stream.fileno(), 0)
        return any(events & select.POLLERR for _, events in asked.poll(0))
    except (OSError, ValueError):
        return False  # it stands in memory, or is closed


def _is_torn(path: Path) -> bool:
    """Return whether a file ends within a line, as a crash leaves it."""
    if not path.is_file() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
