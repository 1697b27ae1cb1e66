import dataclasses

import pytest

from edge_runtime.bench.environment import WIDEST, Moment, doubts, machine_facts, moment, state
from edge_runtime.machine.throttling import COOLED

QUIET = Moment(45.0, (), (), 2400, 0.1, 3)


def test_nothing_speaks_against_a_quiet_machine() -> None:
    assert doubts(QUIET, QUIET, {"total": WIDEST}) == []


def test_held_back_at_any_time() -> None:
    past = dataclasses.replace(QUIET, throttled_before=("throttled",))
    (doubt,) = doubts(QUIET, past, {})
    assert doubt.startswith("the processor was held back (throttled)")
    assert doubts(past, past, {}) == []
    (doubt,) = doubts(QUIET, dataclasses.replace(QUIET, throttled=("under-voltage",)), {})
    assert "(under-voltage)" in doubt
    (doubt,) = doubts(QUIET, dataclasses.replace(QUIET, heat_events=4), {})
    assert f"({COOLED})" in doubt


def test_too_hot() -> None:
    (doubt,) = doubts(QUIET, dataclasses.replace(QUIET, temperature=101.0), {})
    assert doubt.startswith("the processor was at 101 C")


def test_a_wide_spread_is_named() -> None:
    (doubt,) = doubts(QUIET, QUIET, {"a": 0.05, "b": 0.2, "c": 0.11})
    assert doubt.startswith("the spread is too wide (b: 20 % either way and 1 more; 10 % is the most)")


@pytest.mark.parametrize("when", ["before", "after"])
def test_busy_with_others(when: str) -> None:
    moments = {"before": QUIET, "after": QUIET} | {when: dataclasses.replace(QUIET, busy=1.6)}
    (doubt,) = doubts(moments["before"], moments["after"], {})
    assert doubt == "other processes kept 1.6 cores busy: stop what else runs and measure again"


def test_this_machine() -> None:
    facts, now = machine_facts(), moment()
    assert facts["cores"] >= 1
    assert {"numpy", "onnxruntime", "pillow"} <= set(facts["packages"])
    assert state(now, now)["before"]["busy"] == now.busy
