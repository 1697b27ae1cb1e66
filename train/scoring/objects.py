"""Which of COCO's 80 objects a caption says, by name or synonym (after CHAIR: Rohrbach et al. 2018, arXiv 1809.02156)."""

from collections.abc import Sequence

from train.datasets.tokeniser import tokenise
from train.scoring.object_names import BALL_GAMES, OF_A_GAME, SYNONYMS
from train.scoring.people import PERSON, people_in
from train.scoring.phrases import ANIMAL, phrases_in

__all__ = ["OBJECTS", "PERSON", "objects_said", "objects_told", "words_of"]

OBJECTS = tuple(SYNONYMS)
"""COCO's names of its objects, in its order."""
_BALL = "sports ball"


def words_of(caption: str) -> tuple[str, ...]:
    """Return a caption's words, lower-cased, those with a hyphen parted.

    Args:
        caption: As written, English.
    """
    return tuple(tokenise(caption.replace("-", " ")))


def objects_said(words: Sequence[str]) -> frozenset[str]:
    """Return the objects that a caption names, each once.

    The longest phrase that begins at a word counts, so that a hot dog is no dog, and a train track no train. Words for people that
    name nobody (`a baby elephant`, `a passenger train`, `no people`) say no person: see `train.scoring.people`.

    Args:
        words: Of a caption, see `words_of`.

    Returns:
        Names of `OBJECTS`; people are `PERSON`.
    """
    names = {phrase.name for phrase in phrases_in(words) if phrase.name not in (PERSON, ANIMAL)}
    return frozenset(names | {PERSON} if people_in(words) else names)


def objects_told(words: Sequence[str]) -> frozenset[str]:
    """Return the objects that are there by a reference: those that it names, and the ball of a game.

    `They throw a football` tells of a ball that a caption may name; as a caption it is not held to have said one, for the word is
    as often the game's.

    Args:
        words: Of a reference, see `words_of`.
    """
    said = objects_said(words)
    taken = {place for phrase in phrases_in(words) for place in range(phrase.place, phrase.end)}
    for place, word in enumerate(words):
        after = place + 1
        if word not in BALL_GAMES or place in taken or after in taken:
            continue
        if after == len(words) or words[after] not in OF_A_GAME:
            return said | {_BALL}
    return said
