"""What each word of an English caption is in its place: a thing or a doing, a thing or only its colour.

A few rules over the words beside it, made for captions: "a man watches a game" has no watch, "an orange cat" no fruit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge_runtime.english.words import word_set
from edge_runtime.rules.doing import is_doing
from edge_runtime.rules.grammar import AUXILIARIES, BE, COLOURS, DETERMINERS, is_adjoining
from edge_runtime.rules.lemmas import noun_of, only_a_doing, things, verb_of
from edge_runtime.rules.synonyms import is_member, is_of

_DESCRIBING = word_set(
    "orange lime peach plum cherry olive lemon chocolate blond blonde brunette male female adult human homeless elderly individual twin "
    "youth senior teenage native king queen fry pumpkin salmon tomato mustard melon grape patron orchid rose drum ham coffee wine berry "
    "tea cattle member student"
)
"""Things whose word is more often a quality of the next: an orange cat, a male skier."""
_COLOURED = word_set("in wearing wears bright dark light is are with painted colored coloured")
"""What stands before a colour, and before no fruit."""
_STATES = word_set("asleep alone awake together nearby outside outdoors indoors away there here")
"""What somebody is, and what stands before no other word."""
_MADE = word_set("building painting drawing crossing landing covering meeting")
"""Things that are what somebody does only where somebody does it."""
_DRINKS = word_set("wine drinking shot champagne water beer empty")
_WORN = word_set("wear wearing wears with in his her")
_CANS = word_set("trash garbage soda beer watering metal tin paint a an the two three several his her some")
_PRONOUNS = word_set("he she him himself herself")
_LOOKED_BACK = 4


@dataclass(frozen=True)
class Reading:
    """What one word says in its place.

    Attributes:
        word: As it stands, lower case.
        nouns: Lemmas of the thing or quality that it may be.
        verbs: Lemmas of the doing that it may be.
        things: Lemmas of the thing that it stands for, and not only how another one is: they say the classes that they are of.
    """

    word: str
    nouns: frozenset[str]
    verbs: frozenset[str]
    things: frozenset[str]

    @classmethod
    def of(cls, word: str, nouns: Iterable[str] = (), verbs: Iterable[str] = (), thing: bool = True) -> "Reading":
        """Return a reading all of whose nouns stand for a thing, or none."""
        found = frozenset(nouns)
        return cls(word, found, frozenset(verbs), found if thing else frozenset())


def read(words: Sequence[str]) -> tuple[Reading, ...]:
    """Return the reading of every word.

    Args:
        words: Of one sentence, lower case, without hyphens.
    """
    return tuple(_reading(words, place) for place in range(len(words)))


def _reading(words: Sequence[str], place: int) -> Reading:
    word = words[place]
    noun, verb = noun_of(word), verb_of(word)
    if word == "glasses":
        return Reading.of(word, {word} if _are_worn(words, place) else {word, "glass"})
    if word in _PRONOUNS and not any(is_of(noun_of(one), "animal") for one in words):
        return Reading.of(word, {word, "someone"})
    if word in AUXILIARIES and not (word == "can" and _is_can(words, place)):
        return Reading.of(word, (), {verb} if verb else ())
    if word in _MADE:
        return Reading.of(word, (), {verb or word}) if _is_made(words, place) else Reading.of(word, {word})
    if verb is None:
        return Reading.of(word, {noun}, (), _is_thing(words, place))
    if only_a_doing(word):
        # A gerund is a thing as well, to which its own word is true: fishing, skiing.
        return Reading.of(word, {word} if word.endswith("ing") else (), {verb}, thing=False)
    does = is_doing(words, place)
    if noun not in things() and not is_member(noun):
        return Reading.of(word, {noun}, {verb}, not does)
    return Reading.of(word, (), {verb}) if does else Reading.of(word, {noun}, (), _is_thing(words, place))


def _are_worn(words: Sequence[str], place: int) -> bool:
    """Return whether glasses are on somebody's nose, and not on a table."""
    before = words[max(0, place - _LOOKED_BACK) : place]
    return not _WORN.isdisjoint(before) and _DRINKS.isdisjoint(before) and words[place + 1 : place + 2] != ["of"]


def _is_can(words: Sequence[str], place: int) -> bool:
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    return before in _CANS or after in ("", "of")


def _is_made(words: Sequence[str], place: int) -> bool:
    """Return whether a building or painting is what somebody does."""
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    return before in BE or (is_of(noun_of(before), "person") and after in DETERMINERS)


def _is_thing(words: Sequence[str], place: int) -> bool:
    """Return whether a word stands for a thing rather than for the colour or kind of the next."""
    word = words[place]
    if word not in _DESCRIBING:
        return True
    after = words[place + 1] if place + 1 < len(words) else ""
    before = words[place - 1] if place else ""
    if word in COLOURS:
        earlier = words[place - 2] if place > 1 else ""
        follower = words[place + 2] if place + 2 < len(words) else ""
        joined = (after in ("and", ",") and follower in COLOURS) or (before == "and" and earlier in COLOURS)
        if joined or before in _COLOURED:
            return False
    if after in ("", "'s") or after in _STATES or is_adjoining(after):
        return True
    # Of a word that only a verb's ending makes one: an orange sitting there, but an orange slide.
    verb = verb_of(after)
    return verb is not None and after != verb and (only_a_doing(after) or before in ("a", "an", "the", "one"))
