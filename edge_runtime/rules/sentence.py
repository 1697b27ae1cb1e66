"""What an English caption says there is: its words as lemmas, without those that only seem so and those that it denies."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from edge_runtime.rules.compounds import without_unmeant
from edge_runtime.rules.negation import denied
from edge_runtime.rules.readings import Reading, read
from edge_runtime.rules.tokens import parts

_REMEMBERED = 256
"""Sentences; several rules ask about the same one."""


@dataclass(frozen=True)
class Sentence:
    """A caption, understood.

    Attributes:
        readings: What each word says in its place.
        meant: Whether each word means what it says: the dog of a hot dog does not.
        denied: Whether the sentence says that it is not there: the people of "no people".
    """

    readings: tuple[Reading, ...]
    meant: tuple[bool, ...]
    denied: tuple[bool, ...]

    @classmethod
    def of(cls, words: Sequence[str]) -> "Sentence":
        """Understand a caption.

        Args:
            words: As the model says them, or as `tokens` divides a text.
        """
        return _understood(tuple(words))

    @classmethod
    def plain(cls, words: Sequence[str]) -> "Sentence":
        """Take the words of another language as they are, in lower case."""
        readings = tuple(Reading.of(word, {word}) for word in map(str.lower, words))
        return cls(readings, (True,) * len(readings), (False,) * len(readings))

    def __len__(self) -> int:
        return len(self.readings)


@lru_cache(_REMEMBERED)
def _understood(words: tuple[str, ...]) -> Sentence:
    found, empty = parts(word.lower() for word in words)
    readings, away = without_unmeant(read(found))
    away |= empty
    missing = denied(readings)
    places = range(len(found))
    return Sentence(
        tuple(readings), tuple(place not in away for place in places), tuple(place in missing for place in places)
    )
