"""The loop's wiring as benchmarks and sessions use it."""

from pathlib import Path

import pytest

from edge_runtime.captioner import Captioner
from edge_runtime.errors import CameraAwayError, SourceError
from edge_runtime.events import CaptionEvent, Event, SceneEvent, StatusEvent
from edge_runtime.frames.base import Frame
from edge_runtime.frames.geometry import PictureOptions
from edge_runtime.frames.options import SourceOptions
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline
from edge_runtime.live.rate_limiter import RateOptions
from tests.edge_runtime.fake_source import LOST, FakeSource, scene


@pytest.fixture
def captioner(tiny_bundle: Path) -> Captioner:
    return Captioner.load(tiny_bundle)


def test_it_runs_to_the_end_of_every_source(captioner: Captioner) -> None:
    sources = [FakeSource([scene(number), scene(number + 1)], live=False, name=str(number)) for number in range(2)]
    events: list[Event] = []
    pipeline = Pipeline(captioner, sources, LiveOptions(), events.append)
    pipeline.open()
    pipeline.start()
    pipeline.wait()
    assert pipeline.live.failure is None
    assert not any(source.is_open for source in sources)
    texts = {
        name: [one.text for one in events if isinstance(one, CaptionEvent) and one.source == name] for name in "01"
    }
    assert texts == {"0": ["a dark picture", "a bright picture"], "1": ["a bright picture", "a dark picture"]}
    assert sorted(one.kind for one in events if isinstance(one, StatusEvent)) == ["ended", "ended"]


def test_each_group_of_options_reaches_its_part(captioner: Captioner) -> None:
    options = LiveOptions(
        SourceOptions(retries=0),
        PictureOptions(rotate=90),
        GateOptions(enabled=False),
        ModelOptions(beam=2),
        RateOptions(max_fps=20),
    )
    events: list[Event] = []
    frames: list[Frame] = []
    source = FakeSource([scene(0)] * 5 + [LOST], live=False)
    pipeline = Pipeline(captioner, [source], options, events.append, frames.append)
    pipeline.open()
    pipeline.start()
    pipeline.wait()
    assert {frame.pixels.shape for frame in frames} == {(64, 48, 3)}
    captions = [one for one in events if isinstance(one, CaptionEvent)]
    assert [one.reason for one in captions] == ["every"] * 5
    assert captions[-1].captured_at - captions[0].captured_at > 0.15
    # With a beam sentences come whole; without retries a loss is the end.
    assert {type(one) for one in events} == {CaptionEvent, SceneEvent, StatusEvent}
    assert source.opened == 1
    assert pipeline.captures[0].failure == "fake: broken off; given up after 0 attempts"


def test_where_one_cannot_be_opened_nothing_is_left_open(captioner: Captioner) -> None:
    good, bad = FakeSource([scene(0)], name="good"), FakeSource([scene(0)], name="bad")
    bad.refusals, bad.refusal = 1, SourceError
    pipeline = Pipeline(captioner, [good, bad], LiveOptions(), lambda event: None)
    with pytest.raises(SourceError, match="bad: nobody answers"):
        pipeline.open()
    assert (good.opened, good.is_open) == (1, False)


def test_cameras_that_are_all_away_end_at_once(captioner: Captioner) -> None:
    sources = [FakeSource([scene(0)], name=name) for name in ("one", "two")]
    for source in sources:
        source.refusals, source.refusal = 1, CameraAwayError
    with pytest.raises(CameraAwayError, match="one: nobody answers"):
        Pipeline(captioner, sources, LiveOptions(), lambda event: None).open()
    assert [source.opened for source in sources] == [0, 0]


def test_it_stops_when_asked(captioner: Captioner) -> None:
    events: list[Event] = []
    source = FakeSource([scene(0)] * 10_000, interval=0.01)
    pipeline = Pipeline(captioner, [source], LiveOptions(), events.append)
    pipeline.open()
    pipeline.start()
    assert pipeline.stop(5.0)
    assert pipeline.close_captures(5.0)
    assert not source.is_open
    assert [one.kind for one in events if isinstance(one, StatusEvent)] == ["stopped"]
