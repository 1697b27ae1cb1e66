"""A video that OpenCV writes: everywhere where frames can be read, but without H.264."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import SinkError
from edge_runtime.machine.opencv import opencv

Pixels = npt.NDArray[np.uint8]

_CODECS = {".mp4": "mp4v", ".mkv": "mp4v", ".avi": "MJPG"}


class OpenCvVideo:
    """A video being written.

    After `kill -9` a `.mkv` and an `.avi` play up to the last seconds; an `.mp4` does not play, for its index comes at its end.

    Args:
        name: Of the sink, for messages.
        path: `.mp4` or `.mkv` (MPEG-4) or `.avi` (Motion JPEG).
        fps: Frames per second.
        size: Width and height in pixels.

    Raises:
        SinkError: OpenCV cannot write it.
    """

    def __init__(self, name: str, path: Path, fps: float, size: tuple[int, int]) -> None:
        cv2 = opencv()
        self._name, self._path, self._count = name, path, 0
        codec = cv2.VideoWriter.fourcc(*_CODECS[path.suffix.lower()])
        self._writer = cv2.VideoWriter(str(path), codec, fps, size)
        if not self._writer.isOpened():
            width, height = size
            raise SinkError(f"{name}: OpenCV cannot write {width} x {height} pixels at {fps:g} fps; try .avi or .mp4")

    @staticmethod
    def check(name: str, path: Path) -> None:
        """See whether OpenCV takes a name, and is there.

        Raises:
            SinkError: It would end the process.
            SourceError: OpenCV is not installed.
        """
        opencv()
        try:
            str(path).encode()
        except UnicodeEncodeError:
            raise SinkError(f"{name}: OpenCV writes no file whose name is not UTF-8; name another one") from None

    def write(self, pixels: Pixels) -> None:
        """Add a frame; OpenCV does not report a full disk.

        Args:
            pixels: uint8 [H, W, 3], B, G, R.
        """
        self._writer.write(pixels)
        self._count += 1

    def close(self) -> None:
        """Finish the video.

        Raises:
            SinkError: What stands on the disk is not the whole of it.
        """
        self._writer.release()
        cv2 = opencv()
        video = cv2.VideoCapture(str(self._path))
        try:
            whole = video.isOpened() and video.grab() and video.get(cv2.CAP_PROP_FRAME_COUNT) + 1 >= self._count
        finally:
            video.release()
        if not whole:
            raise SinkError(f"{self._name}: the video was not finished, the disk may be full; look at {self._path}")
