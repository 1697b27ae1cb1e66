"""Costs whose law is known."""

import pytest

from benchmarks.scale.costs import growth_of
from benchmarks.scale.growth import fit
from edge_runtime.record import Row


def test_a_line() -> None:
    growth = fit({n: 3.0 + 0.5 * n for n in (1, 2, 5, 10, 20)})
    assert (round(growth.start, 9), round(growth.slope, 9), round(growth.straightness, 9)) == (3.0, 0.5, 1.0)
    assert growth.kind == "linear"
    assert growth.sentence("time", "ms", "word", "words") == (
        "time grows linearly with words: 0.500 ms a word on top of 3.00 ms (a line through 5 points explains 100.0 %)"
    )


def test_a_power() -> None:
    growth = fit({n: 8.0 / n for n in (1, 2, 4, 8, 16)})
    assert growth.exponent == pytest.approx(-1.0)
    assert growth.kind == "power"
    assert growth.sentence("time", "ms", "thread", "threads").startswith(
        "time falls with threads as n^-1.00, on no straight line"
    )


def test_nothing_that_grows() -> None:
    growth = fit({1: 110.0, 1000: 110.1, 20_000: 110.1})
    assert growth.kind == "none"
    assert growth.sentence("memory", "MB", "picture", "pictures") == (
        "memory does not grow with pictures: 0.0551 MB from 1 to 20,000"
    )


@pytest.mark.parametrize("costs", [{1: 2.0}, {1: 6.5, 2: 5.7}, {0: 1.0, 1: 2.0, 2: 3.0}, {1: 0.0, 2: 1.0, 3: 2.0}])
def test_what_cannot_be_fitted(costs: dict[float, float]) -> None:
    with pytest.raises(ValueError, match="3 sizes at the least"):
        fit(costs)


def test_two_points_have_no_law() -> None:
    rows = [
        Row(f"threads {n}", {"total_ms_p50": ms, "memory_mb": 112.0}, facts={"axis": "threads", "size": n})
        for n, ms in ((1, 6.545), (2, 5.719))
    ]
    time, memory = growth_of(rows)
    assert time.facts == {
        "figure": "total_ms_p50",
        "unit": "ms",
        "sentence": "time with threads: 6.54 ms at 1, 5.72 ms at 2; no law is fitted to fewer than 3 points",
    }
    assert memory.name == "growth of memory with threads"
    assert "slope" not in memory.facts
    (row, _) = growth_of(
        [*rows, Row("threads 4", {"total_ms_p50": 5.4, "memory_mb": 112.0}, facts={"axis": "threads", "size": 4})]
    )
    assert row.facts["points"] == 3


def test_a_line_that_misses_a_little_does_not_explain_all() -> None:
    costs = {float(n): 5.0 * n for n in (1, 10, 100, 1000)} | {2000.0: 10_050.0}
    assert "explains over 99.9 %" in fit(costs).sentence("time", "ms", "picture", "pictures")
