"""The probe that tells a clear picture from none, fitted to what encoders see."""

from collections.abc import Mapping, Sequence

import numpy as np

from edge_runtime.backends.decoding import Floats
from export.trust.regression import fit_softmax, standard

PICTURE = "picture"
"""Name of the first kind, of which everything is told that is seen."""
_PENALTY = 1e-3
_SURE = 0.0
"""Log-odds of a clear picture at which none is refused, however high the others' are."""


def fit_probe(photographs: Sequence[Floats], nonpictures: Mapping[str, Sequence[Floats]]) -> Floats:
    """Fit a probe to what several encoders see, so that one will do for all of a bundle's variants.

    Photographs count as much as all that is none, and each kind of the latter the same.

    Args:
        photographs: Of each encoder, float32 [N, F].
        nonpictures: Kind -> of each encoder, float32 [N, F].

    Returns:
        float32 [kinds + 2, F + 1], as `edge_runtime.bundle.judge_spec.JudgeSpec` describes it, `picture` before the kinds.
    """
    seen = np.concatenate(list(photographs))
    others = [np.concatenate(list(rows)) for rows in nonpictures.values()]
    labels = np.concatenate([np.full(len(rows), kind) for kind, rows in enumerate([seen, *others])])
    parts = [0.5, *(0.5 / len(others) for _ in others)]
    weights = fit_softmax(np.concatenate([seen, *others]), labels, parts, _PENALTY)
    spread = np.pad(np.stack(standard(seen)), ((0, 0), (0, 1)))
    return np.concatenate([weights, spread]).astype(np.float32)


def choose_least_clear(log_odds: Sequence[float], refused: float) -> float:
    """Return the log-odds below which a picture is none.

    Args:
        log_odds: Of a clear picture, of photographs that fitted nothing; at least one.
        refused: Share of them that may lie below it at the most, 0 to 1.

    Returns:
        0 at the most: what is likelier a clear picture than not is never refused.
    """
    allowed = min(int(refused * len(log_odds)), len(log_odds) - 1)
    return min(_SURE, float(np.sort(log_odds)[allowed]))
