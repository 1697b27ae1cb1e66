"""Readings find the pictures that are hard, and are judged on pictures that did not fit them."""

import numpy as np
import pytest

from edge_runtime.bundle.judge_spec import TERMS
from export.trust.figures import roc_area
from export.trust.folds import FOLDS, fold_of
from export.trust.readings import fit_readings
from export.trust.regression import logistic
from export.trust.sureness import fit_confidence


def test_hard_pictures_are_told_and_chance_is_not() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(600, 40)).astype(np.float32)
    right = (rng.random(600) < logistic(2 * features[:, 3].astype(np.float64))).astype(np.float64)
    found = fit_readings(features, right, 0)
    assert np.abs(found.weights[:-1]).argmax() == 3
    assert roc_area(found.unseen, right > 0) > 0.75  # type: ignore[operator]
    for fold in range(FOLDS):
        assert roc_area(found.nested[fold, found.folds == fold], right[found.folds == fold] > 0) > 0.65  # type: ignore[operator]
    chance = fit_readings(features, rng.permutation(right), 0)
    # Weights that have seen a picture know it by heart; those that have not say nothing.
    assert roc_area(chance.unseen, right > 0) == pytest.approx(0.5, abs=0.06)


def test_confidence_takes_them_up() -> None:
    rng = np.random.default_rng(1)
    features = rng.normal(size=(600, 10)).astype(np.float32)
    right = rng.random(600) < logistic(3 * features[:, 0].astype(np.float64))
    rows = [dict.fromkeys(TERMS, 0.0) | {"words": float(count)} for count in rng.integers(5, 12, 600)]
    readings = fit_readings(features, right.astype(np.float64), 0)
    found = fit_confidence(rows, right.tolist(), 0, readings)
    assert set(found.terms) == {"seen"}
    assert found.terms["seen"] > 1  # shrunk weights say too little
    assert roc_area(found.held_out, right) > 0.8  # type: ignore[operator]
    some = np.flatnonzero(np.arange(600) % 3)
    fewer = fit_confidence([rows[place] for place in some], right[some].tolist(), 0, readings.of(some))
    assert set(fewer.terms) == {"seen"}


def test_folds_have_both_kinds() -> None:
    right = np.arange(50) < 10
    folds = fold_of(right, 3)
    assert [int(right[folds == fold].sum()) for fold in range(FOLDS)] == [2] * FOLDS
    assert [int((folds == fold).sum()) for fold in range(FOLDS)] == [10] * FOLDS
