"""Text in the columns of a terminal, and where a line of it may end: letters of East Asia take two columns, and no spaces part them."""

import unicodedata
from itertools import pairwise

_NOTHING = ("Mn", "Me", "Cf")
"""Categories of characters that stand on or between others."""
_SEEN = frozenset("\u00ad\u0600\u0601\u0602\u0603\u0604\u0605\u06dd")
"""Of these, what takes a column even so: the soft hyphen, as terminals show it, and Arabic signs before numbers."""
_JAMO = range(0x1160, 0x1200)
"""Vowels and ends of Korean syllables, which stand within the column of what begins them."""
_EMOJI = "\ufe0f"
"""Asks for the sign before it in colours, two columns wide."""
_JOINER = "\u200d"
_CLOSING = ("Po", "Pe", "Pf", "Sk", *_NOTHING, "Mc")
_OPENING = ("Ps", "Pi")
_NO_BEGIN = frozenset("ー々〻ゝゞヽヾ〜～ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ")
"""Letters that begin no line: class NS of UAX #14, as far as Japanese needs it."""
_NO_BREAK = frozenset("\u00a0\u202f\u2060\ufeff" + _JOINER)


def width(text: str) -> int:
    """Return columns that a text takes on a terminal: two for what is wide by UAX #11, none for what stands on another character.

    Args:
        text: Without control characters.
    """
    if text.isascii():
        return len(text)
    coloured = sum(after == _EMOJI and _width(before) == 1 for before, after in pairwise(text))
    return sum(map(_width, text)) + coloured


def padded(text: str, columns: int) -> str:
    """Return a text with spaces behind it, up to so many columns; as it is where it takes more."""
    return text + " " * (columns - width(text))


def pieces(text: str) -> list[str]:
    """Divide a text where a line may end: behind spaces and beside wide characters, but not before what closes nor behind what opens.

    These are the rules of UAX #14 for spaces, ideographs, punctuation and joined signs. Languages that need a dictionary, such as
    Thai, end lines at spaces alone.

    Args:
        text: Of one line.

    Returns:
        At least one piece; together they are the text.
    """
    found = [""]
    if text.isascii():
        found = text.split(" ")
        return [f"{piece} " for piece in found[:-1]] + found[-1:]
    base = ""
    for character in text:
        before = found[-1][-1:]
        if character != " " and (before == " " or _may_part(base, before, character)):
            found.append(character)
        else:
            found[-1] += character
        if unicodedata.category(character) not in _NOTHING:
            base = character
    return found


def wrapped(text: str, columns: int, indent: str = "") -> list[str]:
    """Return a text in rows, divided as `pieces` has it; a piece that is longer than a row is divided anywhere.

    Args:
        text: Without control characters.
        columns: Of a row; at least two stand behind the indent.
        indent: Of all rows but the first.
    """
    room = max(columns, len(indent) + 2)
    rows = [""]
    for word in text.split(" "):
        for number, piece in enumerate(pieces(word)):
            joined = f"{rows[-1]} {piece}" if number == 0 and rows[-1].strip() else rows[-1] + piece
            if width(joined) <= room:
                rows[-1] = joined
                continue
            if rows[-1].strip():
                rows.append(indent)
            for character in piece:
                if width(rows[-1] + character) > room:
                    rows.append(indent)
                rows[-1] += character
    return rows


def is_wide(character: str) -> bool:
    """Return whether a character takes two columns: `W` or `F` in UAX #11."""
    return character != "" and unicodedata.east_asian_width(character) in "WF"


def _may_part(base: str, before: str, character: str) -> bool:
    """Return whether a line may end between two characters; `base` is what marks before the second one stand on."""
    if not (is_wide(base) or is_wide(character)) or before in _NO_BREAK or character in _NO_BREAK:
        return False
    closes = unicodedata.category(character) in _CLOSING or character in _NO_BEGIN
    return base != "" and not closes and unicodedata.category(base) not in _OPENING


def _width(character: str) -> int:
    if character in _SEEN:
        return 1
    if unicodedata.category(character) in _NOTHING or ord(character) in _JAMO:
        return 0
    return 2 if is_wide(character) else 1
