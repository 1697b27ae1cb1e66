import numpy as np
import pytest

from edge_runtime.bench.statistics import noise, percentile, spread, summary


def test_percentiles_are_numpys() -> None:
    values = [5.0, 1.0, 4.0, 2.5]
    for share in (0, 37, 50, 90, 99, 100):
        assert percentile(values, share) == pytest.approx(float(np.percentile(values, share)))
    assert summary("total_ms", [1.0, 2.0, 3.0]) == {"total_ms_p50": 2.0, "total_ms_p90": 2.8, "total_ms_p99": 2.98}


def test_noise_is_of_parts_that_follow_each_other() -> None:
    assert noise([1.0, 3.0] * 50) == 0.0
    assert noise([1.0] * 80 + [1.5] * 20) == 0.25
    assert noise([1.0, 2.0]) == 0.0


def test_spread_of_few() -> None:
    assert spread([10.0, 12.0, 9.0]) == 0.15
    assert spread([7.0]) == 0.0
    assert spread([0.0, 0.0]) == 0.0
