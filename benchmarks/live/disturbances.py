"""What makes a camera's picture another one though nothing has happened: noise, flicker, drifting light, bands, a curtain, a tremble."""

import math
from collections.abc import Callable, Mapping

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.live.cutouts import HEIGHT, WIDTH
from edge_runtime.frames.base import Pixels

LEVELS = 4.0
"""Deviation of the sensor's noise, of 255."""
_MADE = 12
"""Fields of noise that are made beforehand."""
_DRIFT, _DRIFT_SECONDS = 0.3, 45.0
"""By how much light drifts, up and down, and seconds in which it does."""
_FLICKER = 0.08
"""By how much a lamp flickers from frame to frame."""
_BANDS, _BANDS_EACH, _BANDS_SPEED = 0.12, 2.5, 5.0
"""Depth of a lamp's bands, how many a picture has, and radians a second by which they wander."""
_SWAY, _SWAY_SECONDS, _SWAYING = 8.0, 2.7, 1 / 3
"""Pixels by which a curtain sways, seconds in which it does, and the share of the picture, from the left, that is one."""
_TREMBLE = 8.0
"""Pixels by which a camera on a shaking pole moves, each way."""

Rng = np.random.Generator
Disturbance = Callable[[Pixels, float, Rng], Pixels]
"""A picture, seconds since the film's start, and chance, to the picture as it is seen then."""


class Grain:
    """A sensor's noise, made beforehand so that a film costs little.

    Args:
        rng: Chance.
    """

    def __init__(self, rng: Rng) -> None:
        shape = (_MADE, HEIGHT, WIDTH, 3)
        self._fields = np.rint(LEVELS * rng.standard_normal(shape, dtype=np.float32)).astype(np.int16)
        self._rng = rng

    def on(self, pixels: Pixels) -> Pixels:
        """Return a picture with noise."""
        field: npt.NDArray[np.int16] = self._fields[self._rng.integers(_MADE)]
        # Twice as many fields, for nothing.
        return np.asarray(cv2.add(pixels, field[:: self._rng.choice([1, -1])], dtype=cv2.CV_8U), np.uint8)


def lit(pixels: Pixels, gain: float) -> Pixels:
    """Return a picture in other light."""
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=gain), np.uint8)


def _drifting(pixels: Pixels, at: float, _rng: Rng) -> Pixels:
    return lit(pixels, 1 + _DRIFT * math.sin(2 * math.pi * at / _DRIFT_SECONDS))


def _flickering(pixels: Pixels, _at: float, rng: Rng) -> Pixels:
    return lit(pixels, 1 + rng.uniform(-_FLICKER, _FLICKER))


def _banded(pixels: Pixels, at: float, _rng: Rng) -> Pixels:
    rows = np.arange(HEIGHT, dtype=np.float32)[:, None, None] / HEIGHT
    depth = _BANDS * np.sin(2 * math.pi * _BANDS_EACH * rows + _BANDS_SPEED * at)
    found: Pixels = np.clip(pixels * (1 + depth), 0, 255).astype(np.uint8)
    return found


def _swaying(pixels: Pixels, at: float, _rng: Rng) -> Pixels:
    wide = round(WIDTH * _SWAYING)
    y, x = np.mgrid[0:HEIGHT, 0:wide].astype(np.float32)
    across = (x + _SWAY * np.sin(y / 60 + 2 * math.pi * at / _SWAY_SECONDS)).astype(np.float32)
    found = pixels.copy()
    found[:, :wide] = cv2.remap(pixels, across, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return found


def _trembling(pixels: Pixels, _at: float, rng: Rng) -> Pixels:
    right, down = rng.uniform(-_TREMBLE, _TREMBLE, 2)
    matrix = np.array([[1, 0, right], [0, 1, down]], np.float32)
    found: Pixels = cv2.warpAffine(pixels, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)  # type: ignore[assignment]
    return found


def _together(*those: Disturbance) -> Disturbance:
    def found(pixels: Pixels, at: float, rng: Rng) -> Pixels:
        for one in those:
            pixels = one(pixels, at, rng)
        return pixels

    return found


DISTURBANCES: Mapping[str, Disturbance] = {
    "noise": lambda pixels, _at, _rng: pixels,
    "flicker": _flickering,
    "light": _drifting,
    "noise, flicker and light": _together(_drifting, _flickering),
    "bands": _banded,
    "curtain": _swaying,
    "tremble": _trembling,
    "everything but the tremble": _together(_swaying, _drifting, _flickering, _banded),
}
"""Name -> what happens to every frame, before the sensor's noise, which all of them have."""
