"""A place in a text, shown: the text, and a caret under the place."""

from edge_runtime.console.columns import width
from edge_runtime.console.terminal import plain

_MOST = 100
"""Characters of a text that are shown."""
_BEFORE = 60
"""Of these, before the place, where the text is longer."""
_INDENT = "    "


def pointed(text: str, place: int) -> str:
    """Return two lines: a text, cut where nobody would read all of it, and a caret under a place of it.

    Args:
        text: From anywhere.
        place: Index of a character, or the text's length for its end.
    """
    start = max(0, place - _BEFORE) if len(text) > _MOST else 0
    end = min(len(text), start + _MOST)
    before = "..." if start else ""
    after = "..." if end < len(text) else ""
    column = width(before + plain(text[start:place]))
    return f"{_INDENT}{before}{plain(text[start:end])}{after}\n{_INDENT}{' ' * column}^"
