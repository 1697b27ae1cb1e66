"""From what the user wrote to the source of that kind."""

import re
from collections.abc import Callable
from pathlib import Path

from edge_runtime.errors import SourceError
from edge_runtime.frames.addresses import SCHEMES, redacted, scheme_of
from edge_runtime.frames.base import FrameSource
from edge_runtime.frames.images import ImageFolderSource
from edge_runtime.frames.opencv import OpenCvSource
from edge_runtime.frames.options import SourceOptions
from edge_runtime.frames.picamera import PiCameraSource
from edge_runtime.frames.rpicam import RpicamSource

__all__ = ["SourceOptions", "open_source", "redacted"]


def open_source(
    spec: str, options: SourceOptions | None = None, say: Callable[[str], None] = lambda _: None
) -> FrameSource:
    """Choose the source; entering it opens it.

    Args:
        spec: A camera's number or device (`0`, `/dev/video0`), a video file, a folder of pictures, an address (`rtsp://`,
            `http://`), or a camera of a Raspberry Pi: `picamera`, `picamera:1`, `rpicam`, `rpicam:1`. A file named like one of
            these is written with its folder: `./0`.
        options: What is asked of it.
        say: Told, in one sentence each, of what is passed over.

    Raises:
        SourceError: Nothing of these kinds.
    """
    options = options or SourceOptions()
    if re.fullmatch(r"\d{1,3}", spec):
        return OpenCvSource(f"/dev/video{int(spec)}", "camera", options)
    if re.fullmatch(r"/dev/(video\d+|v4l/.+)", spec):
        return OpenCvSource(spec, "camera", options)
    if scheme_of(spec) in SCHEMES:
        return OpenCvSource(spec, "stream", options)
    if scheme_of(spec) is not None:
        known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise SourceError(f"{redacted(spec)}: streams of this kind cannot be read; use {known}, or a file")
    pi = re.fullmatch(r"(picamera|rpicam)(?::(\d{1,2}))?", spec)
    if pi:
        kind = PiCameraSource if pi[1] == "picamera" else RpicamSource
        return kind(spec, int(pi[2] or 0), options)
    if spec and Path(spec).is_dir():
        return ImageFolderSource(spec, options, say)
    if Path(spec).is_file():
        return OpenCvSource(spec, "file", options)
    # An address whose rtsp:// was left out or mistyped holds a password all the same.
    shown = re.sub(r".*:.*@", "", spec, flags=re.DOTALL)
    raise SourceError(
        f"{shown}: no such file or folder; name one, or a camera (0, /dev/video0, picamera, rpicam) "
        "or a stream (rtsp://..., http://...)"
    )
