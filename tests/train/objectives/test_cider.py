import numpy as np
import pytest

from train.objectives.cider import CiderReward

_REFERENCES = [
    ["a dog runs over the grass", "the dog is running", "a brown dog runs"],
    ["two men ride bikes", "men are on bikes", "two people ride bikes on a road"],
    ["a girl swims in a pool", "the girl is in the water", "a child swims"],
    ["a dog swims in the water", "the dog is in a pool", "a wet dog swims"],
]


def _ids(captions: list[list[str]], length: int = 12) -> tuple[np.ndarray, dict[str, int]]:
    words = {word: 4 + i for i, word in enumerate(sorted({w for row in _REFERENCES for c in row for w in c.split()}))}
    tokens = np.zeros((len(captions), len(captions[0]), length), np.int32)
    for row, texts in enumerate(captions):
        for place, text in enumerate(texts):
            ids = [1, *(words.get(word, 3) for word in text.split()), 2]
            tokens[row, place, : len(ids)] = ids
    return tokens, words


def test_it_is_pycocoevalcaps_cider_with_the_end_as_a_word() -> None:
    from pycocoevalcap.cider.cider import Cider

    said = ["a dog runs in the grass", "two men ride bikes", "a dog swims", "the dog swims in a pool pool"]
    reference_tokens, _ = _ids(_REFERENCES)
    said_tokens, _ = _ids([[text] for text in said])
    mine = CiderReward(reference_tokens)(said_tokens, reference_tokens)[:, 0]
    gts = {i: [f"{text} END" for text in texts] for i, texts in enumerate(_REFERENCES)}
    _, theirs = Cider().compute_score(gts, {i: [f"{text} END"] for i, text in enumerate(said)})
    assert mine.tolist() == pytest.approx(theirs.tolist(), rel=1e-5)


def test_a_sentence_cut_short_earns_less() -> None:
    references, _ = _ids(_REFERENCES)
    whole = references[:, :1].copy()
    cut = whole.copy()
    cut[0, 0, 5:] = 0
    reward = CiderReward(references)
    assert reward(cut, references)[0, 0] < reward(whole, references)[0, 0]


def test_rows_of_padding_are_no_references() -> None:
    references = np.array([[[1, 4, 5, 2], [1, 4, 6, 2]], [[1, 7, 8, 2], [1, 9, 8, 2]]], np.int32)
    empty = np.zeros((2, 1, 4), np.int32)
    drawn = references[:, :1]
    reward = CiderReward(references)
    np.testing.assert_allclose(reward(drawn, np.concatenate([references, empty], 1)), reward(drawn, references))
