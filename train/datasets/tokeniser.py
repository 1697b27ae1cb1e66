"""Captions to tokens, and the vocabulary of a training split."""

import functools
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from edge_runtime.bundle.scripts import SPACELESS
from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from train.datasets.casing import Casing, learn_casing
from train.datasets.languages import Tokenising, language_of

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


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Latin letters and digits as wide as a Chinese one -> the usual ones."""
_LOWERED = Tokenising()


def tokenise(caption: str, how: Tokenising = _LOWERED) -> list[str]:
    """Words of a caption: hyphens stay inside a word, a possessive `'s` is one of its own, punctuation goes, and so do capitals.

    The text is brought into the form NFC first, so that an accent is the same however it was typed. A word is letters and digits
    with their combining marks (category M: vowel signs, viramas, points), and the joiners U+200C and U+200D between them.
    Lower case knows no language: Turkish İ and I both become i, and a dot above an i goes, so that `İKİ` and `iki` are one word.
    A text without spaces is one word, unless it is read by characters: then each letter of a script without spaces is a word with its
    marks, and what stands between them in other scripts (`T`, `28`) stays whole.

    Args:
        caption: As written.
        how: What is to be otherwise. Where case is kept, words are as written; see `tokeniser`.
    """
    text = unicodedata.normalize("NFC", caption.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    words = _words(how.by_characters)
    if text.isascii():
        return words.findall(text if how.keeps_case else text.lower())
    text = text.translate(_changed(how))
    if not how.keeps_case:
        text = text.replace(_DOTTED_I, "i").lower().replace(f"i{_DOT_ABOVE}", "i")
    return words.findall(unicodedata.normalize("NFC", text))


def tokeniser(language: str, vocabulary: Vocabulary | None = None) -> Callable[[str], list[str]]:
    """Return what makes words of a caption.

    Args:
        language: Its tag, in the canonical form.
        vocabulary: Whose words are meant, which tells the usual form of one where the language keeps capitals; without it all is lower
            case, as captions are compared.
    """
    how = language_of(language).tokenising
    if vocabulary is None or not how.keeps_case:
        lowered = replace(how, keeps_case=False)
        return lambda caption: tokenise(caption, lowered)
    casing = Casing(vocabulary.words[len(SPECIALS) :])
    return lambda caption: casing.settled(tokenise(caption, how))


@functools.cache
def _changed(how: Tokenising) -> dict[int, int | None]:
    """Return what becomes of characters before words are looked for: another one, or nothing."""
    return {**_IGNORED, **dict.fromkeys(map(ord, how.dropped)), **(_WIDE if how.by_characters else {})}


@functools.cache
def _words(by_characters: bool) -> re.Pattern[str]:
    """Return what a word is; Python's own patterns do not know marks, so that their ranges are looked up once."""
    marks = _ranges(code for code in (*_PLANES, *_SELECTORS) if unicodedata.category(chr(code))[0] == "M")
    viramas = _ranges(code for code in _PLANES if unicodedata.combining(chr(code)) == _VIRAMA)
    letter = f"(?![{SPACELESS}])[^\\W_]" if by_characters else r"[^\W_]"
    joined = rf"[{_JOINERS}]+(?=[^\W_]|[{marks}])|(?<=[{viramas}])\N{{ZERO WIDTH JOINER}}|[{_WITHIN}](?=[^\W_])"
    run = rf"{letter}(?:{letter}|[{marks}]|{joined})*"
    word = rf"'s\b|{run}(?:-{run})*(?:'(?!s\b){run})*"
    return re.compile(rf"[{SPACELESS}][{marks}]*|{word}" if by_characters else word)


def _ranges(codes: Iterable[int]) -> str:
    """Return code points as the inside of a character class."""
    spans: list[list[int]] = []
    for code in codes:
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in spans)


def build_vocabulary(captions: Iterable[str], min_count: int, language: str = "en") -> Vocabulary:
    """Return the words that stand at least `min_count` times in captions, most frequent first, equals in alphabetical order.

    Args:
        captions: Captions of the training split alone.
        min_count: 5 is usual for Flickr8k.
        language: Tag of their language, in the canonical form.
    """
    how = language_of(language).tokenising
    read: Iterable[list[str]] = (tokenise(caption, how) for caption in captions)
    if how.keeps_case:
        casing = learn_casing(read := list(read))
        read = map(casing.settled, read)
    counts = Counter(itertools.chain.from_iterable(read))
    words = sorted(
        (word for word, count in counts.items() if count >= min_count), key=lambda word: (-counts[word], word)
    )
    return Vocabulary((*SPECIALS, *words))
