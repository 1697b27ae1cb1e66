"""Linear models fitted to labels: a softmax of several kinds, and a logistic one of right and wrong."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

_LEAST_DEVIATION = 1e-6
_STEPS = 600
_NEWTON_STEPS = 50
_STILL, _NEWTON_STILL = 3e-5, 1e-8
"""Largest number of a gradient at which a fit has ended."""


def softmax(scores: npt.NDArray[np.floating]) -> Matrix:
    """Return chances of each row's kinds; float64 [N, K]."""
    shifted = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(shifted / shifted.sum(1, keepdims=True), np.float64)


def fit_softmax(
    features: npt.NDArray[np.float32], kinds: npt.NDArray[np.int64], parts: Sequence[float], penalty: float
) -> Matrix:
    """Fit multinomial logistic regression with a penalty on the squares of its weights.

    Nesterov's gradient with restarts (O'Donoghue and Candes 2015), its step from the largest curvature, so that there is no rate to
    choose. Features are standardised meanwhile.

    Args:
        features: float32 [N, F].
        kinds: int64 [N], 0 to K - 1, each there.
        parts: Of each of the K kinds in the loss, together 1, however many examples it has.
        penalty: Of half the squares of the weights of standardised features, against the mean loss.

    Returns:
        float64 [K, F + 1]: weights of the features as they come, then the bias.
    """
    mean, deviation = standard(features)
    x = np.concatenate([(features - mean) / deviation, np.ones((len(features), 1))], 1).astype(np.float32)
    count = len(parts)
    share = (np.array(parts) / np.bincount(kinds, minlength=count))[kinds]
    wanted = np.eye(count)[kinds]
    held = np.full(x.shape[1], penalty)
    held[-1] = 0.0
    # The softmax's curvature is at most half that of its inputs (Boehning 1992).
    step = 1 / (0.5 * float(np.linalg.eigvalsh((x * share[:, None].astype(np.float32)).T @ x)[-1]) + penalty)
    weights = ahead = np.zeros((count, x.shape[1]))
    momentum = 1.0
    for _ in range(_STEPS):
        error = (softmax(x @ ahead.T.astype(np.float32)) - wanted) * share[:, None]
        gradient = error.T.astype(np.float32) @ x + held * ahead
        if np.abs(gradient).max() < _STILL:
            break
        following = ahead - step * gradient
        grown = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        if ((following - weights) * gradient).sum() > 0:
            ahead, momentum = following, 1.0
        else:
            ahead, momentum = following + (momentum - 1) / grown * (following - weights), grown
        weights = following
    return unstandardised(weights, mean, deviation)


def fit_logistic(features: Matrix, right: npt.NDArray[np.bool_] | Matrix, penalty: float = 1e-3) -> Matrix:
    """Fit logistic regression by Newton's steps; features are standardised meanwhile.

    Args:
        features: float64 [N, F]; F may be 0.
        right: bool [N], or shares of it, 0 to 1; with both among them.
        penalty: As for `fit_softmax`.

    Returns:
        float64 [F + 1]: weights of the features as they come, then the bias.
    """
    mean, deviation = standard(features)
    x = np.concatenate([(features - mean) / deviation, np.ones((len(features), 1))], 1)
    held = np.full(x.shape[1], penalty)
    held[-1] = 1e-9
    weights = np.zeros(x.shape[1])
    for _ in range(_NEWTON_STEPS):
        chances = logistic(x @ weights)
        gradient = x.T @ (chances - right) / len(x) + held * weights
        if np.abs(gradient).max() < _NEWTON_STILL:
            break
        curvature = (x * (chances * (1 - chances))[:, None]).T @ x / len(x) + np.diag(held)
        weights = weights - np.linalg.solve(curvature, gradient)
    return np.asarray(unstandardised(weights[None], mean, deviation)[0], np.float64)


def logistic(scores: Matrix) -> Matrix:
    """Return 1 / (1 + exp(-score)) of each."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * scores)), np.float64)


def standard(features: npt.NDArray[np.floating]) -> tuple[Matrix, Matrix]:
    """Return mean and standard deviation of each column, float64 [F]; a column that never changes has a deviation of 1."""
    mean, deviation = features.mean(0, np.float64), features.std(0, np.float64)
    return mean, np.where(deviation < _LEAST_DEVIATION, 1.0, deviation)


def unstandardised(weights: Matrix, mean: Matrix, deviation: Matrix) -> Matrix:
    """Return weights [K, F + 1] of features as they come, from those of standardised ones."""
    plain = weights[:, :-1] / deviation
    return np.concatenate([plain, weights[:, -1:] - (plain @ mean)[:, None]], 1)
