import time
import timeit
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.captioner import Captioner
from edge_runtime.events import CaptionEvent, Event, StatusEvent
from edge_runtime.live.frozen import FrozenWatch
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline
from edge_runtime.live.scene_options import SceneOptions
from tests.edge_runtime.fake_source import FakeSource, noisy, scene


def test_the_same_picture_for_so_long_and_then_another() -> None:
    watch = FrozenWatch(10.0)
    picture = scene(1)
    assert [watch.look(picture, at) for at in (0.0, 0.1, 5.0, 9.9)] == [None] * 4
    assert watch.look(picture.copy(), 10.0) is True
    assert watch.frozen
    assert watch.look(picture, 99.0) is None
    assert watch.look(scene(2), 99.1) is False
    assert not watch.frozen
    assert watch.look(scene(2), 109.0) is None
    assert watch.look(scene(2), 109.2) is True


def test_one_pixel_is_enough_to_be_alive() -> None:
    watch = FrozenWatch(10.0)
    picture = scene(1)
    for at in range(100):
        picture[5, 7, 1] ^= 1  # none of those that are compared first
        assert watch.look(picture, float(at)) is None
    picture[0, 0, 0] += 1
    assert watch.look(picture, 100.0) is None
    assert watch.look(picture, 109.0) is None
    assert watch.look(picture, 111.0) is True
    picture[5, 7, 1] += 1
    assert watch.look(picture, 112.0) is False


def test_noise_of_a_still_scene_is_alive() -> None:
    watch = FrozenWatch(1.0)
    assert {watch.look(noisy(scene(1), seed, levels=0.5), seed * 0.1) for seed in range(60)} == {None}


def test_never() -> None:
    watch = FrozenWatch(0.0)
    assert {watch.look(scene(1), float(at)) for at in range(60)} == {None}


def test_another_size_is_another_picture() -> None:
    watch = FrozenWatch(1.0)
    assert watch.look(scene(1), 0.0) is None
    assert watch.look(scene(1), 1.0) is True
    assert watch.look(scene(1, 96, 128), 2.0) is False


def test_a_frame_is_not_kept() -> None:
    """Its array may be the source's, which writes the next one into it."""
    watch = FrozenWatch(1.0)
    picture = scene(1)
    for at in range(10):
        picture[:] = noisy(scene(1), at)
        assert watch.look(picture, float(at)) is None


@pytest.mark.alone
def test_it_costs_nothing_while_the_picture_lives() -> None:
    pictures = [np.random.default_rng(seed).integers(0, 255, (480, 640, 3)).astype(np.uint8) for seed in range(2)]
    watch = FrozenWatch(10.0)
    moving = min(timeit.repeat(lambda: [watch.look(one, 0.0) for one in pictures], number=20, repeat=9)) / 40
    still = min(timeit.repeat(lambda: watch.look(pictures[0], 0.0), number=20, repeat=9)) / 20
    assert moving < 0.1e-3
    assert still < 0.5e-3


def _events(bundle: Path, source: FakeSource, frozen_after: float, gate: bool = True) -> list[Event]:
    events: list[Event] = []
    options = LiveOptions(SceneOptions(frozen_after), GateOptions(enabled=gate, max_age=0.3))
    pipeline = Pipeline(Captioner.load(bundle), [source], options, events.append)
    pipeline.open()
    pipeline.start()
    pipeline.wait()
    return events


def _told(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.kind, event.message) for event in events if isinstance(event, StatusEvent) and event.kind != "ended"]


@pytest.mark.parametrize("gate", [True, False])
def test_a_camera_that_hangs_is_told_once_and_captioned_no_more(gate: bool, tiny_bundle: Path) -> None:
    frames = [scene(0)] * 100 + [scene(1)] * 10
    begun = time.time()
    events = _events(tiny_bundle, FakeSource(frames, 0.02), 1.0, gate)
    assert _told(events) == [
        ("frozen", "fake: the same picture for 1 s though frames come; look after the camera"),
        ("moving", "fake: the picture moves again"),
    ]
    frozen, moving = (
        event for event in events if isinstance(event, StatusEvent) and event.kind in ("frozen", "moving")
    )
    assert 1.0 <= frozen.at - begun < 1.9
    captions = [event for event in events if isinstance(event, CaptionEvent)]
    assert captions[-1].text == "a bright picture"
    assert not any(frozen.at < event.captured_at < moving.at - 0.15 for event in captions)
    assert len(captions) >= 3  # refreshed before it was known


def test_a_file_that_stands_still_is_meant_so(tiny_bundle: Path) -> None:
    assert _told(_events(tiny_bundle, FakeSource([scene(0)] * 60, 0.01, live=False), 0.2)) == []


def test_a_file_at_its_own_speed_is_no_camera(tiny_bundle: Path) -> None:
    class _File(FakeSource):
        @property
        def position(self) -> float | None:
            return self._place * 0.04

    assert _told(_events(tiny_bundle, _File([scene(0)] * 60, 0.01), 0.2)) == []


def test_not_where_it_is_not_asked_for(tiny_bundle: Path) -> None:
    assert _told(_events(tiny_bundle, FakeSource([scene(0)] * 60, 0.01), 0.0)) == []
