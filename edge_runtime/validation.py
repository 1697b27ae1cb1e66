"""Options from outside: numbers within bounds, and texts that can be paths."""

import argparse
import math
import os
from collections.abc import Iterable
from pathlib import Path

from edge_runtime.errors import OptionError

_MOST_SHOWN = 40
_LONGEST = 4095
"""Characters of a text: of a path, the kernel takes no more bytes."""
_MOST_CHARACTERS = 40
"""Of a number; more is no option of ours, and costs time to read."""
LARGEST = 2**31 - 1
"""Of whole numbers: what takes them, down to C, counts in 32 bits."""


def check_within(option: str, numbers: Iterable[int], least: int, most: int) -> None:
    """Refuse numbers outside their bounds.

    Args:
        option: As the user writes it: `--threads`.
        numbers: What was given.
        least: The smallest that goes.
        most: The largest.

    Raises:
        OptionError: One is outside.
    """
    for number in numbers:
        if not least <= number <= most:
            raise OptionError(f"{option} {number_shown(number)}: must be {least} to {most}")


def check_text(option: str, text: str) -> None:
    """Refuse a text that no path, name or address is: one with a NUL, for which the system's calls raise a bare ValueError, or too long.

    Args:
        option: As the user writes it.
        text: What was given.

    Raises:
        OptionError: It is one.
    """
    wrong = _wrong(text)
    if wrong:
        raise OptionError(f"{option} {wrong}")


def whole_number(text: str) -> int:
    """A whole number that 32 bits hold, as argparse's `type`: one of any length is refused in a short sentence.

    Args:
        text: As the user writes it.

    Raises:
        ArgumentTypeError: It is no whole number, or too large.
    """
    try:
        # Python takes seconds, or refuses, to read thousands of digits.
        value = int(text) if len(text) <= _MOST_CHARACTERS else None
    except ValueError:
        value = None
    if value is None or abs(value) > LARGEST:
        is_number = text.strip().lstrip("+-").isdecimal()
        remedy = f"; give one up to {LARGEST}" if is_number else ""
        raise argparse.ArgumentTypeError(f"must be a whole number, not {shortened(text)!r}{remedy}")
    return value


def number(text: str) -> float:
    """A finite number, as argparse's `type`; where it may lie is for each option to say.

    Args:
        text: As the user writes it.

    Raises:
        ArgumentTypeError: It is no number.
    """
    try:
        found = float(text) if len(text) <= _MOST_CHARACTERS else math.nan
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise argparse.ArgumentTypeError(f"must be a number, not {shortened(text)!r}")
    return found


def plain_text(text: str) -> str:
    """A text that can be a path, a name or an address, as argparse's `type`.

    Args:
        text: As the user writes it.

    Raises:
        ArgumentTypeError: It holds a NUL, or is longer than any.
    """
    wrong = _wrong(text)
    if wrong:
        raise argparse.ArgumentTypeError(wrong)
    return text


def file_path(text: str) -> str:
    """A path, as argparse's `type`: `~` and `~user` are homes, which a shell leaves as they are in `--config=~/live.toml`.

    Args:
        text: As the user writes it.

    Raises:
        ArgumentTypeError: As for `plain_text`.
    """
    return at_home(plain_text(text))


def file_or_folder(text: str) -> Path:
    """A path that a file system can hold, as argparse's `type`.

    Args:
        text: As the user writes it.

    Raises:
        ArgumentTypeError: It is empty, holds a NUL, or is longer than any.
    """
    if not text:
        raise argparse.ArgumentTypeError("'' is no path: it is empty; name a file or folder")
    return Path(plain_text(text))


def at_home(path: str) -> str:
    """A path whose `~` is a home; one whose user is not known stays as it is."""
    return os.path.expanduser(path)  # noqa: PTH111 - Path.expanduser raises where the user is not known


def shortened(text: str, most: int = _MOST_SHOWN) -> str:
    """A text for a message: its beginning, where it is longer than anybody reads.

    Args:
        text: Of any length.
        most: Characters that are kept.
    """
    return text if len(text) <= most else f"{text[:most]}... ({len(text)} characters)"


def number_shown(value: float) -> str:
    """A number for a message, however large: `10 ** 400` has no float, and `10 ** 5000` no text."""
    if isinstance(value, int) and abs(value) >= 10**_MOST_CHARACTERS:
        return f"a number of about {round(value.bit_length() * math.log10(2))} digits"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _wrong(text: str) -> str | None:
    if "\0" in text:
        return f"{shortened(text)!r}: holds a NUL character, which no path or name does; leave it out"
    if len(text) > _LONGEST:
        return f"{shortened(text)!r}: longer than {_LONGEST} characters, which no path or name is; shorten it"
    return None
