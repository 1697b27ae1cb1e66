"""Captions to tokens, and the vocabulary of a training split."""

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary

_IGNORED = dict.fromkeys(map(ord, "\u00ad\u034f\u2060\ufeff\u200e\u200f\u061c\ufe0e\ufe0f"))
"""Characters that say how a text is laid out, not what it says: soft hyphen, word joiner, marks of direction, emoji's style."""
_DOTTED_I = "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
_DOT_ABOVE = "\N{COMBINING DOT ABOVE}"
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_WITHIN = "\N{MIDDLE DOT}\N{HEBREW PUNCTUATION GERESH}\N{HEBREW PUNCTUATION GERSHAYIM}"
"""Punctuation that is a part of the word where it stands between letters: Catalan's l·l, Hebrew's abbreviations."""
_PLANES, _SELECTORS = range(0x20000), range(0xE0100, 0xE01F0)
"""Where Unicode has combining marks."""
_VIRAMA = 9
"""Canonical combining class of the signs that take a consonant's vowel away."""


def tokenise(caption: str) -> list[str]:
    """Lower-cased words of a caption: hyphens stay inside a word, a possessive `'s` is one of its own, punctuation goes.

    The text is brought into the form NFC first, so that an accent is the same however it was typed. A word is letters and digits
    with their combining marks (category M: vowel signs, viramas, points), and the joiners U+200C and U+200D between them.
    Lower case knows no language: Turkish İ and I both become i, and a dot above an i goes, so that `İKİ` and `iki` are one word.
    A text without spaces is one word: part its words with spaces first.
    """
    text = unicodedata.normalize("NFC", caption.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    if not text.isascii():
        text = text.translate(_IGNORED).replace(_DOTTED_I, "i").lower().replace(f"i{_DOT_ABOVE}", "i")
        return _words().findall(unicodedata.normalize("NFC", text))
    return _words().findall(text.lower())


@functools.cache
def _words() -> re.Pattern[str]:
    """Return what a word is; Python's own patterns do not know marks, so that their ranges are looked up once."""
    marks = _ranges(code for code in (*_PLANES, *_SELECTORS) if unicodedata.category(chr(code))[0] == "M")
    viramas = _ranges(code for code in _PLANES if unicodedata.combining(chr(code)) == _VIRAMA)
    joined = rf"[{_JOINERS}]+(?=[^\W_]|[{marks}])|(?<=[{viramas}])\N{{ZERO WIDTH JOINER}}|[{_WITHIN}](?=[^\W_])"
    run = rf"[^\W_](?:[^\W_]|[{marks}]|{joined})*"
    return re.compile(rf"'s\b|{run}(?:-{run})*(?:'(?!s\b){run})*")


def _ranges(codes: Iterable[int]) -> str:
    """Return code points as the inside of a character class."""
    spans: list[list[int]] = []
    for code in codes:
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in spans)


def build_vocabulary(captions: Iterable[str], min_count: int) -> Vocabulary:
    """Return the words that stand at least `min_count` times in captions, most frequent first, equals in alphabetical order.

    Args:
        captions: Captions of the training split alone.
        min_count: 5 is usual for Flickr8k.
    """
    counts = Counter(token for caption in captions for token in tokenise(caption))
    words = sorted(
        (word for word, count in counts.items() if count >= min_count), key=lambda word: (-counts[word], word)
    )
    return Vocabulary((*SPECIALS, *words))
