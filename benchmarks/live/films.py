"""Made-up films for the benchmark of news, and the events that the live loop tells of them."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from edge_runtime.captioner import Captioner
from edge_runtime.errors import SourceError
from edge_runtime.events import CaptionEvent, Event, SceneEvent, StatusEvent
from edge_runtime.frames.base import FrameSource, Pixels
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline

FPS = 10
"""Frames a second of every film."""


class Film:
    """Frames of a function of their number: a file, which is read as fast as it can be, or a camera, at its own speed.

    Args:
        name: Of the source.
        frame: Number -> uint8 [H, W, 3].
        seconds: Its length.
        live: Whether it is a camera.
    """

    def __init__(self, name: str, frame: Callable[[int], Pixels], seconds: float, live: bool = False) -> None:
        self.name, self.live = name, live
        self._frame, self._frames, self._number = frame, round(seconds * FPS), -1
        self._start = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        self._start = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to give back."""

    @property
    def position(self) -> float | None:
        """Seconds from its start; None as of a camera."""
        return None if self.live else self._number / FPS

    def grab(self) -> bool:
        """Go to the next frame, a camera when it is due; False after the last."""
        self._number += 1
        if self.live:
            time.sleep(max(0.0, self._start + self._number / FPS - time.monotonic()))
        return self._number < self._frames

    def retrieve(self) -> Pixels:
        """Return the frame."""
        return self._frame(self._number)


@dataclass
class Told:
    """What was told of a film.

    Attributes:
        begun: Seconds from its start at which scenes began.
        captions: Sentences that were computed.
        status: Kinds of what else was told.
    """

    begun: list[float] = field(default_factory=list)
    captions: int = 0
    status: list[str] = field(default_factory=list)


def told_of(captioner: Captioner, films: Sequence[FrameSource]) -> dict[str, Told]:
    """Play films through the live loop, all at once, and return what is told of each, by the name of the film.

    Args:
        captioner: The model.
        films: Each with a name of its own.

    Raises:
        SourceError: The loop broke.
    """
    found = {film.name: Told() for film in films}
    lock = threading.Lock()

    def take(event: Event) -> None:
        told = found.get(getattr(event, "source", None) or "")
        if told is None:
            return
        with lock:
            if isinstance(event, SceneEvent) and event.kind == "new":
                told.begun.append(event.position)
            elif isinstance(event, CaptionEvent):
                told.captions = event.counters.captions
            elif isinstance(event, StatusEvent):
                told.status.append(event.kind)
                told.captions = event.counters.captions

    pipeline = Pipeline(captioner, list(films), LiveOptions(GateOptions(), ModelOptions(beam=1)), take)
    pipeline.open()
    pipeline.start()
    pipeline.wait()
    if pipeline.live.failure is not None:
        raise SourceError(f"{films[0].name}: {pipeline.live.failure}")
    return found
