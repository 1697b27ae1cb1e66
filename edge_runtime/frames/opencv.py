"""Cameras (V4L2), video files and streams (RTSP, HTTP), read by OpenCV."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np

from edge_runtime.errors import SourceError, SourceLostError
from edge_runtime.frames.addresses import parsed, redacted
from edge_runtime.frames.base import STALL_SECONDS, Pixels
from edge_runtime.frames.cameras import refusal
from edge_runtime.frames.jpeg import frame_refusal, is_whole
from edge_runtime.frames.library import opencv, stream_options
from edge_runtime.frames.options import SourceOptions
from edge_runtime.frames.pacing import Pace
from edge_runtime.frames.probing import why_not

Kind = Literal["camera", "file", "stream"]

_ATTEMPTS = 32
"""A damaged packet fails a read of OpenCV's just as the end does, but after it more can be read."""
_ATTEMPT_SECONDS = 0.5
"""Attempts go on for so long at the most: one that then waits for a frame in vain must end within 5 s of the first."""

_BACKLOG_SECONDS = 1.0
"""A stream that gives old frames for longer than that is one that sends too fast."""
_RELEASE_SECONDS = 0.1
"""Longer than a grab needs between its last look at `_closing` and its end."""


class OpenCvSource:
    """A camera, a video file or a stream."""

    def __init__(self, spec: str, kind: Kind, options: SourceOptions | None = None) -> None:
        """Does not open it yet.

        Args:
            spec: A device (`/dev/video0`), a path, or an address.
            kind: Which of them.
            options: Size and rate are asked of cameras only, real time of files only.
        """
        self._spec, self._kind = spec, kind
        self._options = options or SourceOptions()
        self._capture: Any = None
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._pace = Pace()
        self._packets = False
        self._packet = b""
        self._interval = 0.0
        self._number = 0
        self._position = 0.0
        self._backlog_until = 0.0

    @property
    def name(self) -> str:
        """As the user wrote it, without a password."""
        return redacted(self._spec)

    @property
    def live(self) -> bool:
        """Whether frames that nobody takes are gone."""
        return self._kind != "file" or self._options.realtime

    @property
    def position(self) -> float | None:
        """Seconds of the grabbed frame from the start of the file; None of cameras and streams."""
        return self._position if self._kind == "file" else None

    def __enter__(self) -> Self:
        """Open it.

        Raises:
            SourceError: There is no such source, it is in use, or cannot be read.
        """
        cv2 = opencv()
        self._closing.set()  # a grab that still waits in another thread gives up
        openers: dict[Kind, Callable[[Any], Any]] = {
            "camera": self._open_camera,
            "file": self._open_file,
            "stream": self._open_stream,
        }
        with self._lock:
            self._release()
            self._packets = False
            self._capture = openers[self._kind](cv2)
            self._closing.clear()
            self._pace, self._number, self._position = Pace(), 0, 0.0
            self._backlog_until = time.monotonic() + _BACKLOG_SECONDS
            rate = self._capture.get(cv2.CAP_PROP_FPS)
            self._interval = 1 / rate if 1 <= rate <= 120 else 0.04
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it; a `grab` that waits in another thread closes it when the device lets it go, `STALL_SECONDS` at the most."""
        self._closing.set()
        if self._lock.acquire(timeout=_RELEASE_SECONDS):
            try:
                self._release()
            finally:
                self._lock.release()

    def grab(self) -> bool:
        """Wait for the next frame, without converting it.

        Returns:
            False at the end of a file, and after it was closed.

        Raises:
            SourceLostError: The camera or stream broke, ended, or gave no frame for `STALL_SECONDS`.
        """
        with self._lock:
            try:
                return self._capture is not None and not self._closing.is_set() and self._grab()
            finally:
                if self._closing.is_set():
                    self._release()

    def retrieve(self) -> Pixels:
        """The frame that was grabbed last, uint8 [H, W, 3], B, G, R.

        Raises:
            SourceLostError: It cannot be decoded.
        """
        with self._lock:
            try:
                pixels = self._retrieve() if self._capture is not None else None
            finally:
                if self._closing.is_set():
                    self._release()
        if pixels is None:
            raise SourceLostError(f"{self.name}: a frame cannot be decoded")
        return np.asarray(pixels, np.uint8)

    def _grab(self) -> bool:
        while True:
            began = time.monotonic()
            if not self._next():
                return False
            if self._kind == "stream" and self._backlog_until:
                # Frames came while the stream was being opened, and are old by now: a frame that had to be waited for is not.
                now = time.monotonic()
                if now - began < self._interval / 2 and now < self._backlog_until:
                    continue
                self._backlog_until = 0.0
            if self._kind != "file":
                return True
            self._position = self._media_position()
            if not self._options.realtime or self._pace.is_due(self._position, self._interval, self._closing):
                return not self._closing.is_set()

    def _next(self) -> bool:
        """Read on to the next frame that can be read."""
        began, waited = time.monotonic(), 0.0
        for _ in range(_ATTEMPTS):
            good = self._grabbed()
            waited = time.monotonic() - began
            # A decoder may give up a frame that it has held back when a read times out: too late to be news.
            if good and (self._kind == "file" or waited < STALL_SECONDS * 0.95):
                self._number += 1
                return True
            if waited > _ATTEMPT_SECONDS or self._closing.is_set():
                break
        if self._kind == "file" or self._closing.is_set():
            return False
        if waited > STALL_SECONDS * 0.95:
            raise SourceLostError(f"{self.name}: no frame for {waited:.0f} s")
        what = (
            "the camera has stopped or was unplugged"
            if self._kind == "camera"
            else "the stream has ended or broken off"
        )
        raise SourceLostError(f"{self.name}: {what}")

    def _grabbed(self) -> bool:
        cv2 = opencv()
        try:
            if not self._capture.grab():
                return False
            if self._packets:
                self._packet = self._capture.retrieve()[1].tobytes()
                return is_whole(self._packet)
        except cv2.error:
            return False
        return True

    def _retrieve(self) -> Any:
        cv2 = opencv()
        try:
            if self._packets:
                if self._packet and (why := frame_refusal(self._packet)):
                    raise SourceLostError(f"{self.name}: {why}")
                return cv2.imdecode(np.frombuffer(self._packet, np.uint8), cv2.IMREAD_COLOR) if self._packet else None
            good, pixels = self._capture.retrieve()
        except cv2.error:
            return None
        if not good:
            return None
        return cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR) if pixels.ndim == 2 else pixels

    def _media_position(self) -> float:
        """By the medium's own time; by the frame's number where it has none."""
        position = self._capture.get(opencv().CAP_PROP_POS_MSEC) / 1000
        if self._number > 1 and not position > self._position:
            return max(self._position, (self._number - 1) * self._interval)
        return max(0.0, float(position))

    def _release(self) -> None:
        if self._capture is not None:
            self._capture.release()
        self._capture, self._packet = None, b""

    def _open_camera(self, cv2: Any) -> Any:
        capture = cv2.VideoCapture(self._spec, cv2.CAP_V4L2)
        if not capture.isOpened():
            capture.release()
            raise refusal(self._spec)
        options = self._options
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
            raise refusal(self._spec)
        return capture

    def _open_file(self, cv2: Any) -> Any:
        path = Path(self._spec)
        try:
            with path.open("rb") as file:
                empty = not file.read(1)
        except FileNotFoundError:
            raise SourceError(f"{self.name}: no such file; check the path") from None
        except OSError as error:
            raise SourceError(f"{self.name}: cannot be read ({error.strerror}); check its permissions") from None
        try:
            str(path.absolute()).encode()
        except UnicodeEncodeError:  # OpenCV would end the process
            raise SourceError(f"{self.name}: OpenCV reads no file whose path is not UTF-8; rename it") from None
        # FFmpeg takes what stands before a colon for a protocol, so it is given the whole path.
        capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            capture.release()
            reason = "the file is empty" if empty else "not a video, or one with a codec that cannot be read"
            raise SourceError(f"{self.name}: {reason}; convert it with: ffmpeg -i INPUT -c:v libx264 OUTPUT.mp4")
        return capture

    def _open_stream(self, cv2: Any) -> Any:
        parsed(self._spec)
        milliseconds = int(STALL_SECONDS * 1000)
        settings = {
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: milliseconds,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC: milliseconds,
            # With more, a decoder holds a frame back for every thread.
            cv2.CAP_PROP_N_THREADS: 1,
        }
        with stream_options():
            flat = [value for setting in settings.items() for value in setting]
            capture = cv2.VideoCapture(self._spec, cv2.CAP_FFMPEG, flat)
        if not capture.isOpened():
            capture.release()
            raise why_not(self._spec)
        # Pictures of Motion JPEG are taken as they come: those nobody looks at are not decoded, and their size may change.
        motion_jpeg = int(capture.get(cv2.CAP_PROP_FOURCC)) == cv2.VideoWriter.fourcc(*"MJPG")
        self._packets = motion_jpeg and capture.set(cv2.CAP_PROP_FORMAT, -1)
        return capture
