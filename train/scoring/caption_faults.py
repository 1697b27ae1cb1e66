"""Faults of speech that reward-trained captioners are known for, and how much of what they say is their own.

Endings that want a word more ("a dog in a"), and words said over again, are what CIDEr-D as a reward brings about
(Guo et al. 2018, arXiv 1805.12589; Rennie et al. 2017, arXiv 1612.00563).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from train.datasets.languages import is_english, language_of
from train.datasets.tokeniser import tokeniser
from train.scoring.dangling import dangles

_REPEATED = 3
"""Words of a phrase that a caption says once at the most."""
_REPEATED_CHARACTERS = 4
"""The same by characters, of which a word has one or two: `男孩` stands twice in captions of people, `的男孩` as well."""


@dataclass(frozen=True)
class Speech:
    """What a set of captions is like.

    Attributes:
        distinct_words: Different words in all of them; characters in languages that are read so.
        distinct_captions: Different captions.
        mean_length: Words a caption.
        repeated: Share that say a phrase of three words twice, or a word twice in a row; see `repeats`.
        dangling: Share that end with a word that wants another; None in a language of which no such words are known.
        novel: Share that are no training caption, word for word; None where those were not given.
    """

    distinct_words: int
    distinct_captions: int
    mean_length: float
    repeated: float
    dangling: float | None
    novel: float | None = None


def speech(captions: Mapping[str, str], known: Iterable[str] | None = None, language: str = "en") -> Speech:
    """Look at captions.

    Args:
        captions: Picture -> caption, at least one; English with spaces between the words of its vocabulary.
        known: Training captions, in the captions' own spelling.
        language: Tag of the captions, in the canonical form.
    """
    parted = str.split if is_english(language) else tokeniser(language)
    said = [parted(caption) for caption in captions.values()]
    count = len(said)
    seen = None if known is None else {" ".join(parted(caption)) for caption in known}
    ends = [end for words in said if (end := dangles(words, language)) is not None]
    return Speech(
        len({word for words in said for word in words}),
        len(set(captions.values())),
        round(sum(map(len, said)) / count, 2),
        sum(repeats(words, language) for words in said) / count,
        sum(ends) / count if ends else None,
        None if seen is None else sum(" ".join(words) not in seen for words in said) / count,
    )


def repeats(words: Sequence[str], language: str = "en") -> bool:
    """Return whether a phrase of three words is said twice, or a word twice in a row.

    Of a language that is read by characters: a phrase of four, two twice in a row, or one three times, as doubled ones are words
    (`狗狗`, `妈妈`).

    Args:
        words: Of a caption.
        language: Its tag, in the canonical form.
    """
    if language_of(language).tokenising.by_characters:
        return _again(words, _REPEATED_CHARACTERS) or _in_a_row(words, 2) or _in_a_row(words, 1, 3)
    return _again(words, _REPEATED) or _in_a_row(words, 1)


def _again(words: Sequence[str], size: int) -> bool:
    """Return whether a phrase of some words stands twice, perhaps over itself."""
    phrases = [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]
    return len(set(phrases)) < len(phrases)


def _in_a_row(words: Sequence[str], size: int, times: int = 2) -> bool:
    """Return whether a phrase of some words stands so many times, one behind the other."""
    places = range(len(words) - size * times + 1)
    return any(words[at : at + size * (times - 1)] == words[at + size : at + size * times] for at in places)
