"""The last line of a terminal, which is drawn again and again, and which messages must not erase."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from edge_runtime.console.columns import wrapped
from edge_runtime.errors import SinkError

_USUAL_COLUMNS = 80
_INDENT = "  "
_ERASE_REST, _ERASE_BELOW = "\x1b[K", "\x1b[J"
_PATIENCE = 0.2
"""Seconds that a message waits for a line that is being drawn; a terminal may be held with Ctrl-S."""

_lines: list["LastLine"] = []


class LastLine:
    """A sentence at the end of what a terminal shows, wrapped to its width; may be used from several threads.

    Args:
        stream: The terminal.
        write: Writes to it at once.
    """

    def __init__(self, stream: TextIO, write: Callable[[str], None]) -> None:
        self._stream, self._write = stream, write
        self._lock = threading.RLock()
        self._settled = ""
        """The last sentence, as long as it is the terminal's last line."""
        self._drawn = ""
        """What stands there: that, or words that still come."""
        self._rows = 1
        """Rows that it takes."""
        self._failure: SinkError | None = None
        _lines.append(self)

    def draw(self, line: str) -> None:
        """Draw words that still come.

        Args:
            line: Without control characters.
        """
        with self._lock:
            self._put(self._redrawn(line))

    def settle(self, line: str) -> None:
        """Begin another line with a sentence; the one before stays above it."""
        with self._lock:
            ended = self._ended()
            self._settled = line
            self._put(ended + self._redrawn(line))

    def restore(self) -> None:
        """Draw the sentence again, where words came to nothing."""
        with self._lock:
            self._put(self._redrawn(self._settled))

    def end(self) -> None:
        """Begin a new line, for something else; the sentence stays."""
        with self._lock:
            self._put(self._ended())

    def close(self) -> None:
        """The same, for good."""
        _lines.remove(self)
        self.end()

    @contextmanager
    def ended(self) -> Iterator[None]:
        """End it, and draw nothing meanwhile."""
        held = self._lock.acquire(timeout=_PATIENCE)
        try:
            if held:
                self._try_to_end()
            yield
        finally:
            if held:
                self._lock.release()

    def _try_to_end(self) -> None:
        """A message must come through even so; the sink hears of the failure with what it draws next."""
        try:
            self.end()
        except SinkError as error:
            self._failure = error

    def _put(self, text: str) -> None:
        if self._failure is not None:
            raise self._failure
        self._write(text)

    def _ended(self) -> str:
        ended = self._redrawn(self._settled) + ("\n" if self._settled else "")
        self._settled = self._drawn = ""
        self._rows = 1
        return ended

    def _redrawn(self, line: str) -> str:
        if line == self._drawn:
            return ""
        # A character in the last column would be erased again, or begin a new line.
        rows = wrapped(line, self._columns() - 1, _INDENT)
        begin = f"\x1b[{self._rows - 1}A\r" if self._rows > 1 else "\r"
        erase = _ERASE_BELOW if self._rows > len(rows) else _ERASE_REST
        self._drawn, self._rows = line, len(rows)
        return begin + f"{_ERASE_REST}\n\r".join(rows) + erase

    def _columns(self) -> int:
        """Asked each time, for the window may have been resized."""
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or _USUAL_COLUMNS
        except (OSError, ValueError):
            return _USUAL_COLUMNS


@contextmanager
def beside_captions() -> Iterator[None]:
    """What is printed to the terminal meanwhile stands in a line of its own, below the sentence."""
    line = _lines[-1] if _lines else None
    if line is None:
        yield
        return
    with line.ended():
        yield
