"""Captions as subtitles, SubRip or WebVTT."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.console.columns import is_wide
from edge_runtime.console.options import option
from edge_runtime.errors import SinkError
from edge_runtime.events import CaptionEvent, Event, StatusEvent
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink
from edge_runtime.sinks.cues import HEADERS, cue, said
from edge_runtime.sinks.output import Output, check_target
from edge_runtime.sinks.targets import claim

_LINGERS_MS = 2000
"""How long a sentence stays at the least behind the last frame that it was said of."""
_SHORTEST_MS, _WORD_MS = 1000, 1000 / 3
"""How long a cue lasts at the least: a second, and a third of one a word, which is 180 words a minute, the upper end of what the
BBC's Subtitle Guidelines (4.1, target minimum timing) and Ofcom recommend."""
_WIDE_OF_A_WORD = 3
"""East Asian characters that count as a word, for they stand without spaces: nine a second."""
_BACK_MS = 1000
"""A position so far behind the one before begins anew: the file, or the camera after a reload."""
_GONE = ("lost", "ended", "failed", "stopped")
"""What happens to a source so that it shows nothing any more."""


@dataclass(frozen=True)
class SubtitleKind(SinkKind):
    """Which subtitles are written.

    Attributes:
        srt: Path of a file, as a rule SubRip; None for none.
        vtt: Path of another, as a rule WebVTT; None for none.
    """

    table = "subtitles"

    srt: str | None = option(None, "write subtitles", metavar="FILE.srt", path=True)
    vtt: str | None = option(None, "write subtitles", metavar="FILE.vtt", path=True)

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        """Yield one a file; those of other sources are other subtitles."""
        for path in (self.srt, self.vtt):
            if path is not None:
                sink = SubtitleSink(path, context.several, context.overwrite)
                yield WantedSink(sink, key=(path, context.seen), writes=Path(path))


class SubtitleSink:
    """Writes a cue for every sentence, as soon as the next one ends it: a crash loses the last cue and no other.

    A cue lasts long enough to be read. What is said meanwhile waits, and of several sentences the last one is shown.
    With several sources a cue holds what all of them show, a line each, and ends when one of them changes: so cues follow
    each other, as WebVTT wants it.

    Attributes:
        name: For messages.
        wants_frames: No.
    """

    wants_frames = False

    def __init__(self, path: str, several_sources: bool = False, overwrite: bool = False) -> None:
        """Name the file.

        Args:
            path: `.srt` or `.vtt`, in a folder that exists.
            several_sources: Whether each sentence names its source.
            overwrite: Write over a file that is there already, instead of beside it.
        """
        self._path = Path(path)
        self._suffix = self._path.suffix.lower()
        kind = self._suffix if self._suffix in HEADERS else ".srt"
        self.name = f"--{kind[1:]} {path}"
        self._several, self._overwrite = several_sources, overwrite
        self._output: Output | None = None
        self._sentences: dict[str, str] = {}
        self._shown = ""
        self._next: tuple[str, int] | None = None
        """What is to be shown as soon as the cue has been read, and when it came."""
        self._begun_ms = self._seen_ms = 0
        self._clocks: dict[str, _Clock] = {}
        self._count = 0

    def check(self) -> None:
        """See whether the file could be written.

        Raises:
            SinkError: It could not, or its name ends in something else.
        """
        if self._suffix not in HEADERS:
            raise SinkError(f"{self.name}: not a name of subtitles; it must end in {' or '.join(HEADERS)}")
        check_target(self.name, self._path, beside=not self._overwrite)

    def open(self) -> None:
        """Begin the file.

        Raises:
            SinkError: It cannot be written, or its name ends in something else.
        """
        self.check()
        _, descriptor = claim(self.name, self._path, self._overwrite)
        self._output = Output.to_descriptor(self.name, descriptor)
        self._output.write(HEADERS[self._suffix])

    def event(self, event: Event) -> None:
        """Take a sentence, or end that of a source that is gone.

        Raises:
            SinkError: The disk is full.
        """
        if isinstance(event, CaptionEvent):
            if event.zone:
                return  # a subtitle is of the whole picture
            clock = self._clocks.setdefault(event.source, _Clock())
            self._seen_ms = max(self._seen_ms, clock.at(event.position, event.captured))
            self._sentences[event.source] = "\n".join(" ".join(line.split()) for line in event.lines)
            self._change(self._seen_ms)
        elif isinstance(event, StatusEvent) and event.kind in _GONE:
            for source in list(self._sentences) if event.source is None else [event.source]:
                self._sentences[source] = ""
            # A still scene is not captioned again: its sentence stood until the last frame.
            clock = self._clocks.get(event.source or "", _Clock())
            last_ms = clock.last_ms(event.position or 0.0)
            self._change(max(last_ms, self._seen_ms + _LINGERS_MS))

    def frame(self, frame: Frame, caption: str) -> None:
        """Frames are not written."""

    def close(self) -> None:
        """Write the last cue.

        Raises:
            SinkError: The disk is full.
        """
        if self._output is None:
            return
        try:
            self._sentences.clear()
            self._change(self._seen_ms + _LINGERS_MS)
            while self._shown:
                self._turn(self._readable_ms())
        finally:
            self._output.close()

    def _change(self, now_ms: int) -> None:
        """See what is to be shown from now on."""
        shown = "\n".join(
            said(sentence, " ".join(source.split()) if self._several else "")
            for source, sentence in self._sentences.items()
            if sentence
        )
        self._turn(now_ms)
        waiting = self._next[0] if self._next is not None else self._shown
        if shown != waiting:
            self._next = None if shown == self._shown else (shown, now_ms)
        self._turn(now_ms)

    def _turn(self, now_ms: int) -> None:
        """End the cue and begin the one that waits, if it is time for it."""
        if self._next is None or (self._shown and now_ms < self._readable_ms()):
            return
        shown, came_ms = self._next
        begin_ms = max(came_ms, self._begun_ms)
        if self._shown:
            begin_ms = max(came_ms, self._readable_ms())
            self._write(self._shown, self._begun_ms, begin_ms)
        self._shown, self._begun_ms, self._next = shown, begin_ms, None

    def _readable_ms(self) -> int:
        """When the cue has been read."""
        wide = sum(map(is_wide, self._shown))
        words = len(self._shown.split()) + wide / _WIDE_OF_A_WORD
        return self._begun_ms + max(_SHORTEST_MS, round(words * _WORD_MS))

    def _write(self, text: str, begin_ms: int, end_ms: int) -> None:
        if self._output is None:
            return
        self._count += 1
        self._output.write(cue(self._suffix, self._count, text, begin_ms, end_ms))


class _Clock:
    """The subtitles' time of one source: its positions, which go on behind the last one where the source begins anew."""

    def __init__(self) -> None:
        self._offset_ms = self._last_ms = 0
        self._captured = 0.0

    def at(self, position: float, captured: float) -> int:
        """Return milliseconds of a frame.

        Args:
            position: Its own, seconds.
            captured: When it was captured, seconds of a clock that never goes back.
        """
        found = self.last_ms(position)
        if found < self._last_ms - _BACK_MS:
            self._offset_ms += self._last_ms + max(0, round((captured - self._captured) * 1000)) - found
            found = self.last_ms(position)
        self._last_ms, self._captured = max(self._last_ms, found), captured
        return found

    def last_ms(self, position: float) -> int:
        """Return milliseconds of a position that does not begin anew."""
        return self._offset_ms + round(position * 1000)
