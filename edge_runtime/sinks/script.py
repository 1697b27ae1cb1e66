"""Scripts: which one a letter is of, and whether what is installed here can draw it."""

import unicodedata
from functools import lru_cache

from edge_runtime.sinks.fonts import can_shape, shows

_NAMES = {"CJK": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
"""What the Unicode names of letters begin with, where that is no name of a language or a script that people use."""
_PACKAGES = {
    **dict.fromkeys(("Chinese", "Japanese", "Korean"), "fonts-noto-cjk"),
    **dict.fromkeys(("Latin", "Greek", "Cyrillic"), "fonts-dejavu-core"),
}
_OTHER_PACKAGE = "fonts-noto-core"
_SHAPED = frozenset(
    (
        "BENGALI",
        "DEVANAGARI",
        "GUJARATI",
        "GURMUKHI",
        "KANNADA",
        "KHMER",
        "LAO",
        "MALAYALAM",
        "MONGOLIAN",
        "MYANMAR",
        "ORIYA",
        "SINHALA",
        "TAMIL",
        "TELUGU",
        "THAI",
        "TIBETAN",
    )
)
"""Scripts from left to right whose letters change, or change places, beside others."""
_LAYOUT_PACKAGES = "libfribidi0 libraqm0"
"""What Pillow's wheels load, and what Debian's Pillow is built on."""


def script_name(letter: str) -> str:
    """Return the script of a letter as people call it, by the beginning of its name in Unicode: `Arabic`, `Chinese`, `Latin`."""
    first = unicodedata.name(letter, "UNKNOWN").partition(" ")[0]
    return _NAMES.get(first, first.capitalize())


def package_of(script: str) -> str:
    """Return the Debian package of fonts that has the letters of a script, as `script_name` calls it."""
    return _PACKAGES.get(script, _OTHER_PACKAGE)


@lru_cache(maxsize=64)
def undrawable(text: str) -> str | None:
    """Return why a text cannot be drawn here, with the remedy; None where it can.

    It cannot where no font has one of its letters or digits, or where a letter needs a layout that Pillow does not do here. Signs that
    no font has do not count.

    Args:
        text: In any script.
    """
    if text.isascii():
        return None
    for letter in unicodedata.normalize("NFC", text):  # as it is drawn
        if unicodedata.category(letter)[0] not in "LN":
            continue
        script = script_name(letter)
        if not can_shape() and _needs_shaping(letter):
            return f"Pillow cannot join or turn letters here, as {script} needs it; run: sudo apt install {_LAYOUT_PACKAGES}"
        if not shows(letter):
            return f"no font that is installed has the letters of {script}; run: sudo apt install {package_of(script)}"
    return None


def _needs_shaping(letter: str) -> bool:
    turns = unicodedata.bidirectional(letter) in ("R", "AL")
    return turns or unicodedata.name(letter, "").partition(" ")[0] in _SHAPED
