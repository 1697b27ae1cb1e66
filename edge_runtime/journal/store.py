"""The journal: scenes are written, searched, compared and counted."""

import contextlib
import datetime
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from edge_runtime.backends.decoding import Floats
from edge_runtime.errors import JournalError
from edge_runtime.events import AlertEvent, SceneEvent
from edge_runtime.journal.connection import check, connect, failures
from edge_runtime.journal.day import Day, day
from edge_runtime.journal.entry import Entry
from edge_runtime.journal.likeness import Likeness
from edge_runtime.journal.lock import WriterLock
from edge_runtime.journal.retention import Retention, step
from edge_runtime.journal.rows import entries
from edge_runtime.journal.search import keys_between, search
from edge_runtime.journal.stats import Stats, stats
from edge_runtime.journal.writer import Writer


class Journal:
    """A journal that is open. Make one with `Journal.open()`; it is a context manager.

    One process writes, and within it one thread at a time; every other thread and process that reads opens its own, read only, and sees
    what was committed. What was written is committed by `flush`, and half a second after it was written with the next event.

    Attributes:
        path: Its file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: WriterLock | None) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock
        self._likeness = Likeness(connection)
        self._writer = None if lock is None else Writer(connection, path, self._likeness)

    @classmethod
    def open(cls, path: Path, create: bool = False, read_only: bool = False) -> Self:
        """Open a journal. A scene that a killed program left without its end gets one, at its last known time.

        Args:
            path: Its file, an SQLite database.
            create: Make it where there is none.
            read_only: Only read; goes while another process writes.

        Raises:
            JournalNotFoundError: There is none, or no folder for it.
            JournalError: It is no journal, of a newer version, damaged, written by another process, or cannot be read or written.
        """
        path = Path(path)
        if read_only:
            return cls(path, connect(path, create=False, read_only=True), None)
        check(path, create)
        with failures(path):
            lock = WriterLock(path)
        try:
            opened = cls(path, connect(path, create, read_only=False), lock)
            with failures(path):
                opened._writing.end_open_scenes()
        except BaseException:
            lock.release()
            raise
        return opened

    def __enter__(self) -> Self:
        """Return the journal."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def write(self, event: SceneEvent) -> None:
        """Write a scene that begins, is known better, or is over.

        Raises:
            JournalError: It cannot be written; what was not committed is taken back.
        """
        with failures(self.path):
            self._writing.scene(event)

    def write_alert(self, alert: AlertEvent) -> None:
        """Write that a rule alerted of a scene.

        Raises:
            JournalError: As for `write`.
        """
        with failures(self.path):
            self._writing.alert(alert)

    def flush(self) -> None:
        """Commit what was written, so that the end of this process costs nothing of it; every few seconds get it onto the disk too.

        Raises:
            JournalError: As for `write`.
        """
        with failures(self.path):
            self._writing.commit()
            self._writing.sync()

    def tidy(self, retention: Retention) -> bool:
        """Let some of what is too old or too much go: a few scenes, in some milliseconds.

        Args:
            retention: How much is kept.

        Returns:
            Whether more has to go.

        Raises:
            JournalError: As for `write`.
        """
        self.flush()
        with failures(self.path):
            return step(self._connection, self.path, self._likeness, retention)

    def close(self) -> None:
        """Commit and close; called again it does nothing.

        Raises:
            JournalError: What was written last cannot be committed.
        """
        try:
            with failures(self.path):
                if self._writer is not None and self._lock is not None:
                    self._writer.commit()
                    self._writer.sync(now=True)
        finally:
            self._writer = None
            self._connection.close()
            if self._lock is not None:
                self._lock.release()

    def search(
        self,
        query: str = "",
        since: float | None = None,
        until: float | None = None,
        source: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Entry]:
        """Return scenes, the newest first.

        Args:
            query: Words, AND, OR, NOT, parentheses, "phrases" and prefix*, see `edge_runtime.journal.query`; everything where empty.
            since: When they began at the earliest, seconds since 1970.
            until: They began before that.
            source: Name of their source.
            limit: Most that are returned.
            offset: Of the newest, how many are passed over.

        Raises:
            QueryError: The query does not parse; `place` tells where.
            JournalError: The journal cannot be read.
        """
        with self._reading():
            keys = search(self._connection, query, source, keys_between(since, until), limit, offset)
            return entries(self._connection, keys)

    def every(
        self,
        query: str = "",
        since: float | None = None,
        until: float | None = None,
        source: str | None = None,
        page: int = 500,
    ) -> Iterator[Entry]:
        """Yield all scenes that `search` would find, the newest first; whoever takes his time holds up nobody who writes.

        Args:
            query: As for `search`, as are the others.
            since: The same.
            until: The same.
            source: The same.
            page: Scenes that are read at once.

        Raises:
            QueryError, JournalError: As for `search`.
        """
        keys = keys_between(since, until)
        while True:
            with self._reading():
                found = search(self._connection, query, source, keys, page, 0)
                shown = entries(self._connection, found)
            yield from shown
            if len(found) < page:
                return
            keys = range(keys.start, found[-1])

    def entry(self, id: str) -> Entry | None:  # noqa: A002 - as it is called everywhere
        """Return a scene by its id; None where there is none.

        Raises:
            JournalError: The journal cannot be read.
        """
        with self._reading():
            key = self._key(id)
            return None if key is None else entries(self._connection, [key])[0]

    def thumbnail(self, id: str) -> bytes | None:  # noqa: A002
        """Return the small picture of a scene as a JPEG; None where there is none.

        Raises:
            JournalError: The journal cannot be read.
        """
        with self._reading():
            row = self._connection.execute(
                "SELECT jpeg FROM picture WHERE key = (SELECT key FROM event WHERE id = ?)", (id,)
            ).fetchone()
            return None if row is None else bytes(row[0])

    def near(
        self, features: Floats, limit: int = 20, since: float | None = None, until: float | None = None
    ) -> list[tuple[Entry, float]]:
        """Return the scenes that look the most alike, the best first, with the cosines of their features.

        Args:
            features: float32 [D], 1 long, such as `Encoded.summary`; scenes with another D do not count.
            limit: Most that are returned.
            since: As for `search`.
            until: As for `search`.

        Raises:
            JournalError: The journal cannot be read.
        """
        with self._reading():
            found = self._likeness.near(features, limit, keys_between(since, until))
            alike = {one.key: one.likeness for one in found}
            return list(zip(entries(self._connection, list(alike)), alike.values(), strict=True))

    @property
    def dimensions(self) -> int | None:
        """Return of how many numbers the newest features are; None where there are none."""
        with self._reading():
            return self._likeness.dimensions()

    def day(self, date: datetime.date) -> Day:
        """Return what happened on a day, by the clock of this machine.

        Raises:
            JournalError: The journal cannot be read.
        """
        with self._reading():
            return day(self._connection, self._likeness, date)

    def stats(self) -> Stats:
        """Return what the journal holds, in figures.

        Raises:
            JournalError: It cannot be read.
        """
        with self._reading():
            return stats(self._connection, self.path, self._likeness.dimensions())

    @property
    def _writing(self) -> Writer:
        if self._writer is None:
            raise JournalError(f"{self.path}: opened to read, or closed; open it again to write")
        return self._writer

    def _key(self, id_: str) -> int | None:
        row = self._connection.execute("SELECT key FROM event WHERE id = ?", (id_,)).fetchone()
        return None if row is None else int(row[0])

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """All that is read within is of one moment, whatever is written meanwhile."""
        with failures(self.path):
            ours = not self._connection.in_transaction
            if ours:
                self._connection.execute("BEGIN")
            try:
                yield
            finally:
                if ours and self._connection.in_transaction:
                    self._connection.execute("COMMIT")
