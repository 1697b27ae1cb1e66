"""Captions and what happened, one JSON object a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.console.options import option
from edge_runtime.console.terminal import json_text
from edge_runtime.events import Event, WordsEvent
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink
from edge_runtime.sinks.output import Output, check_target

STDOUT = "-"
"""Instead of a path."""


@dataclass(frozen=True)
class JsonLinesKind(SinkKind):
    """Where lines of JSON go.

    Attributes:
        file: A path, or `STDOUT`; None for nowhere.
    """

    table = "jsonl"

    file: str | None = option(
        None,
        "append every event as a line of JSON to FILE, - for stdout",
        metavar="FILE",
        flag="jsonl",
        path=True,
    )

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        """Yield the one that is asked for."""
        if self.file is not None:
            stdout = self.file == STDOUT
            yield WantedSink(JsonLinesSink(self.file), writes=None if stdout else Path(self.file), stdout=stdout)


class JsonLinesSink:
    """Writes every caption and status as a line of JSON, UTF-8, each on its way as soon as it is known.

    Attributes:
        name: For messages.
        wants_frames: No.
    """

    wants_frames = False

    def __init__(self, path: str) -> None:
        """Name the file.

        Args:
            path: A file that is appended to, in a folder that exists; or `STDOUT`.
        """
        self.name = f"--jsonl {path}"
        self._path = path
        self._output: Output | None = None

    def check(self) -> None:
        """See whether the file could be written.

        Raises:
            SinkError: It could not.
        """
        if self._path != STDOUT:
            check_target(self.name, Path(self._path))

    def open(self) -> None:
        """Open the file; a last line that a crash left half-written is ended first.

        Raises:
            SinkError: It cannot be written.
        """
        if self._path == STDOUT:
            self._output = Output.to_stdout(self.name)
        else:
            self._output = Output.to_file(self.name, Path(self._path))

    def event(self, event: Event) -> None:
        """Write a caption or a status.

        Raises:
            SinkError: The disk is full, or the reader has left.
        """
        if self._output is not None and not isinstance(event, WordsEvent):
            self._output.write(json_text(event.to_dict()) + "\n")

    def frame(self, frame: Frame, caption: str) -> None:
        """Frames are not written."""

    def close(self) -> None:
        """Make sure that everything is on the disk.

        Raises:
            SinkError: It is not.
        """
        if self._output is not None:
            self._output.close()
