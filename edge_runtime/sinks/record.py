"""A video with the captions burnt in."""

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import SinkError
from edge_runtime.events import Event, StatusEvent
from edge_runtime.frames.base import Frame
from edge_runtime.frames.library import opencv
from edge_runtime.sinks.output import check_target, failure
from edge_runtime.sinks.overlay import draw_caption

if TYPE_CHECKING:
    import cv2

Pixels = npt.NDArray[np.uint8]

_CODECS = {".mp4": "mp4v", ".avi": "MJPG"}
_RESERVE = 16 << 20
"""Bytes left free on the disk, for the index that ends a video, and for the log that says what happened."""
_INDEX_BYTES = 16
"""Of a frame in that index, at the most."""
_BACK_SECONDS = 1.0
"""A position so far behind the one before begins anew; less is disorder within a stream."""
_AWAY_SECONDS = 0.5
"""A camera that has given nothing for so long is filled in for."""


class RecordSink:
    """Writes frames into a video that lasts as long as what was seen: frames are repeated or left out to hold its rate.

    It is written beside the target, which is replaced when the video is whole.

    Attributes:
        name: For messages.
        wants_frames: Yes.
    """

    wants_frames = True

    def __init__(self, path: str, fps: float, source: str | None = None, live: bool = False) -> None:
        """Name the file.

        Args:
            path: `.mp4` (MPEG-4) or `.avi` (Motion JPEG), in a folder that exists.
            fps: Frames per second of the video.
            source: The source that is recorded; where None, the one whose frame comes first.
            live: Whether the source's positions go on like the clock, so that time without frames is filled in meanwhile.
        """
        self.name = f"--record {path}"
        self._target = Path(path)
        self._part = self._target.parent / f"{self._target.stem}.part{self._target.suffix}"
        self._fps = fps
        self._source = source
        self._live = live
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._count = 0
        self._begun = 0.0
        self._newest: Frame | None = None
        self._picture: Pixels | None = None

    def check(self) -> None:
        """See whether the file could be written.

        Raises:
            SinkError: It could not, or its name ends in something else.
        """
        if self._target.suffix.lower() not in _CODECS:
            kinds = " or ".join(_CODECS)
            raise SinkError(f"{self.name}: not a kind of video that is written; it must end in {kinds}")
        check_target(self.name, self._target)
        try:
            str(self._target).encode()
        except UnicodeEncodeError:  # OpenCV would end the process
            raise SinkError(f"{self.name}: OpenCV writes no file whose name is not UTF-8; name another one") from None

    def open(self) -> None:
        """Begin the file beside the target.

        Raises:
            SinkError: It cannot be written, or its name ends in something else.
        """
        self.check()
        try:
            self._part.write_bytes(b"")
        except OSError as error:
            raise failure(self.name, error) from None

    def event(self, event: Event) -> None:
        """When the source is lost, what is repeated until it is back says so."""
        if isinstance(event, StatusEvent) and event.kind == "lost" and event.source == self._source and self._newest:
            self._picture = draw_caption(self._fitted(self._newest.pixels), event.message)

    def frame(self, frame: Frame, caption: str) -> None:
        """Write a frame, if its time has come, and repeat the one before until then.

        Raises:
            SinkError: The disk is nearly full; what was recorded is whole.
        """
        if self._source is None:
            self._source = frame.source
        if frame.source != self._source:
            return
        if self._writer is None:
            self._begin(frame)
        elif self._newest is not None and frame.position < self._newest.position - _BACK_SECONDS:
            self._begun = frame.position - self._count / self._fps
        self._repeat_until(frame.position)
        self._newest = frame
        self._picture = draw_caption(self._fitted(frame.pixels), caption)
        if self._count <= self._index(frame.position):
            self._write(self._picture)

    def idle(self) -> None:
        """Fill in for a camera that is away, rather than all at once when it is back.

        Raises:
            SinkError: As for `frame`.
        """
        if self._live and self._newest is not None:
            away = time.monotonic() - self._newest.captured
            if away > _AWAY_SECONDS:
                self._repeat_until(self._newest.position + away - _AWAY_SECONDS)

    def close(self) -> None:
        """Finish the video and put it at its place.

        Raises:
            SinkError: It could not be finished; it stays beside the target.
        """
        self._newest = self._picture = None
        if self._writer is not None:
            self._writer.release()
        if not self._count:
            with suppress(OSError):
                self._part.unlink(missing_ok=True)
            return
        if not self._is_whole():
            raise SinkError(
                f"{self.name}: the video was not finished, the disk may be full; its parts are in {self._part}"
            )
        try:
            os.replace(self._part, self._target)  # noqa: PTH105 - Path.replace gives no better error
        except OSError as error:
            raise failure(self.name, error) from None

    def _begin(self, frame: Frame) -> None:
        cv2 = opencv()

        height, width = frame.pixels.shape[:2]
        self._size = (width, height)
        self._begun = frame.position
        codec = cv2.VideoWriter.fourcc(*_CODECS[self._target.suffix.lower()])
        writer = cv2.VideoWriter(str(self._part), codec, self._fps, self._size)
        if not writer.isOpened():
            raise SinkError(
                f"{self.name}: OpenCV cannot write {width} x {height} pixels at {self._fps:g} fps; try .avi or .mp4"
            )
        self._writer = writer

    def _index(self, position: float) -> int:
        """Number of the video's frame at a position."""
        return round((position - self._begun) * self._fps)

    def _repeat_until(self, position: float) -> None:
        if self._picture is not None:
            for _ in range(self._index(position) - self._count):
                self._write(self._picture)

    def _write(self, picture: Pixels) -> None:
        """The writer does not report a full disk, so look before."""
        if self._writer is None:
            return
        try:
            free = shutil.disk_usage(self._part.parent).free
        except OSError as error:
            raise failure(self.name, error) from None
        if free < _RESERVE + _INDEX_BYTES * self._count:
            seconds = self._count / self._fps
            raise SinkError(
                f"{self.name}: the disk is nearly full; the video ends after {seconds:.1f} s, make room for more"
            )
        self._writer.write(picture)
        self._count += 1

    def _fitted(self, pixels: Pixels) -> Pixels:
        """The frame in the size of the first one, with black bars where its shape is another."""
        cv2 = opencv()

        width, height = self._size
        rows, columns = pixels.shape[:2]
        if (columns, rows) == self._size:
            return pixels
        scale = min(width / columns, height / rows)
        wide, high = max(1, round(columns * scale)), max(1, round(rows * scale))
        left, top = (width - wide) // 2, (height - high) // 2
        fitted = np.zeros((height, width, 3), np.uint8)
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        fitted[top : top + high, left : left + wide] = cv2.resize(pixels, (wide, high), interpolation=method)
        return fitted

    def _is_whole(self) -> bool:
        cv2 = opencv()

        video = cv2.VideoCapture(str(self._part))
        try:
            return bool(video.isOpened() and video.grab()) and video.get(cv2.CAP_PROP_FRAME_COUNT) + 1 >= self._count
        finally:
            video.release()
