"""What is known of languages: how a caption of one becomes words, and how words become a sentence again.

A language is a row of `LANGUAGES`; one that has none is read by what its script tells. See docs/languages.md for how to add a row.
"""

from dataclasses import dataclass

from edge_runtime.bundle.languages import ENGLISH, Sentences
from edge_runtime.bundle.scripts import direction_of, parts_words, script_of

_ARABIC_MARKS = "".join(map(chr, (*range(0x064B, 0x0653), 0x0670, 0x0640)))
"""Short vowels, doubling and the like, which few write; and tatweel, which only stretches a word."""
_WITH_CAPITALS = ("Cyrl", "Grek", "Latn")
"""Scripts whose sentences begin with a capital and end with a full stop."""


@dataclass(frozen=True)
class Tokenising:
    """How a caption becomes words; see `train.datasets.tokeniser.tokenise`.

    Attributes:
        by_characters: Whether each letter of a script without spaces is a word of its own (UAX #29, section 4).
        keeps_case: Whether capitals are kept where they say something; lower case otherwise.
        dropped: Characters that are left out before.
    """

    by_characters: bool = False
    keeps_case: bool = False
    dropped: str = ""


@dataclass(frozen=True)
class Language:
    """How captions of a language are read, and said.

    Attributes:
        tokenising: From a caption to words.
        sentences: From words to a sentence.
    """

    tokenising: Tokenising
    sentences: Sentences


LANGUAGES = {
    "en": Language(Tokenising(), ENGLISH),
    "ar": Language(Tokenising(dropped=_ARABIC_MARKS), Sentences(" ", False, "", "rtl", "ربما: ")),
    "de": Language(Tokenising(keeps_case=True), Sentences(" ", True, ".", "ltr", "vielleicht: ")),
    "ja": Language(Tokenising(by_characters=True, keeps_case=True), Sentences("", False, "。", "ltr")),
    "pt": Language(Tokenising(), Sentences(" ", True, ".", "ltr", "talvez: ")),
    "th": Language(Tokenising(by_characters=True, keeps_case=True), Sentences("", False, "", "ltr")),
    "zh": Language(Tokenising(by_characters=True, keeps_case=True), Sentences("", False, "。", "ltr", "可能：")),
}
"""Language, the first part of a tag -> how it is read and said. What a language is not listed for goes by its script."""


def language_of(tag: str) -> Language:
    """Return how captions of a language are read and said: by its row, else as is usual in its script.

    Args:
        tag: In its canonical form, see `edge_runtime.bundle.languages.canonical_tag`. Its region makes no difference; a script other than
            the language's usual one may.
    """
    known = tag.partition("-")[0]
    if known in LANGUAGES and (parts_words(known), direction_of(known)) == (parts_words(tag), direction_of(tag)):
        return LANGUAGES[known]
    spaces, capital = parts_words(tag), script_of(tag) in _WITH_CAPITALS
    sentences = Sentences(" " if spaces else "", capital, "." if capital else "", direction_of(tag))
    return Language(Tokenising(by_characters=not spaces, keeps_case=not spaces), sentences)


def is_english(tag: str) -> bool:
    """Return whether a tag is one of English, whatever its region.

    Args:
        tag: See `language_of`.
    """
    return tag.partition("-")[0] == "en"
