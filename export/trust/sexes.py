"""By what margin a word has to beat its counterpart before the sex of a person is said."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge_runtime.judging.wording import Rewording

SexesOf = Callable[[str], frozenset[str]]
"""Names the sexes, `male` and `female`, that a caption gives to people."""

_ABOVE_ALL = 1.0
"""What the margin is above every one seen, where no smaller one will do."""


@dataclass(frozen=True)
class SexMargin:
    """A margin, and what it does.

    Attributes:
        margin: Least difference of log-probabilities at which a sex is said, in nats; 0 where no word of the kind was said.
        words: Said of pictures whose sex is known.
        wrong_before: Share of them that are wrong, without a margin.
        wrong_after: Share of those that are still said.
        still_said: Share of all of them.
    """

    margin: float
    words: int
    wrong_before: float
    wrong_after: float
    still_said: float

    def unsure(self, margins: Mapping[int, float]) -> set[int]:
        """Return the places of a sentence whose word is not sure enough.

        Args:
            margins: By place.
        """
        return Rewording.unsure(margins, self.margin)


def known_sex(references: Iterable[str], sexes_of: SexesOf) -> str | None:
    """Return the sex of the people in a picture: what every reference names, and no other, or None.

    Args:
        references: Of the picture, as written.
        sexes_of: Names the sexes that a caption gives to people.
    """
    named = {sexes_of(caption) for caption in references}
    agreed = next(iter(named)) if len(named) == 1 else frozenset[str]()
    return next(iter(agreed)) if len(agreed) == 1 else None


def choose_margin(said: Sequence[tuple[float, bool]], most_wrong: float) -> SexMargin:
    """Return the smallest margin at which the share of wrong words is small enough.

    Args:
        said: Margin of each word, and whether its sex is the wrong one.
        most_wrong: Share of those still said that may be wrong, 0 to 1.
    """
    if not said:
        return SexMargin(0.0, 0, 0.0, 0.0, 0.0)
    margins = np.array([margin for margin, _ in said])
    wrong = np.array([is_wrong for _, is_wrong in said])
    # A margin of 0 is what a search has that took the word: below it nothing needs to be held back.
    candidates = np.unique(np.concatenate([[min(0.0, margins.min())], margins]))
    for margin in candidates:
        kept = margins >= margin
        if wrong[kept].mean() <= most_wrong:
            return SexMargin(
                float(margin), len(said), float(wrong.mean()), float(wrong[kept].mean()), float(kept.mean())
            )
    return SexMargin(float(margins.max()) + _ABOVE_ALL, len(said), float(wrong.mean()), 0.0, 0.0)


def sexes_wrong(
    sentences: Iterable[tuple[Sequence[str], Mapping[int, float], str | None]], sex_of: Mapping[str, str]
) -> list[tuple[float, bool]]:
    """Return margin and wrongness of each word that says a sex, of the pictures whose sex is known.

    Args:
        sentences: Words, margins by place, and the sex that the references agree on.
        sex_of: Word -> the sex that it says.
    """
    return [
        (margin, sex_of[words[place]] != known)
        for words, margins, known in sentences
        if known is not None
        for place, margin in margins.items()
    ]
