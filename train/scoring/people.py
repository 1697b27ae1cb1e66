"""Which of a caption's words for people name somebody: not a passenger train, a baby elephant or a couple of boats."""

import functools
from collections.abc import Callable, Collection, Sequence

from train.scoring import person_words as known
from train.scoring.colours import COLOURS
from train.scoring.phrases import ANIMAL, Phrase, described, phrases_in

PERSON = "person"
_ANIMALS = frozenset(
    ("bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "teddy bear", ANIMAL)
)
_PETS = frozenset(("cat", "dog", "teddy bear"))
"""Their young are kittens and puppies: a baby beside one is somebody's."""
_NO = frozenset(("no", "without", "zero", "nor"))
_WITHIN_NO = frozenset(("a", "an", "any", "other", "single", "visible", "one"))
_EMPTY = frozenset(("devoid", "empty", "free"))
_ALONE = frozenset(("sheep", "cattle", "mice", "geese", "oxen", "broccoli"))
"""Plurals without an s."""
_RIDDEN = frozenset(("police", "passenger", "commuter", "tourist", "guest"))
"""Of the people that a thing is for, those of whom `boats` and `trains` behind them are seldom what they do."""
_OF_ANIMALS = known.AGES | known.DESCRIPTIONS
_OF_THINGS = known.DESCRIPTIONS - known.ROOMS
_WINDOW = 3
"""Words behind `of` among which stands what a group is of."""


def people_in(words: Sequence[str]) -> tuple[Phrase, ...]:
    """Return the phrases of a caption that name a person.

    Args:
        words: Of a caption, see `train.scoring.objects.words_of`.
    """
    return _people_in(tuple(words))


@functools.lru_cache(64)
def _people_in(words: tuple[str, ...]) -> tuple[Phrase, ...]:
    """Return them; the objects and the sexes that one caption says ask for them in turn."""
    found = phrases_in(words)
    animals = [phrase for phrase in found if phrase.name in _ANIMALS]
    said = [phrase for phrase in found if phrase.name == PERSON]
    said = [phrase for phrase in said if not any(rule(words, phrase, found) for rule in _RULES)]
    said = [phrase for phrase in said if not _is_of_an_animal(words, phrase, animals)]
    said = [phrase for phrase in said if not _is_of_things(words, phrase, found, said)]
    people: list[Phrase] = []
    for phrase in said:
        if not _is_its_young(words, phrase, animals, people):
            people.append(phrase)
    return tuple(people)


def _is_denied(words: Sequence[str], phrase: Phrase, _: Sequence[Phrase]) -> bool:
    """Return whether nobody is there: no people, without a rider, no cars or people, empty of people."""
    place = phrase.place - 1
    while place >= 0 and words[place] in _WITHIN_NO:
        place -= 1
    if place < 0:
        return False
    if words[place] in _NO or (words[place] == "not" and place < phrase.place - 1):
        return True
    before = words[place - 1] if place else ""
    return (words[place] == "of" and before in _EMPTY) or (
        words[place] == "or" and place > 1 and words[place - 2] in _NO
    )


def _is_whose(words: Sequence[str], phrase: Phrase, found: Sequence[Phrase]) -> bool:
    """Return whether a word tells whom a thing is for: a police vehicle, a farmers market, a girl's bedroom."""
    owned = phrase.end < len(words) and words[phrase.end] == "'s"
    place = phrase.end + owned
    while place < len(words) and words[place] in _OF_THINGS:
        place += 1
    if place >= len(words):
        return False
    owner, thing = words[phrase.end - 1], words[place]
    one = thing if thing in known.ROOMS else thing.removesuffix("s")
    # Girls pink bedrooms; but athletes open lockers.
    close = owned or all(word in COLOURS for word in words[phrase.end : place])
    if one in known.ROOMS and close:
        return True
    if owned and owner in known.CHILD_OWNERS and one in known.BELONGINGS:
        return True
    if owner not in known.PURPOSES:
        return False
    if one in known.FOR_PURPOSES:
        return True
    after = next((other for other in found if other.place == place), None)
    return (
        after is not None
        and after.name in known.OBJECTS_FOR_PURPOSES
        and (owner in _RIDDEN or words[after.end - 1] not in known.VERBS_TOO)
    )


def _is_done(words: Sequence[str], phrase: Phrase, found: Sequence[Phrase]) -> bool:
    """Return whether a word tells what somebody or something does: a pizza cooks, a cat grooms itself."""
    word = words[phrase.place]
    if word not in known.DONE_TOO:
        return False
    place = phrase.place - 1
    while place >= 0 and (words[place] in known.DESCRIPTIONS or words[place] in ("male", "female")):
        place -= 1
    if place < 0:
        return False
    if words[place] == "and":
        return not any(other.end == place and other.name == PERSON for other in found)
    return words[place] not in known.BEFORE_NOUNS or (words[place] in known.ONE and word.endswith("s"))


def _is_kind(words: Sequence[str], phrase: Phrase, _: Sequence[Phrase]) -> bool:
    """Return whether `individual` tells how things are: individual pizzas."""
    if words[phrase.place] != "individual" or phrase.end == len(words):
        return False
    after = words[phrase.end]
    return not (after in known.ENDS or after == "has" or after.endswith("ing"))


def _is_jug(words: Sequence[str], phrase: Phrase, _: Sequence[Phrase]) -> bool:
    """Return whether a pitcher is one to pour from."""
    if words[phrase.place] not in ("pitcher", "pitchers") or not known.BASEBALL.isdisjoint(words):
        return False
    return words[phrase.place - 1] in COLOURS or not known.JUG.isdisjoint(words)


_RULES: tuple[Callable[[Sequence[str], Phrase, Sequence[Phrase]], bool], ...] = (
    _is_denied,
    _is_whose,
    _is_done,
    _is_kind,
    _is_jug,
)


def _is_of_an_animal(words: Sequence[str], phrase: Phrase, animals: Sequence[Phrase]) -> bool:
    """Return whether a word tells the age or sex of the animal beside it: a baby brown cow, a mother and her baby zebra."""
    if words[phrase.place] not in known.AGES:
        return False
    if any(animal.end == phrase.place and animal.name not in _PETS for animal in animals):
        return True
    starts = {animal.place for animal in animals}
    after, _ = _aged(words, phrase.place, starts)
    if after + 1 < len(words) and words[after] in ("and", "or"):
        start = after + 1
        if words[start] in known.SOME or words[start] in known.OWNERS or words[start] == "its":
            start += 1
        further, is_age = _aged(words, start, starts)
        after = further if is_age else after
    return after in starts


def _aged(words: Sequence[str], place: int, starts: Collection[int]) -> tuple[int, bool]:
    """Return the place behind words that describe an animal, and whether one tells its age or sex."""
    start = place
    while place < len(words) and place not in starts and words[place] in _OF_ANIMALS:
        place += 1
    return place, not known.AGES.isdisjoint(words[start:place])


def _is_its_young(words: Sequence[str], phrase: Phrase, animals: Sequence[Phrase], people: Sequence[Phrase]) -> bool:
    """Return whether a word names the young or the mother of an animal that was named: an elephant with a baby.

    Only `its` says so where somebody stands before it, whose it could be.
    """
    word = words[phrase.place]
    if word not in known.AGES and word not in known.CHILDREN:
        return False
    place = phrase.place - 1
    while place >= 0 and words[place] in known.DESCRIPTIONS:
        place -= 1
    before = [animal for animal in animals if animal.end <= place]
    if not before:
        return False
    if words[place] == "its":
        return True
    if people or word in known.CHILDREN:
        return False
    if words[place] in known.OWNERS:
        return words[place] != "with" or before[-1].name not in _PETS
    if words[place] in known.SOME:
        place -= 1
    return word in known.YOUNG and words[place] in ("and", "with") and before[-1].name not in _PETS


def _is_of_things(words: Sequence[str], phrase: Phrase, found: Sequence[Phrase], people: Sequence[Phrase]) -> bool:
    """Return whether several are animals or things: a couple of boats, a crowd of birds, a couple elephants."""
    word = words[phrase.place]
    if word not in known.GROUPS:
        return False
    starts = {other.place: other for other in found if other.name != PERSON or other in people}
    if phrase.end < len(words) and words[phrase.end] == "of":
        return _are_things(words, phrase.end + 1, starts, word.startswith("couple"))
    before = next((other for other in found if other.end == phrase.place), None)
    if before is not None and before.name in _ANIMALS and not words[phrase.place - 1].endswith("s"):
        return True
    place = described(words, phrase.end)
    if word != "couple" or place == len(words):
        return False
    if words[place] in known.COUNTED:
        return True
    after = starts.get(place)
    if after is None or after.name == PERSON or words[after.end - 1] in known.VERBS_TOO:
        return False
    return any(part.endswith("s") or part in _ALONE for part in words[after.place : after.end])


def _are_things(words: Sequence[str], start: int, starts: dict[int, Phrase], unless_told: bool) -> bool:
    """Return whether no people stand behind `of`; what is said without either (a family of four) is as it is told."""
    counted = False
    for place in range(start, min(len(words), start + _WINDOW)):
        if place in starts:
            return starts[place].name != PERSON
        if words[place] in known.ENDS or words[place].endswith("ing"):
            break
        if counted and words[place] not in known.DESCRIPTIONS and words[place] not in known.AGES:
            break
        counted = counted or words[place] in known.NUMBERS
    return unless_told
