"""The writing systems of languages: which one a tag means, in which direction it runs, and whether it parts words with spaces.

Codes are those of ISO 15924. A language that is not listed is written in Latin letters, as most are; what is listed follows
`Suppress-Script` of the IANA registry (RFC 5646) and the likely subtags of Unicode's CLDR.
"""

import re

LATIN = "Latn"
_WRITTEN = """
Arab ar arz ckb fa ku-IQ pa-PK ps sd ug ur yi-AF
Armn hy
Beng as bn
Cyrl ab av ba be bg ce cv kk ky mk mn os ru sah sr tg tt uk
Deva bho brx doi hi kok mai mr ne sa
Ethi am ti
Geor ka
Grek el
Gujr gu
Guru pa
Hant yue zh-HK zh-MO zh-TW
Hans zh
Hebr he yi
Jpan ja
Khmr km
Knda kn
Kore ko
Laoo lo
Mlym ml
Mymr my
Orya or
Sinh si
Taml ta
Telu te
Thaa dv
Thai th
Tibt bo dz
"""
"""A script, and the languages that are written in it where their tag names none; those of a region go before."""
_SCRIPTS = {tag: script for script, *tags in map(str.split, _WRITTEN.strip().splitlines()) for tag in tags}
_RIGHT_TO_LEFT = frozenset(("Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"))
_WITHOUT_SPACES = frozenset(("Hani", "Hans", "Hant", "Hira", "Jpan", "Kana", "Khmr", "Laoo", "Mymr", "Thai"))

SPACELESS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf"  # Thai, Lao; their digits and signs apart
    "\u1000-\u103f\u1050-\u108f\ua9e0-\ua9ef\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17d3\u17d7\u17dc\u17dd"  # Khmer
    "\u3005-\u3007\u3031-\u3035\u303b\u303c\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
"""Letters of the scripts that part no words with spaces, as the inside of a character class; see UAX #29, section 4."""
_SPACELESS = re.compile(f"[{SPACELESS}]")


def script_of(tag: str) -> str:
    """Return the script of a language, `Latn`, `Hans` or another code of four letters.

    Args:
        tag: In its canonical form, see `edge_runtime.bundle.languages.canonical_tag`; a script in it goes before what is usual.
    """
    language, *others = tag.split("-")
    for other in others:
        if len(other) == 1:
            break
        if len(other) == 4 and other.isalpha():
            return other
    regions = [f"{language}-{other}" for other in others if len(other) == 2]
    return next((_SCRIPTS[name] for name in (*regions, language) if name in _SCRIPTS), LATIN)


def direction_of(tag: str) -> str:
    """Return `ltr` or `rtl`, where a line of a language begins.

    Args:
        tag: See `script_of`.
    """
    return "rtl" if script_of(tag) in _RIGHT_TO_LEFT else "ltr"


def parts_words(tag: str) -> bool:
    """Return whether a language parts its words with spaces; where not, its captions are read character by character.

    Args:
        tag: See `script_of`.
    """
    return script_of(tag) not in _WITHOUT_SPACES


def is_spaceless(letter: str) -> bool:
    """Return whether a character is of a script that parts no words with spaces.

    Args:
        letter: One character.
    """
    return _SPACELESS.match(letter) is not None
