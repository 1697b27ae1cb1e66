import dataclasses

import pytest

from edge_runtime.bench.environment import WIDEST, Snapshot, machine_facts, measurement_warnings, snapshot, state
from edge_runtime.machine.throttling import COOLED

QUIET = Snapshot(45.0, (), (), 2400, 0.1, 3)


def test_nothing_speaks_against_a_quiet_machine() -> None:
    assert measurement_warnings(QUIET, QUIET, {"total": WIDEST}) == []


def test_held_back_at_any_time() -> None:
    past = dataclasses.replace(QUIET, throttled_before=("throttled",))
    (warning,) = measurement_warnings(QUIET, past, {})
    assert warning.startswith("the processor was held back (throttled)")
    assert measurement_warnings(past, past, {}) == []
    (warning,) = measurement_warnings(QUIET, dataclasses.replace(QUIET, throttled=("under-voltage",)), {})
    assert "(under-voltage)" in warning
    (warning,) = measurement_warnings(QUIET, dataclasses.replace(QUIET, heat_events=4), {})
    assert f"({COOLED})" in warning


def test_too_hot() -> None:
    (warning,) = measurement_warnings(QUIET, dataclasses.replace(QUIET, temperature=101.0), {})
    assert warning.startswith("the processor was at 101 C")


def test_a_wide_spread_is_named() -> None:
    (warning,) = measurement_warnings(QUIET, QUIET, {"a": 0.05, "b": 0.2, "c": 0.11})
    assert warning.startswith("the spread is too wide (b: 20 % either way and 1 more; 10 % is the most)")


@pytest.mark.parametrize("when", ["before", "after"])
def test_busy_with_others(when: str) -> None:
    snapshots = {"before": QUIET, "after": QUIET} | {when: dataclasses.replace(QUIET, busy=1.6)}
    (warning,) = measurement_warnings(snapshots["before"], snapshots["after"], {})
    assert warning == "other processes kept 1.6 cores busy: stop what else runs and measure again"


def test_this_machine() -> None:
    facts, now = machine_facts(), snapshot()
    assert facts["cores"] >= 1
    assert {"numpy", "onnxruntime", "pillow"} <= set(facts["packages"])
    assert state(now, now)["before"]["busy"] == now.busy
