"""How sure a sentence is: logistic regression on what its search and its picture cost nothing to tell."""

import math
from collections.abc import Sequence

from edge_runtime.bundle.judge_spec import ConfidenceSpec
from edge_runtime.judging.clearness import Clearness

_FARTHEST = 10.0
"""Log-odds of a picture beyond which it makes no difference."""
_FIRST = 3
"""Words that say what a sentence is about."""
_SURE = 30.0


def confidence_terms(token_log_probs: Sequence[float], clearness: Clearness | None) -> dict[str, float]:
    """Return what confidence may be told by.

    Args:
        token_log_probs: Of each word of a sentence and of its end, in nats.
        clearness: Of its picture; None where nobody knows, and then nothing is known against it.

    Returns:
        `mean_log_prob`, `least_log_prob`, `first_words`, the sum of the first three, and `spread`, their standard deviation, in nats;
        `words`, how many; `clear`, the log-odds of a clear picture, and `seen`, -10 to 10; `distance`: see `Clearness`.
    """
    values = list(token_log_probs) or [0.0]
    mean = sum(values) / len(values)
    return {
        "mean_log_prob": mean,
        "least_log_prob": min(values),
        "first_words": sum(values[:_FIRST]),
        "spread": math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)),
        "words": float(len(values)),
        "clear": _within(clearness.log_odds) if clearness else _FARTHEST,
        "distance": min(_FARTHEST, clearness.distance) if clearness else 1.0,
        "seen": _within(clearness.seen) if clearness else 0.0,
    }


def _within(log_odds: float) -> float:
    return max(-_FARTHEST, min(_FARTHEST, log_odds))


def confidence(spec: ConfidenceSpec, terms: dict[str, float]) -> float:
    """Return the chance that a person would call a sentence right.

    Args:
        spec: Of the variant that said it.
        terms: What `confidence_terms` returned.

    Returns:
        0 to 1.
    """
    log_odds = spec.bias + sum(weight * terms[name] for name, weight in spec.weights.items())
    return 1 / (1 + math.exp(-max(-_SURE, min(_SURE, log_odds))))
