"""What drawn captions are rewarded for: CIDEr-D, and BLEU-4 or truth beside it where a run says so."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from edge_runtime.bundle.vocabulary import Vocabulary
from train.objectives.cider import LONGEST, Grams, holds_words, ngrams
from train.scoring.objects import objects_said, objects_told


class Reward(Protocol):
    """Scores of captions against references."""

    def __call__(self, captions: npt.NDArray[np.int32], references: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """Score captions.

        Args:
            captions: int32 [P, S, length]: start, words, end, padding.
            references: int32 [P, K, length].

        Returns:
            float32 [P, S].
        """
        ...


class WithBleu:
    """A reward and BLEU-4 of the single caption, weighted.

    BLEU (Papineni et al. 2002) with counts of two words and more raised by one (Lin and Och 2004, "ORANGE", eq. 4: no single
    caption has every 4-gram), against the reference that is nearest in length. The end counts as a word, as in `train.objectives.cider`.

    Args:
        reward: What it is added to.
        weight: Of BLEU-4, which is from 0 to 1.
    """

    def __init__(self, reward: Reward, weight: float) -> None:
        self._reward, self._weight = reward, weight

    def __call__(self, captions: npt.NDArray[np.int32], references: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """See `Reward`."""
        scores = self._reward(captions, references)
        for place, (said, known) in enumerate(zip(captions, references, strict=True)):
            grams = [ngrams(caption) for caption in known if holds_words(caption)]
            lengths = [_words(counts) for counts in grams]
            most: Grams = Counter()
            for counts in grams:
                most |= counts
            for index, caption in enumerate(said):
                scores[place, index] += self._weight * bleu(ngrams(caption), most, lengths)
        return scores


class Truthful:
    """A reward, less a penalty for each object that a caption says and no reference of its picture names.

    Objects are COCO's 80 with their synonyms, in English, as CHAIR counts them (Rohrbach et al. 2018, arXiv 1809.02156).

    Args:
        reward: What it is taken from.
        weight: Of one such object.
        vocabulary: Of the captions.
    """

    def __init__(self, reward: Reward, weight: float, vocabulary: Vocabulary) -> None:
        self._reward, self._weight, self._vocabulary = reward, weight, vocabulary
        self._told: dict[bytes, frozenset[str]] = {}

    def __call__(self, captions: npt.NDArray[np.int32], references: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """See `Reward`."""
        scores = self._reward(captions, references)
        for place, (said, known) in enumerate(zip(captions, references, strict=True)):
            there = self._there(known)
            for index, caption in enumerate(said):
                scores[place, index] -= self._weight * len(objects_said(self._words(caption)) - there)
        return scores

    def _there(self, references: npt.NDArray[np.int32]) -> frozenset[str]:
        key = references.tobytes()
        if key not in self._told:
            self._told[key] = frozenset[str]().union(*(objects_told(self._words(caption)) for caption in references))
        return self._told[key]

    def _words(self, caption: npt.NDArray[np.int32]) -> list[str]:
        return self._vocabulary.decode(caption.tolist())


def bleu(grams: Grams, most: Grams, lengths: Sequence[int]) -> float:
    """Return smoothed BLEU-4 of one caption, 0 to 1.

    Args:
        grams: The caption's n-grams.
        most: Highest count of each n-gram in any one reference.
        lengths: Words of each reference.
    """
    found, total = [0] * LONGEST, [0] * LONGEST
    for gram, count in grams.items():
        found[len(gram) - 1] += min(count, most[gram])
        total[len(gram) - 1] += count
    if not found[0]:
        return 0.0
    found, total = [found[0], *(n + 1 for n in found[1:])], [total[0], *(n + 1 for n in total[1:])]
    precision = math.exp(sum(math.log(n / of) for n, of in zip(found, total, strict=True)) / LONGEST)
    words = _words(grams)
    nearest = min(lengths, key=lambda length: (abs(length - words), length))
    return precision * min(1.0, math.exp(1 - nearest / words))


def _words(grams: Grams) -> int:
    return sum(count for gram, count in grams.items() if len(gram) == 1)
