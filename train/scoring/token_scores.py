"""Loss and accuracy of the next word, given the words before: masked, as they mean something, and padded, as tutorials print them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from edge_runtime.bundle.vocabulary import Vocabulary
from train.datasets.tokeniser import tokeniser

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True)
class PaddedScores:
    """Scores of captions that were all made equally long.

    With r = `counted_share`, and masked figures of the places kept, accuracy = r * masked accuracy + (1 - r), and loss = r * masked loss:
    the longer the padding, the better the figures, of any model.

    Attributes:
        length: Places of each caption, its end included; a longer one is cut there.
        loss: Cross-entropy in nats over all places, a padded one counting 0.
        accuracy: Share of all places told right, a padded one counting as right: what a tutorial prints whose loss and
            accuracy do not leave the padding out. Places of `<unk>` are left out.
        accuracy_unknown_wrong: The same with places of `<unk>` counted as wrong.
        counted_share: Share of the places that are words or ends.
        cut: Captions that are longer.
    """

    length: int
    loss: float
    accuracy: float
    accuracy_unknown_wrong: float
    counted_share: float
    cut: int


@dataclass(frozen=True)
class TokenScores:
    """How well the next word is told, given the words before.

    Attributes:
        loss_masked: Cross-entropy a word in nats; words and the end of a sentence count, padding and `<unk>` do not.
        accuracy_masked: Share of those places at which the most probable word is the right one.
        unknown: Share of words outside the vocabulary.
        mean_places: Places of a caption that count, on average.
        padded: The figures at each length asked for.
    """

    loss_masked: float
    accuracy_masked: float
    unknown: float
    mean_places: float
    padded: tuple[PaddedScores, ...]


class PlaceSums:
    """What is scored of captions, added up place by place, so that any padded length can be told afterwards."""

    def __init__(self) -> None:
        self._sums = np.zeros((4, 0))
        self._captions = 0

    def add(self, targets: Ids, log_probs: npt.NDArray[np.float32], right: npt.NDArray[np.bool_]) -> None:
        """Take some captions.

        Args:
            targets: int32 [N, T]: words, the end, padding.
            log_probs: float32 [N, T], natural log-probability of each target; read where it counts.
            right: bool [N, T], whether the target was the most probable word; read where it counts.
        """
        there, mask = targets != Vocabulary.pad_id, counted(targets)
        found = np.stack([np.where(mask, -log_probs, 0).sum(0), (mask & right).sum(0), mask.sum(0), there.sum(0)])
        more = found.shape[1] - self._sums.shape[1]
        self._sums = np.pad(self._sums, ((0, 0), (0, max(0, more))))
        self._sums[:, : found.shape[1]] += found
        self._captions += len(targets)

    def scores(self, lengths: Sequence[int]) -> TokenScores:
        """Return the scores of all captions taken.

        Args:
            lengths: Padded lengths to tell; the longest caption's, its end included, where there are none.
        """
        loss, right, places, there = self._sums.sum(1)
        lengths = lengths or [int((self._sums[3] > 0).sum())]
        words = max(1.0, there - self._captions)  # of each caption's places, the end is none
        padded = tuple(self._padded(length) for length in lengths)
        return TokenScores(loss / places, right / places, (there - places) / words, places / self._captions, padded)

    def _padded(self, length: int) -> PaddedScores:
        loss, right, places, there = self._sums[:, :length].sum(1)
        padding = self._captions * length - there
        cut = int(self._sums[3, length]) if length < self._sums.shape[1] else 0
        return PaddedScores(
            length,
            loss / (places + padding),
            (right + padding) / (places + padding),
            (right + padding) / (self._captions * length),
            places / (places + padding),
            cut,
        )


def counted(targets: Any) -> Any:
    """Return whether a target, of an array or a tensor, counts: a known word or the end, not padding and not `<unk>`."""
    return (targets != Vocabulary.pad_id) & (targets != Vocabulary.unknown_id)


def token_rows(
    captions: Mapping[str, Sequence[str]], vocabulary: Vocabulary, language: str = "en"
) -> list[tuple[str, list[int]]]:
    """File name and ids of each caption of a language: start, words, end; none is cut."""
    words = tokeniser(language, vocabulary)
    return [
        (name, [Vocabulary.start_id, *vocabulary.encode(words(text)), Vocabulary.end_id])
        for name, texts in captions.items()
        for text in texts
    ]


def padded_rows(rows: Sequence[Sequence[int]], width: int | None = None) -> Ids:
    """int32 [N, T] of rows of ids, padded to the longest or to `width`."""
    tokens = np.full((len(rows), width or max(map(len, rows))), Vocabulary.pad_id, np.int32)
    for place, ids in enumerate(rows):
        tokens[place, : len(ids)] = ids
    return tokens
