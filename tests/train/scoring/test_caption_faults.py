import pytest

from train.scoring.caption_faults import dangles, repeats, speech


@pytest.mark.parametrize(
    ("caption", "repeated", "unfinished"),
    [
        ("a dog runs through the grass", False, False),
        ("a dog in a", False, True),
        ("a dog dog runs", True, False),
        ("a man in a red shirt and a man in a red hat", True, False),
        ("a man in a hat and a woman in a coat", False, False),
        ("two dogs are playing with", False, True),
        ("", False, True),
    ],
)
def test_faults(caption: str, repeated: bool, unfinished: bool) -> None:
    assert repeats(caption.split()) is repeated
    assert dangles(caption.split()) is unfinished


def test_shares_of_a_set() -> None:
    captions = {"1": "a dog runs", "2": "a dog runs", "3": "a cat in a", "4": "a a cat"}
    found = speech(captions, ["a dog  runs", "a horse"])
    assert (found.distinct_words, found.distinct_captions, found.mean_length) == (5, 3, 3.25)
    assert (found.repeated, found.dangling, found.novel) == (0.25, 0.25, 0.5)
    assert speech(captions).novel is None
