"""Font files that are installed, the ones to prefer before the others."""

import os
import sys
from collections.abc import Iterator
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
_ENDINGS = (".ttf", ".otf", ".ttc")
_UNEVEN = ("bold", "italic", "oblique", "light", "thin", "black", "mono", "serif", "condensed")
"""What the names of fonts hold that are not taken as long as others show the same."""
_FACES = "CJK"
"""In the name of a file of several fonts, one a region, whose families end in it."""
_PROBE_SIZE = 24


@dataclass(frozen=True)
class Face:
    """One font of a file.

    Attributes:
        path: The file; empty for the font within Pillow.
        index: Which one of its fonts.
    """

    path: str
    index: int = 0


BUILT_IN = Face("")
"""Latin letters only."""


@lru_cache(maxsize=32)
def opened(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """Return a font in a size, in pixels to the em.

    Raises:
        OSError: The file is damaged, or holds pictures of other sizes only.
    """
    if face == BUILT_IN:
        built_in = ImageFont.load_default(size)
        if not isinstance(built_in, ImageFont.FreeTypeFont):
            raise OSError("Pillow was built without FreeType")
        return built_in
    return ImageFont.truetype(face.path, size, face.index)


@cache
def installed() -> tuple[Face, ...]:
    """Return the fonts to look in first, by preference; the last one is always there."""
    found: dict[str, str] = {}
    for path in _files():
        if path.name in _PREFERRED or (
            path.name.startswith(_OTHERS) and path.name.endswith(("-Regular.ttf", "-Regular.otf"))
        ):
            found.setdefault(path.name, str(path))
    preferred = [name for name in _PREFERRED if name in found]
    others = sorted(found.keys() - set(preferred))
    return (*(face for name in preferred + others if _is_readable(face := Face(found[name]))), BUILT_IN)


@cache
def further() -> tuple[Face, ...]:
    """Return all other fonts, even ones first: better any than none."""
    names = {Path(face.path) for face in installed()}
    paths = {path for path in _files() if path not in names and path.suffix.lower() in _ENDINGS}
    return tuple(Face(str(path)) for path in sorted(paths, key=lambda path: (_unevenness(path), path.name, path)))


@lru_cache(maxsize=256)
def of_region(face: Face, region: str) -> Face:
    """Return the font of a region, of a file that holds one a region; else the font itself.

    Args:
        face: A font.
        region: What its family's name ends in: `SC`, `JP`, `KR`.
    """
    if _FACES not in Path(face.path).name or not face.path.endswith(".ttc"):
        return face
    return next((other for other, family in _faces(face.path) if family.endswith(f" {region}")), face)


def _faces(path: str) -> Iterator[tuple[Face, str]]:
    for index in range(32):
        try:
            yield Face(path, index), str(opened(Face(path, index), _PROBE_SIZE).getname()[0])
        except OSError:
            return


def _unevenness(path: Path) -> int:
    name = path.name.lower()
    return sum(word in name for word in _UNEVEN)


def _files() -> Iterator[Path]:
    for folder in _FOLDERS.get(sys.platform, _FOLDERS["linux"]):
        for parent, _, names in os.walk(Path(folder).expanduser()):
            yield from (Path(parent) / name for name in names)


def _is_readable(face: Face) -> bool:
    try:
        opened(face, _PROBE_SIZE)
    except OSError:
        return False
    return True
