"""The oldest scenes are let go, a few at a time."""

import json
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.journal.connection import LOG_BYTES
from edge_runtime.journal.likeness import Likeness
from edge_runtime.journal.rows import first_key
from edge_runtime.journal.writer import unindex

_BATCH = 50
"""Scenes of one step, which takes some milliseconds."""
_PAGES = 256
"""That one step gives back to the disk."""
_LEFT_FREE = 0.2
"""Share of the file that may be empty, for what comes next."""
_ROOM = 0.02
"""Share of the most that is kept free, for what one second may bring."""
_DAY = 86400.0


@dataclass(frozen=True)
class Retention:
    """How much is kept.

    Attributes:
        keep_days: Days after which a scene goes; 0 for never.
        max_bytes: Of the file with its log; 0 for no limit.
    """

    keep_days: float = 0.0
    max_bytes: int = 0


def step(connection: sqlite3.Connection, path: Path, likeness: Likeness, retention: Retention) -> bool:
    """Let a few scenes go, or some room; outside of a transaction.

    Args:
        connection: Of the writer.
        path: The journal's file.
        likeness: Of the same connection.
        retention: How much is kept.

    Returns:
        Whether more is to go.
    """
    size, pages, free = _pages(connection)
    oldest = connection.execute("SELECT key FROM event ORDER BY key LIMIT 1").fetchone()
    before = first_key(time.time() - retention.keep_days * _DAY) if retention.keep_days else 0
    most = retention.max_bytes - _room_for_log(path, retention.max_bytes) if retention.max_bytes else None
    full = most is not None and (pages - free) * size > most * (1 - _ROOM)
    if oldest is not None and (full or oldest[0] < before):
        _let_go(connection, likeness, None if full else before)
        return True
    if (most is not None and free and pages * size > most) or free > max(_PAGES, _LEFT_FREE * pages):
        # Every row is a page; a cursor that is not read to its end gives back none.
        connection.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
        return True
    return False


def _let_go(connection: sqlite3.Connection, likeness: Likeness, before: int | None) -> None:
    """Let the oldest scenes go, those before a key where one is given; one that lasts comes back with its next event."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        rows = connection.execute(
            "SELECT key, coalesce(terms, text), place, slot FROM event WHERE ?1 IS NULL OR key < ?1 "
            "ORDER BY key LIMIT ?2",
            (before, _BATCH),
        ).fetchall()
        for key, terms, place, _ in rows:
            unindex(connection, key, terms, place)
        keys = json.dumps([key for key, _, _, _ in rows])
        for table in ("event", "picture", "alert"):
            connection.execute(
                f"DELETE FROM {table} WHERE key IN (SELECT value FROM json_each(?))",  # noqa: S608 - names are ours
                (keys,),
            )
        slots = [slot for _, _, _, slot in rows if slot is not None]
        connection.execute("DELETE FROM vector WHERE slot IN (SELECT value FROM json_each(?))", (json.dumps(slots),))
        (first,) = connection.execute("SELECT min(slot) FROM vector").fetchone()
        if first is not None:
            likeness.drop_before(first)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _pages(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Return bytes of a page, pages of the file, and how many of them are free."""
    size, pages, free = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
    )
    return size, pages, free


def _room_for_log(path: Path, most: int) -> int:
    """Return bytes that are left to the log; one that a reader holds open grows by what is deleted too, so not to any size."""
    try:
        size = path.with_name(f"{path.name}-wal").stat().st_size
    except OSError:
        size = 0
    return min(max(size, LOG_BYTES), 2 * LOG_BYTES, most // 2)
