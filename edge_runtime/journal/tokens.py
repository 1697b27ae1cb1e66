"""Words of any language as the index holds them; what is searched for goes through the same hands as what is kept.

SQLite's tokeniser parts words at spaces and signs, folds capitals and accents, and stems English. Before it gets a sentence, letters of
scripts that part no words with spaces become words of their own (UAX #29, section 4), and the marks that Arabic and Hebrew may
write or leave out are left out.
"""

import re
import unicodedata

from edge_runtime.bundle.scripts import SPACELESS

MARKS = "categories 'L* N* Co Mn Mc'"
"""Characters that words hold, for SQLite's `unicode61`: marks too, for Indic vowels are written as such."""

_SPACELESS = re.compile(f"([{SPACELESS}])")
_OPTIONAL = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)
"""Points and accents of Hebrew; vowel signs, the hamza above and below letters, and the stretching stroke of Arabic."""
_SEMITIC = re.compile("[\u0590-\u06ff\ufb1d-\ufdff\ufe70-\ufeff]")


def indexed(text: str) -> str:
    """Return a sentence as it is given to SQLite's tokeniser.

    Args:
        text: Of any language; surrogates, which are no text, are replaced.
    """
    text = text.replace("\0", " ").encode("utf-8", "replace").decode()
    if text.isascii():
        return text
    if _SEMITIC.search(text):
        text = _OPTIONAL.sub("", unicodedata.normalize("NFKD", text))
    return _SPACELESS.sub(r" \1 ", unicodedata.normalize("NFC", text))


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, in their order: those by which it is found, before they are stemmed.

    Args:
        text: Of any language; what holds neither letter nor digit is no word.
    """
    parted = "".join(letter if unicodedata.category(letter)[0] in "LNM" else " " for letter in indexed(text))
    words = parted.casefold().split()
    return words if text.isascii() else [word for word in words if any(map(str.isalnum, word))]


def without_accents(word: str) -> str:
    """Return a word of Latin, Greek or Cyrillic letters without what stands above and below them, as SQLite's tokeniser has it."""
    if word.isascii():
        return word
    bare = (letter for letter in unicodedata.normalize("NFD", word) if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", "".join(bare))
