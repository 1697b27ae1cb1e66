import itertools
import threading
import time

import pytest

from edge_runtime.frames import pacing
from edge_runtime.frames.pacing import Pace


class _Clock(threading.Event):
    """A clock that stands still but while something waits."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        self.now += timeout or 0
        return False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(pacing, "time", clock)
    return clock


def test_waits_until_a_frame_is_due(clock: _Clock) -> None:
    pace = Pace()
    assert pace.is_due(5.0, 0.1, clock)  # the clock starts with the first frame, wherever it stands
    assert pace.is_due(5.1, 0.1, clock)
    assert clock.now == pytest.approx(100.1)


def test_a_frame_whose_time_has_passed_is_skipped(clock: _Clock) -> None:
    pace = Pace()
    assert pace.is_due(0.0, 0.01, clock)
    clock.now += 0.05
    assert not pace.is_due(0.01, 0.01, clock)
    assert pace.is_due(0.06, 0.01, clock)


def test_a_machine_that_cannot_even_skip_plays_slower(clock: _Clock) -> None:
    pace = Pace()
    shown = []
    for number in range(200):
        clock.now += 0.03  # decoding takes three times as long as the frame is shown
        if pace.is_due(number * 0.01, 0.01, clock):
            shown.append(number)
    assert shown[0] == 0
    assert {later - earlier for earlier, later in itertools.pairwise(shown)} == {35}  # a second of them


def test_closing_ends_the_wait() -> None:
    pace, closing = Pace(), threading.Event()
    pace.is_due(0.0, 0.1, closing)
    threading.Timer(0.1, closing.set).start()
    began = time.monotonic()
    pace.is_due(60.0, 0.1, closing)
    assert time.monotonic() - began < 1
