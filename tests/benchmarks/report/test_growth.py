"""Costs whose law is known."""

import pytest

from benchmarks.report.costs import growth_of
from benchmarks.report.growth import FEWEST_SIZES, fit
from edge_runtime.bench.result import Row


def test_a_line() -> None:
    growth = fit({n: 3.0 + 0.5 * n for n in (1, 2, 5, 10, 20)})
    assert growth.law is not None
    assert (round(growth.law.start, 9), round(growth.law.slope, 9), round(growth.law.straightness, 9)) == (
        3.0,
        0.5,
        1.0,
    )
    assert growth.kind == "linear"
    assert growth.sentence("time", "ms", "word", "words").startswith(
        "time grows linearly with words: by 0.500 ms a word, on top of 3.00 ms (a line explains "
    )


def test_a_line_that_is_nearly_perfect_does_not_explain_all() -> None:
    growth = fit({n: 3.0 + 0.5 * n + (0.001 if n == 5 else 0) for n in (1, 2, 5, 10, 20)})
    assert growth.sentence("time", "ms", "word", "words").endswith("(a line explains over 99.9 %)")


def test_a_line_that_falls() -> None:
    growth = fit({n: 100.0 - 2 * n for n in (1, 2, 5, 10, 20)})
    assert growth.sentence("time", "ms", "thread", "threads").startswith(
        "time falls linearly with threads: by 2.00 ms a thread"
    )


def test_a_power() -> None:
    growth = fit({n: 8.0 / n for n in (1, 2, 4, 8, 16)})
    assert growth.law is not None
    assert growth.law.exponent == pytest.approx(-1.0)
    assert growth.kind == "power"
    assert growth.sentence("time", "ms", "thread", "threads").startswith(
        "time falls with threads as n^-1.00 (which explains "
    )


def test_neither() -> None:
    """Flat while there is room, then steep: a power of n^0.3 would be drawn through it, and be wrong everywhere."""
    growth = fit({1: 33.2, 2: 33.3, 3: 33.4, 4: 33.8, 5: 37.9, 6: 48.3, 7: 59.1, 8: 72.3})
    assert growth.kind == "irregular"
    assert growth.sentence("interval", "ms", "camera", "cameras") == (
        "interval grows with cameras by no simple law: 33.2 ms at 1, 72.3 ms at 8"
    )


def test_nothing_that_grows() -> None:
    growth = fit({1: 110.0, 10: 110.1, 100: 110.1, 1000: 110.1, 1_000_000: 110.2})
    assert growth.kind == "none"
    assert growth.sentence("memory", "MB", "picture", "pictures").startswith("memory does not grow with pictures: 0.1")
    assert growth.sentence("memory", "MB", "picture", "pictures").endswith(" MB more from 1 to 1,000,000")


@pytest.mark.parametrize("sizes", range(2, FEWEST_SIZES))
def test_too_few_sizes_have_no_law(sizes: int) -> None:
    """A line goes through two points exactly, and through three or four nearly so: it explains nothing."""
    growth = fit({n: 10.0 - n for n in range(1, sizes + 1)})
    assert (growth.kind, growth.law) == ("too few", None)
    told = growth.sentence("time", "ms", "thread", "threads")
    assert told.startswith("time with threads: 9 ms at 1, 8 ms at 2")
    assert told.endswith(f"(nothing is fitted through {sizes} sizes: a law with 2 parameters takes 5)")
    assert "explains" not in told
    assert growth.to_dict() == {"kind": "too few", "sizes": sizes, "first": 1.0, "last": float(sizes)}


@pytest.mark.parametrize("costs", [{1: 2.0}, {0: 1.0, 1: 2.0}, {1: 0.0, 2: 1.0}])
def test_what_cannot_be_fitted(costs: dict[float, float]) -> None:
    with pytest.raises(ValueError, match="two sizes at the least"):
        fit(costs)


def test_rows_of_two_sizes_have_no_law() -> None:
    rows = [
        Row(f"threads {n}", {"total_ms_p50": ms, "memory_mb": 112.0}, facts={"axis": "threads", "size": n})
        for n, ms in ((1, 6.545), (2, 5.719))
    ]
    time, memory = growth_of(rows)
    assert time.facts["sentence"] == (
        "time with threads: 6.54 ms at 1, 5.72 ms at 2 (nothing is fitted through 2 sizes: a law with 2 parameters takes 5)"
    )
    assert memory.name == "growth of memory with threads"
    assert "slope" not in memory.facts
