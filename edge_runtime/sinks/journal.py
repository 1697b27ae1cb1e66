"""Scenes and alerts, kept in a journal."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.console.options import option
from edge_runtime.errors import JournalError, OptionError, SinkError
from edge_runtime.events import AlertEvent, Event, SceneEvent
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink

if TYPE_CHECKING:
    from edge_runtime.journal.store import Journal

_LEAST_MB = 16
_TIDY_SECONDS = 1.0
"""Between looks at what has become too old or too much."""


@dataclass(frozen=True)
class JournalKind(SinkKind):
    """Where scenes are kept, and for how long.

    Attributes:
        file: The database; None for nowhere.
        keep_days: Days after which a scene goes; 0 for never.
        max_mb: Megabytes, 10^6 bytes, that the file has at the most; 0 for no limit.
    """

    table = "journal"

    file: str | None = option(
        None,
        "keep every scene with its picture in FILE, a database that 'edge-caption journal' searches",
        metavar="FILE",
        flag="journal",
        path=True,
    )
    keep_days: float = option(
        30.0,
        "days after which a scene is deleted, 0 for never",
        metavar="DAYS",
        flag="journal-keep-days",
        low=0,
        high=36500,
    )
    max_mb: float = option(
        1024.0,
        "megabytes of the journal; beyond, its oldest scenes are deleted, 0 for no limit",
        metavar="MB",
        flag="journal-max-mb",
        low=0,
        high=1e9,
    )

    def __post_init__(self) -> None:
        """Check that the journal may grow to hold something."""
        super().__post_init__()
        if 0 < self.max_mb < _LEAST_MB:
            raise OptionError(f"--journal-max-mb {self.max_mb:g}: must be 0 for no limit, or at least {_LEAST_MB}")

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        """Yield the one that is asked for."""
        if self.file is not None:
            yield WantedSink(JournalSink(self.file, self.keep_days, self.max_mb), writes=Path(self.file))


class JournalSink:
    """Keeps scenes and alerts in an SQLite database; what waits is committed as soon as nothing more comes.

    Attributes:
        name: For messages.
        wants_frames: No.
    """

    wants_frames = False

    def __init__(self, path: str, keep_days: float = 0.0, max_mb: float = 0.0) -> None:
        """Name the file.

        Args:
            path: The journal, made where there is none, in a folder that exists.
            keep_days: Days after which a scene is deleted; 0 for never.
            max_mb: Megabytes that the file has at the most; 0 for no limit.
        """
        self.name = f"--journal {path}"
        self._path = Path(path)
        self._keep_days = keep_days
        self._max_mb = max_mb
        self._journal: Journal | None = None
        self._tidied = 0.0

    def check(self) -> None:
        """See whether the journal could be opened, and leave nothing behind.

        Raises:
            SinkError: It could not.
        """
        from edge_runtime.journal.connection import check

        try:
            check(self._path, create=True)
        except JournalError as error:
            raise _refused(error) from None

    def open(self) -> None:
        """Open the journal, or make it.

        Raises:
            SinkError: It is no journal, of a newer version, written by another process, or cannot be written.
        """
        from edge_runtime.journal.store import Journal

        try:
            self._journal = Journal.open(self._path, create=True)
        except JournalError as error:
            raise _refused(error) from None

    def event(self, event: Event) -> None:
        """Write a scene or an alert.

        Raises:
            SinkError: The disk is full, or the journal is damaged.
        """
        if self._journal is None:
            return
        try:
            if isinstance(event, SceneEvent):
                self._journal.write(event)
            elif isinstance(event, AlertEvent):
                self._journal.write_alert(event)
            if time.monotonic() - self._tidied >= _TIDY_SECONDS:
                self._tidy(self._journal)
        except JournalError as error:
            raise _refused(error) from None

    def frame(self, frame: Frame, caption: str) -> None:
        """Frames are not written."""

    def idle(self) -> None:
        """Commit what was written, and let go what is too old.

        Raises:
            SinkError: As for `event`.
        """
        if self._journal is None:
            return
        try:
            self._journal.flush()
            if time.monotonic() - self._tidied >= _TIDY_SECONDS:
                self._tidy(self._journal)
        except JournalError as error:
            raise _refused(error) from None

    def close(self) -> None:
        """Commit the rest.

        Raises:
            SinkError: It cannot be written.
        """
        if self._journal is None:
            return
        try:
            self._journal.close()
        except JournalError as error:
            raise _refused(error) from None

    def _tidy(self, journal: "Journal") -> None:
        """One step; the next one is taken when nothing comes, or soon where there is more to do."""
        from edge_runtime.journal.retention import Retention

        if not journal.tidy(Retention(self._keep_days, round(self._max_mb * 1e6))):
            self._tidied = time.monotonic()


def _refused(error: JournalError) -> SinkError:
    return SinkError(f"--journal {error}")
