"""The one table of words that say the sex of a person."""

import pytest

from train.scoring.objects import PERSON, objects_said, words_of
from train.scoring.sexed_words import WORDS
from train.scoring.sexes import sexes_said


@pytest.mark.parametrize("word", WORDS)
def test_every_word_says_a_person_of_its_sex(word: str) -> None:
    words = words_of(f"the {word} there")
    assert objects_said(words) == {PERSON}
    assert sexes_said(words) == {WORDS[word].sex}


@pytest.mark.parametrize("word", sorted({row.neutral for row in WORDS.values()}))
def test_every_word_for_either_says_a_person_and_no_sex(word: str) -> None:
    words = words_of(f"the {word} there")
    assert objects_said(words) == {PERSON}
    assert sexes_said(words) == frozenset()


def test_counterparts_are_of_the_other_sex_and_the_common_ones_come_first() -> None:
    assert (WORDS["lady"].others, WORDS["lady"].neutral) == (("man",), "person")
    assert WORDS["bride"].others == ("groom",)
    assert WORDS["groom"].others == ("woman", "bride")
    assert {WORDS[other].sex for row in WORDS.values() for other in row.others if row.sex == "male"} == {"female"}
