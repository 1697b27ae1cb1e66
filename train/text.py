"""Captions to tokens, and the vocabulary of a training split."""

import re
from collections import Counter
from collections.abc import Iterable

from edge_runtime.vocabulary import SPECIALS, Vocabulary

_TOKEN = re.compile(r"'s\b|[^\W_]+(?:-[^\W_]+)*(?:'(?!s\b)[^\W_]+)*")


def tokenise(caption: str) -> list[str]:
    """Lower-cased words of a caption: hyphens stay inside a word, a possessive `'s` is one of its own, punctuation goes."""
    return _TOKEN.findall(caption.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def build_vocabulary(captions: Iterable[str], min_count: int) -> Vocabulary:
    """The words that stand at least `min_count` times in captions, most frequent first, equals in alphabetical order.

    Args:
        captions: Captions of the training split alone.
        min_count: 5 is usual for Flickr8k.
    """
    counts = Counter(token for caption in captions for token in tokenise(caption))
    words = sorted(
        (word for word, count in counts.items() if count >= min_count), key=lambda word: (-counts[word], word)
    )
    return Vocabulary((*SPECIALS, *words))
