"""The parser of every command: what it is given is looked at before it is believed, and its errors are one line."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from edge_runtime.terminal import plain
from edge_runtime.validation import number, whole_number

_LONGEST_MESSAGE = 600


class Parser(argparse.ArgumentParser):
    """As `argparse.ArgumentParser`, with no abbreviations, and the same for the commands within it.

    A parser with commands that is given nothing at all prints its help and ends with status 0.

    Attributes:
        fill: Adds the options of a command that take a while to load, once, when the command is first used; None for none.
    """

    fill: Callable[[], None] | None = None

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """As of `argparse.ArgumentParser`; an epilog is printed as it is written."""
        named.setdefault("formatter_class", _Formatter)
        named.setdefault("allow_abbrev", False)
        super().__init__(*arguments, **named)
        self.register("type", int, whole_number)
        self.register("type", float, number)

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Parse what holds no NUL, which no file's name and no option can."""
        self._filled()
        given = sys.argv[1:] if args is None else list(args)
        for argument in given:
            if "\0" in argument:
                self.error(f"argument {argument[:80]!r} holds a NUL character; leave it out")
        if not given and self._subparsers is not None:
            self.print_help()
            self.exit()
        return super().parse_known_args(given, namespace)

    def format_help(self) -> str:
        """The help, of every option."""
        self._filled()
        return super().format_help()

    def _filled(self) -> None:
        fill, self.fill = self.fill, None
        if fill is not None:
            fill()

    def error(self, message: str) -> NoReturn:
        """Print the usage and one line, and end with status 2."""
        if len(message) > _LONGEST_MESSAGE:
            message = message[:_LONGEST_MESSAGE] + "..."
        super().error(plain(message))


class _Formatter(argparse.HelpFormatter):
    """Wraps a description, and leaves examples, which are lines, as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" in text:
            return "\n".join(indent + line for line in text.splitlines())
        return super()._fill_text(text, width, indent)
