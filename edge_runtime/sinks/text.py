"""Captions to read: the last line redrawn on a terminal, a line each where a program reads."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from edge_runtime.console.direction import isolated
from edge_runtime.console.options import option
from edge_runtime.console.terminal import plain
from edge_runtime.errors import ReaderLeftError, SinkError
from edge_runtime.events import CaptionEvent, Event, StatusEvent, WordsEvent
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink
from edge_runtime.sinks.line import LastLine
from edge_runtime.sinks.output import abandon, failure


@dataclass(frozen=True)
class TextKind(SinkKind):
    """Captions on the terminal.

    Attributes:
        enabled: Whether they are printed; another sink that writes to stdout goes before.
    """

    table = "text"

    enabled: bool = option(True, "print captions to the terminal", flag="text")

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        """Yield the one that is asked for."""
        if self.enabled:
            yield WantedSink(TextSink(sys.stdout, context.several), key=context.several, stdout=True, yields=True)


class TextSink:
    """Prints sentences.

    On a terminal the last line is redrawn while words come, and a new one begins only with another sentence; what is longer than
    the terminal is wide is wrapped. Elsewhere each new sentence is a line, with the source and a tab before it where there are
    several.

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
        self._line: LastLine | None = None
        """Of a terminal."""
        self._sentences: dict[str, str] = {}

    def check(self) -> None:
        """Nothing can be wrong with a stream that is open."""

    def open(self) -> None:
        """See what the stream is.

        Raises:
            SinkError: It is closed.
        """
        if getattr(self._stream, "closed", True):  # without a stdout Python has None for it
            raise SinkError(f"{self.name}: it is closed; choose another sink")
        if self._stream.isatty() and os.environ.get("TERM") != "dumb":
            self._line = LastLine(self._stream, self._write)

    def event(self, event: Event) -> None:
        """Print what is new; before a status, which others print, the line is ended.

        Raises:
            SinkError: The reader has left, or the disk is full.
        """
        if self._line is None:
            if isinstance(event, CaptionEvent) and event.changed:
                for line in event.lines:
                    self._write(self._labelled(event, line, "\t") + "\n")
        elif isinstance(event, WordsEvent):
            # As long as they only repeat the sentence that is shown, it stays.
            if not self._sentences.get(event.source, "").startswith(event.text):
                self._line.draw(self._labelled(event, event.text, ": "))
        elif isinstance(event, CaptionEvent):
            if event.changed:
                if not event.zone:
                    self._sentences[event.source] = event.text
                for line in event.lines:
                    self._line.settle(self._labelled(event, line, ": "))
            else:
                self._line.restore()
        elif isinstance(event, StatusEvent):
            self._line.end()

    def frame(self, frame: Frame, caption: str) -> None:
        """Frames are not printed."""

    def close(self) -> None:
        """End the line.

        Raises:
            SinkError: The reader has left.
        """
        if self._line is not None:
            self._line.close()

    def _labelled(self, event: CaptionEvent | WordsEvent, sentence: str, separator: str) -> str:
        """Return a sentence behind its source, where there are several, and its zone."""
        zone = event.zone if isinstance(event, CaptionEvent) else ""
        named = [name for name in (event.source if self._several else "", zone) if name]
        shown = [escaped(text) for text in (*named, sentence)]
        apart = self._line is not None and len(shown) > 1
        return separator.join(map(isolated, shown) if apart else shown)

    def _write(self, text: str) -> None:
        if not text:
            return
        encoding = self._stream.encoding or "utf-8"
        try:
            self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self._stream.flush()
        except BrokenPipeError:
            abandon(self._stream)
            raise ReaderLeftError(f"{self.name}: the program that read it has ended") from None
        except OSError as error:
            abandon(self._stream)
            raise failure(self.name, error) from None


def escaped(text: str) -> str:
    """Return text of one line: characters that would break it or steer a terminal as Python writes them."""
    return plain(text)
