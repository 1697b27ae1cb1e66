"""Scenes found by words, place and time, the newest first."""

import json
import sqlite3
from collections.abc import Sequence

from edge_runtime.errors import QueryError
from edge_runtime.journal.query import Query, parse
from edge_runtime.journal.rows import first_key
from edge_runtime.journal.tokens import without_accents
from edge_runtime.journal.writer import place_word

_MOST_OF_A_PREFIX = 200
"""Words that a prefix may stand for."""
_FIRST_STEP, _LONGEST_STEP = 256, 16384
"""Scenes that are looked through at once for those that do not match."""
_LAST_KEY = 2**63 - 1


def keys_between(since: float | None, until: float | None) -> range:
    """Return the keys of scenes that began from one time on and before another, seconds since 1970; None for no bound."""
    start = 0 if since is None else first_key(since)
    return range(start, max(start, _LAST_KEY if until is None else first_key(until)))


def search(
    connection: sqlite3.Connection, text: str, source: str | None, keys: range, limit: int, offset: int
) -> list[int]:
    """Return keys of scenes, the newest first.

    Args:
        connection: To the journal.
        text: What is searched for, see `query`; everything where empty.
        source: Name of the source; None for all.
        keys: That count.
        limit: Most that are returned.
        offset: Of the newest, how many are passed over.

    Raises:
        QueryError: The text does not parse.
    """
    query = parse(text, lambda prefix: _beginning(connection, prefix))
    places = None if source is None else _places(connection, source)
    if places is not None and not places:
        return []
    try:
        if query is not None and query.others:
            return _others(connection, query, places, keys, limit, offset)
        match = _match(query, places)
        if match is None:
            statement = "SELECT key FROM event WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ? OFFSET ?"
            rows = connection.execute(statement, (keys.start, keys.stop, limit, offset))
        else:
            statement = "SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ? OFFSET ?"
            rows = connection.execute(statement, (match, keys.start, keys.stop, limit, offset))
        return [key for (key,) in rows]
    except sqlite3.OperationalError as error:
        if "fts5" in str(error) or "expression tree" in str(error):
            raise QueryError("query: too much for one search; leave some of it out", text) from None
        raise


def _match(query: Query | None, places: Sequence[int] | None) -> str | None:
    """Return an expression of FTS5; None for everything."""
    parts = [] if query is None else [f"{{terms}} : ({query.match})"]
    if places is not None:
        parts.append(f"{{place}} : ({' OR '.join(map(place_word, places))})")
    return " AND ".join(parts) or None


def _others(
    connection: sqlite3.Connection, query: Query, places: Sequence[int] | None, keys: range, limit: int, offset: int
) -> list[int]:
    """Go back through everything, step by step, and leave out what matches."""
    found: list[int] = []
    stop, step = keys.stop, _FIRST_STEP
    listed = None if places is None else json.dumps(list(places))
    while len(found) < limit + offset:
        rows = connection.execute(
            "SELECT key, ?1 IS NULL OR place IN (SELECT value FROM json_each(?1)) FROM event "
            "WHERE key >= ?2 AND key < ?3 ORDER BY key DESC LIMIT ?4",
            (listed, keys.start, stop, step),
        ).fetchall()
        if not rows:
            break
        last = rows[-1][0]
        matching = connection.execute(
            "SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ? AND rowid < ?",
            (_match(query, None), last, stop),
        )
        without = {key for (key,) in matching}
        found += [key for key, there in rows if there and key not in without]
        stop, step = last, min(2 * step, _LONGEST_STEP)
    return found[offset : offset + limit]


def _places(connection: sqlite3.Connection, source: str) -> list[int]:
    rows = connection.execute(
        "SELECT number FROM place WHERE source = ?", (source.encode("utf-8", "backslashreplace").decode(),)
    )
    return [number for (number,) in rows]


def _beginning(connection: sqlite3.Connection, prefix: str) -> list[str]:
    prefix = without_accents(prefix)
    rows = connection.execute(
        "SELECT word FROM word WHERE word >= ? AND word < ? LIMIT ?",
        (prefix, prefix + "\U0010ffff", _MOST_OF_A_PREFIX),
    )
    return [word for (word,) in rows]
