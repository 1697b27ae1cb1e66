"""Whether a word that may be a thing or a doing is a doing: of `watches`, a man who watches a game, or a shop with watches.

It is told from the words beside it: who stands before, and what follows.
"""

from collections.abc import Sequence

from edge_runtime.english.words import word_set
from edge_runtime.rules.grammar import (
    AUXILIARIES,
    BE,
    COLOURS,
    DETERMINERS,
    JOINING,
    KIN,
    MODALS,
    PREPOSITIONS,
    is_adjoining,
)
from edge_runtime.rules.lemmas import noun_of, only_a_doing, things, verb_of
from edge_runtime.rules.synonyms import is_member, is_of

_BETWEEN = word_set("also then just all both still now")
"""What may stand between who does and the doing, beside words that end in -ly."""
_SUBJECTS = word_set("he she it who that which they")
_ANYBODY = word_set("others everyone everybody someone somebody one another")
_ONE = word_set("another one each")
"""What stands for somebody before a verb, and before no plural: another watches."""
_ONLY_ONE = word_set("a an another")
_SEVERAL = word_set("couple dozen hundred pair lot bunch few number variety group set row")
"""What makes several of one: a couple bags."""
_LONGEST_NAME = 4
_NO_INFINITIVE = word_set("school shore church land camp work market top back side")
"""Places that somebody goes to without an article."""
_NO_AIM = word_set("next close up on attached leading in")
"""What `to` belongs to as a preposition."""
_OBJECTS = word_set("him them it")
_BEHIND_WATCHING = word_set("as while over at people someone him them it tv television")
_COLLECTIVE = word_set("police cattle sheep deer crowd couple team family group audience")
"""Words that take a verb of one or of several."""
_ENDS = ("", ".", ",", ";", "and")
_KINDS = word_set("sports arts crafts stairs clothes graphics electronics mens womens")
"""Plurals that stand before another one."""
_WAYS = word_set("through down up away into behind from over across along by to toward towards at")
"""What follows a vehicle's doing."""


def is_doing(words: Sequence[str], place: int) -> bool:
    """Return whether a word is a doing.

    Args:
        words: Of one sentence, lower case.
        place: Of a word that may be a thing or a doing.
    """
    word = words[place]
    base = noun_of(word) == word
    at = place - 1
    while at >= 0 and ((words[at].endswith("ly") and not is_member(words[at])) or words[at] in _BETWEEN):
        at -= 1
    before = words[at] if at >= 0 else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    if before in _ONE and not base:
        return True
    if before in ("", "'s", "'") or (before in DETERMINERS and before not in _SUBJECTS):
        return False
    if before in KIN and is_of(noun_of(word), "animal"):
        return False
    if before == "to":
        earlier = words[at - 1] if at else ""
        return base and word not in _NO_INFINITIVE and earlier not in _NO_AIM
    if before in MODALS or before in ("go", "goes"):
        return base
    if before in _ANYBODY:
        return base == (before == "others")
    if before in _SUBJECTS:
        return not (before == "that" and base and after in ("", "in", "on", "of"))
    if before in PREPOSITIONS or before in BE:
        return False
    if before in JOINING:
        return _continues(words, at, base, after)
    return (not base and _is_behind_one(words, at)) or _has_doer(words, at, base, after)


def _is_behind_one(words: Sequence[str], at: int) -> bool:
    """Return whether an article of one leads to the word at a place, so that no plural follows: a boy in a green shirt watches."""
    for place in range(at, max(-1, at - _LONGEST_NAME), -1):
        word = words[place]
        if word in _ONLY_ONE:
            return place < at
        if word in _SEVERAL or is_adjoining(word) or word == "'s" or _is_verb(word):
            return False
    return False


def _has_doer(words: Sequence[str], at: int, base: bool, after: str) -> bool:
    """Return whether the word at a place does what the word behind it says."""
    object_follows = (after in DETERMINERS and after != "that") or after in _OBJECTS
    if object_follows or after in _BEHIND_WATCHING or after in _ENDS or (base and noun_of(words[at]) != words[at]):
        at = _before_what_describes(words, at, base, ends=after in _ENDS)
    before = words[at]
    noun = noun_of(before)
    agent = before in _ANYBODY or is_of(noun, "person") or is_of(noun, "animal") or noun in ("team", "group")
    vehicle = is_of(noun, "vehicle")
    if base:
        several = noun != before or before in _COLLECTIVE or before == "others" or "and" in words[max(0, at - 2) : at]
        return several and (agent or vehicle) and not _is_before_a_verb(words, at + 1)
    if noun != before and before not in _COLLECTIVE:
        # No plural stands before another one, but for whose they are: a man with bags watches, but kids toys.
        return (object_follows or after in _ENDS) and not agent and before not in _KINDS
    if agent:
        return True
    return object_follows or after in _WAYS if vehicle else object_follows and not before.endswith("ing")


def _before_what_describes(words: Sequence[str], at: int, base: bool, ends: bool) -> int:
    """Return the place of the person or animal that what stands at a place only describes: the men of `men in blue vests`.

    At the end of a sentence a thing may be meant as well: a girl with hair clips, but a boy in a parka watches.
    """
    for place in range(at, 0, -1):
        word = words[place]
        if word in JOINING or word in AUXILIARIES or _is_verb(word):
            return at
        before = words[place - 1]
        if word not in PREPOSITIONS:
            continue
        if before in _ANYBODY or is_of(noun_of(before), "person") or is_of(noun_of(before), "animal"):
            told = words[at] in COLOURS or not DETERMINERS.isdisjoint(words[place + 1 : at])
            return at if ends and not (noun_of(words[at]) != words[at] if base else told) else place - 1
        if ends and not base:
            return at
    return at


def _is_verb(word: str) -> bool:
    """Return whether a word is a form of a verb, and no thing."""
    return verb_of(word) is not None and noun_of(word) not in things()


def _is_before_a_verb(words: Sequence[str], place: int) -> bool:
    """Return whether the word at a place stands before an auxiliary, so that it is a thing: the cows water has."""
    return place + 1 < len(words) and words[place + 1] in AUXILIARIES


def _continues(words: Sequence[str], at: int, base: bool, after: str) -> bool:
    """Return whether a word behind `and` goes on with what somebody does: sits and watches the game."""
    if after not in DETERMINERS and after not in _BEHIND_WATCHING and after not in _WAYS:
        return False
    for earlier in reversed(words[:at]):
        verb = verb_of(earlier)
        if verb is not None and not earlier.endswith("ing") and noun_of(earlier) not in things():
            return (earlier == verb) == base or (not base and only_a_doing(earlier))
    return False
