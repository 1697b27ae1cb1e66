"""Text that runs from right to left, beside text that does not (UAX #9)."""

import unicodedata

_RIGHT_TO_LEFT = ("R", "AL")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_EMBED, _END_OF_EMBEDDING = "\u202b", "\u202c"


def runs_right_to_left(text: str) -> bool:
    """Return whether a line of text begins at the right: whether the first letter with a direction runs so (rules P2 and P3).

    Args:
        text: Without characters that turn it, which `plain` escapes.
    """
    if text.isascii():
        return False
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", *_RIGHT_TO_LEFT))
    return next(strong, "L") in _RIGHT_TO_LEFT


def holds_right_to_left(text: str) -> bool:
    """Return whether any letter runs from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def isolated(text: str) -> str:
    """Return a part of a terminal's line such that it and what stands beside it are not ordered into each other.

    A terminal orders a line by itself. Without U+2068 and U+2069 around it, a sentence in Arabic would draw the digits and signs of
    a file's name before it to its own other end.

    Args:
        text: A name or a sentence; one that holds nothing from right to left stays as it is.
    """
    return f"{_ISOLATE}{text}{_END_OF_ISOLATE}" if holds_right_to_left(text) else text


def embedded(text: str) -> str:
    """Return a sentence from right to left within U+202B and U+202C, so that its full stop stands at its left whatever is around it.

    Args:
        text: Of one line; one that begins at the left stays as it is.
    """
    return f"{_EMBED}{text}{_END_OF_EMBEDDING}" if runs_right_to_left(text) else text
