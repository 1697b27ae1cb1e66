"""What the live loop tells its sinks: immutable, and complete in itself."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from edge_runtime.judging.captions import Timings

Reason = Literal["first", "changed", "refresh", "every"]
"""Why the gate let a frame through: the first one, another scene, an old caption, or because there is no gate."""

StatusKind = Literal["lost", "recovered", "ended", "failed", "slowed", "full-speed", "resized", "stopped"]


@dataclass(frozen=True)
class Word:
    """A word as decoded, with its natural log-probability."""

    text: str
    log_prob: float


@dataclass(frozen=True)
class Counters:
    """What a source has gone through since the start.

    Attributes:
        frames: Frames that came.
        looked_at: Frames that the gate saw.
        captions: Captions computed.
        lost: Times the source was lost, or was not there at the start.
        recovered: Times it came, or came back.
    """

    frames: int = 0
    looked_at: int = 0
    captions: int = 0
    lost: int = 0
    recovered: int = 0

    @classmethod
    def total(cls, counters: Iterable["Counters"]) -> "Counters":
        """Of several sources together."""
        found = list(counters)
        return cls(*(sum(getattr(one, known.name) for one in found) for known in fields(cls)))


@dataclass(frozen=True)
class WordsEvent:
    """The words of a caption that is still being decoded.

    Attributes:
        source: Name of the source.
        frame: Number of the frame.
        text: The sentence so far.
    """

    source: str
    frame: int
    text: str


@dataclass(frozen=True)
class CaptionEvent:
    """A caption.

    Attributes:
        source: Name of the source.
        frame: Number of the frame.
        position: Seconds of the frame from the start of the medium.
        captured: When the frame was captured, seconds of `time.monotonic`.
        captured_at: The same, seconds since 1970.
        age_ms: Milliseconds from capture to the whole sentence.
        text: The sentence to show: steady, so it may be an earlier one that is as good for this frame. Empty where none is said.
        shown: What people are to read: `text`, as a guess where it is one, or that there is no clear picture; as steady.
        said: What is said of this very frame, reworded as was asked for; empty where nothing is.
        changed: Whether `shown` is another than that of the source's caption before.
        words: Of this frame as the model says them, before they are reworded; none where its picture is no clear one.
        timings: Where the time went.
        variant: Which form of the model said it.
        reason: Why the frame was captioned.
        difference: How much the scene had changed, in units of the gate's threshold; 0 where it was not looked at.
        counters: Of the source.
        confidence: 0 to 1, the chance that a person would call the sentence of `words` right; None where the bundle does not know.
        abstained: Why nothing is said of this very frame, in a word; empty where something is said.
        hedged: Whether `text` is a guess.
        language: BCP 47 tag of `text`.
        further: Of each further language its tag, and what `text` and `shown` are in it.
    """

    source: str
    frame: int
    position: float
    captured: float
    captured_at: float
    age_ms: float
    text: str
    shown: str
    said: str
    changed: bool
    words: tuple[Word, ...]
    timings: Timings
    variant: str
    reason: Reason
    difference: float
    counters: Counters
    confidence: float | None = None
    abstained: str = ""
    hedged: bool = False
    language: str = "en"
    further: tuple[tuple[str, str, str], ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what people are to read, in each language."""
        return (self.shown, *(shown for _, _, shown in self.further))

    def to_dict(self) -> dict[str, Any]:
        """For JSON, `event` telling its kind."""
        return {
            "event": "caption",
            "source": self.source,
            "frame": self.frame,
            "position": round(self.position, 3),
            "captured_monotonic": round(self.captured, 6),
            "captured_at": iso_time(self.captured_at),
            "age_ms": round(self.age_ms, 3),
            "caption": self.text,
            "said": self.said,
            "changed": self.changed,
            "words": [{"word": word.text, "log_prob": round(word.log_prob, 4)} for word in self.words],
            "timings_ms": self.timings.to_dict(),
            "variant": self.variant,
            "reason": self.reason,
            "difference": round(self.difference, 3),
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "abstained": self.abstained,
            "hedged": self.hedged,
            "language": self.language,
            **(
                {"captions": {self.language: self.text} | {tag: text for tag, text, _ in self.further}}
                if self.further
                else {}
            ),
            "counters": vars(self.counters).copy(),
        }


@dataclass(frozen=True)
class StatusEvent:
    """Something that happened to a source or to the loop.

    Attributes:
        kind: What.
        message: A sentence for people.
        source: Name of the source; None where it concerns all of them.
        at: When, seconds since 1970.
        counters: Of the source, or of all of them together.
        position: Of the source's newest frame, seconds from the start of the medium; None before the first.
    """

    kind: StatusKind
    message: str
    source: str | None = None
    at: float = field(default_factory=time.time)
    counters: Counters = Counters()
    position: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON, `event` telling its kind."""
        return {
            "event": self.kind,
            "source": self.source,
            "at": iso_time(self.at),
            "message": self.message,
            "counters": vars(self.counters).copy(),
        }


Event = WordsEvent | CaptionEvent | StatusEvent


def iso_time(seconds: float) -> str:
    """Return seconds since 1970 as UTC in ISO 8601, with milliseconds."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1000):03d}Z"
