import numpy as np
import pytest

from export.calibration.ranges import METHODS, Observed, observe, ranges


def _seen(*examples: list[float]) -> Observed:
    seen = Observed()
    for example in examples:
        seen.add(np.array([example], np.float32))
    return seen


def test_min_max_and_its_mean() -> None:
    seen = _seen([-1.0, 2.0], [-3.0, 6.0])
    assert seen.range("min-max") == (-3.0, 6.0)
    assert seen.range("mean-min-max") == (-2.0, 4.0)
    assert seen.mean.tolist() == [-2.0, 4.0]


@pytest.mark.parametrize("method", METHODS)
def test_zero_is_always_inside(method: str) -> None:
    low, high = _seen(list(np.linspace(3, 5, 100)), [4.0]).range(method)  # type: ignore[arg-type]
    assert low == 0.0
    assert 1.0 < high <= 5.0
    assert _seen([0.0, 0.0]).range(method) == (0.0, 0.0)  # type: ignore[arg-type]


def test_a_histogram_grows_with_what_comes() -> None:
    """A thousand values of 1, then one of 1000: the percentile leaves the outlier out, min-max does not."""
    seen = _seen([1.0] * 200_000, [1000.0])
    assert seen.range("min-max") == (0.0, 1000.0)
    assert seen.range("percentile")[1] < 2.0


def test_entropy_cuts_a_long_tail_and_keeps_an_even_spread() -> None:
    rng = np.random.default_rng(0)
    tail = _seen([*rng.laplace(size=100_000).tolist(), 60.0])
    assert tail.range("entropy")[1] < 50
    even = _seen(rng.uniform(-1, 1, 100_000).tolist())
    assert even.range("entropy")[1] > 0.9


def test_observe_takes_channels_where_they_lie() -> None:
    values = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    found = observe(lambda _: {"x": values}, [{}, {}], channels_first=True)
    assert found["x"].mean.tolist() == [5.5, 17.5]
    assert len(observe(lambda _: {"x": values}, [{}])["x"].mean) == 4
    assert ranges(found, "min-max") == {"x": (0.0, 23.0)}
