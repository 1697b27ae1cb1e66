"""What a stranger's graphs give, held against what the manifest says, so that a wrong number is a sentence and no crash."""

import math
from collections.abc import Sequence

import numpy as np

from edge_runtime.bundle.manifest import Manifest
from edge_runtime.decoding import Floats, Hypothesis, State
from edge_runtime.errors import BundleError


class Outputs:
    """Checks of a bundle's outputs; each costs a few microseconds.

    Args:
        manifest: The bundle's.
        source: What to call it in an error.
    """

    def __init__(self, manifest: Manifest, source: str) -> None:
        sizes = manifest.sizes
        self._grid, self._width = (1, sizes.regions, sizes.width), sizes.width
        self._words, self._most = sizes.vocabulary, manifest.max_length
        self._end_id, self._source = manifest.special_ids.end, source

    def encoded(self, found: Sequence[Floats]) -> tuple[Floats, Floats, Floats, Floats]:
        """Keys and values [1, R, D] and two states [1, D] of an encoder, all finite.

        Raises:
            BundleError: They are not.
        """
        keys, values, state_h, state_c = found
        state = (1, self._width)
        if [array.shape for array in found] != [self._grid, self._grid, state, state]:
            raise self._wrong("its encoder gives tensors of another shape than the manifest says")
        if not all(np.isfinite(array).all() for array in found):
            raise self._wrong("its encoder gives numbers that are not finite")
        return keys, values, state_h, state_c

    def stepped(self, found: Sequence[Floats], hypotheses: int) -> tuple[Floats, State]:
        """Log-probabilities [B, V] and two states [B, D] of a decoder step.

        Raises:
            BundleError: They are of another shape.
        """
        log_probs, *state = found
        wanted = (hypotheses, self._width)
        if log_probs.shape != (hypotheses, self._words) or any(array.shape != wanted for array in state):
            raise self._wrong("its decoder gives tensors of another shape than the manifest says")
        return log_probs, tuple(state)

    def sentence(self, tokens: Sequence[int], log_probs: Sequence[float]) -> Hypothesis:
        """A greedy loop's sentence: as many words as the manifest allows, each of the vocabulary.

        Raises:
            BundleError: It is not.
        """
        if len(tokens) != len(log_probs) or len(tokens) > self._most:
            raise self._wrong(f"its greedy loop says {len(tokens)} words, more than the {self._most} of the manifest")
        if not all(0 <= token < self._words for token in tokens):
            raise self._wrong("its greedy loop says a word that the vocabulary does not hold")
        if not all(map(math.isfinite, log_probs)):
            raise self._wrong("its greedy loop gives log-probabilities that are not finite")
        return Hypothesis(tuple(token for token in tokens if token != self._end_id), tuple(log_probs))

    def failed(self, error: Exception) -> BundleError:
        """A runtime's own error, in our words."""
        reason = str(error).partition("\n")[0][:300]
        return self._wrong(f"a graph of it failed while it ran ({reason})")

    def _wrong(self, what: str) -> BundleError:
        return BundleError(f"{self._source}: {what}; export the bundle again, or use another")
