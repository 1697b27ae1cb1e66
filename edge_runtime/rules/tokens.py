"""A sentence as the model's words: how a text is divided where its words were not kept."""

import re
from collections.abc import Iterable

from edge_runtime.english.words import word_set

_WORD = re.compile(r"n't\b|'s\b|'(?=\s|$)|[^\W_]+(?:[.'-][^\W_]+)*?(?=n't\b|'s\b)|[^\W_]+(?:['.-][^\W_]+)*|[,;:.!?]")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "‐": "-", "‑": "-"})
_EMPTYING = word_set("shaped like free style styled themed friendly proof sized looking inspired print less esque")
"""Ends of compounds whose first part is not there: a dog-shaped balloon, a people-free street."""


def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text, `'s` and `n't` apart, signs between clauses too.

    Args:
        text: Of any language; East Asian text without spaces stays one word.
    """
    return tuple(_WORD.findall(text.translate(_APOSTROPHES)))


def parts(words: Iterable[str]) -> tuple[list[str], set[int]]:
    """Divide words at their hyphens: a snow-covered hill has snow.

    Args:
        words: Of a sentence, lower case.

    Returns:
        The parts, and the places of those that are not there: the dog of a dog-shaped balloon.
    """
    found: list[str] = []
    empty: set[int] = set()
    for word in words:
        pieces = [piece for piece in word.translate(_APOSTROPHES).split("-") if piece]
        if len(pieces) > 1 and pieces[-1] in _EMPTYING:
            empty.update(range(len(found), len(found) + len(pieces) - 1))
        for piece in pieces or [word]:
            found += [piece[:-3], "n't"] if piece.endswith("n't") and len(piece) > 3 else [piece]
    return found, empty
