"""Words that do not mean, beside certain others, what they mean alone: a hot dog, a teddy bear, a man's best friend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from edge_runtime.english.words import word_set
from edge_runtime.rules.grammar import AUXILIARIES, DETERMINERS, JOINING, KIN, PREPOSITIONS
from edge_runtime.rules.readings import Reading
from edge_runtime.rules.synonyms import compound_lines, entries_of

_BETWEEN = 3
"""Words that may stand where a pattern has `~`."""
_DISHES = word_set(
    "plate bowl dish rice fries salad sauce potatoes potato vegetables vegetable broccoli meal food carrots pasta soup noodles grill "
    "lunch dinner dip corn beans"
)
_MEATS = word_set("chicken fish lamb turkey duck crab salmon tuna lobster shrimp trout")
_LIKE = word_set("shaped themed flavored flavoured scented")
"""What the word before only looks or tastes like."""
_ARTICLES = word_set("a an the two three four some several another his her one")


@dataclass(frozen=True)
class _Element:
    """A word of a pattern.

    Attributes:
        words: Any of which it may be; none for a gap.
        classes: Or any that says one of these.
        unmeant: Whether it does not mean what it says here.
        classless: Whether it says itself alone, and no class that it is of.
    """

    words: frozenset[str]
    classes: tuple[str, ...]
    unmeant: bool
    classless: bool = False

    @property
    def gap(self) -> bool:
        return not self.words and not self.classes

    def fits(self, reading: Reading) -> bool:
        if reading.word in self.words or not self.words.isdisjoint(reading.nouns):
            return True
        return any((noun,) in entries_of(name) for name in self.classes for noun in reading.nouns)


@dataclass(frozen=True)
class _Pattern:
    elements: tuple[_Element, ...]
    protects: bool


def without_unmeant(readings: Sequence[Reading]) -> tuple[list[Reading], set[int]]:
    """Return what is left of readings where words stand beside others, and the places of words that do not mean what they say.

    Args:
        readings: Of one sentence.
    """
    away: set[int] = set()
    alone: set[int] = set()
    protected: list[tuple[list[int], list[int]]] = []
    for start, reading in enumerate(readings):
        for pattern in _beginning(reading):
            for places in _fits(pattern.elements, readings, start):
                if pattern.protects:
                    marked = [place for place, element in zip(places, pattern.elements, strict=True) if element.unmeant]
                    protected.append((marked or places, places))
                    continue
                for place, element in zip(places, pattern.elements, strict=True):
                    if element.unmeant:
                        away.add(place)
                    elif element.classless:
                        alone.add(place)
        if start and reading.word in _LIKE:
            away.add(start - 1)
    # The couple of a couple of people is one, but not that of a couple of baby elephants.
    kept = {place for marked, places in protected if away.isdisjoint({*places} - {*marked}) for place in marked}
    away -= kept
    away |= set(_young(readings, away))
    alone = (alone - kept) | set(_eaten(readings))
    return [_alone(reading) if place in alone else reading for place, reading in enumerate(readings)], away


def _alone(reading: Reading) -> Reading:
    """Return a reading that says itself and no class that it is of; an animal on a plate says meat."""
    return replace(reading, things=frozenset({"meat"} if not _MEATS.isdisjoint(reading.nouns) else ()))


def _fits(
    elements: Sequence[_Element], readings: Sequence[Reading], start: int, behind: bool = False
) -> Iterator[list[int]]:
    """Yield the place of each element where a pattern fits; of a gap it is -1. Behind its first word it holds no doing: buses stop."""
    if not elements:
        yield []
        return
    first, rest = elements[0], elements[1:]
    if first.gap:
        for skipped in range(_BETWEEN + 1):
            if any(not _describes(readings, place) for place in range(start, min(start + skipped, len(readings)))):
                return
            for places in _fits(rest, readings, start + skipped, behind=True):
                yield [-1, *places]
                return
    elif start < len(readings) and first.fits(readings[start]) and not (behind and _does(readings[start])):
        for places in _fits(rest, readings, start + 1, behind=True):
            yield [start, *places]


def _does(reading: Reading) -> bool:
    return bool(reading.verbs) and not reading.things and not reading.word.endswith(("ing", "ed"))


def _describes(readings: Sequence[Reading], place: int) -> bool:
    """Return whether a word may stand between two that belong together: a statue of a large running horse."""
    reading = readings[place]
    word = reading.word
    if word in PREPOSITIONS or word in JOINING or word in AUXILIARIES or word == "'s":
        return False
    if reading.verbs and word.endswith("ing"):
        return place > 0 and readings[place - 1].word in DETERMINERS
    return not reading.verbs or bool(reading.things) or word.endswith("ed")


def _eaten(readings: Sequence[Reading]) -> Iterator[int]:
    """Yield the places of animals that are on a plate: named without an article, beside what else is eaten."""
    words = [reading.word for reading in readings]
    if _DISHES.isdisjoint(words):
        return
    for place, word in enumerate(words):
        if word in _MEATS and _ARTICLES.isdisjoint(words[max(0, place - _BETWEEN) : place]):
            yield place


def _young(readings: Sequence[Reading], away: set[int]) -> Iterator[int]:
    """Yield the places of all that is called mother or baby where one of them is an animal's, and nobody else is named."""
    kin = [place for place, reading in enumerate(readings) if not KIN.isdisjoint(reading.nouns)]
    if not any(place in away for place in kin):
        return
    people = entries_of("person")
    others = (reading for place, reading in enumerate(readings) if place not in kin and place not in away)
    if not any((noun,) in people for reading in others for noun in reading.nouns):
        yield from kin


def _beginning(reading: Reading) -> Iterator[_Pattern]:
    """Yield the patterns whose first word a word may be."""
    by_word, by_class = _patterns()
    seen: set[int] = set()
    for word in (reading.word, *reading.nouns):
        for pattern in by_word.get(word, ()):
            if id(pattern) not in seen:
                seen.add(id(pattern))
                yield pattern
    for pattern in by_class:
        if id(pattern) not in seen and pattern.elements[0].fits(reading):
            yield pattern


@cache
def _patterns() -> tuple[dict[str, list[_Pattern]], list[_Pattern]]:
    by_word: dict[str, list[_Pattern]] = {}
    by_class: list[_Pattern] = []
    for line in compound_lines():
        pattern = _Pattern(tuple(_element(part) for part in line.removeprefix("!").split()), line.startswith("!"))
        for word in pattern.elements[0].words:
            by_word.setdefault(word, []).append(pattern)
        if pattern.elements[0].classes:
            by_class.append(pattern)
    return by_word, by_class


def _element(part: str) -> _Element:
    if part == "~":
        return _Element(frozenset(), (), False)
    names = [name.strip("*^") for name in part.split("/")]
    classes = tuple(name[1:-1] for name in names if name.startswith("<"))
    return _Element(frozenset(name for name in names if not name.startswith("<")), classes, "*" in part, "^" in part)
