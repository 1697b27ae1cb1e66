"""The options that OpenCV opens streams with."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_CAPTURE_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_STREAM_OPTIONS = "rtsp_flags;prefer_tcp|fpsprobesize;0"
"""For FFmpeg: TCP, since a packet that UDP loses spoils every picture up to the next key frame; and no second of frames
watched to learn their rate. Not `nobuffer`, which throws the first key frame away, so that nothing comes before the second."""

_opening = threading.Lock()
_opened_at_once = 0


@contextmanager
def stream_options() -> Iterator[None]:
    """Hand options to FFmpeg while a stream is opened, unless the user has set `OPENCV_FFMPEG_CAPTURE_OPTIONS`.

    OpenCV takes them from there alone, as `name;value|name;value`, whenever it opens something.
    """
    global _opened_at_once
    with _opening:
        ours = _opened_at_once > 0 or _CAPTURE_OPTIONS not in os.environ
        if ours:
            _opened_at_once += 1
            os.environ[_CAPTURE_OPTIONS] = _STREAM_OPTIONS
    try:
        yield
    finally:
        with _opening:
            if ours:
                _opened_at_once -= 1
                if not _opened_at_once:
                    del os.environ[_CAPTURE_OPTIONS]
