"""From options to sinks."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from edge_runtime.errors import OptionError, SinkError
from edge_runtime.frames.base import FrameSource
from edge_runtime.live_options import LiveOptions
from edge_runtime.sinks.base import Sink

_RECORDED_FPS = 25.0
"""Frames a second of a recording, where the camera was not asked for a rate."""


def open_sinks(options: LiveOptions, sources: Sequence[FrameSource], stop: Callable[[], None]) -> list[Sink]:
    """The sinks asked for, not opened yet.

    Args:
        options: What is asked for.
        sources: What is looked at.
        stop: For a window: ends the loop.

    Raises:
        OptionError: There is none.
        SinkError: A file that is read, or written already, would be written over.
    """
    _check_apart(options)
    found: list[Sink] = []
    if options.text and options.jsonl != "-":
        from edge_runtime.sinks.text import TextSink

        found.append(TextSink(sys.stdout, len(sources) > 1))
    if options.jsonl is not None:
        from edge_runtime.sinks.jsonl import JsonLinesSink

        found.append(JsonLinesSink(options.jsonl))
    for path in (options.srt, options.vtt):
        if path is not None:
            from edge_runtime.sinks.subtitles import SubtitleSink

            found.append(SubtitleSink(path, len(sources) > 1))
    if options.record is not None:
        from edge_runtime.sinks.record import RecordSink

        found.append(RecordSink(options.record, options.fps or _RECORDED_FPS, sources[0].name, sources[0].live))
    if options.window:
        from edge_runtime.sinks.window import WindowSink

        found.append(WindowSink(stop))
    if not found:
        raise OptionError("captions go nowhere; leave out --no-text, or name a sink such as --jsonl FILE")
    return found


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
