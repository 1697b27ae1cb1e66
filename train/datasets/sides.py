"""Words for left and right, by language: a picture whose captions say one is not mirrored."""

import re

_SAID = {
    "ar": "يسار|يمين|يسرى|يمنى|أيسر|أيمن",
    "de": r"\b(links|rechts|(linke|rechte)[mnrs]?)\b",
    "en": r"\b(left|right)\b",
    "es": r"\b(izquierd|derech)[ao]s?\b",
    "fr": r"\b(gauches?|droite?s?)\b",
    "it": r"\b(sinistr|destr)[aeio]\b",
    "ja": "[左右]",
    "nl": r"\b(links|rechts|(linker|rechter)\w*)\b",
    "pt": r"\b(esquerd|direit)[ao]s?\b",
    "zh": "[左右]",
}
_PATTERNS = {language: re.compile(pattern, re.IGNORECASE) for language, pattern in _SAID.items()}


def says_side(caption: str, language: str = "en") -> bool:
    """Return whether a caption says left or right; never in a language that is not listed.

    Args:
        caption: As written.
        language: Its tag, in the canonical form.
    """
    pattern = _PATTERNS.get(language.partition("-")[0])
    return pattern is not None and pattern.search(caption) is not None
