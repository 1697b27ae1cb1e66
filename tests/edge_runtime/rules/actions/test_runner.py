import threading
import time
from collections.abc import Callable

from edge_runtime.errors import ActionError
from edge_runtime.events import AlertEvent
from edge_runtime.rules.actions.lane import MOST_WAITING
from edge_runtime.rules.actions.runner import Runner
from tests.edge_runtime.sinks.made_scenes import START, scene


class _Action:
    def __init__(self, name: str, act: Callable[[AlertEvent], object], workers: int = 1) -> None:
        self.name, self.workers, self._act = name, workers, act
        self.stopped = threading.Event()

    def check(self) -> None:
        """It always could be."""

    def act(self, alert: AlertEvent) -> None:
        self._act(alert)

    def stop(self) -> None:
        self.stopped.set()


class _Told:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.ended: list[tuple[str, bool]] = []
        self.changed = threading.Condition()

    def end(self, alert: AlertEvent, well: bool) -> None:
        with self.changed:
            self.ended.append((alert.scene.id[-6:], well))
            self.changed.notify_all()

    def wait(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.ended) >= count, 10), self.ended


def _alert(number: int = 1, rule: str = "r") -> AlertEvent:
    return AlertEvent(rule, scene("a dog", number=number), START)


def _fails(sentence: str) -> Callable[[AlertEvent], object]:
    def act(_: AlertEvent) -> None:
        raise ActionError(sentence)

    return act


def test_an_action_that_hangs_holds_up_nothing_but_itself() -> None:
    told, over, done = _Told(), threading.Event(), threading.Event()
    hanging = _Action("hangs", lambda _: over.wait(30))
    runner = Runner({"r": [hanging, _Action("quick", lambda _: done.set())]}, told.said.append, told.end)
    begun = time.monotonic()
    for number in range(40):
        runner.run(_alert(number))
        time.sleep(0.005)
    assert time.monotonic() - begun < 2
    assert done.wait(5)
    over.set()
    runner.close(10)
    told.wait(40)
    # What waits is bounded, and what was left out is told once; the quick one sent them all the same.
    assert told.said[0] == "hangs: too slow, an alert was left out; told once"
    assert all(well for _, well in told.ended)
    assert MOST_WAITING == 16


def test_an_alert_is_sent_where_any_action_was_done() -> None:
    told = _Told()
    runner = Runner({"r": [_Action("a", _fails("a: no")), _Action("b", lambda _: None)]}, told.said.append, told.end)
    runner.run(_alert())
    told.wait(1)
    assert told.ended == [("000001", True)]
    runner = Runner({"r": [_Action("a", _fails("a: no")), _Action("b", _fails("b: no"))]}, told.said.append, told.end)
    runner.run(_alert(2))
    told.wait(2)
    assert told.ended[-1] == ("000002", False)
    runner.close(1)


def test_a_rule_without_actions_has_sent_it() -> None:
    told = _Told()
    Runner({"r": []}, told.said.append, told.end).run(_alert())
    assert told.ended == [("000001", True)]


def test_failures_are_told_once_a_kind_with_their_count() -> None:
    told = _Told()
    outcomes = iter(["x: away"] * 3 + ["x: refused"] + [""] + ["x: away"] * 2)

    def act(_: AlertEvent) -> None:
        if sentence := next(outcomes):
            raise ActionError(sentence)

    runner = Runner({"r": [_Action("x", act)]}, told.said.append, told.end)
    for number in range(7):
        runner.run(_alert(number))
        told.wait(number + 1)
    runner.close(5)
    assert told.said == [
        "x: away; told once",
        "x: refused; told once",
        "x: works again, after 4 times that it did not",
        "x: away; told once",
        "x: away; 2 times in all",
    ]


def test_an_unexpected_error_is_a_sentence() -> None:
    told = _Told()

    def act(_: AlertEvent) -> None:
        raise ZeroDivisionError("by\nzero")

    runner = Runner({"r": [_Action("x", act)]}, told.said.append, told.end)
    runner.run(_alert())
    runner.run(_alert(2))
    told.wait(2)
    runner.close(1)
    assert told.said[0] == "x: an unexpected ZeroDivisionError (by zero); please report it; told once"


def test_at_most_so_many_run_at_once() -> None:
    told, lock, over = _Told(), threading.Lock(), threading.Event()
    running: list[int] = [0, 0]

    def act(_: AlertEvent) -> None:
        with lock:
            running[0] += 1
            running[1] = max(running)
        over.wait(5)
        with lock:
            running[0] -= 1

    runner = Runner({"r": [_Action("x", act, workers=3)]}, told.said.append, told.end)
    for number in range(8):
        runner.run(_alert(number))
    time.sleep(0.3)
    over.set()
    told.wait(8)
    runner.close(5)
    assert running == [0, 3]


def test_the_end_waits_no_longer_than_it_may() -> None:
    told, over = _Told(), threading.Event()
    action = _Action("x", lambda _: over.wait(30))
    runner = Runner({"r": [action]}, told.said.append, told.end)
    runner.run(_alert())
    runner.run(_alert(2))
    begun = time.monotonic()
    runner.close(0.3)
    assert time.monotonic() - begun < 2
    assert action.stopped.is_set()
    runner.run(_alert(3))  # too late
    assert told.ended == [("000003", False)]
    over.set()
