import time
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.captioner import Captioner
from edge_runtime.events import Event, StatusEvent
from edge_runtime.frames.base import Pixels
from edge_runtime.live import daylight
from edge_runtime.live.daylight import DayNight, Light
from edge_runtime.live.gate import thumbnail
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline
from tests.edge_runtime.fake_source import FakeSource, scene

cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed")

_STEP = 0.11
"""Seconds from one look at a still scene to the next."""


def _by_day(seed: int, levels: float = 4.0) -> Pixels:
    """A coloured scene with a sensor's noise, each colour's its own."""
    return _noisy(scene(1, 96, 128), seed, levels)


def _by_night(seed: int) -> Pixels:
    """The same without colours, as the camera sends it: noise in its brightness, and JPEG's own colours."""
    grey = cv2.cvtColor(scene(1, 96, 128), cv2.COLOR_BGR2GRAY).astype(np.float32)
    noise = np.random.default_rng(seed).normal(0, 6, grey.shape)
    found = cv2.cvtColor(np.clip(grey + noise, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    decoded: Pixels = cv2.imdecode(cv2.imencode(".jpg", found, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR)
    return decoded


def _fog(seed: int) -> Pixels:
    """Hardly any colour, and that of the sensor's noise."""
    return _noisy(np.full((96, 128, 3), (184, 181, 179), np.uint8), seed, 5.0)


def _noisy(picture: Pixels, seed: int, levels: float) -> Pixels:
    noise = np.random.default_rng(seed).normal(0, levels, picture.shape)
    found: Pixels = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return found


class _Clock:
    """Shows frames to one watcher, as often as the loop looks."""

    def __init__(self) -> None:
        self.watch = DayNight()
        self.at = 0.0

    def show(self, seconds: float, *pictures: Pixels) -> list[Light]:
        told = []
        for number in range(round(seconds / _STEP)):
            found = self.watch.look(thumbnail(pictures[number % len(pictures)]), self.at)
            told += [found] if found else []
            self.at += _STEP
        return told


def test_a_camera_that_switches() -> None:
    clock = _Clock()
    assert clock.show(10, *map(_by_day, range(8))) == []
    assert clock.watch.light == "day"
    assert clock.show(2, *map(_by_night, range(8))) == []
    assert clock.watch.switching
    assert clock.show(20, *map(_by_night, range(8))) == ["night"]
    assert not clock.watch.switching
    assert clock.show(20, *map(_by_day, range(8))) == ["day"]


def test_it_may_begin_at_night() -> None:
    clock = _Clock()
    assert clock.show(60, *map(_by_night, range(8))) == []
    assert clock.watch.light == "night"
    assert clock.show(10, *map(_by_day, range(8))) == ["day"]


def test_a_camera_that_goes_to_and_fro_at_dusk_is_told_once() -> None:
    clock = _Clock()
    clock.show(10, _by_day(0))
    told = []
    for seconds in (0.5, 1, 2, 1.5):
        told += clock.show(seconds, _by_night(0)) + clock.show(seconds, _by_day(0))
    assert told == []
    assert clock.show(30, _by_night(0)) == ["night"]


def test_fog_does_not_flap() -> None:
    for begin, light in ((_by_day, "day"), (_by_night, "night")):
        clock = _Clock()
        clock.show(10, *map(begin, range(8)))
        assert clock.show(300, *map(_fog, range(40))) == []
        assert clock.watch.light == light


def test_a_covered_lens_is_no_night() -> None:
    clock = _Clock()
    clock.show(10, _by_day(0))
    assert clock.show(60, np.full((96, 128, 3), 4, np.uint8)) == []
    assert clock.watch.light == "day"
    assert not clock.watch.switching


def test_a_little_colour_is_enough_to_be_day() -> None:
    clock = _Clock()
    clock.show(10, _by_day(0))
    snow = np.full((96, 128, 3), 220, np.uint8)
    snow[60:96, 40:72] = (40, 40, 160)  # somebody in a red coat
    assert clock.show(60, snow) == []


def test_the_loop_tells_it(tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daylight, "_HELD_SECONDS", 0.2)
    frames = (
        [_by_day(seed) for seed in range(40)]
        + [_by_night(seed) for seed in range(60)]
        + [_by_day(seed) for seed in range(60)]
    )
    events: list[Event] = []
    pipeline = Pipeline(
        Captioner.load(tiny_bundle), [FakeSource(frames, 0.02, name="porch")], LiveOptions(), events.append
    )
    pipeline.open()
    pipeline.start()
    pipeline.wait()
    told = [(event.kind, event.message, event.source) for event in events if isinstance(event, StatusEvent)]
    assert told == [
        ("night", "porch: the camera sees without colours, as at night", "porch"),
        ("day", "porch: the camera sees colours, as by day", "porch"),
        ("ended", "porch: the end", "porch"),
    ]


def test_it_costs_next_to_nothing() -> None:
    watch, small = DayNight(), thumbnail(_by_day(0))
    begun = time.perf_counter()
    for number in range(1000):
        watch.look(small, number * _STEP)
    assert (time.perf_counter() - begun) / 1000 < 0.5e-3
