import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.captioner import Captioner
from edge_runtime.errors import SourceError
from edge_runtime.events import CaptionEvent, Counters, Event, StatusEvent, WordsEvent
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline
from edge_runtime.live.rate_limiter import RateLimiter, RateOptions
from edge_runtime.machine.throttling import Sensors
from tests.edge_runtime.fake_source import FakeSource, noisy, scene


@pytest.fixture
def captioner(tiny_bundle: Path) -> Captioner:
    return Captioner.load(tiny_bundle)


class _Loop:
    """A whole live loop over scripted cameras."""

    def __init__(
        self,
        captioner: Captioner,
        sources: Sequence[FakeSource],
        beam: int = 1,
        gate: bool = True,
        max_fps: float | None = None,
    ) -> None:
        self.events: list[Event] = []
        options = LiveOptions(GateOptions(enabled=gate, max_age=0), ModelOptions(beam=beam))
        limiter = RateLimiter(RateOptions(max_fps), facts=lambda: Sensors(None, ()))
        pipeline = Pipeline(captioner, sources, options, self.events.append, limiter=limiter)
        self.captures, self.live = pipeline.captures, pipeline.live
        pipeline.open()
        pipeline.start()

    def finish(self, seconds: float = 10.0) -> "_Loop":
        until = time.monotonic() + seconds
        while not self.live.done and time.monotonic() < until:
            time.sleep(0.01)
        assert self.live.done
        assert self.live.failure is None
        return self

    @property
    def captions(self) -> list[CaptionEvent]:
        return [event for event in self.events if isinstance(event, CaptionEvent)]


def test_every_scene_of_a_file_is_captioned_once(captioner: Captioner) -> None:
    frames = [noisy(scene(number), seed) for number in (0, 1, 2, 4, 5) for seed in range(6)]
    loop = _Loop(captioner, [FakeSource(frames, live=False)]).finish()
    found = [(event.frame, event.reason, event.text, event.changed) for event in loop.captions]
    # The tiny encoder sees how bright a picture is, and nothing else: scenes 2 and 4 are dark alike.
    assert found == [
        (0, "first", "a dark picture", True),
        (6, "changed", "a bright picture", True),
        (12, "changed", "a dark picture", True),
        (24, "changed", "a bright picture", True),
    ]
    last = loop.captions[-1].counters
    assert (last.looked_at, last.captions) == (25, 4)
    ended = loop.events[-1]
    assert isinstance(ended, StatusEvent)
    assert (ended.kind, ended.counters) == ("ended", Counters(frames=30, looked_at=30, captions=4))


def test_words_come_before_their_sentence(captioner: Captioner) -> None:
    loop = _Loop(captioner, [FakeSource([scene(0), scene(1)], live=False)]).finish()
    told = [event.text for event in loop.events if isinstance(event, WordsEvent | CaptionEvent)]
    assert told == [
        *("a", "a dark", "a dark picture", "a dark picture"),
        *("a", "a bright", "a bright picture", "a bright picture"),
    ]
    words = loop.captions[0].words
    assert [word.text for word in words] == ["a", "dark", "picture"]
    assert all(-1 < word.log_prob <= 0 for word in words)


def test_with_a_beam_sentences_come_whole(captioner: Captioner) -> None:
    loop = _Loop(captioner, [FakeSource([scene(0), scene(1)], live=False)], beam=3).finish()
    assert [type(event) for event in loop.events if not hasattr(event, "kind")] == [CaptionEvent, CaptionEvent]


def test_without_a_gate_every_frame_is_captioned(captioner: Captioner) -> None:
    loop = _Loop(captioner, [FakeSource([scene(0)] * 7, live=False)], gate=False).finish()
    assert [(event.frame, event.reason, event.changed) for event in loop.captions] == [
        (number, "every", number == 0) for number in range(7)
    ]


def test_cameras_share_the_model_in_turns(captioner: Captioner) -> None:
    # Both have frames faster than they can be captioned at 60 a second.
    fast = [FakeSource([scene(0)] * 400, interval=0.002, name=name) for name in ("one", "two")]
    loop = _Loop(captioner, fast, gate=False, max_fps=60).finish()
    names = [event.source for event in loop.captions]
    counts = {name: names.count(name) for name in ("one", "two")}
    assert min(counts.values()) >= 5
    assert abs(counts["one"] - counts["two"]) <= max(2, 0.2 * len(names))


def test_a_rate_is_kept(captioner: Captioner) -> None:
    loop = _Loop(
        captioner, [FakeSource([scene(n) for n in range(500)], interval=0.002)], gate=False, max_fps=20
    ).finish()
    seconds = loop.captions[-1].captured - loop.captions[0].captured
    assert (len(loop.captions) - 1) / seconds == pytest.approx(20, rel=0.15)


def test_captions_are_about_the_newest_frame(captioner: Captioner) -> None:
    loop = _Loop(captioner, [FakeSource([scene(n) for n in range(300)], interval=0.005)], gate=False).finish()
    ages = [event.age_ms for event in loop.captions]
    totals = [event.timings.total for event in loop.captions]
    assert float(np.median(ages)) <= float(np.median(totals)) + 5


def test_it_stops_when_asked(captioner: Captioner) -> None:
    loop = _Loop(captioner, [FakeSource([scene(0)] * 10_000, interval=0.01)])
    time.sleep(0.3)
    begun = time.monotonic()
    assert loop.live.stop(1.0)
    assert all(capture.close(1.0) for capture in loop.captures)
    assert time.monotonic() - begun < 0.5
    assert len(loop.captions) == 1


def test_a_still_scene_is_looked_at_less_often(captioner: Captioner) -> None:
    source = FakeSource([noisy(scene(0), n) for n in range(400)], interval=0.01)
    loop = _Loop(captioner, [source]).finish()
    assert len(loop.captions) == 1
    # About a second of every frame, then nine looks a second.
    assert loop.live.sources[0].looked_at < 170
    assert source.retrieved < 175


def test_frames_that_are_too_small_end_the_source(captioner: Captioner) -> None:
    tiny = [np.zeros((12, 60, 3), np.uint8) + np.arange(60, dtype=np.uint8)[None, :, None] * 4]
    loop = _Loop(captioner, [FakeSource(tiny * 3, live=False)]).finish()
    assert loop.captures[0].failure == "fake: array: 60 x 12 pixels is too small; at least 16 x 16 are needed"
    assert loop.captions == []


def test_a_broken_loop_says_so(captioner: Captioner, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*arguments: object) -> None:
        raise RuntimeError("no reason")

    monkeypatch.setattr(captioner, "encode", breaks)
    loop = _Loop(captioner, [FakeSource([scene(0)] * 3, live=False)])
    while not loop.live.done:
        time.sleep(0.01)
    assert loop.live.failure == "the caption loop broke (RuntimeError: no reason); start it again, and report this"


def test_an_error_of_ours_is_said_as_it_is(captioner: Captioner, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*arguments: object) -> None:
        raise SourceError("cameras and videos need OpenCV; install it")

    monkeypatch.setattr(captioner, "encode", refuses)
    loop = _Loop(captioner, [FakeSource([scene(0)] * 3, live=False)])
    while not loop.live.done:
        time.sleep(0.01)
    assert loop.live.failure == "cameras and videos need OpenCV; install it"
