"""From options to sinks."""

import sys
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.errors import OptionError, SinkError
from edge_runtime.frames.base import FrameSource
from edge_runtime.live.options import LiveOptions
from edge_runtime.sinks.base import Sink

_RECORDED_FPS = 25.0
"""Frames a second of a recording, where the camera was not asked for a rate."""


@dataclass(frozen=True)
class Wanted:
    """A sink that is asked for.

    Attributes:
        key: All that it depends on: one that runs already with the same key is this one, and goes on with its open file.
        make: Makes it, not opened yet.
    """

    key: Hashable
    make: Callable[[], Sink]


def wanted_sinks(options: LiveOptions, sources: Sequence[FrameSource], stop: Callable[[], None]) -> list[Wanted]:
    """The sinks asked for.

    Args:
        options: What is asked for.
        sources: What is looked at.
        stop: For a window: ends the loop.

    Raises:
        OptionError: There is none.
        SinkError: A file that is read, or written already, would be written over.
    """
    _check_apart(options)
    several = len(sources) > 1
    # Other sources are another recording, and other subtitles.
    seen = tuple((source.name, source.live) for source in sources)
    found: list[Wanted] = []
    if options.text and options.jsonl != "-":
        found.append(Wanted(("text", several), lambda: _text(several)))
    if options.jsonl is not None:
        jsonl = options.jsonl
        found.append(Wanted(("jsonl", jsonl), lambda: _jsonl(jsonl)))
    for path in (options.srt, options.vtt):
        if path is not None:
            found.append(_subtitles(path, several, options.overwrite, seen))
    if options.record is not None:
        found.append(_recording(options.record, options, sources[0], seen))
    if options.window:
        found.append(Wanted(("window", seen), lambda: _window(stop)))
    if not found:
        raise OptionError("captions go nowhere; leave out --no-text, or name a sink such as --jsonl FILE")
    return found


def _text(several: bool) -> Sink:
    from edge_runtime.sinks.text import TextSink

    return TextSink(sys.stdout, several)


def _jsonl(path: str) -> Sink:
    from edge_runtime.sinks.jsonl import JsonLinesSink

    return JsonLinesSink(path)


def _subtitles(path: str, several: bool, overwrite: bool, seen: Hashable) -> Wanted:
    def make() -> Sink:
        from edge_runtime.sinks.subtitles import SubtitleSink

        return SubtitleSink(path, several, overwrite)

    return Wanted(("subtitles", path, seen), make)


def _recording(path: str, options: LiveOptions, source: FrameSource, seen: Hashable) -> Wanted:
    fps = options.fps or _RECORDED_FPS

    def make() -> Sink:
        from edge_runtime.sinks.video import RecordSink

        return RecordSink(path, fps, source.name, source.live, options.overwrite)

    return Wanted(("record", path, fps, seen), make)


def _window(stop: Callable[[], None]) -> Sink:
    from edge_runtime.sinks.window import WindowSink

    return WindowSink(stop)


def _check_apart(options: LiveOptions) -> None:
    """Each file is one thing only: a clip that is recorded over would be lost."""
    taken = {Path(spec).resolve(): f"--source {spec}" for spec in options.source if Path(spec).is_file()}
    written = {"jsonl": options.jsonl, "srt": options.srt, "vtt": options.vtt, "record": options.record}
    for name, path in written.items():
        if path is None or (name == "jsonl" and path == "-"):
            continue
        place = Path(path).resolve()
        if place in taken:
            raise SinkError(f"--{name} {path}: the same file as {taken[place]}; name another one")
        taken[place] = f"--{name} {path}"
