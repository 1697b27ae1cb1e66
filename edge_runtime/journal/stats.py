"""What a journal holds, in figures."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge_runtime.events import iso_time
from edge_runtime.journal.writer import place_word


@dataclass(frozen=True)
class Stats:
    """Figures of a journal.

    Attributes:
        scenes: That it holds.
        pictures: Of how many there is one.
        alerts: Of rules.
        first: When the oldest scene began, seconds since 1970; None where there is none.
        last: When the newest began.
        open: Scenes that last; while nobody writes there are none.
        sources: Name of each source -> its scenes.
        rules: Name of each rule -> its alerts.
        words: Different words that were ever said.
        dimensions: Numbers of the newest features; None where there are none.
        bytes: Of the file and its log.
    """

    scenes: int
    pictures: int
    alerts: int
    first: float | None
    last: float | None
    open: int
    sources: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=dict)
    words: int = 0
    dimensions: int | None = None
    bytes: int = 0

    def to_dict(self) -> dict[str, Any]:
        """For JSON, with ISO times."""
        times = {
            name: None if value is None else iso_time(value)
            for name, value in (("first", self.first), ("last", self.last))
        }
        return {**vars(self), **times, "sources": dict(self.sources), "rules": dict(self.rules)}


def stats(connection: sqlite3.Connection, path: Path, dimensions: int | None) -> Stats:
    """Count what a journal holds.

    Args:
        connection: To it.
        path: Its file.
        dimensions: Numbers of the newest features.
    """

    def one(statement: str, *given: object) -> Any:
        row = connection.execute(statement, given).fetchone()
        return None if row is None else row[0]

    sources: dict[str, int] = {}
    for number, source in connection.execute("SELECT number, source FROM place ORDER BY number").fetchall():
        count = one("SELECT count(*) FROM words WHERE words MATCH ?", f"{{place}} : {place_word(number)}")
        sources[source] = sources.get(source, 0) + count
    rules = dict(connection.execute("SELECT rule, count(*) FROM alert GROUP BY rule ORDER BY count(*) DESC, rule"))
    files = (path, path.with_name(f"{path.name}-wal"))
    return Stats(
        scenes=one("SELECT count(*) FROM event"),
        pictures=one("SELECT count(*) FROM picture"),
        alerts=sum(rules.values()),
        first=one("SELECT started_at FROM event ORDER BY key LIMIT 1"),
        last=one("SELECT started_at FROM event ORDER BY key DESC LIMIT 1"),
        open=one("SELECT count(*) FROM event WHERE ended_at IS NULL"),
        sources={source: count for source, count in sources.items() if count},
        rules=rules,
        words=one("SELECT count(*) FROM word"),
        dimensions=dimensions,
        bytes=sum(file.stat().st_size for file in files if file.exists()),
    )
