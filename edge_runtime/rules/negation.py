"""What a caption says is not there: no people, without a leash, a dog that is not visible."""

from collections.abc import Iterator, Sequence

from edge_runtime.english.words import word_set
from edge_runtime.rules.grammar import AUXILIARIES, BE, DETERMINERS, PREPOSITIONS
from edge_runtime.rules.readings import Reading

_NONE = word_set("no zero neither nor")
_WITHOUT = word_set("without sans minus lacking lacks missing")
_NOBODY = word_set("nobody none")
_NOT = word_set("not n't never cannot")
_OF = word_set("free devoid empty absence lack bare void cleared clear instead emptied")
_BREAKING = word_set(
    ", ; : . ! ? but except besides while who which that whose when where because although though if then yet"
)
_IN_VIEW = word_set("visible present there seen shown pictured around here nearby apparent depicted")
_AWAY = word_set("absent nowhere invisible missing gone")
_SIGNS = word_set("sign zone symbol poster notice")
_FORBIDDEN = word_set("entry trespassing dogs outlet turn turns exit crossing pets littering vehicles parking")


def denied(readings: Sequence[Reading]) -> set[int]:
    """Return the places of words that the sentence says are not there, or are not done.

    Args:
        readings: Of one sentence.
    """
    words = [reading.word for reading in readings]
    found: set[int] = set()
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else ""
        before = words[place - 1] if place else ""
        if word in _NONE and not (word == "neither" and after == "of") and after not in ("longer", "matter", "."):
            found.update(_things(readings, place + 1, doing=after != "one"))
            found.update(_doing(readings, place + 1) if word == "no" else ())
        elif word in _NOBODY:
            found.update(_doing(readings, place + 1))
        elif word in ("hardly", "barely", "scarcely") and after == "any":
            found.update(_things(readings, place + 2))
        elif (
            word in _WITHOUT and not (word == "without" and before == "or") and not (word == "missing" and before in BE)
        ):
            found.update(_things(readings, place + 1))
        elif (word in _OF and after == "of") or (word == "rather" and after == "than"):
            found.update(_things(readings, place + 2))
        elif word in _NOT and after != "only":
            found.update(_not(readings, place))
        elif word in _AWAY and (before in BE or (before == "to" or word == "nowhere")):
            found.update(_subject(readings, place - 1))
    return found


def _not(readings: Sequence[Reading], place: int) -> set[int]:
    words = [reading.word for reading in readings]
    after = words[place + 1] if place + 1 < len(words) else ""
    in_view = after in _IN_VIEW or words[place + 1 : place + 3] in (["in", "sight"], ["in", "view"], ["in", "frame"])
    if in_view and place and (words[place - 1] in BE or words[place - 1] in ("do", "does", "can")):
        return set(_subject(readings, place - 1))
    if after in PREPOSITIONS:
        return set(_things(readings, place + 2))
    return set(_things(readings, place + 1))


def _things(readings: Sequence[Reading], start: int, doing: bool = True) -> Iterator[int]:
    """Yield the places of the things named from a place on, and of a doing that leads to them: wearing a hat, sign of people.

    A list goes on behind `or`, and behind `and` where no article begins another thing.
    """
    place = start
    seen = False
    while place < len(readings):
        reading = readings[place]
        word = reading.word
        after = readings[place + 1].word if place + 1 < len(readings) else ""
        if word in _BREAKING and not (word == "," and after in ("or", "nor", "no")):
            return
        if word == "and" and (after in DETERMINERS or (place + 1 < len(readings) and not readings[place + 1].things)):
            return
        if word in PREPOSITIONS and word != "of":
            return
        if word in AUXILIARIES or (seen and not reading.things and reading.verbs) or (seen and _is_ing(reading)):
            return
        if word in ("or", "nor", "and"):
            seen = False
        elif reading.nouns and word not in DETERMINERS:
            seen = seen or not _is_ing(reading)
            if not _is_sign(readings, start, place):
                yield place
        elif reading.verbs and doing:
            yield place
        place += 1


def _is_ing(reading: Reading) -> bool:
    return bool(reading.verbs) and reading.word.endswith("ing")


def _is_sign(readings: Sequence[Reading], start: int, place: int) -> bool:
    """Return whether a word is the sign that forbids something: a no parking sign is one."""
    if _SIGNS.isdisjoint(readings[place].nouns):
        return False
    return any(one.word.endswith("ing") or one.word in _FORBIDDEN for one in readings[start:place])


def _doing(readings: Sequence[Reading], start: int) -> Iterator[int]:
    """Yield the places of what nobody does: no one is swimming in the pool."""
    for place in range(start, len(readings)):
        reading = readings[place]
        if reading.word in _BREAKING or reading.word in PREPOSITIONS or reading.word == "and":
            return
        if reading.verbs and reading.word not in AUXILIARIES:
            yield place
            return


def _subject(readings: Sequence[Reading], last: int) -> Iterator[int]:
    """Yield the places of the thing that is said not to be in view."""
    place = last
    while place >= 0 and (readings[place].word in AUXILIARIES or readings[place].word == "to"):
        place -= 1
    while place >= 0:
        word = readings[place].word
        if word in _BREAKING or word in PREPOSITIONS or word in AUXILIARIES or word == "and":
            return
        yield place
        if word in DETERMINERS:
            return
        place -= 1
