"""A configuration file, read so that no file can cost more than its few lines are worth."""

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import ConfigurationError

MOST_BYTES = 64 << 10
"""Of a file; the one that `--print-config` writes has 3 KB."""
MOST_NESTED = 4
"""Brackets within brackets, and parts of a dotted key: no option has more than a list."""
_LOOK = "'edge-caption live --print-config' shows how it looks"
_PIECES = re.compile(
    # Texts, one that is not closed to the end of its line or file, so that no character is looked at twice; remarks; signs; the rest.
    r'"""(?:[^\\]|\\.)*?(?:"{3,5}|\Z)|' + r"'''.*?(?:'{3,5}|\Z)|"
    r'"(?:[^"\\\n]|\\.)*"?|' + r"'[^'\n]*'?|#[^\n]*|[\[\]{}\n,=]|[^\"'#\[\]{}\n,=]+",
    re.DOTALL,
)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of options, in UTF-8 with or without a byte order mark.

    Args:
        path: A regular file.

    Raises:
        ConfigurationError: It cannot be read, is larger or more nested than any configuration, or is not TOML.
    """
    shown = plain(shortened(str(path), 200))
    try:
        text = _content(path, shown).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{shown}: not text in UTF-8; save it in UTF-8, as every editor can") from None
    _check_nesting(text, shown)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits are a plain ValueError
        raise ConfigurationError(f"{shown}: not TOML ({shortened(str(error), 200)}); {_LOOK}") from None


def _content(path: Path, shown: str) -> bytes:
    try:
        # A named pipe would be waited for otherwise.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with open(descriptor, "rb") as file:  # noqa: PTH123 - of a descriptor
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            content = file.read(MOST_BYTES + 1) if regular else b""
    except IsADirectoryError:
        raise ConfigurationError(f"{shown}: a folder; name a TOML file in it") from None
    except OSError as error:
        raise ConfigurationError(f"{shown}: cannot be read ({error.strerror}); check --config") from None
    except ValueError:  # a NUL in the path
        raise ConfigurationError(f"{shown!r}: no name of a file; check --config") from None
    if not regular:
        raise ConfigurationError(f"{shown}: a pipe or a device, not a file; name a TOML file")
    if len(content) > MOST_BYTES:
        raise ConfigurationError(f"{shown}: more than {MOST_BYTES >> 10} KB, which no configuration is; {_LOOK}")
    return content


def _check_nesting(text: str, shown: str) -> None:
    """Refuse what a parser that calls itself, or makes a table a part of a key, would pay for."""
    depth = parts = 0
    for found in _PIECES.finditer(text):
        piece = found.group()
        if piece in ("[", "{"):
            depth += 1
        elif piece in ("]", "}"):
            depth -= 1
        elif piece[0] not in "\"'#":
            parts += piece.count(".")
        if piece in ("\n", ",", "=", "]", "}"):
            parts = 0
        if depth > MOST_NESTED or parts > MOST_NESTED:
            raise ConfigurationError(f"{shown}: nested more than {MOST_NESTED} deep, which no option is; {_LOOK}")
