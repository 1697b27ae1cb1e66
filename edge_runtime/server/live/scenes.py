"""The last scenes, kept in memory with their pictures."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from edge_runtime.console.terminal import plain
from edge_runtime.events import AlertEvent, SceneEvent, iso_time

MOST_SCENES = 200
MOST_BYTES = 16 << 20
"""Of all pictures together."""


@dataclass(frozen=True)
class Scene:
    """A scene as it is known now; its fields in JSON are those of a journal's entry.

    Attributes:
        event: The newest that was told of it.
        ended_at: When it was over, seconds since 1970; None while it goes on.
        rules: Names of the rules that alerted.
        jpeg: Its picture; empty where there is none, or none any more.
    """

    event: SceneEvent
    ended_at: float | None = None
    rules: tuple[str, ...] = ()
    jpeg: bytes = field(default=b"", repr=False)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; names are without characters that steer."""
        event = self.event
        return {
            "id": event.id,
            "source": plain(event.source),
            "zone": plain(event.zone),
            "started_at": iso_time(event.started_at),
            "ended_at": None if self.ended_at is None else iso_time(self.ended_at),
            "caption": event.text,
            "shown": event.shown,
            "words": list(event.words),
            "confidence": None if event.confidence is None else round(event.confidence, 4),
            "abstained": event.abstained,
            "hedged": event.hedged,
            "language": event.language,
            "captions": event.captions,
            "shown_lines": event.lines_by_language,
            "rules": list(self.rules),
            "picture": f"{event.frame}" if self.jpeg else None,
            "failure": event.failure,
        }


_NONE = np.zeros(0, np.float32)


class Scenes:
    """A ring of scenes by their ids. One thread uses it.

    Args:
        most: Scenes kept.
        most_bytes: Of their pictures; the oldest go first, and their scenes stay without.
    """

    def __init__(self, most: int = MOST_SCENES, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._scenes: OrderedDict[str, Scene] = OrderedDict()
        self._newest: dict[str, bytes] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._scenes)

    def take(self, event: SceneEvent) -> Scene:
        """Take what is told of a scene, and return it as it is known now."""
        known = self._scenes.get(event.id)
        before = known.jpeg if known is not None else b""
        found = Scene(
            replace(event, jpeg=b"", features=_NONE),  # what is bounded must have no second owner
            event.at if event.kind == "end" else None,
            known.rules if known is not None else (),
            event.jpeg or before,
        )
        self._scenes[event.id] = found
        self._bytes += len(found.jpeg) - len(before)
        if event.jpeg and event.kind != "end":
            self._newest[event.source] = event.jpeg
        self._shrink()
        return self._scenes.get(event.id, found)

    def alert(self, alert: AlertEvent) -> Scene | None:
        """Note that a rule alerted; returns its scene, None where it is not kept any more."""
        known = self._scenes.get(alert.scene.id)
        if known is None or alert.rule in known.rules:
            return known
        found = self._scenes[alert.scene.id] = replace(known, rules=(*known.rules, alert.rule))
        return found

    def get(self, scene: str) -> Scene | None:
        """Return a scene; None where it is not kept."""
        return self._scenes.get(scene)

    def newest_first(self) -> Iterator[Scene]:
        """Yield every scene."""
        return reversed(self._scenes.values())

    def search(
        self, query: str = "", since: float | None = None, until: float | None = None, source: str | None = None
    ) -> Iterator[Scene]:
        """Yield scenes, the newest first.

        Args:
            query: Words, of which each has to begin a word of the sentence in any of its languages.
            since: Scenes that began then or later, seconds since 1970.
            until: Scenes that began before.
            source: Name of one source.
        """
        wanted = query.casefold().split()
        for scene in self.newest_first():
            event = scene.event
            if (since is not None and event.started_at < since) or (until is not None and event.started_at >= until):
                continue
            if source is not None and event.source != source:
                continue
            said = " ".join((event.text, *event.words, *(text for _, text, _ in event.further))).casefold()
            if all(f" {word}" in f" {said}" for word in wanted):
                yield scene

    def snapshot(self, source: str | None) -> bytes | None:
        """Return the newest picture that was captioned, of one source or of any; None before the first."""
        if source is not None:
            return self._newest.get(source)
        return next((scene.jpeg for scene in self.newest_first() if scene.jpeg), None)

    def _shrink(self) -> None:
        while len(self._scenes) > self._most:
            _, gone = self._scenes.popitem(last=False)
            self._bytes -= len(gone.jpeg)
        for known, scene in list(self._scenes.items()) if self._bytes > self._most_bytes else ():
            self._bytes -= len(scene.jpeg)
            self._scenes[known] = replace(scene, jpeg=b"")
            if self._bytes <= self._most_bytes:
                return
