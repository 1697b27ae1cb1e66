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
        decoder = manifest.decoder
        self._first = [(1, *tensor.shape) for tensor in decoder.tensors]
        self._state = [tensor.shape for tensor in decoder.state]
        self._wanted: dict[int, list[tuple[int, ...]]] = {}
        self._context = len(decoder.context)
        self._words, self._most = manifest.sizes.vocabulary, manifest.max_length
        self._end_id, self._source = manifest.special_ids.end, source

    def encoded(self, found: Sequence[Floats]) -> tuple[tuple[Floats, ...], State]:
        """Context and first state of an encoder, each array [1, ...] as the manifest says, all finite.

        Raises:
            BundleError: They are not.
        """
        if [array.shape for array in found] != self._first:
            raise self._wrong("its encoder gives tensors of another shape than the manifest says")
        if not all(np.isfinite(array).all() for array in found):
            raise self._wrong("its encoder gives numbers that are not finite")
        return tuple(found[: self._context]), tuple(found[self._context :])

    def stepped(self, found: Sequence[Floats], hypotheses: int) -> tuple[Floats, State]:
        """Log-probabilities [B, V] and the next state, each array [B, ...], of a decoder step.

        Raises:
            BundleError: They are of another shape.
        """
        wanted = self._wanted.get(hypotheses)
        if wanted is None:
            wanted = [(hypotheses, self._words), *((hypotheses, *shape) for shape in self._state)]
            self._wanted[hypotheses] = wanted
        if [array.shape for array in found] != wanted:
            raise self._wrong("its decoder gives tensors of another shape than the manifest says")
        log_probs, *state = found
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
