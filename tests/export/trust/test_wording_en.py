"""English words for a sex, and those that do without."""

import pytest

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from edge_runtime.judging.wording import Rewording
from export.trust.wording_en import SEXES, wording
from train.scoring.sexed_words import WORDS


def test_of_a_vocabulary_those_that_it_can_say() -> None:
    table = wording(["man", "woman", "lady", "girl", "his", "dog", "females", "rides", "riding"])
    assert set(table.nouns) == {
        ("man", "woman", "person", "male"),
        ("woman", "man", "person", "female"),
        ("lady", "man", "person", "female"),
        # Nothing in the vocabulary is held against these: they are always sure, and never said where no sex is.
        ("girl", "boy", "child", "female"),
        ("females", "males", "people", "female"),
    }
    assert table.pronouns == (("his", "her", "their", "theirs", "male"),)
    assert (table.animals, table.verbs) == (("dog",), ("rides", "riding"))
    assert list(table.impossible()) == []


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("a man and a woman with his dog", "two people with their dog"),
        ("a man and a woman in a red coat", "a person and another person in a red coat"),
        ("a male skateboarder", "a skateboarder"),
        ("a female riding a horse", "a person riding a horse"),
        ("a female dog runs", "a dog runs"),
        ("two boys and a policeman", "two children and an officer"),
        ("two boys and a girl", "three children"),
        ("two men and two women", "four people"),
        ("a woman as she is jumping", "a person as they are jumping"),
        ("a boy smiles as he rides his bike", "a child smiles as they ride their bike"),
        ("he 's jumping", "they're jumping"),
        ("a man lifts her into the air", "a person lifts them into the air"),
        ("a woman with a dog behind her", "a person with a dog behind them"),
        ("a dog with his tongue out", "a dog with its tongue out"),
        ("a man in a cowboy hat", "a person in a cowboy hat"),
        ("mom watches a boy", "parent watches a child"),
        ("a mother and father", "two parents"),
        ("man and woman kissing", "two people kissing"),
        ("the man and the woman are dancing", "the two people are dancing"),
        ("a group of men and women", "a group of people"),
    ],
)
def test_sentences_without_a_sex(said: str, instead: str) -> None:
    words = said.split()
    known = [*SPECIALS, *dict.fromkeys([*words, "riding", "jumping", "kissing"])]
    assert Rewording(wording(known), Vocabulary(known)).reworded(words, [], neutral=True) == instead


def test_no_word_stands_for_itself() -> None:
    assert (WORDS["guys"].neutral, WORDS["guys"].sex) == ("people", "male")
    for word, row in WORDS.items():
        assert word == row.word
        assert row.neutral not in WORDS
        assert {WORDS[other].sex for other in row.others} == {"male", "female"} - {row.sex}
    assert (SEXES["hers"], SEXES["him"]) == ("female", "male")


def test_the_largest_vocabulary_has_tables_that_a_device_takes() -> None:
    pronouns = ("his", "her", "hers", "he", "she", "him", "himself", "herself")
    assert list(wording([*WORDS, *pronouns]).impossible()) == []
