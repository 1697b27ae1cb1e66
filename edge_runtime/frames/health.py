"""How a source is at a moment, for those who look after it."""

from dataclasses import dataclass
from typing import Any

from edge_runtime.events import Counters

FRESH_SECONDS = 15.0
"""A live source whose newest frame is older gives none: longer than a camera may be silent before it is said to be lost."""


@dataclass(frozen=True)
class SourceHealth:
    """How a source is at a moment.

    Attributes:
        name: Of the source.
        live: Whether frames come at their own pace.
        age: Seconds since its newest frame came; None before the first.
        away: Whether it is lost, or not there yet, and being tried again.
        ended: Whether no frame will come any more.
        failure: Why it failed, a sentence; None where it did not.
        counters: What it has gone through.
    """

    name: str
    live: bool
    age: float | None
    away: bool
    ended: bool
    failure: str | None
    counters: Counters

    @property
    def gives_frames(self) -> bool:
        """Return whether frames come from it."""
        return not (self.away or self.ended) and self.age is not None and self.age < FRESH_SECONDS

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "source": self.name,
            "gives_frames": self.gives_frames,
            "frame_age_s": None if self.age is None else round(self.age, 3),
            "away": self.away,
            "ended": self.ended,
            "failure": self.failure,
            "counters": vars(self.counters).copy(),
        }
