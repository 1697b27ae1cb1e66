import math

import numpy as np
import pytest

from edge_runtime.bundle.judge_spec import ConfidenceSpec, JudgeSpec
from edge_runtime.judging.clearness import Clearness, ClearnessProbe, picture_features
from edge_runtime.judging.confidence import confidence, confidence_terms


def test_features_are_of_channels_wherever_they_lie() -> None:
    rng = np.random.default_rng(0)
    grid = rng.normal(size=(5, 6)).astype(np.float32)
    by_head = grid.reshape(5, 2, 3).transpose(1, 0, 2).reshape(1, 5, 6)
    wanted = np.concatenate([grid.mean(0), grid.std(0)])
    np.testing.assert_allclose(picture_features(by_head, 2), wanted, rtol=1e-5)
    np.testing.assert_allclose(picture_features(grid, 1), wanted, rtol=1e-5)


def test_log_odds_and_distance() -> None:
    matrix = np.array([[1, 0, 0.5], [0, 0, 0], [0, 0, -1], [2, 0, 0], [4, 1, 0]], np.float32)
    probe = ClearnessProbe(JudgeSpec("values", 1, ("picture", "black", "noise")), matrix)
    found = probe.judge(np.array([[1.0], [3.0]], np.float32))  # mean 2, deviation 1
    assert found.log_odds == pytest.approx(2.5 - math.log(1 + math.exp(-1)), abs=1e-5)
    assert found.likeliest == "black"
    assert found.distance == pytest.approx(math.sqrt((0 + 1) / 2))


def test_terms_and_confidence() -> None:
    terms = confidence_terms([-1.0, -3.0], Clearness(50.0, "noise", 0.8))
    assert terms == pytest.approx(
        {"mean_log_prob": -2, "least_log_prob": -3, "first_words": -4, "spread": 1, "words": 2, "clear": 10}
        | {"distance": 0.8, "seen": 0}
    )
    spec = ConfidenceSpec({"mean_log_prob": 1.0, "clear": 0.5}, -2.0, 0.0, 0.3, 1.0)
    assert confidence(spec, terms) == pytest.approx(1 / (1 + math.exp(-1)))
    assert confidence(ConfidenceSpec({}, -1e6, 0.0, 0.3, 1.0), terms) < 1e-9
    assert set(confidence_terms([], None)) == set(terms)


def test_a_further_row_tells_how_likely_a_sentence_is_right() -> None:
    matrix = np.array([[1, 0, 0.5], [0, 0, 0], [0, 0, -1], [1, -2, 0.25], [2, 0, 0], [4, 1, 0]], np.float32)
    probe = ClearnessProbe(JudgeSpec("values", 1, ("picture", "black", "noise"), tells_right=True), matrix)
    found = probe.judge(np.array([[1.0], [3.0]], np.float32))  # mean 2, deviation 1
    assert found.seen == pytest.approx(0.25)
    assert found.log_odds == pytest.approx(2.5 - math.log(1 + math.exp(-1)), abs=1e-5)
    assert confidence_terms([], found)["seen"] == pytest.approx(0.25)
    assert confidence_terms([], Clearness(0, "", 1, 99))["seen"] == 10
