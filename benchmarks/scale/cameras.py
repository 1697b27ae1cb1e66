"""Several cameras at once, sharing one model."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import numpy as np

from benchmarks.scale.frames import USUAL, patches
from benchmarks.scale.memory import resident
from benchmarks.scale.warming import warmed
from edge_runtime.captioner import Captioner
from edge_runtime.events import CaptionEvent, Event
from edge_runtime.frames.base import Pixels
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline


class PatchCamera:
    """A live source: a new frame of patches at a steady rate, made when it is looked at.

    Args:
        name: Of the source.
        fps: Frames a second.
        seconds: After which it ends.
        seed: Of the colours.
    """

    def __init__(self, name: str, fps: float, seconds: float, seed: int) -> None:
        self.name, self.live = name, True
        self._interval, self._frames = 1 / fps, round(seconds * fps)
        self._rng = np.random.default_rng(seed)
        self._number = -1
        self._start = 0.0

    @property
    def position(self) -> float | None:
        """None, as of a camera."""
        return None

    def __enter__(self) -> Self:
        """Begin."""
        self._start = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to give back."""

    def grab(self) -> bool:
        """Wait until the next frame is due; False after the last."""
        self._number += 1
        if self._number >= self._frames:
            return False
        time.sleep(max(0.0, self._start + self._number * self._interval - time.monotonic()))
        return True

    def retrieve(self) -> Pixels:
        """Return the frame."""
        return patches(self._rng, *USUAL)


def cameras(load: Callable[[int | None], Captioner], count: int, fps: float, seconds: float) -> dict[str, Any]:
    """Measure several cameras on one model, as `edge-caption live` runs them; greedy, every frame that there is time for.

    Args:
        load: Loads the model with so many threads.
        count: Cameras.
        fps: Frames a second of each.
        seconds: That they run.

    Returns:
        `captions`: of each camera; `age_ms` from capture to caption; `seconds`, `cpu_seconds`; `memory_mb` at the most.
    """
    captioner = warmed(load(None), 1)
    ages: dict[str, list[float]] = {f"camera {number}": [] for number in range(count)}

    def take(event: Event) -> None:
        if isinstance(event, CaptionEvent):
            ages[event.source].append(event.age_ms)

    sources = [PatchCamera(name, fps, seconds, number) for number, name in enumerate(ages)]
    pipeline = Pipeline(captioner, sources, LiveOptions(GateOptions(enabled=False)), take)
    pipeline.open()
    begun, cpu = time.monotonic(), time.process_time()
    pipeline.start()
    pipeline.wait()
    taken, used = time.monotonic() - begun, time.process_time() - cpu
    return {
        "captions": {name: len(found) for name, found in ages.items()},
        "age_ms": [age for found in ages.values() for age in found],
        "seconds": taken,
        "cpu_seconds": used,
        "memory_mb": resident()[1],
    }
