"""What writes a video: the ffmpeg program where it is installed, else OpenCV."""

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import SinkError
from edge_runtime.sinks.ffmpeg import FfmpegVideo, h264_encoder
from edge_runtime.sinks.opencv_video import OpenCvVideo

Pixels = npt.NDArray[np.uint8]

KINDS = (".mp4", ".mkv", ".avi")
"""How a video's name may end."""
_BY_FFMPEG = (".mp4", ".mkv")


class Video(Protocol):
    """A video that frames are written to."""

    def write(self, pixels: Pixels) -> None:
        """Add a frame.

        Args:
            pixels: uint8 [H, W, 3], B, G, R.

        Raises:
            SinkError: It cannot be written.
        """
        ...

    def close(self) -> None:
        """Finish the video; called once.

        Raises:
            SinkError: It could not be finished.
        """
        ...


def check_video(name: str, path: Path) -> None:
    """See whether a video of this name can be written, as far as that is known before the first frame.

    Args:
        name: Of the sink, for messages.
        path: The file.

    Raises:
        SinkError: Its name ends in something else, or cannot be handed to OpenCV.
        SourceError: Neither ffmpeg nor OpenCV is there.
    """
    if path.suffix.lower() not in KINDS:
        kinds = f"{', '.join(KINDS[:-1])} or {KINDS[-1]}"
        raise SinkError(f"{name}: not a kind of video that is written; it must end in {kinds}")
    if not _is_by_ffmpeg(path):
        OpenCvVideo.check(name, path)


def remark(path: Path) -> str | None:
    """Return what the user should know about how a video is written on this machine, as a sentence's end; None where all is well."""
    if _is_by_ffmpeg(path) or path.suffix.lower() == ".avi":
        return None
    lost = ", and a crash loses it; name a .mkv, or" if path.suffix.lower() == ".mp4" else ";"
    return f"written by OpenCV as MPEG-4, which browsers do not play{lost} install the ffmpeg program with H.264"


def open_video(name: str, path: Path, descriptor: int, fps: float, size: tuple[int, int]) -> Video:
    """Begin a video.

    Args:
        name: Of the sink, for messages.
        path: The file, ours already.
        descriptor: The same file, open to write; stays open.
        fps: Frames per second.
        size: Width and height in pixels.

    Raises:
        SinkError: It cannot be written.
    """
    if _is_by_ffmpeg(path):
        return FfmpegVideo(name, path.suffix.lower(), descriptor, fps, size)
    return OpenCvVideo(name, path, fps, size)


def _is_by_ffmpeg(path: Path) -> bool:
    return path.suffix.lower() in _BY_FFMPEG and h264_encoder() is not None
