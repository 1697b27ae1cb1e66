"""From what the user wrote to the sources of that kind."""

import os
import re
import urllib.parse
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path

from edge_runtime.errors import SourceError
from edge_runtime.frames.addresses import redacted, scheme_of, unaddressed
from edge_runtime.frames.base import FrameSource
from edge_runtime.frames.kinds import SourceKind, SourceRequest
from edge_runtime.frames.options import SourceOptions
from edge_runtime.frames.registry import source_kinds

__all__ = ["SourceOptions", "open_source", "open_sources", "redacted"]


def open_sources(
    addresses: Sequence[str],
    options: SourceOptions | None = None,
    log: Callable[[str], None] = lambda _: None,
    own: Iterable[SourceKind] = (),
) -> list[FrameSource]:
    """Choose several sources, each with a name of its own: addresses that look alike without their secrets are numbered.

    Args:
        addresses: As for `open_source`.
        options: What is asked of each.
        log: Told, in one sentence each, of what is passed over.
        own: As for `open_source`.

    Raises:
        SourceError: Nothing of these kinds, or the same camera or file twice.
    """
    given = {type(kind): kind for kind in own}
    found: list[FrameSource] = []
    known: dict[Hashable, str] = {}
    names: dict[str, int] = {}
    for address in addresses:
        shown = redacted(address)
        kind = _kind(address)
        identity = kind.identity(address)
        if identity in known:
            raise SourceError(f"{shown}: the same source as {known[identity]}; name each once")
        known[identity] = shown
        count = names[shown] = names.get(shown, 0) + 1
        name = f"{shown} ({count})" if count > 1 else shown
        found.append(given.get(kind, kind()).source(SourceRequest(address, options or SourceOptions(), name, log)))
    return found


def open_source(
    address: str,
    options: SourceOptions | None = None,
    log: Callable[[str], None] = lambda _: None,
    own: Iterable[SourceKind] = (),
) -> FrameSource:
    """Choose the source; entering it opens it.

    Args:
        address: A camera's number or device (`0`, `/dev/video0`), a video file, a folder of pictures, an address (`rtsp://`,
            `http://`), a camera of a Raspberry Pi (`picamera`, `picamera:1`, `rpicam`, `rpicam:1`), the clip that
            ships (`demo`), or what else is registered.
            A file named like one of these is written with its folder: `./0`.
        options: What is asked of it.
        log: Told, in one sentence each, of what is passed over.
        own: Kinds with their own options; one that is not among them has its defaults.

    Raises:
        SourceError: Nothing of these kinds.
    """
    (source,) = open_sources([address], options, log, own)
    return source


def _kind(address: str) -> type[SourceKind]:
    """Return the kind that answers to an address.

    Raises:
        SourceError: None does.
    """
    try:
        for kind in source_kinds():
            if kind.answers(address):
                return kind
        there = bool(address) and os.path.lexists(address)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "a character that no path has"
        raise SourceError(
            f"{unaddressed(address)}: cannot be read ({reason}); check the path and its permissions"
        ) from None
    raise SourceError(_no_source(address, there))


def _no_source(spec: str, there: bool) -> str:
    """Return why it is no source, a sentence with the remedy."""
    scheme = scheme_of(spec)
    if scheme == "file":
        path = urllib.parse.unquote(urllib.parse.urlsplit(spec).path) or "/path"
        return f"{spec}: a file is named by its path; write {path}"
    if scheme is not None:
        known = ", ".join(f"{known}://" for kind in source_kinds() for known in kind.schemes)
        return f"{redacted(spec)}: streams of this kind cannot be read; use {known}, or a file"
    # An address whose rtsp:// was left out or mistyped holds a password all the same.
    shown = unaddressed(spec)
    if there:
        if not Path(spec).exists():
            return f"{shown}: a link to what does not exist; make it anew, or name the file itself"
        return f"{shown}: neither a file nor a folder nor a camera; name one, or write the video to a file first"
    if spec != spec.strip() and spec.strip():
        return f"{shown!r}: no such source; a space stands before or behind it, leave it out"
    if spec == "-":
        return "-: video cannot be read from stdin; write it to a file and name that"
    if re.match(r"[A-Za-z]:[\\/]|\\\\", spec):
        return f"{shown}: a path of Windows, which this system does not know; copy the file here (WSL has C: as /mnt/c)"
    return (
        f"{shown}: no such file or folder; name one, or a camera (0, /dev/video0, picamera, rpicam) "
        "or a stream (rtsp://..., http://...)"
    )
