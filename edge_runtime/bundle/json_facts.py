"""Facts out of a stranger's JSON: what may stand in it, and from its tables to dataclasses."""

import math
from dataclasses import fields
from typing import Any, TypeVar

from edge_runtime.console.validation import shortened
from edge_runtime.errors import BundleError

LONGEST = 100
"""Characters of a value that a message shows."""
MAX_DEPTH = 20
"""Tables within tables."""

CAME_LATER = {"came_later": True}
"""Of a field that manifests from before it do not have; its default says what they mean. Every other one must be there."""
_T = TypeVar("_T")


def finite(text: str) -> float:
    """Return a number of JSON.

    Raises:
        ValueError: It is too large to be one, or none.
    """
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is not finite")
    return value


def check_plain(content: Any, source: str) -> None:
    """Refuse tables nested too deep, texts that are no Unicode, and numbers that no reader can hold."""
    level = [content]
    for _ in range(MAX_DEPTH):
        following: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                following += value
                following += value.values()
            elif isinstance(value, list):
                following += value
            elif isinstance(value, str):
                if any("\ud800" <= letter <= "\udfff" for letter in value if not letter.isascii()):
                    raise BundleError(f"{source}: a text with half a character; export the bundle again")
            elif isinstance(value, int) and abs(value) >> 63:
                raise BundleError(f"{source}: a number beyond 64 bits; export the bundle again")
        level = following
        if not level:
            return
    raise BundleError(f"{source}: nested deeper than {MAX_DEPTH}; do not use this bundle")


def build(kind: type[_T], content: Any, source: str) -> _T:
    """Return a dataclass of a JSON object: every field present that did not come later, none unknown, plain ones of the declared type."""
    if not isinstance(content, dict):
        raise BundleError(f"{source}: no table for {kind.__name__}; export the bundle again")
    known = {entry.name: entry for entry in fields(kind)}  # type: ignore[arg-type]
    optional = {name for name, entry in known.items() if entry.metadata.get("came_later")}
    wrong = sorted((content.keys() ^ known.keys()) - (optional - content.keys()))
    if wrong:
        raise BundleError(
            f"{source}: {kind.__name__} lacks or does not know {shown(wrong[0])}; export the bundle again"
        )
    for name, value in content.items():
        expected = known[name].type
        if expected in (int, str) and type(value) is not expected:
            raise BundleError(
                f"{source}: '{name}' must be {expected.__name__}, not {shown(value)}; export the bundle again"
            )
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in content.items()})


def shown(value: object) -> str:
    """Return a value for a message, in ASCII and no longer than anybody reads."""
    return shortened(ascii(value), LONGEST)
