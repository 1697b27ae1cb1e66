"""Figures of confidence against what is worked out by hand."""

import numpy as np
import pytest

from export.trust.figures import calibration_error, figures, risk_by_coverage, roc_area


def _of(*pairs: tuple[float, int]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([chance for chance, _ in pairs]), np.array([bool(right) for _, right in pairs])


def test_the_area_under_the_roc_curve_counts_pairs() -> None:
    # Three right, two wrong: of six pairs 0.9 and 0.6 win over both, 0.4 over one and ties with none.
    assert roc_area(*_of((0.9, 1), (0.6, 1), (0.4, 1), (0.5, 0), (0.1, 0))) == pytest.approx(5 / 6)
    assert roc_area(*_of((0.5, 1), (0.5, 0))) == 0.5
    assert roc_area(*_of((0.2, 1), (0.7, 0))) == 0.0
    assert roc_area(*_of((0.2, 1), (0.7, 1))) is None


def test_the_calibration_error_is_a_mean_over_sentences() -> None:
    chances, right = _of((0.1, 0), (0.3, 1), (0.8, 1), (0.8, 1), (1.0, 0))
    # Bins of two and of three: means .2 against 1/2, and 2.6/3 against 2/3.
    assert calibration_error(chances, right, np.array([0.5])) == pytest.approx((2 * 0.3 + 3 * 0.2) / 5)
    assert calibration_error(*_of((1.0, 1), (0.0, 0)), np.array([0.5])) == 0.0
    assert calibration_error(*_of((1.0, 0), (0.0, 1)), np.array([0.5])) == 1.0


def test_in_whatever_order_sentences_of_one_chance_come_their_error_is_the_same() -> None:
    half = np.full(1000, 0.5)
    for right in (np.arange(1000) < 500, np.arange(1000) % 2 == 0):
        assert figures(half, right).calibration_error == figures(half, right).calibration_error_even == 0


def test_risk_is_that_of_the_surest() -> None:
    risks = risk_by_coverage(*_of((0.2, 0), (0.9, 1), (0.5, 0), (0.7, 1)))
    assert risks.tolist() == [0, 0, pytest.approx(1 / 3), 0.5]


def test_sentences_of_one_chance_are_alike_in_whatever_order() -> None:
    one = risk_by_coverage(*_of((0.5, 0), (0.5, 1), (0.1, 0)))
    other = risk_by_coverage(*_of((0.1, 0), (0.5, 1), (0.5, 0)))
    assert one.tolist() == other.tolist() == [0.5, 0.5, pytest.approx(2 / 3)]


def test_all_of_them_together() -> None:
    found = figures(*_of((0.9, 1), (0.7, 1), (0.5, 0), (0.2, 0)))
    assert (found.sentences, found.right, found.roc_area) == (4, 0.5, 1.0)
    assert found.calibration_error == pytest.approx((0.1 + 0.3 + 0.5 + 0.2) / 4)
    assert found.risk_area == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert found.curve[:10] == (0.0,) * 10
    assert found.curve[10:] == pytest.approx([1 / 3] * 5 + [1 / 2] * 5)
