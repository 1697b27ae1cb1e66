"""Confidence finds the rule by which sentences are right."""

import numpy as np
import pytest

from edge_runtime.bundle.judge_spec import TERMS
from export.trust.figures import figures
from export.trust.regression import logistic
from export.trust.sureness import HEDGED, fit_confidence
from train.errors import DatasetError


def test_the_rule_is_found_and_what_does_not_matter_is_left_out() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1000, len(TERMS)))
    chances = logistic(2 * x[:, TERMS.index("mean_log_prob")] - 1 * x[:, TERMS.index("words")] + 0.5)
    right = rng.random(1000) < chances
    found = fit_confidence([dict(zip(TERMS, row, strict=True)) for row in x.tolist()], right.tolist(), seed=0)
    assert set(found.terms) == {"mean_log_prob", "words"}
    assert found.terms["mean_log_prob"] == pytest.approx(2, abs=0.35)
    assert found.terms["words"] == pytest.approx(-1, abs=0.25)
    assert found.bias == pytest.approx(0.5, abs=0.25)
    # No worse than who knows the rule, and not better either.
    assert abs(figures(found.held_out, right).roc_area - figures(chances, right).roc_area) < 0.01  # type: ignore[operator]
    assert figures(found.held_out, right).calibration_error < 0.05
    assert (found.held_out < found.hedge_below).mean() <= HEDGED


def test_where_nothing_helps_confidence_is_the_share_of_right_ones() -> None:
    rng = np.random.default_rng(1)
    rows = [dict(zip(TERMS, row, strict=True)) for row in rng.normal(size=(400, len(TERMS))).tolist()]
    found = fit_confidence(rows, [place % 4 != 0 for place in range(400)], seed=0)
    assert found.terms == {}
    assert found.bias == pytest.approx(np.log(3), abs=0.01)
    assert found.hedge_below == 0.5


@pytest.mark.parametrize("right", [[True] * 30 + [False] * 10, [True] * 200 + [False] * 4])
def test_too_few_sentences_are_refused(right: list[bool]) -> None:
    row = dict.fromkeys(TERMS, 0.0)
    with pytest.raises(DatasetError, match="confidence is fitted to 50 or more"):
        fit_confidence([row] * len(right), right, seed=0)
