"""One program writes a journal at a time; readers do not ask."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from edge_runtime.errors import JournalError

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows has none; SQLite's own locks remain there, which keep the file whole
    fcntl = None

_held: dict[Path, tuple[int, int]] = {}
"""Of this process: file -> its descriptor, and how often it was asked for."""
_guard = threading.Lock()


class WriterLock:
    """A file `NAME-writer` beside a journal, locked for as long as this process writes; the kernel unlocks it whatever ends the process.

    The journal's own file cannot be locked for this: closing any descriptor of it would take SQLite's locks away (fcntl(2)). Within
    a process it may be had several times, for a session that begins while the one before it ends.

    Args:
        path: The journal.

    Raises:
        JournalError: Another process writes it.
        OSError: The file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.resolve().with_name(f"{path.name}-writer")
        with _guard:
            descriptor, count = _held.get(self._file, (-1, 0))
            if not count:
                descriptor = _lock(self._file, path)
            _held[self._file] = (descriptor, count + 1)
        self._released = False

    def release(self) -> None:
        """Let others write; called again it does nothing."""
        with _guard:
            if self._released:
                return
            self._released = True
            descriptor, count = _held.pop(self._file)
            if count > 1:
                _held[self._file] = (descriptor, count - 1)
                return
            # Gone before it is unlocked: whoever opened it meanwhile finds that it is no longer there.
            self._file.unlink(missing_ok=True)
            os.close(descriptor)


def _lock(file: Path, path: Path) -> int:
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(file, descriptor):
                with suppress(
                    OSError
                ):  # a disk that is full has no room for it: it is only for the sentence of the others
                    os.ftruncate(descriptor, 0)
                    os.write(descriptor, str(os.getpid()).encode())
                return descriptor
        except BlockingIOError:
            writer = os.read(descriptor, 20).decode("ascii", "replace")
            os.close(descriptor)
            who = f"process {writer}" if writer.isdecimal() else "another process"
            raise JournalError(f"{path}: {who} is writing it; end that one, or name another file") from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_still(file: Path, descriptor: int) -> bool:
    """Return whether a file is the one that was opened: who had it before may have taken it away in between."""
    try:
        return os.path.samestat(file.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
