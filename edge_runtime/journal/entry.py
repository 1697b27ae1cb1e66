"""A scene as the journal keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge_runtime.events import iso_time


@dataclass(frozen=True)
class Entry:
    """A scene of the journal.

    Attributes:
        id: As in `SceneEvent`.
        source: Name of the source.
        zone: Name of the part of the picture; empty for the whole.
        started_at: When the scene began, seconds since 1970.
        ended_at: When it was over; None while it lasts. Of one whose end nobody told, because the program was killed, the last time that
            is known of it.
        text: The best sentence; empty where none was said.
        shown: What people read.
        words: The model's own words behind `text`.
        confidence: As in `SceneEvent`.
        abstained: As in `SceneEvent`.
        hedged: Whether `text` is a guess.
        language: BCP 47 tag of `text`.
        captions: Tag of each language, `language` first -> the sentence in it.
        rules: Names of the rules that alerted, the first one first.
        failure: As in `SceneEvent`.
    """

    id: str
    source: str
    zone: str
    started_at: float
    ended_at: float | None
    text: str
    shown: str
    words: tuple[str, ...]
    confidence: float | None
    abstained: str
    hedged: bool
    language: str
    captions: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    failure: str = ""

    @property
    def seconds(self) -> float | None:
        """Return how long the scene lasted; None while it does."""
        return None if self.ended_at is None else max(0.0, self.ended_at - self.started_at)

    def to_dict(self) -> dict[str, Any]:
        """For JSON; names and times are those of `SceneEvent.to_dict`."""
        return {
            "id": self.id,
            "source": self.source,
            "zone": self.zone,
            "started_at": iso_time(self.started_at),
            "ended_at": None if self.ended_at is None else iso_time(self.ended_at),
            "caption": self.text,
            "shown": self.shown,
            "words": list(self.words),
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "abstained": self.abstained,
            "hedged": self.hedged,
            "language": self.language,
            "captions": dict(self.captions),
            "rules": list(self.rules),
            **({"failure": self.failure} if self.failure else {}),
        }
