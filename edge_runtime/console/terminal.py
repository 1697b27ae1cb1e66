"""Text that goes to a terminal: whoever wrote it, it breaks no line, steers nothing and hides nothing."""

import json
import unicodedata
from typing import Any

_UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")
"""Categories of characters that would break a line or steer a terminal: C0, DEL, C1, lone surrogates, U+2028, U+2029."""
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What changes the direction of the text after it, by which `exe.jpg` may be shown as `gpj.exe`."""


def plain(text: str, keep_bytes: bool = False) -> str:
    """Return text of one line, as Python writes the characters that would do more than stand there.

    Joiners and combining marks stay: words of many languages hold them.

    Args:
        text: From anywhere: a file's name, a manifest, a server's answer.
        keep_bytes: Leave bytes of a file's name that are no text as they came, for a program that reads them.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if keep_bytes and "\udc80" <= character <= "\udcff" else _shown(character) for character in text
    )


def plain_lines(text: str) -> str:
    """Return text of several lines that are ours, each as `plain` has it.

    Args:
        text: Lines that end at line feeds and nothing else.
    """
    return "\n".join(map(plain, text.split("\n")))


def json_text(value: Any) -> str:
    """Return a value as JSON in one line: text as it is, but what `plain` escapes as JSON and TOML escape it, so that readers get it back.

    Args:
        value: Texts, numbers, lists and tables; bytes of a file's name that are no text stay as they came.
    """
    written = json.dumps(value, ensure_ascii=False)
    if written.isascii() and written.isprintable():
        return written
    # JSON has escaped C0 itself. Everything that is left is in the first 65,536 characters, which take one escape.
    return "".join(f"\\u{ord(character):04x}" if _is_escaped_in_json(character) else character for character in written)


def _is_escaped_in_json(character: str) -> bool:
    return character in _TURNING or unicodedata.category(character) in ("Cc", "Zl", "Zp")


def _shown(character: str) -> str:
    if character in _TURNING or unicodedata.category(character) in _UNPRINTABLE:
        return character.encode("unicode_escape").decode()
    return character
