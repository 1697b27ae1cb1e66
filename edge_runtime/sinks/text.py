"""Captions to read: one line that is redrawn on a terminal, a line each where a program reads."""

import os
import unicodedata
from typing import TextIO

from edge_runtime.errors import SinkError
from edge_runtime.events import CaptionEvent, Event, WordsEvent
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.output import abandon, failure
from edge_runtime.terminal import plain

_USUAL_COLUMNS = 80
_ERASE_REST = "\x1b[K"


class TextSink:
    """Prints sentences.

    On a terminal the last line is redrawn while words come, and a new one begins only with another sentence. Elsewhere each
    new sentence is a line, with the source and a tab before it where there are several.

    Attributes:
        name: For messages.
        wants_frames: No.
    """

    name = "captions on stdout"
    wants_frames = False

    def __init__(self, stream: TextIO, several_sources: bool) -> None:
        """Make one.

        Args:
            stream: Where to print.
            several_sources: Whether each line names its source.
        """
        self._stream = stream
        self._several = several_sources
        self._redraws = False
        self._sentences: dict[str, str] = {}
        self._settled = ""
        """The line of the last sentence, as long as it is the terminal's last."""
        self._drawn = ""
        """What the terminal's last line holds: that, or words that still come."""

    def check(self) -> None:
        """Nothing can be wrong with a stream that is open."""

    def open(self) -> None:
        """See what the stream is.

        Raises:
            SinkError: It is closed.
        """
        if getattr(self._stream, "closed", True):  # without a stdout Python has None for it
            raise SinkError(f"{self.name}: it is closed; choose another sink")
        self._redraws = self._stream.isatty() and os.environ.get("TERM") != "dumb"

    def event(self, event: Event) -> None:
        """Print what is new; before a status, which others print, the line is ended.

        Raises:
            SinkError: The reader has left, or the disk is full.
        """
        if not self._redraws:
            if isinstance(event, CaptionEvent) and event.changed:
                self._write(self._line(event.source, event.text, "\t") + "\n")
        elif isinstance(event, WordsEvent):
            # As long as they only repeat the sentence that is shown, it stays.
            if not self._sentences.get(event.source, "").startswith(event.text):
                self._write(self._redrawn(self._line(event.source, event.text, ": ")))
        elif isinstance(event, CaptionEvent):
            self._write(self._settle(event))
        else:
            self._write(self._ended())

    def frame(self, frame: Frame, caption: str) -> None:
        """Frames are not printed."""

    def close(self) -> None:
        """End the line.

        Raises:
            SinkError: The reader has left.
        """
        self._write(self._ended())

    def _settle(self, event: CaptionEvent) -> str:
        ended = ""
        if event.changed:
            ended = self._ended()
            self._sentences[event.source] = event.text
            self._settled = self._line(event.source, event.text, ": ")
        return ended + self._redrawn(self._settled)

    def _ended(self) -> str:
        """The last line with its sentence, without words that were still coming, and what begins the next one."""
        ended = self._redrawn(self._settled) + ("\n" if self._settled else "")
        self._settled = self._drawn = ""
        return ended

    def _redrawn(self, line: str) -> str:
        if line == self._drawn:
            return ""
        self._drawn = line
        # A character in the last column would be erased again, or begin a new line.
        return "\r" + cut(line, self._columns() - 1) + _ERASE_REST

    def _columns(self) -> int:
        """Asked each time, for the window may have been resized."""
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or _USUAL_COLUMNS
        except (OSError, ValueError):
            return _USUAL_COLUMNS

    def _line(self, source: str, sentence: str, separator: str) -> str:
        return f"{escaped(source)}{separator}{escaped(sentence)}" if self._several else escaped(sentence)

    def _write(self, text: str) -> None:
        if not text:
            return
        encoding = self._stream.encoding or "utf-8"
        try:
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self._stream.flush()
        except OSError as error:
            abandon(self._stream)
            raise failure(self.name, error) from None


def escaped(text: str) -> str:
    """Text of one line: characters that would break it or steer a terminal as Python writes them."""
    return plain(text)


def cut(text: str, columns: int) -> str:
    """As much of a text as a terminal shows in so many columns, with an ellipsis where it is cut.

    Args:
        text: Without control characters.
        columns: East Asian wide characters take two of them (Unicode Standard Annex 11), combining ones none.
    """
    if sum(map(_width, text)) <= columns:
        return text
    kept, used = [], 1
    for character in text:
        used += _width(character)
        if used > columns:
            break
        kept.append(character)
    return "".join(kept) + "…" if columns > 0 else ""


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
