import threading
import time

import pytest

from edge_runtime.frames import pacing
from edge_runtime.frames.pacing import Pace


def test_waits_until_a_frame_is_due() -> None:
    pace, closing = Pace(), threading.Event()
    began = time.monotonic()
    assert pace.is_due(5.0, 0.1, closing)  # the clock starts with the first frame, wherever it stands
    assert pace.is_due(5.1, 0.1, closing)
    assert time.monotonic() - began == pytest.approx(0.1, abs=0.03)


def test_a_frame_whose_time_has_passed_is_skipped() -> None:
    pace, closing = Pace(), threading.Event()
    assert pace.is_due(0.0, 0.01, closing)
    time.sleep(0.05)
    assert not pace.is_due(0.01, 0.01, closing)
    assert pace.is_due(0.06, 0.01, closing)


def test_a_machine_that_cannot_even_skip_plays_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "CATCH_UP_SECONDS", 0.1)
    pace, closing = Pace(), threading.Event()
    shown = []
    for number in range(20):
        time.sleep(0.03)  # decoding takes three times as long as the frame is shown
        if pace.is_due(number * 0.01, 0.01, closing):
            shown.append(number)
    assert shown[0] == 0
    assert 3 <= len(shown) <= 8


def test_closing_ends_the_wait() -> None:
    pace, closing = Pace(), threading.Event()
    pace.is_due(0.0, 0.1, closing)
    threading.Timer(0.1, closing.set).start()
    began = time.monotonic()
    pace.is_due(60.0, 0.1, closing)
    assert time.monotonic() - began < 1
