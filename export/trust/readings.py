"""What a picture alone tells of whether a sentence about it is right: a linear reading of what the encoder sees.

Some pictures are hard, whatever is said of them. The reading is a term of confidence like others, so it may be judged only on pictures
that did not fit it: its figures are nested, a cross-validation within each fold of another.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.decoding import Floats
from export.trust.folds import FOLDS, fold_of
from export.trust.regression import Matrix, fit_logistic

_PENALTY = 0.3
"""Of several hundred features by some hundred pictures; a tenth and three times of it do as well."""


@dataclass(frozen=True)
class Readings:
    """Readings of pictures, in log-odds of a right sentence.

    Attributes:
        weights: float64 [F + 1], of the features as they come, then the bias: fitted to all pictures.
        folds: int64 [N], the fold of each picture.
        unseen: float64 [N], each read by weights that have not seen it.
        nested: float64 [folds, N]: in row K, pictures of the fold K by weights that have seen none of these, the others by weights that
            have seen neither them nor any of the fold.
    """

    weights: Matrix
    folds: npt.NDArray[np.int64]
    unseen: Matrix
    nested: Matrix

    def of(self, places: npt.NDArray[np.int64]) -> "Readings":
        """Return those of some of the pictures."""
        return Readings(self.weights, self.folds[places], self.unseen[places], self.nested[:, places])


def fit_readings(features: Floats, right: npt.NDArray[np.float64], seed: int) -> Readings:
    """Fit readings.

    Args:
        features: float32 [N, F], what is seen of each picture.
        right: float64 [N], share of the sentences about it that are right, 0 to 1.
        seed: Of the folds.
    """
    x = features.astype(np.float64)
    folds = fold_of(right, seed)
    nested = np.empty((FOLDS, len(right)))
    for fold in range(FOLDS):
        inside = folds != fold
        nested[fold, ~inside] = _read(x[inside], right[inside], x[~inside])
        nested[fold, inside] = _unseen(x[inside], right[inside], fold_of(right[inside], seed + 1))
    return Readings(fit_logistic(x, right, _PENALTY), folds, _unseen(x, right, folds), nested)


def _unseen(x: Matrix, right: Matrix, folds: npt.NDArray[np.int64]) -> Matrix:
    found = np.empty(len(right))
    for fold in np.unique(folds):
        found[folds == fold] = _read(x[folds != fold], right[folds != fold], x[folds == fold])
    return found


def _read(x: Matrix, right: Matrix, unseen: Matrix) -> Matrix:
    weights = fit_logistic(x, right, _PENALTY)
    return np.asarray(unseen @ weights[:-1] + weights[-1], np.float64)
