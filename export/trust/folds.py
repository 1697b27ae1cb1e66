"""Sentences parted for cross-validation."""

import numpy as np
import numpy.typing as npt

FOLDS = 5


def fold_of(right: npt.NDArray[np.floating] | npt.NDArray[np.bool_], seed: int) -> npt.NDArray[np.int64]:
    """Return the fold of each sentence, 0 to 4; right and wrong ones are dealt out in turns, so that each fold has both.

    Args:
        right: [N], whether it is right, or how right it is.
        seed: Of the order in which they are dealt.
    """
    order = np.random.default_rng(seed).permutation(len(right))
    order = order[np.argsort(right[order], kind="stable")]
    places = np.empty(len(right), np.int64)
    places[order] = np.arange(len(right)) % FOLDS
    return places
