"""The events of one source or zone: a scene that begins, is known better, and ends, under one id."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from edge_runtime.backends.decoding import Floats
from edge_runtime.captioner import Caption, Captioner, Encoded
from edge_runtime.events import SceneEvent
from edge_runtime.frames.base import Frame
from edge_runtime.frames.jpeg import jpeg_of
from edge_runtime.live.scenes import QUIET, Look, News, SceneMemory

_QUALITY = 85
"""Of the JPEG, 0 to 100."""
_SURER = 0.05
"""By how much the confidence of another sentence must be higher for it to be the better one."""


class SceneTracker:
    """Tells the scenes of one source or zone.

    Args:
        captioner: Whose sentences are told.
        zone: Name of the zone; empty for the whole picture.

    Attributes:
        memory: What the source has shown.
    """

    def __init__(self, captioner: Captioner, zone: str = "") -> None:
        self.memory = SceneMemory()
        self._captioner, self._zone = captioner, zone
        self._last: SceneEvent | None = None
        self._words: tuple[str, ...] = ()
        """The model's own of the scene's sentence, before it is reworded."""

    def take(
        self,
        look: Look,
        news: News,
        frame: Frame,
        encoded: Encoded,
        caption: Caption,
        further: Sequence[Caption],
        at: float,
    ) -> list[SceneEvent]:
        """Return what is to be told of a frame that was captioned.

        Args:
            look: Of the frame.
            news: What `SceneMemory.weigh` made of it.
            frame: The frame, or the part of it that is the zone.
            encoded: The same frame.
            caption: Of it.
            further: The same in each further language.
            at: Seconds of the camera's clock or of the medium.
        """
        memory = self.memory
        new = news == "first" or (news not in QUIET and self._is_new(look, news, encoded, caption, at))
        if new:
            memory.begin(look, encoded, caption, at)
            ended = self.end(frame.captured_at)
            self._last = self._event(frame, encoded, caption, further)
            return [*ended, self._last]
        if news == "maybe":
            return []  # what has yet to hold says nothing about the scene
        if news == "back":
            memory.back(look, encoded)
        else:
            memory.known(look, news, encoded, caption, at)
        if self._last is None or not self._is_better(caption):
            return []
        begun = self._last
        now = self._event(frame, encoded, caption, further)
        self._last = replace(now, kind="update", id=begun.id, started_at=begun.started_at)
        return [self._last]

    def failed(self, frame: Frame, why: str) -> list[SceneEvent]:
        """Return what is to be told of a frame that cannot be captioned: its picture, and why.

        Args:
            frame: The frame.
            why: A sentence.
        """
        ended = self.end(frame.captured_at)
        self._last = self._told(frame, np.zeros(1, np.float32), failure=why, shown=why)
        return [*ended, self._last]

    def end(self, at: float | None = None) -> list[SceneEvent]:
        """Return the end of the scene, where there is one.

        Args:
            at: When it was over, seconds since 1970; now where None.
        """
        if self._last is None:
            return []
        ended = replace(self._last, kind="end", at=time.time() if at is None else at)
        self._last = None
        return [ended]

    def _is_new(self, look: Look, news: News, encoded: Encoded, caption: Caption, at: float) -> bool:
        """Return whether a change that holds begins another scene."""
        if self.memory.is_young(look, at):
            return False
        if news == "content":
            return True
        is_other = self.memory.is_other(look, caption, self._better_by(caption, encoded))
        return self.memory.holds(is_other, at) if news == "moved" else is_other

    def _better_by(self, caption: Caption, encoded: Encoded) -> float:
        """By how much a sentence fits a frame better than the scene's does."""
        if self._last is None or not self._words or not caption.tokens:
            return float("inf")
        return self._captioner.score_of(caption) - self._captioner.score(encoded, self._words)

    def _is_better(self, caption: Caption) -> bool:
        last = self._last
        if last is None or caption.abstained or caption.text == last.text:
            return False
        if last.abstained:
            return True
        return (caption.confidence or 0.0) >= (last.confidence or 0.0) + _SURER

    def _event(self, frame: Frame, encoded: Encoded, caption: Caption, further: Sequence[Caption]) -> SceneEvent:
        self._words = caption.tokens
        return self._told(
            frame,
            encoded.summary,
            text=caption.text,
            shown=caption.shown,
            words=self._said(caption),
            confidence=caption.confidence,
            abstained=caption.abstained,
            hedged=caption.hedged,
            further=tuple((one.language, one.text, one.shown) for one in further),
        )

    def _told(
        self,
        frame: Frame,
        features: Floats,
        text: str = "",
        shown: str = "",
        words: tuple[str, ...] = (),
        confidence: float | None = None,
        abstained: str = "",
        hedged: bool = False,
        further: tuple[tuple[str, str, str], ...] = (),
        failure: str = "",
    ) -> SceneEvent:
        height, width = frame.pixels.shape[:2]
        return SceneEvent(
            kind="new",
            id=new_id(frame.captured_at),
            source=frame.source,
            zone=self._zone,
            started_at=frame.captured_at,
            at=frame.captured_at,
            captured=frame.captured,
            age_ms=(time.monotonic() - frame.captured) * 1e3,
            frame=frame.number,
            position=frame.position,
            text=text,
            shown=shown,
            words=words,
            confidence=confidence,
            abstained=abstained,
            hedged=hedged,
            language=self._captioner.language,
            further=further,
            features=features,
            jpeg=jpeg_of(frame.pixels, _QUALITY),
            width=width,
            height=height,
            failure=failure,
        )

    def _said(self, caption: Caption) -> tuple[str, ...]:
        """Return the words of a sentence as it is said: the model's own, or, where it was reworded, those of its text."""
        if not caption.text:
            return ()
        unchanged = caption.text == self._captioner.manifest.sentences.said(caption.tokens)
        return caption.tokens if unchanged else tuple(caption.text.split())


def new_id(started_at: float) -> str:
    """Return an id for a scene, see `SceneEvent`.

    Args:
        started_at: Seconds since 1970.
    """
    return f"{int(started_at * 1000):012x}-{secrets.token_hex(3)}"
