"""Confidence fitted: from terms to the chance of a right sentence, cross-validated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_runtime.bundle.judge_spec import TERMS
from export.trust.figures import Chances, Truths
from export.trust.folds import FOLDS, fold_of
from export.trust.readings import Readings
from export.trust.regression import Matrix, fit_logistic, logistic
from train.errors import DatasetError

_SEEN = TERMS.index("seen")
_GAIN = 1.0
"""Nats of all sentences together by which a term must lower the held-out loss to be kept, as Akaike (1974) asks of one."""
_LEAST = 50
"""Sentences of a fit, and a tenth of it of either kind, at the least."""
HEDGED = 0.25
"""Share of development sentences that are hedged, at the most."""


@dataclass(frozen=True)
class Confidence:
    """A fit.

    Attributes:
        terms: Name -> weight, of the terms that help.
        bias: What the weighted terms are added to; confidence is 1 / (1 + exp(-sum)).
        hedge_below: Confidence below which a sentence is hedged.
        held_out: float64 [N], confidence of each sentence by a fit, choice of terms included, that has not seen it.
    """

    terms: Mapping[str, float]
    bias: float
    hedge_below: float
    held_out: Chances


def fit_confidence(
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    seed: int,
    readings: Readings | None = None,
    usable: Sequence[str] = TERMS,
) -> Confidence:
    """Fit confidence to sentences of which is known whether they are right.

    Terms are taken up one by one, each time the one that lowers the cross-validated loss most, until none lowers it. `hedge_below` is
    one half, or what a quarter of the sentences lies below where that is less: no sentence that is likelier right than wrong is hedged,
    and not every other one where a model is often wrong.

    Args:
        rows: Terms of each sentence, see `edge_runtime.judging.confidence.confidence_terms`.
        right: Whether it is right.
        seed: Of the folds.
        readings: Of their pictures, which take the place of the term `seen` and tell the folds; None leaves the term as it is.
        usable: Terms that may be taken up.

    Raises:
        DatasetError: Too few sentences, or nearly all of them right or wrong.
    """
    x = np.array([[row[name] for name in TERMS] for row in rows], np.float64).reshape(-1, len(TERMS))
    known = np.array(right, bool)
    _check(known)
    held_out, columns = np.zeros(len(known)), [TERMS.index(name) for name in usable]
    folds = fold_of(known, seed) if readings is None else readings.folds
    for fold in np.unique(folds):
        test, train = folds == fold, folds != fold
        if readings is not None:
            x[:, _SEEN] = readings.nested[fold]
        chosen = _choose(x[train], known[train], seed + 1, columns)
        held_out[test] = _chances(_fit(x[train], known[train], chosen), x[test], chosen)
    if readings is not None:
        x[:, _SEEN] = readings.unseen
    chosen = _choose(x, known, seed, columns)
    weights = _fit(x, known, chosen)
    terms = {TERMS[column]: float(weight) for column, weight in zip(chosen, weights[:-1], strict=True)}
    hedge = min(0.5, float(np.quantile(held_out, HEDGED)))
    return Confidence(terms, float(weights[-1]), hedge, held_out)


def _check(right: Truths) -> None:
    rare = min(int(right.sum()), int((~right).sum()))
    if len(right) < _LEAST or rare * 10 < _LEAST:
        raise DatasetError(
            f"{len(right)} development sentences, {int(right.sum())} of them right: confidence is fitted to {_LEAST} or more, "
            f"with {_LEAST // 10} right and {_LEAST // 10} wrong ones at the least; name more development pictures"
        )


def _choose(x: Matrix, right: Truths, seed: int, columns: Sequence[int]) -> list[int]:
    """Return columns that help, the most helpful first."""
    folds = fold_of(right, seed)
    chosen: list[int] = []
    loss = _loss(x, right, chosen, folds)
    while others := [column for column in columns if column not in chosen]:
        losses = [_loss(x, right, [*chosen, column], folds) for column in others]
        best = int(np.argmin(losses))
        if losses[best] > loss - _GAIN / len(right):
            break
        chosen.append(others[best])
        loss = losses[best]
    return chosen


def _loss(x: Matrix, right: Truths, columns: list[int], folds: npt.NDArray[np.int64]) -> float:
    """Return cross-validated loss in nats a sentence."""
    total = 0.0
    for fold in range(FOLDS):
        test = folds == fold
        chances = _chances(_fit(x[~test], right[~test], columns), x[test], columns)
        hit = np.where(right[test], chances, 1 - chances)
        total -= float(np.log(np.maximum(hit, 1e-12)).sum())
    return total / len(right)


def _fit(x: Matrix, right: Truths, columns: list[int]) -> Matrix:
    return fit_logistic(x[:, columns], right)


def _chances(weights: Matrix, x: Matrix, columns: list[int]) -> Chances:
    return logistic(x[:, columns] @ weights[:-1] + weights[-1])
