"""Cameras (V4L2), files and streams as OpenCV opens them, and the sentences where it does not."""

import time
import urllib.parse
from pathlib import Path
from typing import Any

from edge_runtime.errors import SourceError
from edge_runtime.frames.addresses import parsed
from edge_runtime.frames.cameras import refusal
from edge_runtime.frames.codecs import unopenable
from edge_runtime.frames.options import SourceOptions
from edge_runtime.frames.probing import why_not
from edge_runtime.frames.stream_options import stream_options
from edge_runtime.machine.opencv import opencv


def open_camera(device: str, options: SourceOptions) -> Any:
    """Open a camera.

    Args:
        device: `/dev/video0`.
        options: Size and rate.

    Returns:
        A `cv2.VideoCapture` that is open.

    Raises:
        SourceError: There is no such camera, it is in use, or may not be used.
    """
    cv2 = opencv()
    capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
    if not capture.isOpened():
        capture.release()
        raise refusal(device)
    if options.width or options.fps:
        # Uncompressed pictures of any size are too much for USB 2 at any rate.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    if options.width and options.height:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, options.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, options.height)
    if options.fps:
        capture.set(cv2.CAP_PROP_FPS, options.fps)
    # With one, some UVC cameras give half their rate; both are fresh, for every frame is grabbed.
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 2)
    if not capture.isOpened():  # each of these opens it anew
        capture.release()
        raise refusal(device)
    return capture


def open_file(name: str, path: Path) -> Any:
    """Open a video file.

    Args:
        name: Of the source.
        path: The file.

    Returns:
        A `cv2.VideoCapture` that is open.

    Raises:
        SourceError: There is no such file, or it is no video that can be read.
    """
    cv2 = opencv()
    try:
        path.open("rb").close()
    except FileNotFoundError:
        raise SourceError(f"{name}: no such file; check the path") from None
    except OSError as error:
        raise SourceError(f"{name}: cannot be read ({error.strerror}); check its permissions") from None
    try:
        str(path.absolute()).encode()
    except UnicodeEncodeError:  # OpenCV would end the process
        raise SourceError(f"{name}: OpenCV reads no file whose path is not UTF-8; rename it") from None
    # FFmpeg takes what stands before a colon for a protocol, so it is given the whole path.
    capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    if not capture.isOpened():
        capture.release()
        raise unopenable(name, path)
    return capture


def open_stream(name: str, spec: str, patience: float) -> Any:
    """Open a stream.

    Args:
        name: Of the source, without a secret.
        spec: Its address.
        patience: Seconds that opening it, and then each frame, may take.

    Returns:
        A `cv2.VideoCapture` that is open.

    Raises:
        SourceAwayError: It cannot be reached, or does not begin.
        SourceError: There is no such stream, it may not be seen, or is no video.
    """
    cv2 = opencv()
    parsed(spec)
    settings = {
        "CAP_PROP_OPEN_TIMEOUT_MSEC": int(patience * 1000),
        "CAP_PROP_READ_TIMEOUT_MSEC": int(patience * 1000),
        # With more, a decoder holds a frame back for every thread.
        "CAP_PROP_N_THREADS": 1,
    }
    flat = [part for key, value in settings.items() if hasattr(cv2, key) for part in (getattr(cv2, key), value)]
    began = time.monotonic()
    with stream_options():
        capture = cv2.VideoCapture(_without_fragment(spec), cv2.CAP_FFMPEG, flat)
    if not capture.isOpened():
        capture.release()
        raise why_not(spec, name, slow=time.monotonic() - began > patience * 0.9)
    return capture


def _without_fragment(spec: str) -> str:
    """FFmpeg would send what stands behind a #, which is no part of what is asked for."""
    return urllib.parse.urldefrag(spec).url if "#" in spec else spec
