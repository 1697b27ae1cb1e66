import numpy as np
import pytest

from edge_runtime.bundle.vocabulary import Vocabulary
from train.scoring.token_scores import PlaceSums, padded_rows, token_rows

_PAD, _END, _UNKNOWN = Vocabulary.pad_id, Vocabulary.end_id, Vocabulary.unknown_id


def _sums() -> PlaceSums:
    """Two captions of 2 words and their end, and of 4 words, one unknown, and their end; every second place right."""
    targets = np.array([[7, 8, _END, _PAD, _PAD], [7, _UNKNOWN, 9, 5, _END]], np.int32)
    log_probs = np.full(targets.shape, -2.0, np.float32)
    right = np.array([[1, 0, 1, 1, 1], [1, 1, 0, 1, 0]], np.bool_)
    sums = PlaceSums()
    sums.add(targets[:1, :3], log_probs[:1, :3], right[:1, :3])
    sums.add(targets[1:], log_probs[1:], right[1:])
    return sums


def test_masked_figures_leave_out_padding_and_unknown_words() -> None:
    scores = _sums().scores([5])
    assert scores.loss_masked == 2.0
    assert scores.accuracy_masked == pytest.approx(4 / 7)
    assert scores.unknown == pytest.approx(1 / 6)
    assert scores.mean_places == 3.5


def test_padded_figures_count_the_padding_as_right() -> None:
    five, ten = _sums().scores([5, 10]).padded
    assert (five.length, ten.length) == (5, 10)
    assert five.loss == pytest.approx(14 / 9)
    assert five.accuracy == pytest.approx(6 / 9)
    assert five.accuracy_unknown_wrong == pytest.approx(6 / 10)
    assert ten.loss == pytest.approx(14 / 19)
    assert ten.accuracy == pytest.approx(16 / 19)
    assert ten.cut == five.cut == 0


def test_the_formula_of_the_note() -> None:
    scores = _sums().scores([5, 20, 40])
    for padded in scores.padded:
        r = padded.counted_share
        assert padded.accuracy == pytest.approx(r * scores.accuracy_masked + 1 - r)
        assert padded.loss == pytest.approx(r * scores.loss_masked)


def test_longer_captions_are_cut() -> None:
    (three,) = _sums().scores([3]).padded
    assert three.cut == 1
    assert three.loss == 2.0
    assert three.accuracy == pytest.approx(3 / 5)


def test_the_longest_caption_is_the_length_unless_asked_otherwise() -> None:
    assert [padded.length for padded in _sums().scores([]).padded] == [5]


def test_rows_of_captions() -> None:
    vocabulary = Vocabulary(["<pad>", "<start>", "<end>", "<unk>", "a", "dog"])
    rows = token_rows({"x.jpg": ["A dog .", "A cat runs"]}, vocabulary)
    assert rows == [("x.jpg", [1, 4, 5, 2]), ("x.jpg", [1, 4, 3, 3, 2])]
    assert padded_rows([ids for _, ids in rows]).tolist() == [[1, 4, 5, 2, 0], [1, 4, 3, 3, 2]]
    assert padded_rows([[1, 2]], 4).tolist() == [[1, 2, 0, 0]]
