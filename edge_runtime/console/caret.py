"""A place in a text, shown by a caret below it."""

from edge_runtime.console.columns import width
from edge_runtime.console.terminal import plain

_CUT = "..."


def pointed(text: str, place: int, columns: int = 78) -> str:
    """Return a text and, below it, a caret under a place.

    Args:
        text: Of any length; what would steer a terminal is escaped, and no more than fits is shown.
        place: Which character, from 0; the length of the text is behind its end.
        columns: That there are.
    """
    before, after = plain(text[:place]), plain(text[place:])
    room = columns - len(_CUT)
    if width(before) >= room:
        before = _last(before, room // 2)
    shown = before + after
    if width(shown) > columns:
        shown = _first(shown, room) + _CUT
    return f"{shown}\n{' ' * width(before)}^"


def _last(text: str, columns: int) -> str:
    kept = text[-columns:]
    while width(kept) > columns - len(_CUT):
        kept = kept[1:]
    return _CUT + kept


def _first(text: str, columns: int) -> str:
    kept = text[:columns]
    while width(kept) > columns:
        kept = kept[:-1]
    return kept
