"""Which font shows which character, among those that are installed."""

import os
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

_FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": (r"~\AppData\Local\Microsoft\Windows\Fonts", r"C:\Windows\Fonts"),
}
_PREFERRED = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "Helvetica.ttc",
    "segoeui.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-VF.otf.ttc",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "Hiragino Sans GB.ttc",
    "msyh.ttc",
    "NotoEmoji-Regular.ttf",
    "Symbola.ttf",
    "seguisym.ttf",
    "FreeSans.ttf",
    "unifont.ttf",
)
"""Even sans-serif fonts, the widest first: Latin, Greek and Cyrillic, then Chinese, Japanese and Korean, then signs."""
_OTHERS = "NotoSans"
"""What the names of further fonts begin with, for one script each."""
_BUILT_IN = ""
"""Stands for the font within Pillow, Latin letters only."""
_MISSING = "\U0010ffff"
"""No font shows it, so its picture is that of a missing character."""
_PROBE_SIZE = 24
_FOLLOWING = ("Mn", "Mc", "Me", "Cf", "Zs")
"""Categories of characters that stay in the font of the one before: accents, joiners, spaces."""


@dataclass(frozen=True)
class Run:
    """Characters that one font shows."""

    text: str
    font: ImageFont.FreeTypeFont

    @property
    def length(self) -> float:
        """Return its width in pixels."""
        return self.font.getlength(self.text)


def runs_of(text: str, size: int) -> list[Run]:
    """Divide a text by the fonts that show it, each character in the first one that has it.

    Args:
        text: Of one line; a character that no font has is left to the first, which shows a box.
        size: Of the letters, in pixels to the em.
    """
    found: list[tuple[str, str]] = []
    for character in text:
        follows = found and unicodedata.category(character) in _FOLLOWING
        font = found[-1][1] if follows else _font_with(character)
        if found and found[-1][1] == font:
            found[-1] = (found[-1][0] + character, font)
        else:
            found.append((character, font))
    return [Run(part, _opened(font, size)) for part, font in found]


@lru_cache(maxsize=4096)
def _font_with(character: str) -> str:
    fonts = _installed()
    return next((font for font in fonts if _shows(font, character)), fonts[0])


def _shows(font: str, character: str) -> bool:
    try:
        opened = _opened(font, _PROBE_SIZE)
    except OSError:
        return False  # damaged, or of pictures of one size only
    return bytes(opened.getmask(character)) != bytes(opened.getmask(_MISSING))


@lru_cache(maxsize=32)
def _opened(font: str, size: int) -> ImageFont.FreeTypeFont:
    if font == _BUILT_IN:
        built_in = ImageFont.load_default(size)
        if not isinstance(built_in, ImageFont.FreeTypeFont):
            raise OSError("Pillow was built without FreeType")
        return built_in
    return ImageFont.truetype(font, size)


@cache
def _installed() -> tuple[str, ...]:
    """Return paths of the fonts to look in, by preference; the last one is always there."""
    found: dict[str, str] = {}
    for folder in _FOLDERS.get(sys.platform, _FOLDERS["linux"]):
        for parent, _, names in os.walk(Path(folder).expanduser()):
            for name in names:
                if name in _PREFERRED or (name.startswith(_OTHERS) and name.endswith(("-Regular.ttf", "-Regular.otf"))):
                    found.setdefault(name, str(Path(parent) / name))
    preferred = [name for name in _PREFERRED if name in found]
    readable = [found[name] for name in preferred + sorted(found.keys() - set(preferred)) if _is_readable(found[name])]
    return (*readable, _BUILT_IN)


def _is_readable(font: str) -> bool:
    try:
        _opened(font, _PROBE_SIZE)
    except OSError:
        return False
    return True
