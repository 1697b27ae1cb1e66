"""Words for people that name somebody, and those that do not."""

import pytest

from train.scoring.objects import objects_said, words_of
from train.scoring.people import people_in


def _people(caption: str) -> list[str]:
    words = words_of(caption)
    return [" ".join(words[phrase.place : phrase.end]) for phrase in people_in(words)]


_NAMES = """
persons racer racers cheerleader cheerleaders diver boarder quarterback individual individuals folks dude fellow
newborn sailor artist pilot monk priest everybody everyone snowmobiler participant cook cooks hunter daddy mommy
grandpa grandma bridesmaid groomsmen actor nurses guard gal granddaughter schoolchildren salesperson violinist
visitors bullfighter businesspeople
"""


@pytest.mark.parametrize("word", _NAMES.split())
def test_words_for_people(word: str) -> None:
    assert _people(f"{word} with a bag") == [word]
    assert _people(f"the {word}") == [word]


@pytest.mark.parametrize(
    ("caption", "people"),
    [
        ("a large passenger airplane", []),
        ("a passenger airliner", []),
        ("two passenger ferries", []),
        ("a passenger ship", []),
        ("a commuter train", []),
        ("a yellow commuter bus", []),
        ("tourist boats", []),
        ("a police vehicle", []),
        ("a police bicycle", []),
        ("police bikes in a row", []),
        ("a farmers market", []),
        ("a farmer's market", []),
        ("the student desks", []),
        ("a guest bathroom", []),
        ("a passenger beside a bus", ["passenger"]),
        ("police on motorcycles", ["police"]),
        ("a family bikes to the sea", ["family"]),
        ("passengers board a plane", ["passengers"]),
        ("a farmer with a horse", ["farmer"]),
    ],
)
def test_whom_a_thing_is_for(caption: str, people: list[str]) -> None:
    assert _people(caption) == people


@pytest.mark.parametrize(
    ("caption", "people"),
    [
        ("a men's restroom", []),
        ("the men's bathroom", []),
        ("a woman's restroom sign", []),
        ("a kid's bedroom", []),
        ("a girl's pink bedroom", []),
        ("a child's toy", []),
        ("kids' toys on a rug", []),
        ("a child's bike", []),
        ("a baby's crib", []),
        ("a child's hand", ["child"]),
        ("a boy's birthday", ["boy"]),
        ("a girl beside her toy", ["girl"]),
        ("children shower outside", ["children"]),
        ("two boys open lockers", ["boys"]),
    ],
)
def test_whose_a_thing_is(caption: str, people: list[str]) -> None:
    assert _people(caption) == people


@pytest.mark.parametrize(
    ("caption", "people"),
    [
        ("a couple elephants", []),
        ("a couple glasses", []),
        ("a couple large dogs", []),
        ("a couple of boats", []),
        ("a couple of them", []),
        ("a couple of baby zebras", []),
        ("a couple of friends", ["couple", "friends"]),
        ("a couple kids", ["couple", "kids"]),
        ("a couple on a bench", ["couple"]),
        ("a couple bikes along a road", ["couple"]),
        ("a crowd of birds", []),
        ("a crowd of parked motorcycles", []),
        ("a crowd of people", ["crowd", "people"]),
        ("a crowd of protestors", ["crowd"]),
        ("a family of bears", []),
        ("a family of four elephants", []),
        ("a family of four", ["family"]),
        ("a family of four eat pizza", ["family"]),
        ("a family of five riding bicycles", ["family"]),
        ("an elephant family", []),
        ("a team of horses", []),
        ("a dog team in the snow", []),
        ("a team in red", ["team"]),
    ],
)
def test_several_of_what(caption: str, people: list[str]) -> None:
    assert _people(caption) == people


@pytest.mark.parametrize(
    ("caption", "people"),
    [
        ("a male mallard", []),
        ("a baby black bear", []),
        ("an adult golden retriever", []),
        ("a baby brown cow", []),
        ("a newborn baby elephant", []),
        ("an adult male lion", []),
        ("a mother and her baby giraffe", []),
        ("an elephant with a baby", []),
        ("an elephant and two small babies", []),
        ("a mother elephant and a baby", []),
        ("a sheep and a mother", []),
        ("a horse and its child", []),
        ("a cow mother", []),
        ("a man on an elephant with its baby", ["man"]),
        ("a woman with a horse and her daughter", ["woman", "daughter"]),
        ("a dog and a baby", ["baby"]),
        ("a baby and a dog", ["baby"]),
        ("a baby hugs a brown dog", ["baby"]),
        ("a baby and brown dog", ["baby"]),
        ("an elephant and a boy", ["boy"]),
    ],
)
def test_ages_of_animals(caption: str, people: list[str]) -> None:
    assert _people(caption) == people


@pytest.mark.parametrize(
    ("caption", "people"),
    [
        ("no people around", []),
        ("a street with no people", []),
        ("a bus without a driver", []),
        ("no cars or people", []),
        ("not a person in sight", []),
        ("a beach empty of people", []),
        ("no other people but a man", ["man"]),
        ("not many people", ["people"]),
        ("a man with no shirt", ["man"]),
    ],
)
def test_nobody_is_there(caption: str, people: list[str]) -> None:
    assert _people(caption) == people


@pytest.mark.parametrize(
    ("caption", "people"),
    [
        ("a white pitcher with flowers", []),
        ("a pitcher and a bowl", []),
        ("a pitcher waits", ["pitcher"]),
        ("a pitcher in white throws to a batter", ["pitcher", "batter"]),
        ("a pizza cooks", []),
        ("a cat grooms itself", []),
        ("a cow nurses her calf", []),
        ("a bride and groom", ["bride", "groom"]),
        ("two young cooks", ["cooks"]),
        ("individual pizzas", []),
        ("a tall individual with a kite", ["individual"]),
        ("a table runner", []),
        ("a toy soldier", []),
        ("a baby swing", []),
        ("a baby swings", ["baby"]),
        ("a bowl of batter", []),
        ("a granny smith apple", []),
    ],
)
def test_words_that_mean_something_else(caption: str, people: list[str]) -> None:
    assert _people(caption) == people


def test_a_thing_for_people_is_said_all_the_same() -> None:
    assert objects_said(words_of("a passenger ferry")) == {"boat"}
    assert objects_said(words_of("a mother elephant and a baby")) == {"elephant"}
