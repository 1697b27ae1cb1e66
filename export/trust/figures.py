"""How well chances tell right sentences from wrong ones."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Chances = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

BINS = 10
"""Of the calibration error."""
_CURVE_POINTS = 20
"""Of the curve that is stored: every twentieth of the sentences."""


@dataclass(frozen=True)
class Figures:
    """How good confidence is on one set of sentences.

    Attributes:
        sentences: How many.
        right: Share of them that is right, 0 to 1: what everybody's risk begins from.
        roc_area: Area under the ROC curve of right against wrong, 0 to 1, .5 being a guess; None where all are right or all wrong.
        calibration_error: Expected calibration error, 0 to 1, in bins of equally many sentences.
        calibration_error_even: The same in bins of equal width.
        risk_area: Area under the curve of risk against coverage, 0 to 1, less is better.
        curve: Share of wrong ones among the surest 5 %, 10 %, ... 100 % of the sentences.
    """

    sentences: int
    right: float
    roc_area: float | None
    calibration_error: float
    calibration_error_even: float
    risk_area: float
    curve: tuple[float, ...]


def figures(chances: Chances, right: Truths) -> Figures:
    """Return every figure.

    Args:
        chances: float64 [N], 0 to 1, at least one.
        right: bool [N].
    """
    risks = risk_by_coverage(chances, right)
    places = np.ceil(np.arange(1, _CURVE_POINTS + 1) * len(risks) / _CURVE_POINTS).astype(int) - 1
    return Figures(
        len(right),
        float(right.mean()),
        roc_area(chances, right),
        calibration_error(chances, right, np.quantile(chances, np.arange(1, BINS) / BINS)),
        calibration_error(chances, right, np.arange(1, BINS) / BINS),
        float(risks.mean()),
        tuple(risks[places].tolist()),
    )


def roc_area(chances: Chances, right: Truths) -> float | None:
    """Return the chance that a right sentence has a higher one than a wrong one, ties counting half (Mann and Whitney 1947).

    Args:
        chances: float64 [N].
        right: bool [N].

    Returns:
        0 to 1, or None where all are right or all wrong.
    """
    good, bad = chances[right], np.sort(chances[~right])
    if not len(good) or not len(bad):
        return None
    below, not_above = np.searchsorted(bad, good, "left"), np.searchsorted(bad, good, "right")
    return float((below + not_above).sum() / (2 * len(good) * len(bad)))


def calibration_error(chances: Chances, right: Truths, edges: Chances) -> float:
    """Return by how much chances are off, the mean over sentences (expected calibration error, Naeini et al. 2015).

    Args:
        chances: float64 [N], at least one.
        right: bool [N].
        edges: Between the bins, ascending; sentences of one chance are in one bin.
    """
    bins = np.searchsorted(edges, chances, "right")
    groups = [bins == one for one in np.unique(bins)]
    gaps = [group.sum() * abs(chances[group].mean() - right[group].mean()) for group in groups]
    return float(sum(gaps) / len(chances))


def risk_by_coverage(chances: Chances, right: Truths) -> Chances:
    """Return the share of wrong ones among the surest 1, 2, ... N sentences (El-Yaniv and Wiener, JMLR 2010).

    Sentences of one chance count as alike: each is as wrong as all of them are in the mean.

    Args:
        chances: float64 [N].
        right: bool [N].

    Returns:
        float64 [N], 0 to 1.
    """
    _, groups, counts = np.unique(-chances, return_inverse=True, return_counts=True)
    wrong = np.bincount(groups, ~right, len(counts)) / counts
    return np.asarray(np.cumsum(np.repeat(wrong, counts)) / np.arange(1, len(chances) + 1), np.float64)
