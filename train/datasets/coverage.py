"""How much of the captions a vocabulary can say: a network that knows too few of their words learns next to nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from edge_runtime.bundle.vocabulary import Vocabulary
from train.datasets.tokeniser import tokeniser
from train.errors import DatasetError

MAX_UNKNOWN = 0.4
"""Share of unknown words above which `fit` does not begin: 3 % are usual for thousands of pictures, 20 % for a hundred."""
_SENTENCE = 2.0
"""Words a caption, below which a text without spaces is suspected."""


@dataclass(frozen=True)
class Coverage:
    """Words of some captions, and how many of them a vocabulary lacks.

    Attributes:
        captions: How many captions.
        words: Words in all of them, each time that it stands there.
        unknown: Those that the vocabulary lacks.
    """

    captions: int
    words: int
    unknown: int

    @property
    def share(self) -> float:
        """Of the words that are unknown, 0 to 1; 1 where there are captions without any word."""
        return self.unknown / self.words if self.words else float(self.captions > 0)


def coverage(captions: Iterable[str], vocabulary: Vocabulary, language: str = "en") -> Coverage:
    """Return count what a vocabulary lacks.

    Args:
        captions: As written.
        vocabulary: The words that are known.
        language: Tag of the captions, in the canonical form.
    """
    parted = tokeniser(language, vocabulary)
    count = words = unknown = 0
    for caption in captions:
        tokens = parted(caption)
        count, words = count + 1, words + len(tokens)
        unknown += sum(token not in vocabulary for token in tokens)
    return Coverage(count, words, unknown)


def check_coverage(train: Coverage, dev: Coverage, most: float, taken_over: bool, log: Callable[[str], None]) -> None:
    """Say which share of the words is unknown, and refuse to train where it is too much.

    Args:
        train: Of the training captions.
        dev: Of the dev captions, perhaps none.
        most: The largest share that goes, 0 to 1.
        taken_over: Whether the words are those of a run or bundle that is begun with.
        log: Receives the shares.

    Raises:
        DatasetError: More than that is unknown.
    """
    told = [f"{train.share:.1%} of the words of the training captions"]
    if dev.captions:
        told.append(f"{dev.share:.1%} of those of dev")
    shares = " and ".join(told)
    log(f"unknown to the vocabulary: {shares}")
    if max(train.share, dev.share) <= most:
        return
    if train.words < _SENTENCE * train.captions:
        remedy = "the captions seem to be written without spaces, so part their words with spaces first, or name their --language"
    elif taken_over:
        remedy = (
            "the words are those of what is started from, so learn new ones with --new-decoder and --encoder-rate 0.1"
        )
    else:
        remedy = "lower --min-count, or bring more captions"
    raise DatasetError(
        f"the vocabulary lacks {shares}, at most {most:.0%} goes: {remedy}, or pass --max-unknown 1 to train all the same"
    )
