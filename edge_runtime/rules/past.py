"""Scenes of the past, as events again: from a file of `--jsonl`, or from a journal."""

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import RecordError
from edge_runtime.events import SceneEvent, SceneKind
from edge_runtime.rules.tokens import tokens

_KINDS: tuple[SceneKind, ...] = ("new", "update", "end")
_DAY_SECONDS = 86400.0
_PAGE = 500
_LONGEST = 1 << 20
"""Bytes of a line."""


class PastEntry(Protocol):
    """What is asked of a journal's entry."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def zone(self) -> str: ...  # noqa: D102
    @property
    def started_at(self) -> float: ...  # noqa: D102
    @property
    def ended_at(self) -> float | None: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def words(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def confidence(self) -> float | None: ...  # noqa: D102
    @property
    def language(self) -> str: ...  # noqa: D102


class PastJournal(Protocol):
    """What is asked of a journal."""

    def search(  # noqa: D102
        self,
        query: str = "",
        since: float | None = None,
        until: float | None = None,
        source: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[PastEntry]: ...


def events_of_jsonl(path: Path) -> Iterator[SceneEvent]:
    """Yield the scenes that `live --jsonl` wrote, in the order of its lines. What else stands there is passed over.

    Args:
        path: The file.

    Raises:
        RecordError: It cannot be read, or a line that is not its last is no event.
    """
    shown = plain(shortened(str(path), 200))
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(_LONGEST):
                number += 1
                if not line.endswith(b"\n") and len(line) < _LONGEST:
                    return  # it is still being written
                try:
                    found = json.loads(line)
                    if isinstance(found, dict) and found.get("event") in _KINDS:
                        yield _event(found)
                except (ValueError, KeyError, TypeError, RecursionError):
                    raise RecordError(
                        f"{shown}: line {number} is no event; give a file that live --jsonl wrote"
                    ) from None
    except OSError as error:
        raise RecordError(f"{shown}: cannot be read ({error.strerror}); check its name") from None


def events_of_journal(journal: PastJournal, since: float, until: float) -> Iterator[SceneEvent]:
    """Yield the scenes that a journal holds, each as its beginning and its end, in the order of their times.

    Args:
        journal: Open.
        since: Seconds since 1970.
        until: The same.
    """
    waiting: list[SceneEvent] = []
    seen: set[str] = set()
    first = since
    while first < until:
        last = min(until, first + _DAY_SECONDS)
        entries = [entry for entry in _entries(journal, first, last) if entry.id not in seen]
        # A scene that lasts over midnight may be among those of the next day again.
        seen = {entry.id for entry in entries}
        waiting += [event for entry in entries for event in _of_entry(entry)]
        waiting.sort(key=lambda event: event.at)
        yield from (event for event in waiting if event.at < last)
        waiting = [event for event in waiting if event.at >= last]
        first = last
    yield from waiting


def _entries(journal: PastJournal, since: float, until: float) -> Iterator[PastEntry]:
    offset = 0
    while found := journal.search("", since=since, until=until, limit=_PAGE, offset=offset):
        yield from found
        offset += len(found)
        if len(found) < _PAGE:
            return


def _of_entry(entry: PastEntry) -> Iterator[SceneEvent]:
    words = tuple(entry.words) or tokens(entry.text)
    for kind, at in (("new", entry.started_at), ("end", entry.ended_at)):
        if at is not None:
            yield _made(
                "new" if kind == "new" else "end",
                entry.id,
                entry.source,
                entry.zone,
                (entry.started_at, at),
                entry.text,
                words,
                entry.confidence,
                entry.language,
                getattr(entry, "failure", ""),
            )


def _event(found: Mapping[str, Any]) -> SceneEvent:
    confidence = found.get("confidence")
    return _made(
        found["event"],
        str(found["id"]),
        str(found["source"]),
        str(found.get("zone", "")),
        (_seconds(found["started_at"]), _seconds(found["at"])),
        str(found.get("caption", "")),
        tokens(str(found.get("caption", ""))),
        None if confidence is None else float(confidence),
        str(found.get("language", "en")),
        str(found.get("failure", "")),
    )


def _made(
    kind: SceneKind,
    scene: str,
    source: str,
    zone: str,
    times: tuple[float, float],
    text: str,
    words: Sequence[str],
    confidence: float | None,
    language: str,
    failure: str,
) -> SceneEvent:
    return SceneEvent(
        kind=kind,
        id=scene,
        source=source,
        zone=zone,
        started_at=times[0],
        at=times[1],
        captured=0.0,
        age_ms=0.0,
        frame=0,
        position=0.0,
        text=text,
        shown=text,
        words=tuple(words),
        confidence=confidence,
        abstained="",
        hedged=False,
        language=language,
        further=(),
        features=np.zeros(0, np.float32),
        jpeg=b"",
        width=0,
        height=0,
        failure=failure,
    )


def _seconds(text: object) -> float:
    return datetime.datetime.fromisoformat(str(text)).timestamp()
