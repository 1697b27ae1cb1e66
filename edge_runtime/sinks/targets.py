"""Where a new file goes, so that nothing that was written is ever written over without being asked."""

import logging
import os
import stat
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.console.options import Options, option
from edge_runtime.errors import SinkError
from edge_runtime.sinks.output import SYNC_SECONDS, failure

_log = logging.getLogger("edge_runtime.sinks")

_MOST_NAMES = 1000
"""Names that are tried within one second."""


@dataclass(frozen=True)
class FileOptions(Options):
    """What becomes of files that are there already.

    Attributes:
        overwrite: Whether a video or subtitles are written over.
    """

    table = "files"

    overwrite: bool = option(
        False,
        "write over a video or subtitles that are there already; otherwise they stay, and the new file goes beside with "
        "the time in its name, as FILE.20261126-153000.mp4",
    )


def claim(name: str, path: Path, overwrite: bool) -> tuple[Path, int]:
    """Make a file that is ours alone.

    A file that is there already stays as it is, and the new one goes beside it with the local time in its name:
    `holiday.mp4` -> `holiday.20261126-153000.mp4`, and `...-153000-2.mp4` where that is taken too. What is no regular file, such
    as a named pipe, is written to as it is.

    Args:
        name: Of the sink, for messages.
        path: The file that is asked for; its folder must exist.
        overwrite: Empty the file that is there instead.

    Returns:
        The file's path, and its descriptor, open to write.

    Raises:
        SinkError: It cannot be written.
    """
    # A named pipe without a reader would wait for ever otherwise.
    flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        for candidate in [path] if overwrite or _is_special(path) else _names(path):
            exclusive = 0 if overwrite or _is_special(candidate) else os.O_EXCL
            try:
                descriptor = os.open(candidate, flags | (exclusive or os.O_TRUNC), 0o666)
            except FileExistsError:
                continue
            os.set_blocking(descriptor, True)
            if candidate != path:
                _log.warning("%s: is there already and stays as it is; writing %s", name, candidate)
            return candidate, descriptor
    except OSError as error:
        raise failure(name, error) from None
    raise SinkError(f"{name}: {_MOST_NAMES} files of this name were made within one second; name another one")


def _names(path: Path) -> list[Path]:
    stamped = f"{path.stem}.{time.strftime('%Y%m%d-%H%M%S')}"
    more = [path.with_name(f"{stamped}-{count}{path.suffix}") for count in range(2, _MOST_NAMES)]
    return [path, path.with_name(stamped + path.suffix), *more]


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


class Syncing:
    """Gets what is written to a file onto the disk every few seconds, from a thread of its own, for a disk may take its time.

    Args:
        descriptor: The file; belongs to this object from now on.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Once more, and close the file.

        Raises:
            OSError: It did not get to the disk.
        """
        self._end.set()
        self._thread.join()
        try:
            self._sync()
        finally:
            os.close(self._descriptor)

    def _run(self) -> None:
        while not self._end.wait(SYNC_SECONDS):
            with suppress(OSError):  # `close` reports it
                self._sync()

    def _sync(self) -> None:
        if stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            os.fsync(self._descriptor)
