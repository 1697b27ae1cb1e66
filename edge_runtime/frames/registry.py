"""The kinds of source that there are, a line each. The first that answers to an address has it."""

from edge_runtime.console.options.command_line import check_apart
from edge_runtime.frames.demo import DemoKind
from edge_runtime.frames.kinds import SourceKind
from edge_runtime.frames.pi_kinds import PiCameraKind, RpicamKind
from edge_runtime.frames.usual_kinds import CameraKind, FileKind, FolderKind, StreamKind

_KINDS: list[type[SourceKind]] = []


def register(kind: type[SourceKind]) -> None:
    """Add a kind of source: its addresses can be watched, and its options stand on the command line and in the configuration.

    Args:
        kind: A frozen dataclass.

    Raises:
        OptionError: A field is no option, or its table or a flag is taken.
    """
    check_apart([*_KINDS, kind])
    _KINDS.append(kind)


def source_kinds() -> tuple[type[SourceKind], ...]:
    """Return every kind that is registered."""
    return tuple(_KINDS)


register(CameraKind)
register(StreamKind)
register(PiCameraKind)
register(RpicamKind)
register(DemoKind)
register(FolderKind)
register(FileKind)
