import io
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.captioner import Captioner
from edge_runtime.errors import EdgeCaptionError, SourceError
from edge_runtime.events import CaptionEvent, Event, StatusEvent, WordsEvent
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline
from edge_runtime.live.rate_limiter import RateLimiter, RateOptions
from edge_runtime.machine.throttling import Sensors
from edge_runtime.sinks.text import TextSink
from tests.edge_runtime.fake_source import FakeSource, noisy, scene
from tests.judged_bundle import judged_bundle
from tests.two_languages import two_languages


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
        language: tuple[str, ...] = (),
    ) -> None:
        self.events: list[Event] = []
        options = LiveOptions(GateOptions(enabled=gate, max_age=0), ModelOptions(beam=beam, language=language))
        limiter = RateLimiter(RateOptions(max_fps), facts=lambda: Sensors(None, ()))
        further = options[ModelOptions].load_further(captioner)
        pipeline = Pipeline(captioner, sources, options, self.events.append, limiter=limiter, further=further)
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
    assert last.looked_at == 25
    assert 4 <= last.captions <= 8  # where a change has held, its sentence decides whether it is news
    ended = [event for event in loop.events if isinstance(event, StatusEvent)][-1]
    assert (ended.kind, ended.counters.frames, ended.counters.looked_at) == ("ended", 30, 30)


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


def test_several_languages_of_one_frame(tmp_path: Path) -> None:
    english = Captioner.load(two_languages(tmp_path / "bundle"))
    frames = [scene(0), scene(0), scene(1)]
    loop = _Loop(english, [FakeSource(frames, live=False)], gate=False, language=("en", "de")).finish()
    assert [(event.lines, event.changed) for event in loop.captions] == [
        (("a dark picture", "Ein dunkles Bild."), True),
        (("a dark picture", "Ein dunkles Bild."), False),
        (("a bright picture", "Ein helles Bild."), True),
    ]
    told = loop.captions[0].to_dict()
    assert (told["language"], told["caption"]) == ("en", "a dark picture")
    assert told["captions"] == {"en": "a dark picture", "de": "Ein dunkles Bild."}
    text = io.StringIO()
    sink = TextSink(text, several_sources=False)
    sink.open()
    for event in loop.events:
        sink.event(event)
    assert text.getvalue() == "a dark picture\nEin dunkles Bild.\na bright picture\nEin helles Bild.\n"


def test_a_language_that_is_asked_for_twice_or_unknown(tmp_path: Path) -> None:
    english = Captioner.load(two_languages(tmp_path / "bundle"))
    for tags, message in (
        (("en", "de", "de-AT"), "--language de-AT: de is asked for twice"),
        (("en", "fr"), "language fr: this bundle speaks en, de"),
    ):
        with pytest.raises(EdgeCaptionError, match=message):
            _Loop(english, [FakeSource([scene(0)], live=False)], language=tags)


def test_no_clear_picture_is_said_once_and_the_rest_goes_on(tiny_bundle: Path, tmp_path: Path) -> None:
    judged = Captioner.load(judged_bundle(tiny_bundle, tmp_path / "judged"))
    black, white = (np.full((48, 64, 3), value, np.uint8) for value in (0, 255))
    frames = [scene(0), black, black, white, scene(1), white]
    loop = _Loop(judged, [FakeSource(frames, live=False)], gate=False).finish()
    found = [(event.shown, event.text, event.abstained, event.changed) for event in loop.captions]
    nothing = ("no clear picture (black)", "")
    assert found == [
        ("a dark picture", "a dark picture", "", True),
        (*nothing, "black", True),
        (*nothing, "black", False),
        (*nothing, "white", False),
        ("a bright picture", "a bright picture", "", True),
        ("no clear picture (white)", "", "white", True),
    ]
    assert [event.words == () for event in loop.captions] == [False, True, True, True, False, True]
    told = [event.frame for event in loop.events if isinstance(event, WordsEvent)]
    assert set(told) == {0, 4}


def test_an_event_tells_of_its_own_frame_and_of_what_is_shown(tiny_bundle: Path, tmp_path: Path) -> None:
    sure = {"weights": {}, "bias": 0.0, "hedge_below": 0.6}
    bundle = judged_bundle(tiny_bundle, tmp_path / "judged", confidence=sure)
    neutral = Captioner.load(bundle, wording="neutral")
    told = _Loop(neutral, [FakeSource([scene(0)], live=False)]).finish().captions[0].to_dict()
    assert [told[name] for name in ("caption", "said", "hedged", "abstained")] == ["some frame", "some frame", True, ""]
    assert [word["word"] for word in told["words"]] == ["a", "dark", "picture"]
    asking = Captioner.load(bundle, min_confidence=0.6)
    told = _Loop(asking, [FakeSource([scene(0)], live=False)]).finish().captions[0].to_dict()
    assert [told[name] for name in ("caption", "said", "hedged", "abstained")] == ["", "", False, "unsure"]
    assert [word["word"] for word in told["words"]] == ["a", "dark", "picture"]


def test_a_covered_lens_is_seen_with_the_gate_too(tiny_bundle: Path, tmp_path: Path) -> None:
    judged = Captioner.load(judged_bundle(tiny_bundle, tmp_path / "judged"))
    black, white = (np.full((48, 64, 3), value, np.uint8) for value in (0, 255))
    nothing = "no clear picture (black)"
    frames = [scene(1), black, black, black, white, white, scene(0)]
    loop = _Loop(judged, [FakeSource(frames, live=False)]).finish()
    assert [(event.frame, event.shown, event.changed) for event in loop.captions] == [
        (0, "a bright picture", True),
        (1, nothing, True),
        (4, nothing, False),
        (6, "a dark picture", True),
    ]
    loop = _Loop(judged, [FakeSource([black, black, scene(1)], live=False)]).finish()
    assert [(event.frame, event.shown) for event in loop.captions] == [(0, nothing), (2, "a bright picture")]


def test_blank_frames_of_a_bundle_without_a_judge_are_passed_over(captioner: Captioner) -> None:
    black = np.zeros((48, 64, 3), np.uint8)
    loop = _Loop(captioner, [FakeSource([black, scene(1), black, scene(0)], live=False)]).finish()
    assert [(event.frame, event.shown) for event in loop.captions] == [(1, "a bright picture"), (3, "a dark picture")]


def test_no_word_is_shown_that_may_be_taken_back(tiny_bundle: Path, tmp_path: Path) -> None:
    bundle = judged_bundle(tiny_bundle, tmp_path / "judged", confidence={"weights": {}, "bias": 0.0})
    for least, shown in ((0.4, "a dark picture"), (0.6, "not sure what this is")):
        captioner = Captioner.load(bundle, min_confidence=least)
        loop = _Loop(captioner, [FakeSource([scene(0)], live=False)]).finish()
        assert [event.shown for event in loop.captions] == [shown]
        assert not any(isinstance(event, WordsEvent) for event in loop.events)


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
