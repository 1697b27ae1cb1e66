import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from edge_runtime.errors import SourceError
from edge_runtime.events import Counters, StatusEvent
from edge_runtime.frames.base import Frame, Pixels
from edge_runtime.frames.geometry import Geometry
from edge_runtime.live import capture as module
from edge_runtime.live.capture import Capture
from tests.edge_runtime.fake_source import LOST, FakeSource, scene


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_DELAY", 0.01)


class _Watching:
    """A capture and what it told."""

    def __init__(
        self, source: FakeSource, retries: int | None = None, watch: Callable[[Frame], None] | None = None
    ) -> None:
        self.told: list[StatusEvent] = []
        self.arrived = threading.Condition()
        self.capture = Capture(source, Geometry(), retries, self.arrived, self.told.append, watch)
        self.capture.open()
        self.capture.start()

    def next(self, seconds: float = 2.0) -> Frame | None:
        self.capture.want()
        until = time.monotonic() + seconds
        with self.arrived:
            while time.monotonic() < until:
                frame = self.capture.take()
                if frame is not None or self.capture.ended:
                    return frame
                self.arrived.wait(0.05)
        return None

    def until_ended(self) -> None:
        until = time.monotonic() + 5
        while not self.capture.ended and time.monotonic() < until:
            time.sleep(0.01)
        assert self.capture.ended

    def kinds(self) -> list[str]:
        return [event.kind for event in self.told]


def test_a_file_gives_every_frame_in_order() -> None:
    watching = _Watching(FakeSource([scene(number) for number in range(5)], live=False))
    frames = [watching.next() for _ in range(6)]
    assert [frame.number for frame in frames if frame] == [0, 1, 2, 3, 4]
    assert [round(frame.position, 2) for frame in frames if frame] == [0, 0.04, 0.08, 0.12, 0.16]
    assert frames[5] is None
    assert watching.capture.ended
    assert watching.capture.close(1.0)
    assert watching.kinds() == ["ended"]
    assert watching.told[0].position == pytest.approx(0.16)


def test_a_camera_keeps_the_newest_frame_alone() -> None:
    source = FakeSource([scene(0)] * 1000, interval=0.002)
    watching = _Watching(source)
    first = watching.next()
    time.sleep(0.2)
    source_retrieved = source.retrieved
    second = watching.next()
    assert first is not None
    assert second is not None
    assert second.number - first.number > 20
    assert time.monotonic() - second.captured < 0.1
    # Nobody wanted those between, so none of them was converted.
    assert source_retrieved <= first.number + 2
    watching.capture.close(1.0)
    assert not source.is_open


def test_a_lost_camera_comes_back_and_what_it_showed_before_is_gone() -> None:
    script: list[Pixels | str] = [scene(0), LOST]
    source = FakeSource(script + [scene(1)] * 200, interval=0.01)
    watching = _Watching(source)
    assert watching.next() is not None
    source.refusals = 3
    later = watching.next()
    assert later is not None
    np.testing.assert_array_equal(later.pixels, scene(1))
    assert watching.kinds() == ["lost", "recovered"]
    assert watching.told[0].message == "fake: broken off; trying again until it is back"
    assert (watching.capture.counters.lost, watching.capture.counters.recovered) == (1, 1)
    assert source.opened == 2
    watching.capture.close(1.0)


def test_attempts_are_counted() -> None:
    source = FakeSource([scene(0), LOST])
    watching = _Watching(source, retries=3)
    source.refusals = 100
    until = time.monotonic() + 5
    while not watching.capture.ended and time.monotonic() < until:
        time.sleep(0.01)
    assert watching.capture.failure == "fake: nobody answers; given up after 3 attempts"
    assert watching.kinds() == ["lost", "failed"]
    assert source.refusals == 97


def test_a_camera_that_opens_and_gives_no_frame_is_given_up_as_well() -> None:
    source = FakeSource([scene(0), LOST, LOST, LOST, LOST, scene(1)])
    watching = _Watching(source, retries=2)
    until = time.monotonic() + 5
    while not watching.capture.ended and time.monotonic() < until:
        time.sleep(0.01)
    assert watching.capture.failure == "fake: broken off; given up after 2 attempts"
    assert watching.kinds() == ["lost", "failed"]
    assert source.opened == 3


def test_whatever_a_driver_raises_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Pixels:
        raise RuntimeError("bad\nluck")

    source = FakeSource([scene(0)])
    monkeypatch.setattr(source, "retrieve", broken)
    watching = _Watching(source)
    assert watching.next() is None
    assert watching.capture.failure == "fake: stopped by an unexpected RuntimeError (bad luck); please report it"
    assert watching.kinds() == ["failed"]


def test_delays_grow_up_to_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_DELAY", 0.5)
    source = FakeSource([])
    capture = Capture(source, Geometry(), 9, threading.Condition(), lambda event: None)
    delays: list[float] = []
    monkeypatch.setattr(capture._stop, "wait", lambda seconds: delays.append(seconds))
    source.refusals = 100
    with pytest.raises(OSError, match="given up after 9 attempts"):
        capture._reopen("gone")
    middle = [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert all(0.8 * wanted <= delay <= 1.2 * wanted for wanted, delay in zip(middle, delays, strict=True))
    assert len({round(delay / wanted, 3) for wanted, delay in zip(middle, delays, strict=True)}) > 1


def test_a_driver_that_hangs_is_said_to_be_lost_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.1)
    source = FakeSource([scene(0)] * 10_000, interval=0.002)
    watching = _Watching(source)
    source.hang.set()
    time.sleep(0.2)
    for _ in range(3):
        watching.capture.check()
    assert watching.kinds() == ["lost"]
    source.hang.clear()
    assert watching.next() is not None
    assert watching.kinds() == ["lost", "recovered"]
    watching.capture.close(1.0)


def test_a_damaged_frame_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DAMAGED_FRAMES", 2)
    script: list[Pixels | str] = [scene(0), "damaged", "damaged", scene(1), "damaged", "damaged", "damaged", scene(2)]
    seen: list[int] = []
    watching = _Watching(FakeSource(script), watch=lambda frame: seen.append(frame.number))
    watching.until_ended()
    assert seen == [0, 3, 7]
    assert watching.kinds() == ["lost", "recovered", "ended"]


def test_a_medium_is_not_begun_anew_for_its_damaged_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_DAMAGED_FRAMES", 2)
    script: list[Pixels | str] = [scene(0), *["damaged"] * 9, scene(1)]
    source = FakeSource(script, live=False)
    watching = _Watching(source)
    assert [frame.number for frame in iter(watching.next, None)] == [0, 10]
    assert watching.kinds() == ["ended"]
    assert source.opened == 1


def test_a_source_that_is_away_at_the_start_is_like_a_lost_one() -> None:
    source = FakeSource([scene(0)] * 300, interval=0.01)
    source.refusals = 4
    watching = _Watching(source)
    assert source.refusals == 3
    assert watching.next() is not None
    assert watching.kinds() == ["lost", "recovered"]
    assert watching.told[0].message == "fake: nobody answers; trying again until it is there"
    assert (watching.told[0].counters.lost, watching.told[1].counters.recovered) == (1, 1)
    assert not watching.capture.is_away
    assert watching.capture.close(1.0)


def test_it_knows_that_it_is_away_and_stops_at_once_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_DELAY", 30.0)
    source = FakeSource([scene(0)])
    source.refusals = 100
    watching = _Watching(source)
    while not watching.told:
        time.sleep(0.01)
    assert watching.capture.is_away
    begun = time.monotonic()
    assert watching.capture.close(5.0)
    assert time.monotonic() - begun < 1
    assert watching.kinds() == ["lost"]


@pytest.mark.parametrize(("retries", "tail"), [(0, ""), (2, "; given up after 2 attempts")])
def test_attempts_at_a_source_that_never_was_there(retries: int, tail: str) -> None:
    source = FakeSource([scene(0)])
    source.refusals = 100
    watching = _Watching(source, retries)
    watching.until_ended()
    assert watching.capture.failure == f"fake: nobody answers{tail}"
    assert watching.kinds() == (["lost", "failed"] if retries else ["failed"])


def test_waiting_for_a_source_ends_where_it_would_not_help(monkeypatch: pytest.MonkeyPatch) -> None:
    source = FakeSource([scene(0)])
    source.refusals = 100
    watching = _Watching(source)
    source.refusal = SourceError
    watching.until_ended()
    assert watching.capture.failure == "fake: nobody answers"
    assert watching.kinds() == ["lost", "failed"]


def test_what_a_server_says_while_it_starts_passes() -> None:
    source = FakeSource([scene(0), LOST, *[scene(1)] * 300], interval=0.01)
    source.refusal = SourceError
    watching = _Watching(source)
    assert watching.next() is not None
    source.refusals = 3
    assert watching.next() is not None
    assert watching.kinds() == ["lost", "recovered"]
    watching.capture.close(1.0)


def test_what_waiting_does_not_help_is_raised_by_opening() -> None:
    source = FakeSource([scene(0)])
    source.refusals, source.refusal = 1, SourceError
    capture = Capture(source, Geometry(), None, threading.Condition(), lambda event: None)
    with pytest.raises(SourceError, match="nobody answers"):
        capture.open()


def test_whatever_opening_raises_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: FakeSource) -> FakeSource:
        raise RuntimeError("bad\nluck")

    monkeypatch.setattr(FakeSource, "__enter__", breaks)
    capture = Capture(FakeSource([]), Geometry(), None, threading.Condition(), lambda event: None)
    with pytest.raises(
        SourceError, match=r"fake: stopped by an unexpected RuntimeError \(bad luck\); please report it"
    ):
        capture.open()


def test_the_end_is_told_after_the_last_caption_with_what_was_counted() -> None:
    watching = _Watching(FakeSource([scene(0), scene(1)], live=False))
    for _ in range(2):
        assert watching.next() is not None
        time.sleep(0.1)  # a caption is being made
        watching.capture.count(looked_at=1)
        watching.capture.count(captions=1)
    assert watching.told == []
    assert watching.next() is None
    (event,) = watching.told
    assert (event.kind, event.counters) == ("ended", Counters(frames=2, looked_at=2, captions=2))


def test_a_window_gets_every_frame() -> None:
    seen: list[int] = []
    watching = _Watching(FakeSource([scene(0)] * 50, interval=0.001), watch=lambda frame: seen.append(frame.number))
    while not watching.capture.ended:
        time.sleep(0.01)
    assert seen == list(range(50))


def test_a_change_of_size_is_told() -> None:
    script = [scene(0), scene(0, 96, 128), scene(1, 96, 128)]
    watching = _Watching(FakeSource(script, live=False))
    shapes = [frame.pixels.shape for frame in iter(watching.next, None)]
    assert shapes == [(48, 64, 3), (96, 128, 3), (96, 128, 3)]
    assert watching.told[0].message == "fake: frames of 128 x 96 pixels from now on"


def test_a_region_outside_the_frame_ends_it() -> None:
    told: list[StatusEvent] = []
    source = FakeSource([scene(0)] * 5)
    capture = Capture(source, Geometry(region=(0, 0, 100, 40)), None, threading.Condition(), told.append)
    capture.open()
    capture.start()
    while not capture.ended:
        time.sleep(0.01)
    assert capture.failure == (
        "fake: region 0,0,100,40: reaches beyond the frame, which has 64 x 48 pixels; choose a smaller one"
    )
    assert [event.kind for event in told] == ["failed"]
    assert not source.is_open
