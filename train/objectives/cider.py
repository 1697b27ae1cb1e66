"""CIDEr-D of token ids, fast enough to be the reward of every training step.

R. Vedantam, C. Zitnick, D. Parikh, "CIDEr: Consensus-based Image Description Evaluation", CVPR 2015, in the form of
coco-caption: n-grams of 1 to 4, counts clipped to the reference's, a Gaussian penalty on the difference of length, times 10.
Document frequencies come from the training captions alone. Unlike coco-caption the end of a sentence counts as a word:
otherwise a model that is rewarded learns to cut its sentences short (S. Rennie et al., arXiv 1612.00563).
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edge_runtime.bundle.vocabulary import Vocabulary

LONGEST = 4
"""Words of the longest n-gram."""
_SIGMA = 6.0

Grams = Counter[tuple[int, ...]]
"""N-grams of token ids, and how often each stands in a caption."""


class _Vector:
    """A caption as tf-idf weights of its n-grams, by length of the n-gram."""

    __slots__ = ("length", "norms", "weights")

    def __init__(self, grams: Grams, frequencies: dict[tuple[int, ...], float], highest: float) -> None:
        self.weights: list[dict[tuple[int, ...], float]] = [{} for _ in range(LONGEST)]
        for gram, count in grams.items():
            self.weights[len(gram) - 1][gram] = count * (highest - frequencies.get(gram, 0.0))
        self.norms = [math.sqrt(sum(weight * weight for weight in table.values())) for table in self.weights]
        self.length = sum(count for gram, count in grams.items() if len(gram) == 2)

    def similarity(self, reference: "_Vector") -> float:
        """Mean over lengths of the clipped cosine to a reference, with the penalty on length."""
        total = 0.0
        for mine, theirs, one, other in zip(self.weights, reference.weights, self.norms, reference.norms, strict=True):
            if one and other:
                dot = sum(min(weight, theirs[gram]) * theirs[gram] for gram, weight in mine.items() if gram in theirs)
                total += dot / (one * other)
        gap = self.length - reference.length
        return total / LONGEST * math.exp(-(gap * gap) / (2 * _SIGMA**2))


class CiderReward:
    """CIDEr-D against references given as ids.

    Args:
        references: int32 [pictures, captions, length]: start, words, end, padding; of the training split, for the frequencies.
    """

    def __init__(self, references: npt.NDArray[np.int32]) -> None:
        counts: Counter[tuple[int, ...]] = Counter()
        for captions in references:
            counts.update({gram for caption in captions for gram in ngrams(caption)})
        self._highest = math.log(len(references))
        self._frequencies = {gram: math.log(count) for gram, count in counts.items()}

    def __call__(self, captions: npt.NDArray[np.int32], references: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """Score captions.

        Args:
            captions: int32 [P, S, length], in the form of the references.
            references: int32 [P, K, length]; rows without a word are none.

        Returns:
            float32 [P, S], 0 to 10.
        """
        scores = np.zeros(captions.shape[:2], np.float32)
        for place, (said, known) in enumerate(zip(captions, references, strict=True)):
            vectors = [self._vector(caption) for caption in known if holds_words(caption)]
            for index, caption in enumerate(said):
                mine = self._vector(caption)
                scores[place, index] = 10 * sum(mine.similarity(vector) for vector in vectors) / max(1, len(vectors))
        return scores

    def _vector(self, caption: Sequence[int] | npt.NDArray[np.int32]) -> _Vector:
        return _Vector(ngrams(caption), self._frequencies, self._highest)


def holds_words(caption: npt.NDArray[np.int32]) -> bool:
    """Return whether a row of tokens is a caption, and not padding alone."""
    return bool((caption > Vocabulary.start_id).any())


def ngrams(caption: Sequence[int] | npt.NDArray[np.int32]) -> Grams:
    """Return N-grams of a caption's words and its end."""
    words = [int(token) for token in caption if token not in (Vocabulary.start_id, Vocabulary.pad_id)]
    return Counter(
        tuple(words[start : start + size]) for size in range(1, LONGEST + 1) for start in range(len(words) - size + 1)
    )
