import threading
import time
from collections.abc import Callable

import pytest

from edge_runtime.errors import SinkError
from edge_runtime.events import AlertEvent, Event, StatusEvent, WordsEvent
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.worker import MOST_EVENTS, MOST_FRAMES, SinkWorker
from tests.edge_runtime.sinks.made_events import caption, frame


class _Sink:
    """Notes what it gets; does `act` with everything, and waits at its gate."""

    def __init__(self, act: Callable[[str], None] = lambda _: None, wants_frames: bool = True) -> None:
        self.name = "--test"
        self.wants_frames = wants_frames
        self.got: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.threads: set[int] = set()
        self._act = act

    def _take(self, what: str) -> None:
        self.threads.add(threading.get_ident())
        self.entered.set()
        self.gate.wait(10)
        self._act(what)
        self.got.append(what)

    def check(self) -> None:
        pass

    def open(self) -> None:
        self._take("open")

    def event(self, event: Event) -> None:
        assert not isinstance(event, AlertEvent)
        self._take(event.message if isinstance(event, StatusEvent) else event.text)

    def frame(self, frame: Frame, caption: str) -> None:
        self._take(f"frame {frame.position:g} {caption}")

    def close(self) -> None:
        self._take("close")


class _IdleSink(_Sink):
    def idle(self) -> None:
        self._take("idle")


def _started(
    sink: _Sink, block: bool = False, stopped: Callable[[], bool] = lambda: False
) -> tuple[SinkWorker, list[str]]:
    said: list[str] = []
    worker = SinkWorker(sink, said.append, block, stopped)
    worker.start()
    return worker, said


def _held(sink: _Sink, block: bool = False, stopped: Callable[[], bool] = lambda: False) -> SinkWorker:
    """Started, and busy with a first event."""
    worker, _ = _started(sink, block, stopped)
    sink.gate.clear()
    sink.entered.clear()
    worker.event(caption("first"))
    assert sink.entered.wait(5)
    return worker


def test_everything_in_order_in_one_other_thread() -> None:
    sink = _Sink()
    worker, said = _started(sink, block=True)
    for number in range(5):
        worker.event(WordsEvent("0", number, f"words {number}"))
        worker.frame(frame(number), "a dog")
        worker.event(caption(f"caption {number}"))
    assert worker.close(5)
    between = [[f"words {number}", f"frame {number} a dog", f"caption {number}"] for number in range(5)]
    assert sink.got == ["open", *(what for group in between for what in group), "close"]
    assert len(sink.threads) == 1
    assert threading.get_ident() not in sink.threads
    assert (worker.failed, worker.dropped, said) == (False, 0, [])


@pytest.mark.alone
def test_a_sink_that_blocks_holds_nobody_up() -> None:
    sink = _Sink()
    worker = _held(sink)
    taken = []
    begun = time.monotonic()
    number = 0
    while time.monotonic() - begun < 2:
        before = time.perf_counter()
        worker.event(caption(f"{number}"))
        worker.event(WordsEvent("0", number, "words"))
        worker.frame(frame(number), "a dog")
        taken.append((time.perf_counter() - before) / 3)
        number += 1
        time.sleep(0.002)
    assert sink.got == ["open"]
    assert sorted(taken)[len(taken) * 99 // 100] < 1e-3
    sink.gate.set()
    assert worker.close(5)
    handed, arrived = 1 + 3 * number, len(sink.got) - len(["open", "close"])
    assert worker.dropped == handed - arrived
    assert arrived == 1 + MOST_EVENTS + MOST_FRAMES
    assert sink.got[-3:-1] == [f"{number - 1}", f"frame {number - 1} a dog"]


def test_only_the_newest_frames_wait() -> None:
    sink = _Sink()
    worker = _held(sink)
    worker.frame(frame(0), "")
    worker.event(caption("a"))
    for position in (1, 2, 3):
        worker.frame(frame(position), "")
    worker.event(caption("b"))
    sink.gate.set()
    assert worker.close(5)
    assert sink.got == ["open", "first", "a", "frame 2 ", "frame 3 ", "b", "close"]
    assert worker.dropped == 2


def test_words_go_before_captions_and_statuses() -> None:
    sink = _Sink()
    worker = _held(sink)
    kept = [f"caption {number}" for number in range(MOST_EVENTS - 3)]
    worker.event(WordsEvent("0", 0, "words 0"))
    worker.event(WordsEvent("0", 0, "words 1"))
    for text in kept:
        worker.event(caption(text))
    worker.event(StatusEvent("lost", "lost"))
    assert worker.dropped == 0
    worker.event(caption("one more"))
    worker.event(caption("two more"))
    worker.event(WordsEvent("0", 0, "no room"))
    assert worker.dropped == 3
    sink.gate.set()
    assert worker.close(5)
    assert sink.got == ["open", "first", *kept, "lost", "one more", "two more", "close"]


def test_then_the_oldest_captions_go() -> None:
    sink = _Sink()
    worker = _held(sink)
    for number in range(MOST_EVENTS + 2):
        worker.event(caption(f"{number}"))
    sink.gate.set()
    assert worker.close(5)
    assert sink.got == ["open", "first", *(f"{number}" for number in range(2, MOST_EVENTS + 2)), "close"]
    assert worker.dropped == 2


def test_a_blocking_one_makes_the_caller_wait() -> None:
    sink = _Sink(act=lambda _: time.sleep(0.002))
    worker, _ = _started(sink, block=True)
    for position in range(50):
        worker.frame(frame(position), "")
    assert worker.close(5)
    assert sink.got == ["open", *(f"frame {position} " for position in range(50)), "close"]
    assert worker.dropped == 0


def test_a_caller_that_waits_gives_up_when_stopped() -> None:
    sink = _Sink()
    stopped = threading.Event()
    worker = _held(sink, block=True, stopped=stopped.is_set)
    worker.frame(frame(0), "")
    worker.frame(frame(1), "")
    threading.Timer(0.1, stopped.set).start()
    begun = time.monotonic()
    worker.frame(frame(2), "")
    assert 0.05 < time.monotonic() - begun < 1
    assert worker.dropped == 1
    sink.gate.set()
    assert worker.close(5)


def test_a_caller_that_waits_is_let_go_when_it_is_closed() -> None:
    sink = _Sink()
    worker = _held(sink, block=True)
    worker.frame(frame(0), "")
    worker.frame(frame(1), "")
    caller = threading.Thread(target=worker.frame, args=(frame(2), ""), daemon=True)
    caller.start()
    assert not worker.close(0.05)
    caller.join(1)
    assert not caller.is_alive()
    sink.gate.set()
    assert worker.close(5)
    assert sink.got == ["open", "first", "frame 0 ", "frame 1 ", "close"]


def _break_at(text: str, error: Exception) -> Callable[[str], None]:
    def act(what: str) -> None:
        if what == text:
            raise error

    return act


def test_a_failure_is_said_once_and_the_sink_closed() -> None:
    sink = _Sink(_break_at("bad", SinkError("--test: the disk is full")))
    worker, said = _started(sink)
    for text in ("good", "bad", "later", "bad"):
        worker.event(caption(text))
    _wait_for(lambda: "close" in sink.got)
    assert worker.failed
    assert not worker.wants_frames
    worker.event(caption("ignored"))
    worker.frame(frame(), "")
    assert worker.close(1)
    assert sink.got == ["open", "good", "close"]
    assert said == ["--test: the disk is full"]


def test_an_unexpected_error_is_a_sentence() -> None:
    sink = _Sink(_break_at("bad", RuntimeError("two\nlines")))
    worker, said = _started(sink)
    worker.event(caption("bad"))
    assert worker.close(1)
    assert said == ["--test: stopped by an unexpected RuntimeError (two lines); please report it"]


def test_a_failure_to_close_is_said() -> None:
    sink = _Sink(_break_at("close", SinkError("--test: the disk is full")))
    worker, said = _started(sink)
    worker.event(caption("a"))
    assert worker.close(1)
    assert (worker.failed, said) == (True, ["--test: the disk is full"])


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (SinkError("--test: no"), "--test: no"),
        (KeyError("x"), "--test: stopped by an unexpected KeyError ('x'); please report it"),
    ],
)
def test_a_refusal_to_open_reaches_the_caller(error: Exception, sentence: str) -> None:
    sink = _Sink(_break_at("open", error))
    said: list[str] = []
    worker = SinkWorker(sink, said.append, block=True)
    with pytest.raises(SinkError) as refused:
        worker.start()
    assert str(refused.value) == sentence
    worker.event(caption("ignored"))
    assert worker.close(1)
    assert (sink.got, said) == ([], [])


def test_a_sink_that_hangs_does_not_hold_up_the_end() -> None:
    sink = _Sink()
    worker = _held(sink)
    begun = time.monotonic()
    assert not worker.close(0.1)
    assert 0.09 < time.monotonic() - begun < 0.5
    sink.gate.set()
    assert worker.close(5)


def test_one_that_was_never_started_is_closed() -> None:
    assert SinkWorker(_Sink(), print, block=False).close(1)


def test_frames_only_for_those_that_want_them() -> None:
    sink = _Sink(wants_frames=False)
    worker, _ = _started(sink)
    assert not worker.wants_frames
    worker.frame(frame(), "")
    assert worker.close(1)
    assert sink.got == ["open", "close"]


def test_an_idle_sink_is_called_while_nothing_comes() -> None:
    sink = _IdleSink()
    worker, _ = _started(sink)
    time.sleep(0.32)
    worker.event(caption("a"))
    assert worker.close(1)
    idle = sink.got.count("idle")
    assert 2 <= idle <= 6
    assert sink.got == ["open", *["idle"] * idle, "a", "close"]


def _wait_for(condition: Callable[[], bool]) -> None:
    by = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < by
        time.sleep(0.005)


class _LingeringSink(_Sink):
    def __init__(self, looks: int) -> None:
        super().__init__()
        self._looks = looks

    def lingers(self) -> bool:
        self._take("lingers")
        self._looks -= 1
        return self._looks > 0


def test_one_that_lingers_is_let_finish() -> None:
    sink = _LingeringSink(3)
    worker, _ = _started(sink)
    worker.event(caption("a"))
    assert worker.close(5)
    assert sink.got == ["open", "a", "lingers", "lingers", "lingers", "close"]


def test_but_not_where_somebody_waits() -> None:
    sink = _LingeringSink(10**9)
    stopped = threading.Event()
    worker, _ = _started(sink, stopped=stopped.is_set)
    assert not worker.close(0.2)
    stopped.set()
    assert worker.close(0.3)
    assert sink.got[-1] == "close"
