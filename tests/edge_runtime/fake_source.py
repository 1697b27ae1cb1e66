"""A camera whose every frame is scripted."""

import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import numpy as np

from edge_runtime.errors import SourceAwayError, SourceError, SourceLostError
from edge_runtime.frames.base import Pixels

LOST = "lost"
"""In a script: the source is lost here."""


def scene(number: int, height: int = 48, width: int = 64) -> Pixels:
    """A smooth random picture that its number decides; the even ones are dark, the odd ones bright."""
    rng = np.random.default_rng(number)
    coarse = rng.integers(0, 100, (6, 8, 3)).astype(np.uint8) + (150 if number % 2 else 5)
    found: Pixels = np.kron(coarse, np.ones((height // 6, width // 8, 1), np.uint8))
    return found


def noisy(pixels: Pixels, seed: int, levels: float = 6.0, shift: int = 0) -> Pixels:
    """The same picture as a sensor shows it a moment later."""
    rng = np.random.default_rng(seed)
    moved = np.roll(pixels, (rng.integers(-shift, shift + 1), rng.integers(-shift, shift + 1)), (0, 1))
    found: Pixels = np.clip(moved + rng.normal(0, levels, pixels.shape), 0, 255).astype(np.uint8)
    return found


class FakeSource:
    """Gives the frames of a script, one every `interval` seconds, and ends.

    Attributes:
        opened: How often it was opened.
        retrieved: How many frames were converted.
        refusals: How often opening is refused from now on.
        refusal: As what; by default it is away.
        hang: Set while `grab` is to hang.
    """

    def __init__(
        self, script: Sequence[Pixels | str], interval: float = 0.0, live: bool = True, name: str = "fake"
    ) -> None:
        self.name, self.live = name, live
        self.opened = self.retrieved = self.refusals = 0
        self.is_open = False
        self.refusal: type[SourceError] = SourceAwayError
        self.hang = threading.Event()
        self._script, self._interval, self._place = list(script), interval, -1

    @property
    def position(self) -> float | None:
        return None if self.live else self._place * 0.04

    def __enter__(self) -> Self:
        if self.refusals:
            self.refusals -= 1
            raise self.refusal(f"{self.name}: nobody answers")
        self.opened += 1
        self.is_open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_open = False

    def grab(self) -> bool:
        time.sleep(self._interval)
        while self.hang.is_set():
            time.sleep(0.01)
        self._place += 1
        if self._place >= len(self._script):
            return False
        if self._script[self._place] is LOST:
            raise SourceLostError(f"{self.name}: broken off")
        return True

    def retrieve(self) -> Pixels:
        self.retrieved += 1
        found = self._script[self._place]
        if isinstance(found, str):
            raise SourceLostError(f"{self.name}: a frame cannot be decoded")
        return found
