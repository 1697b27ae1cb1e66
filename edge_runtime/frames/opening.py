"""From what the user wrote to the sources of that kind."""

import os
import re
import urllib.parse
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

from edge_runtime.errors import SourceError
from edge_runtime.frames.addresses import SCHEMES, parsed, redacted, scheme_of, unaddressed
from edge_runtime.frames.base import FrameSource
from edge_runtime.frames.images import ImageFolderSource
from edge_runtime.frames.opencv import OpenCvSource
from edge_runtime.frames.options import SourceOptions
from edge_runtime.frames.picamera import PiCameraSource
from edge_runtime.frames.rpicam import RpicamSource

__all__ = ["SourceOptions", "open_source", "open_sources", "redacted"]

_PI = re.compile(r"(picamera|rpicam)(?::(\d{1,2}))?")


def open_sources(
    specs: Sequence[str], options: SourceOptions | None = None, say: Callable[[str], None] = lambda _: None
) -> list[FrameSource]:
    """Choose several sources, each with a name of its own: addresses that look alike without their secrets are numbered.

    Args:
        specs: As for `open_source`.
        options: What is asked of each.
        say: Told, in one sentence each, of what is passed over.

    Raises:
        SourceError: Nothing of these kinds, or the same camera or file twice.
    """
    found: list[FrameSource] = []
    known: dict[Hashable, str] = {}
    names: dict[str, int] = {}
    for spec in specs:
        shown = redacted(spec)
        identity = _identity(spec)
        if identity in known:
            raise SourceError(f"{shown}: the same source as {known[identity]}; name each once")
        known[identity] = shown
        count = names[shown] = names.get(shown, 0) + 1
        found.append(open_source(spec, options, say, f"{shown} ({count})" if count > 1 else None))
    return found


def open_source(
    spec: str,
    options: SourceOptions | None = None,
    say: Callable[[str], None] = lambda _: None,
    name: str | None = None,
) -> FrameSource:
    """Choose the source; entering it opens it.

    Args:
        spec: A camera's number or device (`0`, `/dev/video0`), a video file, a folder of pictures, an address (`rtsp://`,
            `http://`), or a camera of a Raspberry Pi: `picamera`, `picamera:1`, `rpicam`, `rpicam:1`. A file named like one of
            these is written with its folder: `./0`.
        options: What is asked of it.
        say: Told, in one sentence each, of what is passed over.
        name: How a stream is called in messages and events; its address without its secrets unless told otherwise.

    Raises:
        SourceError: Nothing of these kinds.
    """
    options = options or SourceOptions()
    if re.fullmatch(r"\d{1,3}", spec):
        return OpenCvSource(f"/dev/video{int(spec)}", "camera", options)
    if re.fullmatch(r"/dev/(video\d+|v4l/.+)", spec):
        return OpenCvSource(spec, "camera", options)
    if scheme_of(spec) in SCHEMES:
        parsed(spec)
        return OpenCvSource(spec, "stream", options, name)
    pi = _PI.fullmatch(spec)
    if pi:
        kind = PiCameraSource if pi[1] == "picamera" else RpicamSource
        return kind(spec, int(pi[2] or 0), options)
    try:
        if spec and Path(spec).is_dir():
            return ImageFolderSource(spec, options, say)
        if Path(spec).is_file():
            return OpenCvSource(spec, "file", options)
        there = bool(spec) and os.path.lexists(spec)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "a character that no path has"
        raise SourceError(
            f"{unaddressed(spec)}: cannot be read ({reason}); check the path and its permissions"
        ) from None
    raise SourceError(_no_source(spec, there))


def _identity(spec: str) -> Hashable:
    """The same for all ways to write one camera, file or stream."""
    if re.fullmatch(r"\d{1,3}", spec):
        return os.path.realpath(f"/dev/video{int(spec)}")
    pi = _PI.fullmatch(spec)
    if pi:
        return "camera of a Raspberry Pi", int(pi[2] or 0)
    return parsed(spec) if scheme_of(spec) in SCHEMES else os.path.realpath(spec.replace("\0", ""))


def _no_source(spec: str, there: bool) -> str:
    """Why it is no source, a sentence with the remedy."""
    scheme = scheme_of(spec)
    if scheme == "file":
        path = urllib.parse.unquote(urllib.parse.urlsplit(spec).path) or "/path"
        return f"{spec}: a file is named by its path; write {path}"
    if scheme is not None:
        known = ", ".join(f"{known}://" for known in SCHEMES)
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
