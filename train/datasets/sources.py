"""Captions by several sources of unequal worth: who wrote a caption, and how much of the training each source gets."""

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from train.errors import DatasetError, RunError

PEOPLE = "people"
"""The source of captions for which nothing else is said; the first source is what a model learns to write like."""

_NAMED = re.compile(r"([A-Za-z][\w-]{0,39})=(.+)", re.DOTALL)
_MARK = "<source:"
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class CaptionFile:
    """A file of captions and who wrote them.

    Attributes:
        path: The file.
        source: A short name.
    """

    path: Path
    source: str = PEOPLE

    @classmethod
    def parse(cls, text: str) -> "CaptionFile":
        """Return what `NAME=FILE` or `FILE` on a command line means; a file that is there under the whole text is that file."""
        named = _NAMED.fullmatch(text)
        if named is None or Path(text).exists():
            return cls(Path(text))
        return cls(Path(named[2]), named[1])


def source_word(source: str) -> str:
    """Return the word of a vocabulary that captions of a source begin after, instead of `<start>`."""
    return f"{_MARK}{source}>"


def is_source_word(word: str) -> bool:
    """Return whether a word of a vocabulary says who wrote a caption; it is never said."""
    return word.startswith(_MARK)


def parse_weights(texts: Sequence[str]) -> dict[str, float]:
    """Return the share of the training that each source gets.

    Args:
        texts: `NAME=SHARE` each.

    Raises:
        RunError: A text of another form, a name twice, a share below 0, or shares that do not sum to 1.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, mark, share = text.partition("=")
        try:
            value = float(share)
        except ValueError:
            value = math.nan
        if not (name and mark and value >= 0 and math.isfinite(value)):
            raise RunError(f"--source-weights {text[:60]}: must be NAME=SHARE, a share of 0 or more")
        if name in found:
            raise RunError(f"--source-weights {text[:60]}: '{name}' stands in it twice")
        found[name] = value
    total = sum(found.values())
    if found and abs(total - 1) > _TOLERANCE:
        raise RunError(f"--source-weights {' '.join(texts)[:100]}: the shares sum to {total:g}, and must to 1")
    return found


def in_turn(writers: Sequence[str], most: int) -> list[int]:
    """Return the places of those captions of a picture that are learnt from, in their order.

    Args:
        writers: Who wrote each caption.
        most: Captions that are learnt from; where there are more, the sources take turns, the first one first.
    """
    if len(writers) <= most:
        return list(range(len(writers)))
    turns: Counter[str] = Counter()
    turn_of = []
    for source in writers:
        turn_of.append(turns[source])
        turns[source] += 1
    order = list(dict.fromkeys(writers))
    by_turn = sorted(range(len(writers)), key=lambda place: (turn_of[place], order.index(writers[place])))
    return sorted(by_turn[:most])


def check_shares(shares: Mapping[str, float], sources: Collection[str]) -> None:
    """Refuse shares of other sources than those of the captions.

    Args:
        shares: Share of the training that each source gets; none for captions that count alike.
        sources: Whose captions are learnt from.

    Raises:
        DatasetError: A source without a share, or a share of a source without captions.
    """
    if not shares:
        return
    for name in sorted(sources - shares.keys()):
        raise DatasetError(f"--source-weights: no share of '{name}', whose captions are learnt from too")
    for name in sorted(shares.keys() - sources):
        raise DatasetError(
            f"--source-weights {name}: no caption that is learnt from is by it; known are {', '.join(sorted(sources))}"
        )


def caption_weights(shares: Mapping[str, float], words: Mapping[str, int]) -> dict[str, float]:
    """Return the weight of a caption of each source, so that their mean over all words that are learnt from is 1.

    The loss is a mean over words: of two sources with as many captions, the one whose captions are longer weighs more in it.

    Args:
        shares: Share of the loss that each source gets; all captions count alike where empty.
        words: That the loss counts, by the source of their captions.

    Raises:
        DatasetError: See `check_shares`.
    """
    check_shares(shares, words.keys())
    if not shares:
        return dict.fromkeys(words, 1.0)
    total = sum(words.values())
    return {name: shares[name] * total / max(1, count) for name, count in words.items()}
