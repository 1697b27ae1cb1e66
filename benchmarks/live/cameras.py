"""Made-up cameras for the live benchmarks: known scenes, with a sensor's noise and a hand's trembling, at a steady rate."""

import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from edge_runtime.frames.base import Pixels
from edge_runtime.pictures.preprocess import load_input

_HEIGHT, _WIDTH = 480, 640
_VARIANTS = 4
"""Noisy forms of a scene that are made beforehand, so that the camera costs nothing while it is measured."""


def trembling(picture: Pixels, rng: np.random.Generator, levels: float, shift: float) -> Pixels:
    """Return a picture as the next frame shows it.

    Args:
        picture: uint8 [H, W, 3].
        rng: Of the noise.
        levels: Deviation of the sensor's noise.
        shift: Pixels by which the camera moves at the most, each way.
    """
    if shift:
        dx, dy = rng.uniform(-shift, shift, 2)
        matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        picture = cv2.warpAffine(picture, matrix, (_WIDTH, _HEIGHT), borderMode=cv2.BORDER_REFLECT)  # type: ignore[assignment]
    noise = rng.normal(0, levels, picture.shape)
    found: Pixels = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return found


class SceneCamera:
    """A camera that shows pictures one after the other.

    Args:
        pictures: Files.
        seconds: That each is shown.
        fps: Frames a second.
        levels: Deviation of the noise.
        shift: Pixels of trembling at the most.

    Attributes:
        shown: Frame number at which each scene begins -> seconds of `time.monotonic` when it did.
    """

    def __init__(self, pictures: Sequence[Path], seconds: float, fps: float, levels: float, shift: float) -> None:
        self.name, self.live = "scenes", True
        self.shown: list[float] = []
        self._pictures, self._frames, self._interval = list(pictures), max(1, round(seconds * fps)), 1 / fps
        self._levels, self._shift = levels, shift
        self._rng = np.random.default_rng(0)
        self._number = -1
        self._start = 0.0
        self._made: list[Pixels] = []
        self._next = self._make(0)

    @property
    def frames_a_scene(self) -> int:
        """Return how many frames show the same picture."""
        return self._frames

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
        """Wait until the next frame is due; False after the last scene."""
        self._number += 1
        scene, place = divmod(self._number, self._frames)
        if scene == len(self._pictures):
            return False
        if place == self._frames // 2 and scene + 1 < len(self._pictures):
            self._next = self._make(scene + 1)
        time.sleep(max(0.0, self._start + self._number * self._interval - time.monotonic()))
        if place == 0:
            self._made = self._next
            self.shown.append(time.monotonic())
        return True

    def retrieve(self) -> Pixels:
        """Return the frame: one of the scene's noisy forms."""
        return self._made[self._number % _VARIANTS]

    def _make(self, scene: int) -> list[Pixels]:
        picture = load_input(self._pictures[scene], _HEIGHT, _WIDTH)[:, :, ::-1]
        return [trembling(picture, self._rng, self._levels, self._shift) for _ in range(_VARIANTS)]
