"""Rows of the table `event`, and the entries that they stand for."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from edge_runtime.events import SceneEvent
from edge_runtime.journal.entry import Entry
from edge_runtime.journal.tokens import indexed

KEYS_OF_A_MILLISECOND = 256
_LAST_MILLISECOND = 253_402_300_799_999
"""Of the year 9999."""
_BETWEEN = " \ue001 "
"""Between sentences of several languages in the index, so that no phrase reaches from one into the other."""

_COLUMNS = (
    "event.key, event.id, place.source, place.zone, event.started_at, event.ended_at, event.text, event.shown, event.words, "
    "event.confidence, event.abstained, event.hedged, event.language, event.further, event.failure"
)


def first_key(seconds: float) -> int:
    """Return the least key of a scene that began at a time, seconds since 1970; times before 1970 and after 9999 are these."""
    return int(min(max(seconds, 0.0) * 1000, _LAST_MILLISECOND)) * KEYS_OF_A_MILLISECOND


def row_of(event: SceneEvent) -> dict[str, Any]:
    """Return what the table holds of an event, by column, but for key, place, times and slot; None for what follows from the text."""
    terms = _BETWEEN.join(indexed(text) for text in (event.text, *(text for _, text, _ in event.further)) if text)
    return {
        "text": event.text,
        "shown": None if event.shown == event.text else event.shown,
        "words": None if list(event.words) == event.text.split() else "\n".join(event.words),
        "terms": None if terms == event.text else terms,
        "confidence": event.confidence,
        "abstained": event.abstained,
        "hedged": int(event.hedged),
        "language": event.language,
        "further": json.dumps({tag: text for tag, text, _ in event.further}) if event.further else None,
        "failure": event.failure,
    }


def entries(connection: sqlite3.Connection, keys: Sequence[int]) -> list[Entry]:
    """Return scenes by their keys, in that order; those that are gone are left out."""
    listed = json.dumps(list(keys))
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM event JOIN place ON place.number = event.place "  # noqa: S608 - columns are ours
        "WHERE event.key IN (SELECT value FROM json_each(?))",
        (listed,),
    )
    found = {row[0]: row[1:] for row in rows}
    rules: dict[int, dict[str, None]] = {}
    alerts = "SELECT key, rule FROM alert WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key, at"
    for key, rule in connection.execute(alerts, (listed,)):
        rules.setdefault(key, {})[rule] = None
    return [_entry(found[key], tuple(rules.get(key, ()))) for key in keys if key in found]


def _entry(row: Sequence[Any], rules: tuple[str, ...]) -> Entry:
    id_, source, zone, started, ended, text, shown, words, confidence, abstained, hedged, language, further, failure = (
        row
    )
    return Entry(
        id=id_,
        source=source,
        zone=zone,
        started_at=started,
        ended_at=ended,
        text=text,
        shown=text if shown is None else shown,
        words=tuple(text.split() if words is None else words.split("\n")) if words != "" else (),
        confidence=confidence,
        abstained=abstained,
        hedged=bool(hedged),
        language=language,
        captions={language: text, **(json.loads(further) if further else {})},
        rules=rules,
        failure=failure,
    )
