"""In which script captions are written: those of another language than the one that was named are found before they are learnt."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from edge_runtime.bundle.scripts import script_of
from train.datasets.languages import is_english
from train.errors import DatasetError

_LEAST = 0.5
"""Share of the letters that are of the language's own script; captions name brands and sports in others."""
_NAMES = {
    "Arab": "ARABIC",
    "Armn": "ARMENIAN",
    "Beng": "BENGALI",
    "Cyrl": "CYRILLIC",
    "Deva": "DEVANAGARI",
    "Ethi": "ETHIOPIC",
    "Geor": "GEORGIAN",
    "Grek": "GREEK",
    "Gujr": "GUJARATI",
    "Guru": "GURMUKHI",
    "Hans": "CJK",
    "Hant": "CJK",
    "Hebr": "HEBREW",
    "Jpan": "HIRAGANA KATAKANA CJK KATAKANA-HIRAGANA HALFWIDTH",
    "Khmr": "KHMER",
    "Knda": "KANNADA",
    "Kore": "HANGUL CJK",
    "Laoo": "LAO",
    "Latn": "LATIN",
    "Mlym": "MALAYALAM",
    "Mymr": "MYANMAR",
    "Orya": "ORIYA",
    "Sinh": "SINHALA",
    "Taml": "TAMIL",
    "Telu": "TELUGU",
    "Thaa": "THAANA",
    "Thai": "THAI",
    "Tibt": "TIBETAN",
}
"""Script -> what the names of its letters begin with in Unicode."""


def share_in_script(captions: Iterable[str], language: str) -> float | None:
    """Return the share of the letters of captions that are of a language's script, 0 to 1.

    Args:
        captions: As written.
        language: Its tag, in the canonical form.

    Returns:
        None where there are no letters, or where nothing is known of the script.
    """
    names = _NAMES.get(script_of(language), "").split()
    counts: Counter[str] = Counter()
    for caption in captions:
        counts.update(caption)
    letters = {letter: count for letter, count in counts.items() if letter.isalpha()}
    if not names or not letters:
        return None
    own = sum(count for letter, count in letters.items() if unicodedata.name(letter, " ").split(" ")[0] in names)
    return own / sum(letters.values())


def check_lettering(captions: Iterable[str], language: str, source: Path) -> None:
    """Refuse captions in another script than that of the language that they are said to be in.

    English is what captions are taken for where nobody says a language, so that nothing is refused as no English.

    Args:
        captions: Of the training split, as written.
        language: Their tag, in the canonical form.
        source: Where they come from.

    Raises:
        DatasetError: Less than half of their letters are of its script.
    """
    share = None if is_english(language) else share_in_script(captions, language)
    if share is not None and share < _LEAST:
        raise DatasetError(
            f"{source}: {share:.0%} of the letters of the captions are of the script '{script_of(language)}', in which "
            f"{language} is written; name the language of these captions (--language), or captions in that one"
        )
