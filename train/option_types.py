"""What stands behind an option: numbers and paths as they can be used, or one sentence."""

import argparse
from pathlib import Path

_LARGEST = 2**31 - 1
_SHOWN = 20
"""Characters of a wrong value that are shown."""


def whole_number(text: str) -> int:
    """A whole number that 32 bits hold.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    try:
        # Python takes seconds, or refuses, to read thousands of digits.
        value = int(text) if len(text) <= _SHOWN else _LARGEST + 1
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{_clipped(text)}' is no whole number") from None
    if abs(value) > _LARGEST:
        raise argparse.ArgumentTypeError(f"'{_clipped(text)}' is no whole number up to {_LARGEST}")
    return value


def number(text: str) -> float:
    """A number; where it may lie is for each option to say.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{_clipped(text)}' is no number") from None


def file_or_folder(text: str) -> Path:
    """A path that a file system can hold.

    Raises:
        argparse.ArgumentTypeError: It is empty, or holds a NUL.
    """
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"'{_clipped(text)}' is no path: it is empty or holds a NUL character")
    return Path(text)


def _clipped(text: str) -> str:
    shown = text[:_SHOWN] + ("..." if len(text) > _SHOWN else "")
    return shown if shown.isprintable() else shown.encode("unicode_escape").decode()
