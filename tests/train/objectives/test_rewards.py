import math

import numpy as np
import pytest

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from train.objectives.cider import ngrams
from train.objectives.rewards import Truthful, WithBleu, bleu


class _Nothing:
    def __call__(self, captions: np.ndarray, references: np.ndarray) -> np.ndarray:
        return np.zeros(captions.shape[:2], np.float32)


def _row(*words: int) -> list[int]:
    """Start, words, end, padding to eight places."""
    row = [1, *words, 2]
    return row + [0] * (8 - len(row))


def _reward(said: list[list[int]], known: list[list[int]]) -> list[float]:
    captions, references = np.array([said], np.int32), np.array([known], np.int32)
    return [float(score) for score in WithBleu(_Nothing(), 2.0)(captions, references)[0]]


def test_a_reference_word_for_word_earns_the_whole_weight() -> None:
    assert _reward([_row(4, 5, 6, 7)], [_row(9, 8), _row(4, 5, 6, 7)]) == pytest.approx([2.0])


def test_bleu_worked_by_hand() -> None:
    # 4 5 8 and the end against 4 5 6 and the end: 3 of 4 words, (1 + 1) of (3 + 1) pairs, (0 + 1) of (2 + 1), (0 + 1) of (1 + 1).
    wanted = (3 / 4 * 2 / 4 * 1 / 3 * 1 / 2) ** 0.25
    assert bleu(ngrams(_row(4, 5, 8)), ngrams(_row(4, 5, 6)), [4]) == pytest.approx(wanted)


def test_short_ones_pay_for_their_brevity_by_the_nearest_length() -> None:
    most = ngrams(_row(4, 5, 6, 7, 9))
    whole, cut = bleu(ngrams(_row(4, 5)), most, [3, 6]), bleu(ngrams(_row(4, 5)), most, [6, 7])
    assert cut == pytest.approx(whole * math.exp(1 - 6 / 3))


def test_a_word_counts_as_often_as_one_reference_has_it() -> None:
    once = _reward([_row(4, 4, 4)], [_row(4, 5, 6), _row(6, 4, 5)])
    twice = _reward([_row(4, 4, 4)], [_row(4, 4, 6), _row(6, 4, 5)])
    assert 0 < once[0] < twice[0]


def test_nothing_right_earns_nothing() -> None:
    assert bleu(ngrams([1, 9, 9]), ngrams(_row(4, 5)), [3]) == 0


def test_what_no_reference_names_costs() -> None:
    vocabulary = Vocabulary((*SPECIALS, "a", "dog", "cat", "puppy", "man", "runs"))
    a, dog, cat, puppy, man, runs = range(4, 10)
    reward = Truthful(_Nothing(), 0.5, vocabulary)
    said = [_row(a, puppy, runs), _row(a, man, a, cat, a, cat), _row(a, runs)]
    known = [_row(a, dog, runs), _row(a, dog, a, man)]
    captions, references = np.array([said, said], np.int32), np.array([known, [_row(a, cat), [0] * 8]], np.int32)
    # Each object counts once, synonyms as one, and what any one reference names is there.
    assert reward(captions, references).tolist() == [[0, -0.5, 0], [-0.5, -0.5, 0]]
