import dataclasses

from edge_runtime.conditions import WIDEST, Moment, doubts, machine_facts, moment, state
from edge_runtime.throttling import COOLED

QUIET = Moment(45.0, (), (), 2400, 0.5, 3)


def test_nothing_speaks_against_a_quiet_machine() -> None:
    assert doubts(QUIET, QUIET, {"total": WIDEST}, 2) == []


def test_held_back_at_any_time() -> None:
    past = dataclasses.replace(QUIET, throttled_before=("throttled",))
    (doubt,) = doubts(QUIET, past, {}, 2)
    assert doubt.startswith("the processor was held back (throttled)")
    assert doubts(past, past, {}, 2) == []
    (doubt,) = doubts(QUIET, dataclasses.replace(QUIET, throttled=("under-voltage",)), {}, 2)
    assert "(under-voltage)" in doubt
    (doubt,) = doubts(QUIET, dataclasses.replace(QUIET, heat_events=4), {}, 2)
    assert f"({COOLED})" in doubt


def test_too_hot() -> None:
    (doubt,) = doubts(QUIET, dataclasses.replace(QUIET, temperature=101.0), {}, 2)
    assert doubt.startswith("the processor was at 101 C")


def test_a_wide_spread_is_named() -> None:
    (doubt,) = doubts(QUIET, QUIET, {"a": 0.05, "b": 0.2, "c": 0.11}, 2)
    assert doubt.startswith("the spread is too wide (b: 20 % either way and 1 more; 10 % is the most)")


def test_busy_before() -> None:
    (doubt,) = doubts(dataclasses.replace(QUIET, load=1000.0), QUIET, {}, 2)
    assert doubt.startswith("the machine was busy before the measurement began (load 1000.0)")


def test_this_machine() -> None:
    facts, now = machine_facts(), moment()
    assert facts["cores"] >= 1
    assert {"numpy", "onnxruntime", "pillow"} <= set(facts["packages"])
    assert state(now, now)["before"]["load"] == now.load
