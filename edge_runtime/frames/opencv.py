"""Cameras (V4L2), video files and streams (RTSP, HTTP), read by OpenCV."""

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np

from edge_runtime.errors import SourceError, SourceLostError
from edge_runtime.frames.addresses import redacted, scheme_of
from edge_runtime.frames.base import STALL_SECONDS, Pixels
from edge_runtime.frames.codecs import HOPELESS, PICTURES, codec_name, undecodable
from edge_runtime.frames.jpeg import frame_refusal, is_whole
from edge_runtime.frames.openers import open_camera, open_file, open_stream
from edge_runtime.frames.options import SourceOptions
from edge_runtime.frames.pacing import Pace
from edge_runtime.frames.probing import has_end
from edge_runtime.machine.opencv import opencv

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
    """A camera, a video file or a stream.

    A stream over HTTP may turn out to be a file, a picture or a clip: it is played at its own speed, and its end is the end.
    """

    def __init__(self, spec: str, kind: Kind, options: SourceOptions | None = None, name: str | None = None) -> None:
        """Does not open it yet.

        Args:
            spec: A device (`/dev/video0`), a path, or an address.
            kind: Which of them.
            options: Size and rate are asked of cameras only, real time of files only.
            name: How it is called in messages and events; `spec` without its secrets unless told otherwise.
        """
        self._spec, self._kind, self._name = spec, kind, name or redacted(spec)
        self._options = options or SourceOptions()
        self._capture: Any = None
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._pace = Pace()
        self._packets = False
        self._packet = b""
        self._interval = 0.0
        self._number = self._given = self._decoded = self._ever = 0
        self._position = self._turn = 0.0
        self._backlog_until = 0.0
        self._finite = self._shown = False
        self._codec: str | None = None
        self._refused: str | None = None
        self._count = 0.0

    @property
    def name(self) -> str:
        """As the user wrote it, without a secret."""
        return self._name

    @property
    def live(self) -> bool:
        """Return whether frames that nobody takes are gone."""
        return self._kind != "file" or self._options.realtime

    @property
    def position(self) -> float | None:
        """Return seconds of the grabbed frame from the start of the file, which go on where it is played again; None of what has no end."""
        return self._position if self._is_medium else None

    def __enter__(self) -> Self:
        """Open it.

        Raises:
            SourceError: There is no such source, it is in use, or cannot be read.
        """
        opencv()
        self._closing.set()  # a grab that still waits in another thread gives up
        with self._lock:
            self._open()
            self._closing.clear()
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
        """Return the frame that was grabbed last, uint8 [H, W, 3], B, G, R.

        Raises:
            SourceLostError: It cannot be decoded.
        """
        with self._lock:
            try:
                self._given += 1
                pixels = self._retrieve() if self._capture is not None else None
            except SourceLostError as error:
                self._refused = str(error)
                raise
            finally:
                if self._closing.is_set():
                    self._release()
        if pixels is None:
            raise SourceLostError(f"{self.name}: a frame cannot be decoded")
        self._decoded += 1
        return np.asarray(pixels, np.uint8)

    def _grab(self) -> bool:
        while True:
            began = time.monotonic()
            if not self._next():
                return False
            if self._backlog_until and self._kind == "stream" and not self._finite:
                # Frames came while the stream was being opened, and are old by now: a frame that had to be waited for is not.
                now = time.monotonic()
                if now - began < self._interval / 2 and now < self._backlog_until:
                    continue
                self._backlog_until = 0.0
            if not self._is_medium:
                self._shown = True
                return True
            self._position = self._media_position()
            at_its_speed = self._finite or self._options.realtime
            if not at_its_speed or self._pace.is_due(self._position, self._interval, self._closing):
                return not self._closing.is_set()

    @property
    def _is_medium(self) -> bool:
        return self._kind == "file" or self._finite

    def _next(self) -> bool:
        """Read on to the next frame that can be read."""
        began, waited = time.monotonic(), 0.0
        for _ in range(_ATTEMPTS):
            good = self._grabbed()
            waited = time.monotonic() - began
            # A decoder may give up a frame that it has held back when a read times out: too late to be news.
            if good and (self._kind == "file" or waited < STALL_SECONDS * 0.95):
                self._number += 1
                self._ever += 1
                return True
            if waited > _ATTEMPT_SECONDS or self._closing.is_set():
                break
        return not self._closing.is_set() and self._ended(waited)

    def _ended(self, waited: float) -> bool:
        """No frame comes any more: False at the end of a medium, True where it is begun again as the medium that it is.

        Raises:
            SourceError: A medium of which no frame can be decoded, or of which the rest did not come.
            SourceLostError: It is none.
        """
        stalled = waited > STALL_SECONDS * 0.95
        if self._is_medium:
            if self._finite and (stalled or 0 < self._number < self._count / 2):
                # From its beginning, as a stream is tried again, is not what was asked for.
                raise SourceError(
                    f"{self.name}: broken off after {self._number} frames; check the network and start again"
                )
            if not self._number or (self._given and not self._decoded):
                if self._refused:
                    raise SourceError(self._refused)
                raise undecodable(self.name, self._codec)
            if self._kind == "file" and self._options.loop:
                return self._play_again()
            return False
        if not self._ever and self._codec in HOPELESS:
            raise undecodable(self.name, self._codec)
        if stalled:
            raise SourceLostError(f"{self.name}: no frame for {waited:.0f} s")
        if self._kind == "camera":
            raise SourceLostError(f"{self.name}: the camera has stopped or was unplugged")
        if self._is_http and has_end(self._spec):
            if self._shown:
                return False
            self._finite = True  # all of it came at once, and was passed over as old
            self._open()
            return self._next()
        raise SourceLostError(f"{self.name}: the stream has ended or broken off")

    def _play_again(self) -> bool:
        """Begin a file anew, its time going on."""
        turn, pace = self._position + self._interval, self._pace
        self._open()
        self._turn = self._position = turn
        self._pace = pace
        return self._next()

    def _open(self) -> None:
        """Open it anew; the lock is held."""
        cv2 = opencv()
        self._release()
        if self._kind == "camera":
            capture = open_camera(self._spec, self._options)
        elif self._kind == "file":
            capture = open_file(self.name, Path(self._spec))
        else:
            capture = open_stream(self.name, self._spec, STALL_SECONDS)
        self._capture = capture
        self._codec = codec_name(capture.get(cv2.CAP_PROP_FOURCC))
        if self._is_http:
            self._count = float(capture.get(cv2.CAP_PROP_FRAME_COUNT))
            self._finite = self._finite or self._count > 0 or self._codec in PICTURES
        # Pictures of Motion JPEG are taken as they come: those nobody looks at are not decoded, and their size may change.
        motion_jpeg = self._kind == "stream" and self._codec == "Motion JPEG"
        self._packets = motion_jpeg and bool(capture.set(cv2.CAP_PROP_FORMAT, -1))
        self._pace, self._shown = Pace(), False
        self._position = self._turn = 0.0
        self._number = self._given = self._decoded = 0
        self._backlog_until = time.monotonic() + _BACKLOG_SECONDS
        rate = capture.get(cv2.CAP_PROP_FPS)
        self._interval = 1 / rate if 1 <= rate <= 120 else 0.04

    @property
    def _is_http(self) -> bool:
        return self._kind == "stream" and scheme_of(self._spec) in ("http", "https")

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
        position = self._turn + self._capture.get(opencv().CAP_PROP_POS_MSEC) / 1000
        if self._number > 1 and not position > self._position:
            return max(self._position, self._turn + (self._number - 1) * self._interval)
        return max(self._turn, float(position))

    def _release(self) -> None:
        if self._capture is not None:
            self._capture.release()
        self._capture, self._packet = None, b""
