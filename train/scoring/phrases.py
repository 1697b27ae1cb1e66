"""Phrases of a caption that name COCO's objects, people or other animals: the longest from the left."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from train.scoring.colours import is_the_fruit
from train.scoring.object_names import MORE_ANIMALS, SYNONYMS, TRAPS
from train.scoring.person_words import DESCRIPTIONS, PEOPLE_TRAPS, SINGULAR_TRAPS

ANIMAL = "animal"
"""Stands for the animals that are none of the objects."""
_IRREGULAR = {
    "person": "people",
    "child": "children",
    "schoolchild": "schoolchildren",
    "grandchild": "grandchildren",
    "businessperson": "businesspeople",
    "human being": "human beings",
    "mouse": "mice",
    "goose": "geese",
    "ox": "oxen",
}
_SAME = frozenset(
    ("sheep", "bison", "cattle", "aircraft", "scissors", "shears", "luggage", "baggage", "police", "broccoli")
)
"""Words that have no plural of their own."""
_STUFFED = frozenset(("stuffed", "plush", "toy"))


@dataclass(frozen=True)
class Phrase:
    """A phrase that names something.

    Attributes:
        place: Of its first word.
        end: Behind its last one.
        name: Of the object, or `ANIMAL`.
    """

    place: int
    end: int
    name: str


def phrases_in(words: Sequence[str]) -> tuple[Phrase, ...]:
    """Return the phrases that name something, in their order.

    The longest that begins at a word counts, so that a hot dog is no dog, and a train track no train.

    Args:
        words: Of a caption, see `train.scoring.objects.words_of`.
    """
    return _phrases_in(tuple(words))


@functools.lru_cache(64)
def _phrases_in(words: tuple[str, ...]) -> tuple[Phrase, ...]:
    table, longest = _table()
    found, place = [], 0
    while place < len(words):
        for size in range(min(longest, len(words) - place), 0, -1):
            name = table.get(tuple(words[place : place + size]))
            if name is not None:
                if name and (words[place] != "orange" or size > 1 or is_the_fruit(words, place)):
                    stuffed = name == "bear" and _is_stuffed(words, place)
                    found.append(Phrase(place, place + size, "teddy bear" if stuffed else name))
                place += size
                break
        else:
            place += 1
    return tuple(found)


def described(words: Sequence[str], place: int) -> int:
    """Return the place behind words that describe what stands there.

    Args:
        words: Of a caption.
        place: Of the first that may.
    """
    while place < len(words) and words[place] in DESCRIPTIONS:
        place += 1
    return place


def _is_stuffed(words: Sequence[str], place: int) -> bool:
    """Return whether a bear is said to be a toy: a stuffed brown bear, a stuffed animal bear."""
    while place > 0 and (words[place - 1] in DESCRIPTIONS or words[place - 1] == ANIMAL):
        place -= 1
        if words[place] in _STUFFED:
            return True
    return False


@functools.cache
def _table() -> tuple[dict[tuple[str, ...], str], int]:
    """Return phrase -> name, empty for a trap, and the words of the longest."""
    rows = [*SYNONYMS.items(), (ANIMAL, MORE_ANIMALS), ("", TRAPS), ("", PEOPLE_TRAPS)]
    table: dict[tuple[str, ...], str] = {}
    for name, phrases in rows:
        for phrase in phrases.split(", "):
            for form in (phrase, phrase if phrase in SINGULAR_TRAPS else _plural(phrase)):
                table[tuple(form.split())] = name
    return table, max(map(len, table))


def _plural(phrase: str) -> str:
    """Return a phrase in the plural: of its last word, or of what stands before `of` or `in` (glasses of wine)."""
    words = phrase.split()
    link = next((place for place, word in enumerate(words) if place and word in ("of", "in")), len(words))
    return " ".join([*words[: link - 1], _plural_of_word(words[link - 1]), *words[link:]])


def _plural_of_word(word: str) -> str:
    if word in _SAME:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("man") and word not in ("human", "caiman"):
        return f"{word[:-2]}en"
    if word.endswith(("knife", "wife", "calf", "loaf", "leaf", "wolf")):
        return f"{word.rstrip('e')[:-1]}ves"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"
