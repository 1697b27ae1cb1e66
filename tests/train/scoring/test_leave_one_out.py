import pytest

from train.scoring.leave_one_out import people_scores
from train.scoring.metrics import ScoringError

_REFERENCES = {
    "a": ["Eine Katze schläft auf dem Dach.", "eine katze schläft auf dem dach"],
    "b": ["Der Vogel singt ein schönes Lied", "Ein Zug hält am Bahnhof", "Der Vogel singt ein schönes Lied."],
    "c": ["Allein"],
}


def test_each_caption_is_held_against_the_others() -> None:
    found = people_scores(_REFERENCES, "de")
    assert (found.captions, found.pictures, found.alike) == (5, 2, 0.8)
    assert found.scores.meteor is None
    assert found.scores.rouge_l == pytest.approx(0.8, abs=0.05)
    assert 0.7 < found.scores.bleu_1 < 1


def test_the_order_of_the_captions_makes_little_difference() -> None:
    turned = {name: texts[::-1] for name, texts in _REFERENCES.items()}
    one, other = (people_scores(references, "de").scores.cider for references in (_REFERENCES, turned))
    assert one == pytest.approx(other, rel=0.2)


def test_nobody_to_compare_with_is_refused() -> None:
    with pytest.raises(ScoringError, match="no picture has two captions of people"):
        people_scores({"c": ["Allein"]}, "de")
