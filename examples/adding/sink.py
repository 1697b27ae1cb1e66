"""A sink of your own: a file that holds the newest sentence and nothing else, as a status bar or a web server reads it.

python examples/adding/sink.py live --source 0 --latest /tmp/caption.txt
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.cli import main
from edge_runtime.console.options import option
from edge_runtime.events import CaptionEvent, Event
from edge_runtime.files import write_whole
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink
from edge_runtime.sinks.output import check_target, failure
from edge_runtime.sinks.registry import register


@dataclass(frozen=True)
class LatestKind(SinkKind):
    """The options. Each is a flag, and a key of the table `[latest]` in the configuration file.

    Attributes:
        file: Where the newest sentence is written; None for nowhere.
        longest: Characters of a sentence that are kept.
    """

    table = "latest"

    file: str | None = option(None, "keep the newest sentence in FILE", metavar="FILE", flag="latest", path=True)
    longest: int = option(200, "characters that are kept", metavar="N", low=10, high=1000, flag="latest-longest")

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        """The sinks that are asked for: one, or none."""
        if self.file is not None:
            yield WantedSink(LatestSink(Path(self.file), self.longest), writes=Path(self.file))


class LatestSink:
    """Writes the newest sentence. All of it runs in a thread of its own: it may be slow, and holds no caption up."""

    wants_frames = False

    def __init__(self, path: Path, longest: int) -> None:
        self.name = f"--latest {path}"
        self._path, self._longest = path, longest

    def check(self) -> None:
        """See, before a camera is opened, whether the file could be written."""
        check_target(self.name, self._path)

    def open(self) -> None:
        """Nothing to make ready."""

    def event(self, event: Event) -> None:
        """Take an event: words that still come, a caption, or news of a source."""
        if isinstance(event, CaptionEvent) and event.changed:
            sentence = event.shown[: self._longest] + "\n"
            try:
                write_whole(self._path, sentence.encode())  # whoever reads it never sees half a sentence
            except OSError as error:
                raise failure(self.name, error) from None

    def frame(self, frame: Frame, caption: str) -> None:
        """Frames are not asked for: `wants_frames` is False."""

    def close(self) -> None:
        """Nothing is held back."""


if __name__ == "__main__":
    register(LatestKind)  # the one line; in the project itself it stands in edge_runtime/sinks/registry.py
    sys.exit(main())
