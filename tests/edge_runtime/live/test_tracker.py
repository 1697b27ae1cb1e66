"""Scenes of a made-up camera, told by the model that ships: pictures of scikit-image, and things that come into them."""

import io
import time
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from edge_runtime.captioner import Captioner
from edge_runtime.events import SceneEvent, StatusEvent
from edge_runtime.frames.base import Pixels
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline
from edge_runtime.live.rate_limiter import RateLimiter, RateOptions
from edge_runtime.machine.throttling import Sensors
from tests.edge_runtime.fake_source import FakeSource

cv2 = pytest.importorskip("cv2")
data = pytest.importorskip("skimage.data")

_FPS = 10


class _Film:
    """Frames of a function of their number, as a file that is read as fast as it can be."""

    name, live = "film", False

    def __init__(self, frame: Callable[[int], Pixels], frames: int) -> None:
        self._frame, self._frames, self._number = frame, frames, -1

    def __enter__(self) -> "_Film":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def grab(self) -> bool:
        self._number += 1
        return self._number < self._frames

    def retrieve(self) -> Pixels:
        return self._frame(self._number)

    @property
    def position(self) -> float:
        return self._number / _FPS


@pytest.fixture(scope="module")
def model() -> Captioner:
    return Captioner.load(threads=1)


def _film(model: Captioner, frame: Callable[[int], Pixels], seconds: float) -> list[SceneEvent]:
    events: list[object] = []
    options = LiveOptions(GateOptions(), ModelOptions(beam=1))
    limiter = RateLimiter(RateOptions(), facts=lambda: Sensors(None, ()))
    pipeline = Pipeline(model, [_Film(frame, int(seconds * _FPS))], options, events.append, limiter=limiter)
    pipeline.open()
    pipeline.start()
    pipeline.wait()
    assert pipeline.live.failure is None
    assert any(isinstance(event, StatusEvent) and event.kind == "ended" for event in events)
    return [event for event in events if isinstance(event, SceneEvent)]


def _picture(name: str) -> Pixels:
    found: Pixels = cv2.cvtColor(cv2.resize(getattr(data, name)(), (640, 480)), cv2.COLOR_RGB2BGR)
    return found


def _grain() -> Iterator[npt.NDArray[np.float64]]:
    rng = np.random.default_rng(0)
    made = [rng.normal(0, 4, (480, 640, 3)) for _ in range(8)]
    while True:
        yield made[rng.integers(8)]


_GRAIN = _grain()


def _noisy(pixels: Pixels, gain: float = 1.0) -> Pixels:
    found: Pixels = np.clip(pixels * gain + next(_GRAIN), 0, 255).astype(np.uint8)
    return found


def _with_cat(pixels: Pixels) -> Pixels:
    found = pixels.copy()
    cat = cv2.cvtColor(data.cat()[40:270, 100:330], cv2.COLOR_RGB2BGR)
    found[240:470, 380:610] = cat
    return found


def _kinds(events: list[SceneEvent]) -> list[str]:
    return [event.kind for event in events if event.kind != "update"]


@pytest.mark.parametrize("name", ["coffee", "astronaut"])
def test_a_minute_of_a_still_scene_is_one_event(model: Captioner, name: str) -> None:
    picture = _picture(name)
    rows, columns = np.mgrid[0:480, 0:200].astype(np.float32)

    def frame(number: int) -> Pixels:
        at = number / _FPS
        swaying = picture.copy()
        across = (columns + 8 * np.sin(rows / 60 + 2 * np.pi * at / 2.7)).astype(np.float32)
        swaying[:, :200] = cv2.remap(picture, across, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        flicker = 1 + 0.05 * (number % 3 - 1)
        return _noisy(swaying, (1 + 0.3 * np.sin(at / 7)) * flicker)

    events = _film(model, frame, 60)
    assert _kinds(events) == ["new", "end"]
    assert len({event.id for event in events}) == 1


def test_what_comes_into_a_still_scene_is_an_event_within_a_second_and_once(model: Captioner) -> None:
    picture = _picture("coffee")
    cat = _with_cat(picture)
    events = _film(model, lambda number: _noisy(cat if number >= 50 else picture), 10)
    assert _kinds(events) == ["new", "end", "new", "end"]
    came = [event for event in events if event.kind == "new"][1]
    assert 5.0 <= came.position <= 6.0
    assert "cat" in came.words


def test_who_comes_again_after_he_left_is_told_again(model: Captioner) -> None:
    picture = _picture("coffee")
    cat = _with_cat(picture)
    events = _film(model, lambda number: _noisy(cat if number // 50 % 2 else picture), 20)
    told = [event for event in events if event.kind == "new"]
    assert [round(event.position) for event in told] == [0, 5, 10, 15]
    assert ["cat" in event.words for event in told] == [False, True, False, True]


def test_who_walks_about_is_told_once_and_another_one_too(model: Captioner) -> None:
    """Two events in ten seconds: a cat that slides to and fro, and a rocket that comes meanwhile, where the cat is not."""
    picture = cv2.resize(_picture("coffee"), (320, 480))
    scenery: Pixels = np.ascontiguousarray(np.concatenate([picture, _picture("brick")[:, 320:]], axis=1))
    cat = cv2.cvtColor(data.cat()[40:270, 100:250], cv2.COLOR_RGB2BGR)
    rocket = cv2.resize(cv2.cvtColor(data.rocket()[60:400, 240:400], cv2.COLOR_RGB2BGR), (110, 230))

    def frame(number: int) -> Pixels:
        found = scenery.copy()
        if number >= 80:
            found[20:250, 500:610] = rocket
        if number >= 40:
            gone = 6 * (number - 40) % 360
            left = 10 + min(gone, 360 - gone)
            found[240:470, left : left + 150] = cat
        return _noisy(found)

    told = [event.position for event in _film(model, frame, 16) if event.kind == "new"]
    assert len(told) == 3
    assert [0 <= at - begun <= 1 for at, begun in zip(told, (0, 4, 8), strict=True)] == [True] * 3


def test_the_picture_of_an_event_is_the_frame_that_was_captioned(model: Captioner) -> None:
    pictures = [_picture(name) for name in ("coffee", "chelsea", "astronaut")]
    events = _film(model, lambda number: _noisy(pictures[number // 30]), 9)
    told = [event for event in events if event.kind == "new"]
    assert len(told) == 3
    for picture, event in zip(pictures, told, strict=True):
        with Image.open(io.BytesIO(event.jpeg)) as jpeg:
            shown = np.asarray(jpeg.convert("RGB"))[:, :, ::-1]
        assert shown.shape == (event.height, event.width, 3) == (480, 640, 3)
        assert np.abs(shown.astype(float) - picture).mean() < 8
        assert event.features.shape == (256,)
        assert float(np.linalg.norm(event.features)) == pytest.approx(1, abs=1e-5)
    assert len({event.id for event in told}) == 3
    assert [event.id for event in told] == sorted(event.id for event in told)


def test_ends_tell_the_best_sentence_and_when(model: Captioner) -> None:
    pictures = [_picture(name) for name in ("coffee", "chelsea")]
    before = time.time()
    events = _film(model, lambda number: _noisy(pictures[number // 30]), 6)
    ends = [event for event in events if event.kind == "end"]
    assert len(ends) == 2
    for end in ends:
        own = [event for event in events if event.id == end.id]
        assert [event.kind for event in own][:: len(own) - 1] == ["new", "end"]
        assert end.text == own[-2].text
        assert before <= end.started_at <= end.at


def test_a_covered_lens_is_a_scene_without_a_sentence(model: Captioner) -> None:
    picture = _picture("coffee")
    black = np.zeros_like(picture)
    events = _film(model, lambda number: _noisy(black if 30 <= number < 60 else picture), 9)
    told = [(event.text != "", event.abstained) for event in events if event.kind == "new"]
    assert told == [(True, ""), (False, "black"), (True, "")]


def test_a_camera_that_switches_to_its_night_picture_tells_that_and_no_scene(model: Captioner) -> None:
    picture = _picture("coffee")
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)

    def by_night(number: int) -> Pixels:
        # The lamp of the camera lights the middle, and its exposure hunts for a while.
        lamp = np.hypot(*np.meshgrid(np.linspace(-1, 1, 640), np.linspace(-1, 1, 480)))[:, :, None]
        grain = next(_GRAIN)[:, :, :1]
        seen = (255 - grey) * (0.5 + 0.5 * np.exp(-lamp * 2)) * (1 + 0.3 * np.exp(-number / 15) * (-1) ** (number // 5))
        found: Pixels = np.repeat(np.clip(seen[:, :, :1] + grain, 0, 255).astype(np.uint8), 3, axis=2)
        return found

    day = [_noisy(picture) for _ in range(80)]
    source = FakeSource([*day, *(by_night(number) for number in range(120))], 0.05)
    events: list[object] = []
    limiter = RateLimiter(RateOptions(), facts=lambda: Sensors(None, ()))
    pipeline = Pipeline(model, [source], LiveOptions(ModelOptions(beam=1)), events.append, limiter=limiter)
    pipeline.open()
    pipeline.start()
    pipeline.wait()
    assert [event.kind for event in events if isinstance(event, StatusEvent)] == ["night", "ended"]
    assert _kinds([event for event in events if isinstance(event, SceneEvent)]) == ["new", "end"]
