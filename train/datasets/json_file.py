"""JSON as data from outside: nothing that stands in it twice is lost, and what is wrong with it is said in one sentence."""

import json
from pathlib import Path
from typing import Any

from train.errors import DatasetError

_SHOWN = 30
"""Characters of a text that are shown."""


class Repeating(dict[str, Any]):
    """An object in which a key stands twice.

    Attributes:
        pairs: Every key with its value, in their order.
    """

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def parse_json(path: Path, text: str) -> Any:
    """Parse a document; an object with a key twice is a `Repeating`.

    Raises:
        DatasetError: Not JSON, or nested too deeply.
    """
    try:
        return parse(text)
    except RecursionError:
        raise DatasetError(f"{path}: JSON that is nested too deeply to be captions; check the file") from None
    except ValueError as error:
        raise DatasetError(f"{path}: not JSON ({error}); fetch the file again") from None


def parse(text: str) -> Any:
    """Parse a document.

    Raises:
        ValueError: Not JSON.
        RecursionError: Nested too deeply.
    """
    return json.loads(text, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeating(pairs)


def brief(value: Any) -> str:
    """Return a value in a few characters, however large or deep it is."""
    if isinstance(value, dict):
        keys = ", ".join(repr(key[:_SHOWN]) for key in list(value)[:3])
        return f"{{{keys}{', ...' if len(value) > 3 else ''}}}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return repr(value[:_SHOWN])
    if isinstance(value, int) and abs(value) > 2**64:
        return "a number"
    return str(value)
