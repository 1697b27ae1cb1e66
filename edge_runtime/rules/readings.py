"""What each word of an English caption is in its place: a thing or a doing, a thing or only its colour.

A few rules over the words beside it, made for captions: "a man watches a game" has no watch, "an orange cat" no fruit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from edge_runtime.english.words import word_set
from edge_runtime.rules.lemmas import noun_of, only_a_doing, things, verb_of
from edge_runtime.rules.synonyms import Entry, shipped

DETERMINERS = word_set(
    "a an the his her its their my your our this that these those some any each every several many two three four five six seven eight "
    "nine ten one both all another other few no multiple various"
)
PREPOSITIONS = word_set(
    "in on at of with by from to into onto under over behind near beside between through along across against around above below "
    "inside outside for next up down off out about after before during toward towards beneath underneath among amongst past without "
    "atop beyond within upon alongside via like as amid amidst"
)
BE = word_set("is are was were be been being am")
AUXILIARIES = BE | word_set("has have had do does did can could will would may might must should")
JOINING = word_set("and or nor but while who which that whose when where as because if then than , ; : . ! ?")
_SUBJECTS = word_set("he she it who that which they")
_DESCRIBING = word_set(
    "orange lime peach plum cherry olive lemon chocolate blond blonde brunette male female adult human homeless elderly individual twin "
    "youth senior teenage native king queen fry pumpkin salmon tomato mustard melon grape patron orchid rose drum ham coffee wine berry "
    "tea cattle infant member twin student"
)
"""Things whose word is more often a quality of the next: an orange cat, a male skier."""
_COLOURS = word_set(
    "red blue green yellow white black brown purple pink gray grey orange tan gold silver beige lime peach plum rose olive maroon teal"
)
_AS_NOUNS = word_set("building painting drawing crossing landing covering meeting")
_NO_INFINITIVE = word_set("school shore church land camp work market top back side")
_SEEING = word_set("wear wearing wears with his her")
_BEHIND_WATCHING = word_set("as while over at people someone him them it tv television")
_LOOKED_BACK = 4


@dataclass(frozen=True)
class Reading:
    """What one word says in its place.

    Attributes:
        word: As it stands, lower case.
        nouns: Lemmas of the thing or quality that it may be.
        verbs: Lemmas of the doing that it may be.
        thing: Whether `nouns` stand for a thing, and not for how another one is.
    """

    word: str
    nouns: frozenset[str]
    verbs: frozenset[str]
    thing: bool = True


@cache
def entries_of(name: str) -> frozenset[Entry]:
    """Return all that says a class of the table that ships."""
    return frozenset(shipped().below((name,)))


def is_of(noun: str, name: str) -> bool:
    """Return whether a noun alone says a class of the table that ships."""
    return (noun,) in entries_of(name)


def is_adjoining(word: str) -> bool:
    """Return whether a word is a preposition, an article, an auxiliary, or joins clauses."""
    return word in PREPOSITIONS or word in JOINING or word in AUXILIARIES or word in DETERMINERS


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
        before = words[max(0, place - _LOOKED_BACK) : place]
        after = words[place + 1 : place + 2]
        drinking = "of" in after or any(
            one in ("wine", "drinking", "shot", "champagne", "water", "beer", "empty") for one in before
        )
        worn = not drinking and any(one in _SEEING for one in before)
        return Reading(word, frozenset({word} if worn else {word, "glass"}), frozenset())
    if word in ("he", "she", "him", "himself", "herself") and not any(is_of(noun_of(one), "animal") for one in words):
        return Reading(word, frozenset({word, "someone"}), frozenset())
    if word in AUXILIARIES and not (word == "can" and _is_can(words, place)):
        return Reading(word, frozenset(), frozenset({verb} if verb else ()), False)
    if word in _AS_NOUNS and _is_made(words, place):
        return Reading(word, frozenset(), frozenset({verb or word}))
    if verb is None:
        return Reading(word, frozenset({noun}), frozenset(), _is_thing(words, place))
    if only_a_doing(word):
        # A gerund is a thing as well, to which its own word is true: painting, fishing.
        return Reading(word, frozenset({word} if word.endswith("ing") else ()), frozenset({verb}), word in _AS_NOUNS)
    if noun not in things() and not is_class_member(noun):
        return Reading(word, frozenset({noun}), frozenset({verb}), not _is_doing(words, place))
    if _is_doing(words, place):
        return Reading(word, frozenset(), frozenset({verb}))
    return Reading(word, frozenset({noun}), frozenset(), _is_thing(words, place))


@cache
def is_class_member(noun: str) -> bool:
    """Return whether a word that is a verb too is in the table as a thing."""
    return any(
        is_of(noun, name)
        for name in ("animal", "person", "vehicle", "food", "clothing", "furniture", "building", "plant")
    )


def _is_doing(words: Sequence[str], place: int) -> bool:
    """Return whether a word that may be a thing or a doing is a doing."""
    word = words[place]
    base = noun_of(word) == word
    at = place - 1
    while at >= 0 and (
        words[at].endswith("ly") or words[at] in ("also", "then", "just", "all", "both", "still", "now")
    ):
        at -= 1
    before = words[at] if at >= 0 else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    if before in ("", "'s", "'") or (before in DETERMINERS and before not in _SUBJECTS):
        return False
    if before == "to":
        earlier = words[at - 1] if at else ""
        return (
            base
            and word not in _NO_INFINITIVE
            and earlier not in ("next", "close", "up", "on", "attached", "leading", "in")
        )
    if before in (
        "can",
        "will",
        "would",
        "should",
        "could",
        "must",
        "may",
        "might",
        "do",
        "does",
        "did",
        "n't",
        "let",
        "'ll",
    ):
        return base
    if before in ("others", "everyone", "everybody", "someone", "somebody"):
        return base == (before == "others")
    if before in _SUBJECTS:
        return not (before == "that" and base and after in ("", "in", "on", "of"))
    if before in PREPOSITIONS or before in BE:
        return False
    if before in ("and", "or", ",", "but", "while", "as"):
        return _continues(words, at, base, after)
    return _has_doer(words, at, base, after)


def _has_doer(words: Sequence[str], at: int, base: bool, after: str) -> bool:
    """Return whether the word at a place does what the word behind it says."""
    object_follows = after in DETERMINERS or after in ("him", "them", "it")
    if object_follows or after in _BEHIND_WATCHING:
        at = _before_what_describes(words, at)
    before = words[at]
    noun = noun_of(before)
    several = noun != before or before in (
        "police",
        "cattle",
        "sheep",
        "deer",
        "crowd",
        "couple",
        "team",
        "family",
        "group",
    )
    agent = any(is_of(noun, name) for name in ("person", "animal")) or noun in ("team", "group")
    vehicle = is_of(noun, "vehicle")
    if base:
        return (
            several
            and (agent or vehicle)
            and (object_follows or after == "" or not _is_noun_behind(words, at))
            and before != noun
        )
    if several and before not in ("crowd", "couple", "team", "family", "group", "police"):
        return False
    if agent:
        return True
    if vehicle:
        return object_follows or after in (
            "through",
            "down",
            "up",
            "away",
            "into",
            "behind",
            "from",
            "over",
            "across",
            "along",
            "by",
        )
    return object_follows and not before.endswith("ing")


def _before_what_describes(words: Sequence[str], at: int) -> int:
    """Return the place of the person or animal that what stands at a place only describes: the men of `men in blue vests`."""
    for place in range(at, 0, -1):
        word = words[place]
        if word in JOINING or word in AUXILIARIES or (verb_of(word) is not None and noun_of(word) not in things()):
            return at
        before = noun_of(words[place - 1])
        if word in PREPOSITIONS and any(is_of(before, name) for name in ("person", "animal")):
            return place - 1
    return at


def _is_noun_behind(words: Sequence[str], at: int) -> bool:
    """Return whether the word behind a plural stands before a verb, so that it is a thing: `the dogs track runs`."""
    after = words[at + 2] if at + 2 < len(words) else ""
    return after in AUXILIARIES


def _continues(words: Sequence[str], at: int, base: bool, after: str) -> bool:
    """Return whether a word behind `and` goes on with what somebody does: sits and watches the game."""
    if after not in DETERMINERS and after not in (
        "as",
        "while",
        "over",
        "at",
        "him",
        "them",
        "it",
        "people",
        "down",
        "through",
    ):
        return False
    for earlier in reversed(words[:at]):
        verb = verb_of(earlier)
        if verb is not None and not earlier.endswith("ing"):
            return (earlier == verb) == base or (not base and only_a_doing(earlier))
    return False


def _is_can(words: Sequence[str], place: int) -> bool:
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    return (
        before in DETERMINERS
        or before in ("trash", "garbage", "soda", "beer", "watering", "metal", "tin", "paint")
        or after in ("", "of")
    )


def _is_made(words: Sequence[str], place: int) -> bool:
    """Return whether a building or painting is what somebody does."""
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    doer = before in BE or is_of(noun_of(before), "person")
    return doer and (after in DETERMINERS or before in BE)


def _is_thing(words: Sequence[str], place: int) -> bool:
    """Return whether a word stands for a thing rather than for the colour or kind of the next."""
    word = words[place]
    if word not in _DESCRIBING:
        return True
    after = words[place + 1] if place + 1 < len(words) else ""
    before = words[place - 1] if place else ""
    if word in _COLOURS:
        earlier = words[place - 2] if place > 1 else ""
        follower = words[place + 2] if place + 2 < len(words) else ""
        joined = (after == "and" and follower in _COLOURS) or (before == "and" and earlier in _COLOURS)
        if joined or before in (
            "in",
            "wearing",
            "wears",
            "bright",
            "dark",
            "light",
            "is",
            "are",
            "with",
            "painted",
            "colored",
        ):
            return False
    return (
        after == ""
        or is_adjoining(after)
        or after == "'s"
        or (verb_of(after) is not None and noun_of(after) not in things())
    )
