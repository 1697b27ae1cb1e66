"""The probe of clear pictures."""

import numpy as np
import pytest

from edge_runtime.bundle.judge_spec import JudgeSpec
from edge_runtime.judging.clearness import ClearnessProbe
from export.trust.probe import choose_least_clear, fit_probe


def test_a_probe_tells_pictures_from_what_is_none_and_says_why() -> None:
    rng = np.random.default_rng(0)

    def around(*centre: float) -> np.ndarray:
        return rng.normal(centre, 0.3, (200, 4)).astype(np.float32)

    kinds = {"dark": [around(4, 0, 1, 2), around(4, 0, 1, 2)], "noise": [around(0, 4, 1, 2)] * 2}
    matrix = fit_probe([around(0, 0, 1, 2), around(0, 0, 1, 3)], kinds)
    assert matrix.dtype == np.float32
    assert matrix.shape == (5, 5)
    assert matrix[3] == pytest.approx([0, 0, 1, 2.5, 0], abs=0.1)
    probe = ClearnessProbe(JudgeSpec("values", 1, ("picture", *kinds)), matrix)
    # Two places whose means are the first two features, and whose deviations 1 and 2 the others.
    around_zero = np.array([[1, 2], [-1, -2]], np.float32)
    found = [probe.judge(around_zero + centre) for centre in np.array([[0, 0], [4, 0], [0, 4]], np.float32)]
    assert [one.log_odds > 0 for one in found] == [True, False, False]
    assert [one.likeliest for one in found[1:]] == ["dark", "noise"]
    assert found[0].distance < 1 < 5 < found[1].distance


def test_as_few_photographs_are_refused_as_is_asked_for() -> None:
    odds = np.arange(-200, 0)
    least = choose_least_clear(odds.tolist(), 0.01)
    assert least == -198
    assert (odds < least).mean() == 0.01
    assert choose_least_clear(odds.tolist(), 0.0) == -200
    assert choose_least_clear((odds + 300).tolist(), 0.01) == 0
    assert choose_least_clear(odds.tolist(), 1.0) == -1
