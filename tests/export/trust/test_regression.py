"""Linear models find the rule that labels follow."""

import numpy as np
import pytest

from export.trust.regression import fit_logistic, fit_softmax, logistic, softmax


def test_logistic_regression_finds_the_rule_behind_labels() -> None:
    rng = np.random.default_rng(0)
    x = np.stack([rng.normal(5, 2, 20_000), rng.normal(-1, 0.1, 20_000)], 1)
    right = rng.random(20_000) < logistic(0.8 * x[:, 0] - 4 * x[:, 1] - 8)
    first, second, bias = fit_logistic(x, right, penalty=0)
    assert first == pytest.approx(0.8, abs=0.05)
    assert second == pytest.approx(-4, abs=0.4)
    assert bias == pytest.approx(-8, abs=0.5)


def test_without_features_the_chance_is_the_share() -> None:
    weights = fit_logistic(np.zeros((8, 0)), np.arange(8) < 6)
    assert logistic(weights) == pytest.approx([0.75])


def test_a_feature_that_never_changes_weighs_nothing() -> None:
    x = np.stack([np.full(40, 3.0), np.arange(40.0)], 1)
    weights = fit_logistic(x, np.arange(40) > 19)
    assert weights[0] == 0
    assert weights[1] > 0


def test_a_softmax_tells_kinds_apart_and_heeds_their_parts() -> None:
    rng = np.random.default_rng(0)
    centres = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 300.0]])
    kinds = np.repeat(np.arange(3), [300, 30, 30])
    x = (centres[kinds] + rng.normal(size=(360, 2)) * [1, 50]).astype(np.float32)
    weights = fit_softmax(x, kinds, [0.5, 0.25, 0.25], 1e-3)
    scores = x @ weights[:, :-1].T + weights[:, -1]
    assert (scores.argmax(1) == kinds).mean() > 0.97
    # Where nothing tells, chances are the parts.
    blind = fit_softmax(np.zeros((360, 1), np.float32), kinds, [0.5, 0.25, 0.25], 1e-3)
    assert softmax(blind[:, -1][None])[0] == pytest.approx([0.5, 0.25, 0.25], abs=1e-3)
