import pytest

from edge_runtime.bundle.judge_spec import WordingSpec
from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from edge_runtime.judging.wording import Rewording

SPEC = WordingSpec(
    nouns=(
        ("man", "woman", "person", "male"),
        ("woman", "man", "person", "female"),
        ("male", "female", "person", "male"),
        ("actress", "actor", "entertainer", "female"),
        ("men", "women", "people", "male"),
    ),
    pronouns=(
        ("his", "her", "their", "theirs", "male"),
        ("her", "his", "their", "them", "female"),
        ("he", "she", "they", "they", "male"),
    ),
    modifiers=(("male", ""),),
    animals=("dog",),
    animal_pronouns=(("their", "its"), ("they", "it")),
    verbs=("running",),
    function_words=("and", "with", "in", "'s", "is"),
    phrases=(("a person and a person", "two people"), ("they rides", "they ride")),
)
WORDS = Vocabulary(
    (*SPECIALS, *["a", "an", "man", "woman", "men", "women", "male", "his", "her", "dog", "and", "rides", "with"])
)


@pytest.mark.parametrize(
    ("sentence", "unsure", "said"),
    [
        ("a man with his dog", [1], "a person with their dog"),
        ("a man with his dog", [], "a man with his dog"),
        ("a man and a woman rides", [1, 4], "two people rides"),
        ("a man and a woman rides", [4], "a man and a person rides"),
        ("men with a dog", [0], "people with a dog"),
        ("an actress rides", [1], "an entertainer rides"),
        ("a woman 's dog", [1], "a person's dog"),
        ("a woman with a dog in her", [1], "a person with a dog in them"),
        ("a woman in her bed with a man", [7], "a woman in her bed with a person"),
        ("a woman in her bed with a man", [1], "a person in their bed with a man"),
        ("a surfer with his dog", [3], "a surfer with their dog"),
        ("a dog with his ball", [3], "a dog with his ball"),
        ("a male athlete", [1], "an athlete"),
        ("a male running", [1], "a person running"),
        ("a male and a dog", [1], "a person and a dog"),
        ("a man as he rides", [1], "a person as they ride"),
    ],
)
def test_what_is_said_instead(sentence: str, unsure: list[int], said: str) -> None:
    assert Rewording(SPEC, WORDS).reworded(sentence.split(), unsure) == said


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("a dog with his ball", "a dog with its ball"),
        ("a man with a dog and his ball", "a person with a dog and their ball"),
        ("a surfer and his board", "a surfer and their board"),
        ("a boat", "a boat"),
    ],
)
def test_no_sex_is_said_at_all(sentence: str, said: str) -> None:
    assert Rewording(SPEC, WORDS).reworded(sentence.split(), [], neutral=True) == said


def test_what_words_make_together_is_changed_once() -> None:
    spec = WordingSpec(
        (("man", "woman", "person", "male"),), phrases=(("person", "person person"), ("a person", "some one"))
    )
    assert Rewording(spec, WORDS).reworded(["a", "man", "and", "man"], [1, 3]) == "some one and person person"


def test_what_is_held_against_what() -> None:
    rewording, words = Rewording(SPEC, WORDS), ["a", "man", "with", "his", "dog"]
    assert [rewording.counterpart(words, place) for place in range(5)] == [
        None,
        WORDS.encode(["woman"])[0],
        None,
        None,
        None,
    ]
    # Nobody of its sex stands before it: it stands by itself, unless an animal may be meant.
    assert rewording.counterpart(["a", "surfer", "with", "his"], 3) == WORDS.encode(["her"])[0]
    assert rewording.counterpart(["a", "dog", "with", "his"], 3) is None
    # Nothing that the vocabulary lacks can be held against a word.
    assert rewording.counterpart(["a", "actress"], 1) is None


def test_a_word_is_unsure_below_the_margin() -> None:
    assert Rewording(SPEC, WORDS).unsure({1: 1.0, 4: 2.0, 6: -1.0}, 2.0) == {1, 6}


def test_words_that_the_next_one_may_change() -> None:
    rewording = Rewording(SPEC, WORDS)
    assert [word for word in ("man", "male", "her", "dog") if rewording.waits(word)] == ["male", "her"]
