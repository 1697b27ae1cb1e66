"""A day of a journal: when, how often, and what was unusual."""

import datetime
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edge_runtime.journal.entry import Entry
from edge_runtime.journal.likeness import Likeness
from edge_runtime.journal.rows import entries
from edge_runtime.journal.search import keys_between
from edge_runtime.journal.tokens import words_of

_SAMPLE = 2000
"""Scenes of the day, and of the days before it, whose features are compared: all of them on most days."""
_FEWEST = 50
"""Scenes of the days before, under which nothing can be called unusual."""
_RARE = 0.01
"""Share of the scenes of the days before that have nothing more alike; what lies below is unusual."""
_SELDOM = 2
"""Scenes before in which a word may have been said to be a seldom one."""
_MOST = 5
"""Unusual scenes that are told."""
_MOST_WORDS = 10


@dataclass(frozen=True)
class Unusual:
    """A scene unlike those of the days before.

    Attributes:
        entry: The scene.
        likeness: Cosine of its features with the most alike of the days before; None where words tell.
        words: That were seldom or never said before.
    """

    entry: Entry
    likeness: float | None = None
    words: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        likeness = None if self.likeness is None else round(self.likeness, 4)
        return {**self.entry.to_dict(), "likeness": likeness, "seldom": list(self.words)}


@dataclass(frozen=True)
class Day:
    """A day, by the clock of this machine.

    Attributes:
        date: Which.
        scenes: That began on it.
        hours: Of its 24 hours, how many scenes began in each.
        seconds: How long they lasted together.
        sources: Name of each source -> its scenes.
        sentences: The most frequent ones -> how often.
        alerts: Name of each rule -> how often it alerted of a scene of the day.
        unusual: Scenes unlike those of the days before.
        compared: With how many scenes of the days before; 0 where there were too few to call anything unusual.
    """

    date: datetime.date
    scenes: int
    hours: tuple[int, ...]
    seconds: float
    sources: Mapping[str, int] = field(default_factory=dict)
    sentences: Mapping[str, int] = field(default_factory=dict)
    alerts: Mapping[str, int] = field(default_factory=dict)
    unusual: tuple[Unusual, ...] = ()
    compared: int = 0

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "date": self.date.isoformat(),
            "scenes": self.scenes,
            "hours": list(self.hours),
            "seconds": round(self.seconds, 3),
            "sources": dict(self.sources),
            "sentences": dict(self.sentences),
            "alerts": dict(self.alerts),
            "unusual": [one.to_dict() for one in self.unusual],
            "compared": self.compared,
        }


def day(connection: sqlite3.Connection, likeness: Likeness, date: datetime.date) -> Day:
    """Return what happened on a day.

    Args:
        connection: To the journal.
        likeness: Of the same connection.
        date: By the clock of this machine.
    """
    keys = keys_between(_midnight(date), _midnight(date + datetime.timedelta(days=1)))
    hours = [0] * 24
    seconds = 0.0
    sources: Counter[str] = Counter()
    sentences: Counter[str] = Counter()
    said: dict[str, int] = {}
    rows = connection.execute(
        "SELECT key, source, started_at, coalesce(ended_at, last_at), coalesce(shown, text), text "
        "FROM event JOIN place ON number = place WHERE key >= ? AND key < ?",
        (keys.start, keys.stop),
    )
    for key, source, started, ended, shown, text in rows:
        hours[datetime.datetime.fromtimestamp(started).hour] += 1
        seconds += max(0.0, ended - started)
        sources[source] += 1
        sentences[shown] += 1
        said.setdefault(text, key)
    alerts = connection.execute(
        "SELECT rule, count(*) FROM alert WHERE key >= ? AND key < ? GROUP BY rule ORDER BY count(*) DESC, rule",
        (keys.start, keys.stop),
    )
    before = range(0, keys.start)
    (compared,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM event WHERE key < ? LIMIT ?)", (keys.start, _FEWEST)
    ).fetchone()
    unusual = () if compared < _FEWEST else _unusual(connection, likeness, keys, before, said)
    if compared >= _FEWEST:
        (compared,) = connection.execute("SELECT count(*) FROM event WHERE key < ?", (keys.start,)).fetchone()
    return Day(
        date,
        sum(hours),
        tuple(hours),
        seconds,
        dict(sources.most_common()),
        dict(sentences.most_common(_MOST)),
        dict(alerts.fetchall()),
        tuple(unusual),
        compared if compared >= _FEWEST else 0,
    )


def _unusual(
    connection: sqlite3.Connection, likeness: Likeness, keys: range, before: range, said: Mapping[str, int]
) -> Sequence[Unusual]:
    found = {
        key: Unusual(entry, alike)
        for key, alike in _unlike(likeness, keys, before)
        for entry in entries(connection, [key])
    }
    for key, words in _seldom(connection, before, said).items():
        for entry in entries(connection, [key]):
            known = found.get(key)
            found[key] = Unusual(entry, known.likeness if known else None, words)
    return [found[key] for key in sorted(found)]


def _unlike(likeness: Likeness, keys: range, before: range) -> list[tuple[int, float]]:
    """Return keys of the scenes that look the least like any of the days before, and how alike the most alike of these is.

    How alike is little is told by the days before themselves: one scene in a hundred of them has nothing more alike among the others.
    """
    today, features = likeness.some(keys, _SAMPLE)
    _, others = likeness.some(before, _SAMPLE)
    if not len(today) or len(others) < _FEWEST:
        return []
    among = others @ others.T
    np.fill_diagonal(among, -1.0)
    bar = float(np.quantile(among.max(1), _RARE))
    alike = (features @ others.T).max(1)
    suspects = np.argsort(alike, kind="stable")[: 2 * _MOST]
    exact = []
    for index in suspects:
        # The days before were sampled: one of those left out may be alike.
        nearest = likeness.near(features[index], 1, before) if alike[index] < bar else []
        if nearest and nearest[0].likeness < bar:
            exact.append((int(today[index]), nearest[0].likeness))
    return sorted(exact, key=lambda one: one[1])[:_MOST]


def _seldom(connection: sqlite3.Connection, before: range, said: Mapping[str, int]) -> dict[int, tuple[str, ...]]:
    """Return of scenes of the day the words that were in no more than two scenes before; each word at the scene that said it first."""
    firsts: dict[str, int] = {}
    for text, key in said.items():
        for word in words_of(text):
            firsts[word] = min(key, firsts.get(word, key))
    found: dict[int, tuple[str, ...]] = {}
    told = 0
    for word, key in sorted(firsts.items(), key=lambda one: one[1]):
        (times,) = connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? AND rowid < ? LIMIT ?)",
            (f'{{terms}} : "{word}"', before.stop, _SELDOM + 1),
        ).fetchone()
        if times <= _SELDOM and told < _MOST_WORDS:
            found[key] = (*found.get(key, ()), word)
            told += 1
    return found


def _midnight(date: datetime.date) -> float:
    return datetime.datetime.combine(date, datetime.time()).timestamp()
