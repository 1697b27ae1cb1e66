"""Scenes on their way into a journal."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from edge_runtime.events import AlertEvent, SceneEvent
from edge_runtime.journal.likeness import Likeness
from edge_runtime.journal.rows import first_key, row_of
from edge_runtime.journal.thumbnail import thumbnail
from edge_runtime.journal.tokens import without_accents, words_of

COMMIT_SECONDS = 0.5
"""That what is written waits at the most while more comes; with the next event's wait it stays below a second."""
SYNC_SECONDS = 5.0
"""That a power cut may take, as of every sink."""
_MOST_WORDS = 200_000
"""Kept for prefixes; no language model of ours says a tenth of them."""


class Writer:
    """Writes in transactions that are committed when nothing more comes, or every half second.

    Args:
        connection: To the journal; nobody else writes by it.
        path: The journal's file.
        likeness: Of the same connection.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, likeness: Likeness) -> None:
        self._connection = connection
        self._log = path.with_name(f"{path.name}-wal")
        self._likeness = likeness
        self._begun = 0.0
        self._unsynced_since: float | None = None
        self._places: dict[tuple[str, str], int] = {}
        self._words: set[str] | None = None

    def end_open_scenes(self) -> None:
        """End the scenes that a program which was killed left open, at the last time that is known of each."""
        self._connection.execute("UPDATE event SET ended_at = last_at WHERE ended_at IS NULL")

    def scene(self, event: SceneEvent) -> None:
        """Write a scene; one whose beginning was missed is there from now on."""
        with self._whole():
            self._begin()
            self._scene(event)
        self._commit_in_time()

    def alert(self, alert: AlertEvent) -> None:
        """Write that a rule has alerted, and the scene where it is not there yet."""
        with self._whole():
            self._begin()
            found = self._find(alert.scene.id)
            key = self._scene(alert.scene) if found is None else found["key"]
            self._connection.execute(
                "INSERT OR IGNORE INTO alert (key, at, rule) VALUES (?, ?, ?)", (key, alert.at, _text(alert.rule))
            )
        self._commit_in_time()

    def commit(self) -> None:
        """Commit what has been written so far."""
        if not self._connection.in_transaction:
            return
        with self._whole():
            self._likeness.pack()
            self._connection.execute("COMMIT")
        if self._unsynced_since is None:
            self._unsynced_since = time.monotonic()

    def sync(self, now: bool = False) -> None:
        """Get onto the disk what was committed `SYNC_SECONDS` ago, or all of it, for the kernel keeps it in memory longer.

        Args:
            now: Do not wait for these seconds.
        """
        since = self._unsynced_since
        if since is None or not (now or time.monotonic() - since >= SYNC_SECONDS):
            return
        self._unsynced_since = None
        with suppress(OSError):  # copied into the file already, where there is no log any more
            descriptor = os.open(self._log, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def take_back(self) -> None:
        """Forget what was not committed."""
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        self._places.clear()
        self._words = None
        self._likeness.forget()

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """What fails within takes the transaction back."""
        try:
            yield
        except BaseException:
            self.take_back()
            raise

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
            self._likeness.forget()  # a session that ends beside this one may have written meanwhile
            self._begun = time.monotonic()

    def _commit_in_time(self) -> None:
        if time.monotonic() - self._begun >= COMMIT_SECONDS:
            self.commit()

    def _find(self, id_: str) -> dict[str, Any] | None:
        names = ("key", "text", "terms", "place", "slot")
        row = self._connection.execute(
            f"SELECT {', '.join(names)} FROM event WHERE id = ?",  # noqa: S608 - names are ours
            (_text(id_),),
        ).fetchone()
        return None if row is None else dict(zip(names, row, strict=True))

    def _scene(self, event: SceneEvent) -> int:
        """Write a scene; returns its key."""
        found = self._find(event.id)
        ended = event.at if event.kind == "end" else None
        times = {"last_at": event.at, "ended_at": ended}
        row = {name: _text(value) if isinstance(value, str) else value for name, value in row_of(event).items()}
        if found is not None and ended is not None and row["text"] == found["text"]:
            self._update(found["key"], times)
            return int(found["key"])
        place = self._place(_text(event.source), _text(event.zone))
        key = self._free_key(event.started_at) if found is None else int(found["key"])
        slot = self._likeness.keep(key, event.features, found["slot"] if found else None)
        row |= {**times, "place": place, "slot": slot}
        if found is None:
            new = {"key": key, "id": _text(event.id), "started_at": event.started_at, **row}
            self._connection.execute(
                f"INSERT INTO event ({', '.join(new)}) VALUES ({', '.join(':' + name for name in new)})",  # noqa: S608
                new,
            )
        else:
            self._update(key, row)
            unindex(self._connection, key, found["text"] if found["terms"] is None else found["terms"], found["place"])
        terms = row["text"] if row["terms"] is None else row["terms"]
        index(self._connection, key, terms, place)
        self._learn_words(terms)
        self._picture(key, thumbnail(event.jpeg))
        return key

    def _update(self, key: int, row: dict[str, Any]) -> None:
        names = ", ".join(f"{name} = :{name}" for name in row)
        self._connection.execute(f"UPDATE event SET {names} WHERE key = :key", {**row, "key": key})  # noqa: S608

    def _picture(self, key: int, jpeg: bytes) -> None:
        """A picture that does not belong to the sentence is worse than none."""
        if jpeg:
            self._connection.execute("INSERT OR REPLACE INTO picture (key, jpeg) VALUES (?, ?)", (key, jpeg))
        else:
            self._connection.execute("DELETE FROM picture WHERE key = ?", (key,))

    def _free_key(self, started_at: float) -> int:
        key = first_key(started_at)
        while self._connection.execute("SELECT 1 FROM event WHERE key = ?", (key,)).fetchone():
            key += 1
        return key

    def _place(self, source: str, zone: str) -> int:
        if (source, zone) not in self._places:
            self._connection.execute("INSERT OR IGNORE INTO place (source, zone) VALUES (?, ?)", (source, zone))
            (number,) = self._connection.execute(
                "SELECT number FROM place WHERE source = ? AND zone = ?", (source, zone)
            ).fetchone()
            self._places[source, zone] = number
        return self._places[source, zone]

    def _learn_words(self, terms: str) -> None:
        if self._words is None:
            self._words = {word for (word,) in self._connection.execute("SELECT word FROM word")}
        new = set(map(without_accents, words_of(terms))) - self._words
        if new and len(self._words) < _MOST_WORDS:
            self._connection.executemany("INSERT OR IGNORE INTO word (word) VALUES (?)", [(word,) for word in new])
            self._words |= new


def index(connection: sqlite3.Connection, key: int, terms: str, place: int) -> None:
    """Put a scene's sentences and its place into the index."""
    connection.execute("INSERT INTO words (rowid, terms, place) VALUES (?, ?, ?)", (key, terms, place_word(place)))


def unindex(connection: sqlite3.Connection, key: int, terms: str, place: int) -> None:
    """Take them out again; they have to be the very ones that were put in."""
    connection.execute(
        "INSERT INTO words (words, rowid, terms, place) VALUES ('delete', ?, ?, ?)", (key, terms, place_word(place))
    )


def place_word(number: int) -> str:
    """Return the word that stands for a place in the index."""
    return f"p{number}"


def _text(text: str) -> str:
    """Return a text that SQLite takes: bytes of a file's name that are no text come as lone surrogates, which UTF-8 has not."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
