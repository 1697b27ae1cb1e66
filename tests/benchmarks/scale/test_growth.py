"""Costs whose law is known."""

import pytest

from benchmarks.scale.growth import fit


def test_a_line() -> None:
    growth = fit({n: 3.0 + 0.5 * n for n in (1, 2, 5, 10, 20)})
    assert (round(growth.start, 9), round(growth.slope, 9), round(growth.straightness, 9)) == (3.0, 0.5, 1.0)
    assert growth.kind == "linear"
    assert growth.sentence("time", "ms", "word", "words") == (
        "time grows linearly with words: 0.50 ms a word on top of 3.00 ms (a line explains 100.0%)"
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
        "memory does not grow with pictures: 0.06 MB from 1 to 20,000"
    )


@pytest.mark.parametrize("costs", [{1: 2.0}, {0: 1.0, 1: 2.0}, {1: 0.0, 2: 1.0}])
def test_what_cannot_be_fitted(costs: dict[float, float]) -> None:
    with pytest.raises(ValueError, match="two sizes at the least"):
        fit(costs)
