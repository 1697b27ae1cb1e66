"""Letters to draw with, and words of no language to write."""

import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import ImageFont

Font = ImageFont.ImageFont | ImageFont.FreeTypeFont

_NAMES = {
    "sans": ("DejaVuSans", "DejaVuSansCondensed", "DejaVuSans-Bold"),
    "serif": ("DejaVuSerif", "DejaVuSerif-Italic", "DejaVuSerifCondensed"),
    "mono": ("DejaVuSansMono", "DejaVuSansMono-Bold"),
}
# So few letters that no word of these comes out which nobody wants to read.
_ONSETS = ("b", "d", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "st", "tr", "pl", "bl", "")
_VOWELS = ("a", "e", "o", "ea", "ou", "ai", "e", "io")
_ENDS = ("", "", "n", "r", "l", "nd", "m", "rt")
_LETTERS = {
    "latin": "",
    "greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщыьэюя",
    "armenian": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռս",
    "georgian": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხ",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
}
SCRIPTS = tuple(_LETTERS)
"""Scripts that words can be made in; all but the first need a font of the machine."""


@lru_cache
def _files() -> dict[str, list[Path]]:
    """Font files by style: those of the system, or those that matplotlib brings, where it is installed."""
    folders = [
        Path("/usr/share/fonts/truetype/dejavu"),
        *(Path(entry) / "matplotlib/mpl-data/fonts/ttf" for entry in sys.path if entry),
    ]
    return {
        style: [file for name in names if (file := _first(folders, f"{name}.ttf")) is not None]
        for style, names in _NAMES.items()
    }


def _first(folders: list[Path], name: str) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


@lru_cache(maxsize=512)
def _loaded(file: Path | None, size: int) -> Font:
    if file is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


def font(rng: np.random.Generator, size: int, style: str | None = None) -> Font:
    """Return a font: one of DejaVu's where the machine has them, else the one that Pillow brings.

    Args:
        rng: Of the choice.
        size: Height of a line without its gap, in pixels.
        style: `sans`, `serif` or `mono`; any where None.
    """
    chosen = style or ("sans", "serif", "mono")[rng.choice(3, p=[0.45, 0.4, 0.15])]
    files: list[Path | None] = list(_files()[chosen])
    if style is None or not files:
        files.append(None)
    return _loaded(files[rng.integers(len(files))], max(5, size))


@lru_cache
def has_scripts() -> bool:
    """Return whether a font of the machine holds other letters than Latin ones."""
    return bool(_files()["sans"])


def script_font(size: int) -> Font:
    """Return a font that holds every one of `SCRIPTS`, where `has_scripts`."""
    return _loaded(_files()["sans"][0], max(5, size))


def word(rng: np.random.Generator, script: str = "latin") -> str:
    """Return a word of one to four made-up syllables, or of letters of another script."""
    letters = _LETTERS[script]
    if letters:
        return "".join(letters[index] for index in rng.integers(0, len(letters), int(rng.integers(2, 11))))
    picks = rng.integers(0, 1 << 20, (int(rng.choice(4, p=[0.5, 0.34, 0.12, 0.04])) + 1, 3))
    return "".join(
        _ONSETS[a % len(_ONSETS)] + _VOWELS[b % len(_VOWELS)] + _ENDS[c % len(_ENDS)] for a, b, c in picks.tolist()
    )


def words(rng: np.random.Generator, count: int, script: str = "latin") -> list[str]:
    """Return words of a text: capitals, commas and numbers among them."""
    store = _store(script)
    found = [store[index] for index in rng.integers(0, len(store), count)]
    kinds = rng.integers(0, 24, count)
    begins = True
    for at, kind in enumerate(kinds.tolist()):
        if begins:
            found[at] = found[at].capitalize()
        begins = kind < 2
        found[at] += "." if kind < 2 else "," if kind < 4 else ""
        if kind == 5:
            found[at] = str(int(rng.integers(1, 3000)))
    return found


@lru_cache
def _store(script: str) -> list[str]:
    rng = np.random.default_rng(len(script))
    return [word(rng, script) for _ in range(600)]


def phrase(rng: np.random.Generator, most: int = 3) -> str:
    """Return one to `most` words as a label or a title has them."""
    store = _store("latin")
    count = int(rng.integers(1, most + 1))
    text = " ".join(store[index] for index in rng.integers(0, len(store), count))
    return text.upper() if rng.random() < 0.12 else text.capitalize()


def amount(rng: np.random.Generator) -> str:
    """Return a number as tables and dials have it."""
    kind = rng.integers(4)
    value = float(rng.uniform(0, 10 ** rng.uniform(0, 5)))
    return (f"{value:.2f}", f"{value:,.0f}", f"{value % 100:.1f}%", f"{int(value)}")[kind]
