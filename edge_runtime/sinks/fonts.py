"""Which font shows which character, among those that are installed."""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from PIL import ImageFont, features

from edge_runtime.sinks.bidi import stretches
from edge_runtime.sinks.font_files import Face, further, installed, of_region, opened

_REGIONS = {"HIRAGANA": "JP", "KATAKANA": "JP", "HANGUL": "KR"}
"""Whose forms of Chinese characters a text wants that holds such letters; one of none of them wants those of the mainland."""
_MAINLAND = "SC"
_MISSING = "\U0010ffff"
"""No font shows it, so its picture is that of a missing character."""
_PROBE_SIZE = 24
_FOLLOWING = ("Mn", "Mc", "Me", "Cf", "Zs")
"""Categories of characters that stay in the font of the one before: accents, joiners, spaces."""


@dataclass(frozen=True)
class Run:
    """Characters that one font shows, and that run one way.

    Attributes:
        text: In the order in which it is read.
        font: Opened in its size.
        direction: For Pillow: `rtl` where it runs from right to left; None leaves that to the letters.
    """

    text: str
    font: ImageFont.FreeTypeFont
    direction: str | None = None

    @property
    def length(self) -> float:
        """Return its width in pixels."""
        return self.font.getlength(self.text, direction=self.direction)


def runs_of(text: str, size: int) -> list[Run]:
    """Divide a text by the fonts that show it, each character in the first one that has it.

    Args:
        text: Of one line; a character that no font has is left to the first, which shows a box.
        size: Of the letters, in pixels to the em.

    Returns:
        What stands from left to right.
    """
    region = _region(text)
    found: list[Run] = []
    for stretch in stretches(text):
        turned = stretch.right_to_left and can_shape()
        parts = _parts(stretch.text, region)
        runs = [Run(part, opened(face, size), "rtl" if turned else None) for part, face in parts]
        found += reversed(runs) if turned else runs
    return found


def shows(character: str) -> bool:
    """Return whether any font has a character: whether its picture is another than that of a missing one."""
    return _font_with(character, _MAINLAND) is not None


@cache
def can_shape() -> bool:
    """Return whether Pillow joins letters and turns lines; its wheels load FriBiDi for that, which the system must have."""
    return bool(features.check("raqm"))


def _parts(text: str, region: str) -> list[tuple[str, Face]]:
    found: list[tuple[str, Face]] = []
    for character in text:
        follows = found and unicodedata.category(character) in _FOLLOWING
        face = found[-1][1] if follows else _font_with(character, region) or installed()[0]
        if found and found[-1][1] == face:
            found[-1] = (found[-1][0] + character, face)
        else:
            found.append((character, face))
    return found


def _region(text: str) -> str:
    if text.isascii():
        return _MAINLAND
    scripts = {unicodedata.name(character, "").partition(" ")[0] for character in text}
    return next((region for script, region in _REGIONS.items() if script in scripts), _MAINLAND)


@lru_cache(maxsize=4096)
def _font_with(character: str, region: str) -> Face | None:
    for face in (*installed(), *further()):
        found = of_region(face, region)
        if _shows(found, character):
            return found
    return None


def _shows(face: Face, character: str) -> bool:
    try:
        font = opened(face, _PROBE_SIZE)
        return bytes(font.getmask(character)) != bytes(font.getmask(_MISSING))
    except (OSError, ValueError):
        return False  # damaged, or of pictures of one size only
