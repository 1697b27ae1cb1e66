from pathlib import Path

import pytest

import edge_runtime
from edge_runtime.errors import RuleError
from edge_runtime.rules.expression import parse
from edge_runtime.rules.known import check_known, nearest, words_that_count
from edge_runtime.rules.synonyms import shipped, synonyms_for

_WORDS = ["a", "dog", "dogs", "rat", "cat", "rabbit", "man", "sofa", "running", "hot", "t-shirt", "seagulls", "watch"]
VOCABULARY = (
    (Path(edge_runtime.__file__).parent / "models/default/vocabulary.txt").read_text(encoding="utf-8").split()[4:]
)


@pytest.mark.parametrize(
    "rule",
    [
        "dog",
        "dogs",
        "person",
        "couch",
        "run",
        "runs",
        "animal and not person",
        '"hot dog"',
        "hotdog",
        "t-shirt",
        "gull",
        "bird",
        "*",
    ],
)
def test_what_can_be_said_is_taken(rule: str) -> None:
    check_known(parse(rule), _WORDS)


@pytest.mark.parametrize(
    ("rule", "said", "place"),
    [
        ("ferret", "'ferret' is none of the 13 words; nearest: rat, cat, rabbit", 0),
        ("dog and not ferrets", "'ferrets' is none of the 13 words; nearest: rat, cat, rabbit", 12),
        ("dgo", "'dgo' is none of the 13 words; nearest: dog", 0),
        ("dog or zzzzqq", "'zzzzqq' is none of the 13 words; none is near to it", 7),
        ('dog or "hot ferret"', "'ferret' is none of the 13 words; nearest: rat, cat, rabbit", 7),
        ("vehicle", "'vehicle' is none of the 13 words; none is near to it", 0),
    ],
)
def test_what_is_never_said_is_refused(rule: str, said: str, place: int) -> None:
    with pytest.raises(RuleError) as caught:
        check_known(parse(rule), _WORDS)
    assert str(caught.value) == said
    assert caught.value.excerpt == f"    {rule}\n" + " " * (4 + place) + "^"


def test_the_model_that_ships() -> None:
    for rule in (
        "person and dog",
        "couch or sofa",
        "fire hydrant" and "hydrant",
        "vehicle and not car",
        "skateboarding",
    ):
        check_known(parse(rule), VOCABULARY)
    with pytest.raises(RuleError, match=r"^'ferret' is none of the 3,068 words; nearest: cat, rabbit, squirrel\n"):
        check_known(parse("ferret"), VOCABULARY)
    with pytest.raises(RuleError, match=r"nearest: dog, "):
        check_known(parse("dgo"), VOCABULARY)


def test_nothing_is_refused_where_the_words_are_not_known() -> None:
    check_known(parse("ferret"), [])


def test_another_language() -> None:
    words = ["ein", "hund", "katze"]
    check_known(parse("Hund and not katze", "de"), words)
    with pytest.raises(RuleError, match=r"^'hunt' is none of the 3 words; nearest: hund\n"):
        check_known(parse("hunt", "de"), words)
    check_known(parse("tier", "de", synonyms_for("de", ["tier: hund"])), words)


def test_which_words_count() -> None:
    (animal,) = parse("animal").terms
    assert words_that_count(animal, _WORDS, True) == ["dog", "cat", "rabbit", "rat", "seagull"]
    assert nearest("ferret", _WORDS, shipped()) == ["rat", "cat", "rabbit"]


def test_the_table_names_the_nouns_of_the_model() -> None:
    """Of the people and animals among the model's words, each is in its class."""
    people = "man woman boy girl child lady guy toddler baby surfer skier skateboarder rider player cowboy police bride couple team crowd"
    animals = "dog cat bird horse cow sheep elephant giraffe zebra bear duck goose swan seagull monkey pigeon squirrel dolphin bee"
    for rule, words in (("person", people), ("animal", animals)):
        for word in words.split():
            assert word in VOCABULARY
            assert parse(rule).matches(["a", word]), word
            assert not parse(word).matches(["a", rule]), word
