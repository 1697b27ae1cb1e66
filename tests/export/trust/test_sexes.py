"""The margin at which the sex of a person is said."""

import pytest

from export.trust.sexes import SexMargin, choose_margin, known_sex, sexes_wrong


def _sexes(caption: str) -> frozenset[str]:
    return frozenset({"man": "male", "woman": "female"}[word] for word in caption.split() if word in ("man", "woman"))


@pytest.mark.parametrize(
    ("references", "sex"),
    [
        (["a man", "the man"], "male"),
        (["a man", "a person", "the man"], None),
        (["a person"], None),
        (["a man", "a woman"], None),
        (["a man and a woman", "a man and a woman"], None),
    ],
)
def test_the_sex_is_known_where_everybody_names_it(references: list[str], sex: str | None) -> None:
    assert known_sex(references, _sexes) == sex


def test_the_smallest_margin_that_leaves_few_wrong_ones() -> None:
    said = [(0.1, True), (0.2, False), (0.5, True), (1.0, False), (2.0, False), (3.0, False)]
    assert choose_margin(said, 0.34) == SexMargin(0.0, 6, 2 / 6, 2 / 6, 1.0)
    assert choose_margin(said, 0.25) == SexMargin(0.2, 6, 2 / 6, 0.2, 5 / 6)
    assert choose_margin(said, 0.0) == SexMargin(1.0, 6, 2 / 6, 0.0, 0.5)


def test_where_the_surest_is_wrong_none_is_said() -> None:
    assert choose_margin([(0.5, False), (4.0, True)], 0.1) == SexMargin(5.0, 2, 0.5, 0.0, 0.0)


def test_without_such_words_nothing_is_held_back() -> None:
    assert choose_margin([], 0.05) == SexMargin(0.0, 0, 0.0, 0.0, 0.0)


def test_words_below_the_margin_are_not_sure() -> None:
    assert SexMargin(0.5, 3, 0.0, 0.0, 1.0).unsure({1: 0.4, 4: 0.5, 6: -1.0}) == {1, 6}


def test_words_count_where_the_sex_is_known() -> None:
    sentences = [
        (["a", "man", "and", "a", "woman"], {1: 2.0, 4: 0.5}, "male"),
        (["a", "man"], {1: 1.0}, None),
    ]
    assert sexes_wrong(sentences, {"man": "male", "woman": "female"}) == [(2.0, False), (0.5, True)]
