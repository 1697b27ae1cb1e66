"""From options to sinks."""

import sys
from collections.abc import Callable, Sequence

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
    """
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
    return found
