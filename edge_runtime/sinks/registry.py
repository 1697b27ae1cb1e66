"""The kinds of sink that there are, a line each, in the order in which they are opened."""

from edge_runtime.console.options.command_line import check_apart
from edge_runtime.sinks.base import SinkKind
from edge_runtime.sinks.journal import JournalKind
from edge_runtime.sinks.jsonl import JsonLinesKind
from edge_runtime.sinks.rules import RulesKind
from edge_runtime.sinks.speech import SpeechKind
from edge_runtime.sinks.subtitles import SubtitleKind
from edge_runtime.sinks.text import TextKind
from edge_runtime.sinks.video import VideoKind
from edge_runtime.sinks.web import WebKind
from edge_runtime.sinks.window import WindowKind

_KINDS: list[type[SinkKind]] = []


def register(kind: type[SinkKind]) -> None:
    """Add a kind of sink: its options stand on the command line and in the configuration, and it gets captions where they ask for it.

    Args:
        kind: A frozen dataclass.

    Raises:
        OptionError: A field is no option, or its table or a flag is taken.
    """
    check_apart([*_KINDS, kind])
    _KINDS.append(kind)


def sink_kinds() -> tuple[type[SinkKind], ...]:
    """Return every kind that is registered."""
    return tuple(_KINDS)


register(TextKind)
register(JsonLinesKind)
register(JournalKind)
register(SubtitleKind)
register(VideoKind)
register(WindowKind)
register(SpeechKind)
register(RulesKind)
register(WebKind)
