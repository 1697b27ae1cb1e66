"""A sentence burnt into a frame, on a half-transparent band at the bottom."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from edge_runtime.console.columns import pieces
from edge_runtime.machine.opencv import opencv
from edge_runtime.sinks.fonts import runs_of

Pixels = npt.NDArray[np.uint8]

_TEXT_HEIGHT = 0.055
"""Of the letters, of the frame's shorter side."""
_SMALLEST_TEXT = 11
_SMALLEST_CUT = 8
"""Pixels; smaller letters are not readable, so text that does not fit even so is cut."""
_SHRINK = 0.85
_LINE_HEIGHT = 1.3
_ASCENT = 1.0
"""Of a line, in letters' heights: what holds accents and East Asian characters too."""
_MARGIN = 0.4
_TALLEST_BAND = 0.6
"""Of the frame's height."""
_LEFT_OF_PICTURE = 0.42
"""How much of the picture is seen through the band; white letters keep a contrast of 5 : 1 on white."""
_LONGEST = 1000
"""Characters of a text that are looked at; no frame has room for more."""


@dataclass(frozen=True)
class _Band:
    """Rows at the bottom: the picture times `kept` / 255, plus `added`; both uint8 [h, W, 3]."""

    kept: Pixels
    added: Pixels


def draw_caption(pixels: Pixels, text: str) -> Pixels:
    """Draw a sentence at the bottom of a frame, wrapped to its width, its letters in proportion to it.

    Args:
        pixels: uint8 [H, W, 3], B, G, R; stays as it is.
        text: Any language, or a line each in several; a frame too small for it shows its beginning.

    Returns:
        uint8 [H, W, 3], a new array; `pixels` itself where there is nothing to draw.
    """
    cv2 = opencv()

    height, width = pixels.shape[:2]
    band = _band(text, height, width)
    if band is None:
        return pixels
    drawn = pixels.copy()
    rows = drawn[height - len(band.kept) :]
    cv2.multiply(rows, band.kept, dst=rows, scale=1 / 255)
    cv2.add(rows, band.added, dst=rows)
    return drawn


@lru_cache(maxsize=8)
def _band(text: str, height: int, width: int) -> _Band | None:
    """Most frames show the sentence of the one before, so it is drawn once."""
    given = [" ".join(line.split()) for line in unicodedata.normalize("NFC", _printable(text)).split("\n")]
    if not any(given):
        return None
    size, lines = _fitted(given, height, width)
    if not lines:
        return None
    margin, line_height = round(size * _MARGIN), round(size * _LINE_HEIGHT)
    band_height = min(height, len(lines) * line_height + 2 * margin)
    image = Image.new("L", (width, band_height))
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        runs = runs_of(line, size)
        left = (width - sum(run.length for run in runs)) / 2
        for run in runs:
            baseline = margin + row * line_height + round(size * _ASCENT)
            draw.text((left, baseline), run.text, fill=255, font=run.font, anchor="ls", direction=run.direction)
            left += run.length
    letters = np.asarray(image)[:, :, None].repeat(3, axis=2)
    kept = np.rint((255.0 - letters) * _LEFT_OF_PICTURE).astype(np.uint8)
    return _Band(kept, letters)


def _printable(text: str) -> str:
    """Without what cannot be drawn: control characters, and the sign that asks for a colour font."""
    return "".join(
        character
        for character in text[:_LONGEST]
        if character.isspace() or (unicodedata.category(character) not in ("Cc", "Cs") and character != "\ufe0f")
    )


def _fitted(given: list[str], height: int, width: int) -> tuple[int, list[str]]:
    """Return size of the letters and the lines: smaller where they would cover too much, and cut where that is not enough."""
    size = max(_SMALLEST_TEXT, round(min(height, width) * _TEXT_HEIGHT))
    while True:
        room = width - 2 * round(size * _MARGIN)
        most = int((height * _TALLEST_BAND - 2 * round(size * _MARGIN)) // round(size * _LINE_HEIGHT))
        lines = [line for words in given for line in _wrapped(words, size, room)]
        if len(lines) <= most:
            return size, lines
        if size <= _SMALLEST_CUT:
            break
        size = max(_SMALLEST_CUT, int(size * _SHRINK))
    kept = lines[: max(1, most)]
    while len(kept[-1]) > 1 and _length(kept[-1] + "…", size) > room:
        kept[-1] = kept[-1][:-1]
    kept[-1] = kept[-1].rstrip() + "…"
    return size, kept


def _wrapped(words: str, size: int, room: int) -> list[str]:
    lines = [""]
    for piece in pieces(words):
        if _length((lines[-1] + piece).rstrip(), size) <= room:
            lines[-1] += piece
            continue
        if lines[-1]:
            lines.append("")
        for character in piece:  # of a word that is longer than a line
            if lines[-1] and _length((lines[-1] + character).rstrip(), size) > room:
                lines.append("")
            lines[-1] += character
    return [line.strip() for line in lines if line.strip()]


def _length(line: str, size: int) -> float:
    return sum(run.length for run in runs_of(line, size))
