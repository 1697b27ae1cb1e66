"""What the live loop tells its sinks: immutable, and complete in itself."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from edge_runtime.backends.decoding import Floats
from edge_runtime.judging.captions import Timings

Reason = Literal["first", "changed", "refresh", "every"]
"""Why the gate let a frame through: the first one, another scene, an old caption, or because there is no gate."""

StatusKind = Literal[
    "lost",
    "recovered",
    "ended",
    "failed",
    "slowed",
    "full-speed",
    "resized",
    "stopped",
    "frozen",
    "moving",
    "day",
    "night",
]

SceneKind = Literal["new", "update", "end"]
"""A scene begins, is known better than before, or is over."""


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


class Spoken:
    """What is said in one language or several: what a caption and a scene have in common.

    Attributes:
        text: The sentence.
        shown: What people are to read of it.
        language: BCP 47 tag of both.
        further: Of each further language its tag, and both in it.
    """

    text: str
    shown: str
    language: str
    further: tuple[tuple[str, str, str], ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what people are to read, in each language."""
        return (self.shown, *(shown for _, _, shown in self.further))

    @property
    def lines_by_language(self) -> dict[str, str]:
        """Return the same by the tag of the language."""
        return {self.language: self.shown} | {tag: shown for tag, _, shown in self.further}

    @property
    def captions(self) -> dict[str, str]:
        """Return the sentence in each language, by its tag."""
        return {self.language: self.text} | {tag: text for tag, text, _ in self.further}


@dataclass(frozen=True)
class CaptionEvent(Spoken):
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
        zone: Name of the part of the picture that is captioned apart; empty for the whole.
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
    zone: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For JSON, `event` telling its kind."""
        return {
            "event": "caption",
            "source": self.source,
            **({"zone": self.zone} if self.zone else {}),
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
            **({"captions": self.captions} if self.further else {}),
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


@dataclass(frozen=True)
class SceneEvent(Spoken):
    """A scene that begins, is known better, or is over. All events of one scene have one id; the best sentence so far is told.

    Attributes:
        kind: Which of the three.
        id: Of the scene: 12 hexadecimal digits of its start in milliseconds since 1970, a dash, and 6 digits by chance. Ids sort by time.
        source: Name of the source.
        zone: Name of the part of the picture that is captioned apart; empty for the whole.
        started_at: When the scene began, seconds since 1970: the capture of the frame that showed it first.
        at: When the frame of this event was captured, or, of an end, when the scene was over; seconds since 1970.
        captured: The same of the frame, seconds of `time.monotonic`.
        age_ms: Milliseconds from its capture to this event.
        frame: Number of the frame.
        position: Seconds of the frame from the start of the medium.
        text: The best sentence so far; empty where none is said.
        shown: What people are to read: `text`, as a guess where it is one, or that there is no clear picture, or why there is none.
        words: The model's own words behind `text`, in the order in which they are said; none where there is no sentence.
        confidence: As in `CaptionEvent`, of `text`.
        abstained: Why nothing is said, in a word; empty where something is.
        hedged: Whether `text` is a guess.
        language: BCP 47 tag of `text` and `words`.
        further: Of each further language its tag, and what `text` and `shown` are in it.
        features: What the encoder saw, the mean of its spatial positions, float32 [D], 1 long and read-only: a product is a likeness.
        jpeg: The very frame that was captioned, masks blackened, as a JPEG; empty where it could not be made.
        width: Of that frame, in pixels.
        height: Of that frame, in pixels.
        failure: Why the captioner could say nothing of the frame, a sentence; empty where it could.
    """

    kind: SceneKind
    id: str
    source: str
    zone: str
    started_at: float
    at: float
    captured: float
    age_ms: float
    frame: int
    position: float
    text: str
    shown: str
    words: tuple[str, ...]
    confidence: float | None
    abstained: str
    hedged: bool
    language: str
    further: tuple[tuple[str, str, str], ...]
    features: Floats = field(repr=False, compare=False)
    jpeg: bytes = field(repr=False, compare=False)
    width: int
    height: int
    failure: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For JSON, `event` telling its kind; features and picture are left out."""
        return {
            "event": self.kind,
            "id": self.id,
            "source": self.source,
            "zone": self.zone,
            "started_at": iso_time(self.started_at),
            "at": iso_time(self.at),
            "age_ms": round(self.age_ms, 3),
            "frame": self.frame,
            "position": round(self.position, 3),
            "caption": self.text,
            "confidence": None if self.confidence is None else round(self.confidence, 4),
            "abstained": self.abstained,
            "hedged": self.hedged,
            "language": self.language,
            **({"captions": self.captions} if self.further else {}),
            **({"failure": self.failure} if self.failure else {}),
        }


@dataclass(frozen=True)
class AlertEvent:
    """A rule that has found what it looks for.

    Attributes:
        rule: Name of the rule.
        scene: What it was found in: the scene's newest event.
        at: When, seconds since 1970.
    """

    rule: str
    scene: SceneEvent
    at: float

    def to_dict(self) -> dict[str, Any]:
        """For JSON, `event` telling its kind; `id` is the scene's."""
        return {**self.scene.to_dict(), "event": "alert", "rule": self.rule, "at": iso_time(self.at)}


Event = WordsEvent | CaptionEvent | StatusEvent | SceneEvent | AlertEvent


def iso_time(seconds: float) -> str:
    """Return seconds since 1970 as UTC in ISO 8601, with milliseconds."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1000):03d}Z"
