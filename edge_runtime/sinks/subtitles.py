"""Captions as subtitles, SubRip or WebVTT."""

from pathlib import Path

from edge_runtime.errors import SinkError
from edge_runtime.events import CaptionEvent, Event, StatusEvent
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.output import Output, check_target

_LINGERS_MS = 2000
"""How long a sentence stays at the least behind the last frame that it was said of."""
_SHORTEST_MS = 1
_HEADERS = {".srt": "", ".vtt": "WEBVTT\n\n"}
_GONE = ("lost", "ended", "failed", "stopped")
"""What happens to a source so that it shows nothing any more."""


class SubtitleSink:
    """Writes a cue for every sentence, as soon as the next one ends it: a crash loses the last cue and no other.

    With several sources a cue holds what all of them show, a line each, and ends when one of them changes: so cues follow
    each other, as WebVTT wants it.

    Attributes:
        name: For messages.
        wants_frames: No.
    """

    wants_frames = False

    def __init__(self, path: str, several_sources: bool = False) -> None:
        """Name the file.

        Args:
            path: `.srt` or `.vtt`, in a folder that exists; what it held before is lost.
            several_sources: Whether each sentence names its source.
        """
        self._path = Path(path)
        self._suffix = self._path.suffix.lower()
        kind = self._suffix if self._suffix in _HEADERS else ".srt"
        self.name = f"--{kind[1:]} {path}"
        self._several = several_sources
        self._output: Output | None = None
        self._sentences: dict[str, str] = {}
        self._shown = ""
        self._begun_ms = self._seen_ms = 0
        self._count = 0

    def check(self) -> None:
        """See whether the file could be written.

        Raises:
            SinkError: It could not, or its name ends in something else.
        """
        if self._suffix not in _HEADERS:
            raise SinkError(f"{self.name}: not a name of subtitles; it must end in {' or '.join(_HEADERS)}")
        check_target(self.name, self._path)

    def open(self) -> None:
        """Begin the file.

        Raises:
            SinkError: It cannot be written, or its name ends in something else.
        """
        self.check()
        self._output = Output.to_file(self.name, self._path)
        self._output.write(_HEADERS[self._suffix])

    def event(self, event: Event) -> None:
        """Take a sentence, or end that of a source that is gone.

        Raises:
            SinkError: The disk is full.
        """
        if isinstance(event, CaptionEvent):
            self._seen_ms = max(self._seen_ms, round(event.position * 1000))
            self._sentences[event.source] = " ".join(event.text.split())
            self._change(self._seen_ms)
        elif isinstance(event, StatusEvent) and event.kind in _GONE:
            for source in list(self._sentences) if event.source is None else [event.source]:
                self._sentences[source] = ""
            # A still scene is not captioned again: its sentence stood until the last frame.
            last_ms = round((event.position or 0) * 1000)
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
        finally:
            self._output.close()

    def _change(self, now_ms: int) -> None:
        """End the cue and begin the next one, if another text is to be shown."""
        shown = "\n".join(
            f"{' '.join(source.split())}: {sentence}" if self._several else sentence
            for source, sentence in self._sentences.items()
            if sentence
        )
        if shown == self._shown:
            return
        if self._shown:
            # Two sentences of the same millisecond: the later one moves.
            end_ms = max(now_ms, self._begun_ms + _SHORTEST_MS)
            self._write(self._shown, self._begun_ms, end_ms)
            now_ms = end_ms
        self._shown, self._begun_ms = shown, max(now_ms, self._begun_ms)

    def _write(self, text: str, begin_ms: int, end_ms: int) -> None:
        if self._output is None:
            return
        self._count += 1
        if self._suffix == ".vtt":
            text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            cue = f"{_clock(begin_ms, '.')} --> {_clock(end_ms, '.')}\n{text}\n\n"
        else:
            cue = f"{self._count}\n{_clock(begin_ms, ',')} --> {_clock(end_ms, ',')}\n{text}\n\n"
        self._output.write(cue)


def _clock(milliseconds: int, separator: str) -> str:
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{separator}{milliseconds:03d}"
