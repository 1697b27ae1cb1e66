"""Faults of speech that reward-trained captioners are known for, and how much of what they say is their own.

Endings that want a word more ("a dog in a"), and words said over again, are what CIDEr-D as a reward brings about
(Guo et al. 2018, arXiv 1805.12589; Rennie et al. 2017, arXiv 1612.00563).
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_UNFINISHED = frozenset(
    [
        *(
            "a",
            "an",
            "the",
            "and",
            "or",
            "of",
            "in",
            "on",
            "at",
            "to",
            "with",
            "by",
            "for",
            "from",
            "into",
            "onto",
            "as",
        ),
        *(
            "over",
            "under",
            "near",
            "behind",
            "beside",
            "between",
            "through",
            "while",
            "is",
            "are",
            "be",
            "being",
            "his",
        ),
        *("her", "their", "its", "wearing", "holding", "another", "some", "two", "three"),
    ]
)
"""Last words that a sentence cannot end with; "two" and "three" count things that are not named then."""
_REPEATED = 3
"""Words of a phrase that a caption says once at the most."""


@dataclass(frozen=True)
class Speech:
    """What a set of captions is like.

    Attributes:
        distinct_words: Different words in all of them.
        distinct_captions: Different captions.
        mean_length: Words a caption.
        repeated: Share that say a phrase of three words twice, or a word twice in a row.
        dangling: Share that end with a word that wants another.
        novel: Share that are no training caption, word for word; None where those were not given.
    """

    distinct_words: int
    distinct_captions: int
    mean_length: float
    repeated: float
    dangling: float
    novel: float | None = None


def speech(captions: Mapping[str, str], known: Iterable[str] | None = None) -> Speech:
    """Look at captions.

    Args:
        captions: Picture -> caption, words parted by spaces, at least one.
        known: Training captions, in the captions' own spelling.
    """
    said = [caption.split() for caption in captions.values()]
    count = len(said)
    seen = None if known is None else {" ".join(caption.split()) for caption in known}
    return Speech(
        len({word for words in said for word in words}),
        len(set(captions.values())),
        round(sum(map(len, said)) / count, 2),
        sum(map(repeats, said)) / count,
        sum(map(dangles, said)) / count,
        None if seen is None else sum(" ".join(words) not in seen for words in said) / count,
    )


def repeats(words: list[str]) -> bool:
    """Whether a phrase of three words is said twice, or a word twice in a row."""
    phrases = [tuple(words[at : at + _REPEATED]) for at in range(len(words) - _REPEATED + 1)]
    return len(set(phrases)) < len(phrases) or any(one == other for one, other in itertools.pairwise(words))


def dangles(words: list[str]) -> bool:
    """Whether the last word wants another; an empty caption does."""
    return not words or words[-1] in _UNFINISHED
