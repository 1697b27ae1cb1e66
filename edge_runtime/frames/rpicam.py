"""The camera of a Raspberry Pi by the program rpicam-vid, for a Python that cannot see libcamera."""

import contextlib
import fcntl
import os
import select
import shutil
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from edge_runtime.errors import CameraAwayError, SourceError, SourceLostError
from edge_runtime.frames.base import STALL_SECONDS, Pixels
from edge_runtime.frames.jpeg import JpegSplitter, frame_refusal
from edge_runtime.frames.options import SourceOptions
from edge_runtime.machine.opencv import opencv

PROGRAMS = ("rpicam-vid", "libcamera-vid")
"""The program's name now, and up to 2023."""

_DEFAULT_SIZE = (1280, 720)
_WAIT_MILLISECONDS = 100
_END_SECONDS = 1.0
_PART = 1 << 20
_MOST_PARTS = 64
"""Read at the most before a frame is given, so that a program that never pauses cannot hold it back."""


class RpicamSource:
    """A camera that libcamera knows, whose pictures come as JPEG through a pipe."""

    def __init__(self, spec: str, number: int = 0, options: SourceOptions | None = None) -> None:
        """Does not start it yet.

        Args:
            spec: As the user wrote it.
            number: Which camera.
            options: Size (1280 x 720 by default) and rate (the program's own by default).
        """
        self._name, self._number = spec, number
        self._options = options or SourceOptions()
        self._process: subprocess.Popen[bytes] | None = None
        self._splitter = JpegSplitter()
        self._picture: bytes | None = None
        self._said = b""
        self._program = PROGRAMS[0]
        self._lock = threading.Lock()
        self._closing = threading.Event()

    @property
    def name(self) -> str:
        """As the user wrote it."""
        return self._name

    @property
    def live(self) -> bool:
        """True: frames that nobody takes are gone."""
        return True

    @property
    def position(self) -> float | None:
        """None: a camera has no start."""
        return None

    def __enter__(self) -> Self:
        """Start the program, and wait for its first picture.

        Raises:
            SourceError: The program is missing, or ends at once (no camera, in use).
        """
        opencv()  # its absence is no reason to blame the camera later
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if program is None:
            raise SourceError(
                f"{self.name}: the program rpicam-vid was not found; run: sudo apt install rpicam-apps (or libcamera-apps)"
            )
        self._closing.set()  # a grab that still waits in another thread gives up
        with self._lock:
            self._end()
            self._program = Path(program).name
            try:
                self._process = subprocess.Popen(
                    [program, *self._arguments()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    bufsize=0,
                )
            except OSError as error:
                raise SourceError(f"{self.name}: {program} cannot be started ({error.strerror}); check it") from None
            for pipe in (self._process.stdout, self._process.stderr):
                if pipe is not None:
                    os.set_blocking(pipe.fileno(), False)
            with contextlib.suppress(OSError):  # room for whole pictures, so that the program need not wait for us
                fcntl.fcntl(self._process.stdout or 0, fcntl.F_SETPIPE_SZ, _PART)
            self._splitter, self._picture, self._said = JpegSplitter(), None, b""
            self._closing.clear()
            try:
                self._wait()
            except SourceLostError as error:
                self._end()
                raise CameraAwayError(f"{error}; list the cameras with: rpicam-hello --list-cameras") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the program; a `grab` that waits in another thread gives up first."""
        self._closing.set()
        with self._lock:
            self._end()

    def grab(self) -> bool:
        """Wait for the newest picture; it is decoded by `retrieve` only.

        Returns:
            True; False after it was closed.

        Raises:
            SourceLostError: The program ended, or gave no picture for `STALL_SECONDS`.
        """
        with self._lock:
            return self._wait()

    def retrieve(self) -> Pixels:
        """Return the picture that was grabbed last, uint8 [H, W, 3], B, G, R.

        Raises:
            SourceLostError: It cannot be decoded.
        """
        picture = self._picture
        pixels = None
        if picture is not None and (why := frame_refusal(picture)):
            raise SourceLostError(f"{self.name}: {why}")
        if picture is not None:
            pixels = opencv().imdecode(np.frombuffer(picture, np.uint8), opencv().IMREAD_COLOR)
        if pixels is None:
            raise SourceLostError(f"{self.name}: a frame cannot be decoded")
        return np.asarray(pixels, np.uint8)

    def _arguments(self) -> list[str]:
        width, height = self._options.width or _DEFAULT_SIZE[0], self._options.height or _DEFAULT_SIZE[1]
        rate = ["--framerate", f"{self._options.fps:g}"] if self._options.fps else []
        size = ["--width", str(width), "--height", str(height)]
        output = ["--codec", "mjpeg", "--nopreview", "--timeout", "0", "--flush", "--output", "-"]
        return ["--camera", str(self._number), *size, *rate, *output]

    def _wait(self) -> bool:
        process = self._process
        if process is None or process.stdout is None or process.stderr is None:
            return False
        poll = select.poll()
        poll.register(process.stdout, select.POLLIN)
        poll.register(process.stderr, select.POLLIN)
        deadline = time.monotonic() + STALL_SECONDS
        while not self._closing.is_set():
            ready = [descriptor for descriptor, _ in poll.poll(_WAIT_MILLISECONDS)]
            if process.stderr.fileno() in ready and not self._listen(process.stderr.fileno()):
                poll.unregister(process.stderr)
            if process.stdout.fileno() in ready:
                newest, ended = self._drain(process.stdout.fileno())
                if newest is not None:
                    self._picture = newest
                    return True
                if ended:
                    raise SourceLostError(f"{self.name}: {self._last_words(process)}")
            if time.monotonic() > deadline:
                raise SourceLostError(f"{self.name}: no frame for {STALL_SECONDS:.0f} s")
        return False

    def _drain(self, descriptor: int) -> tuple[bytes | None, bool]:
        """Return all that waits in the pipe: the newest whole picture in it, and whether the pipe has ended."""
        newest = None
        for _ in range(_MOST_PARTS):
            try:
                part = os.read(descriptor, _PART)
            except BlockingIOError:
                return newest, False
            if not part:
                return newest, True
            try:
                newest = self._splitter.feed(part) or newest
            except ValueError as error:
                raise SourceLostError(f"{self.name}: {self._program} sends no JPEG pictures ({error})") from None
        return newest, False

    def _listen(self, descriptor: int) -> bool:
        """Keep the end of what the program says; False when it says no more."""
        try:
            said = os.read(descriptor, _PART)
        except BlockingIOError:
            return True
        self._said = (self._said + said)[-4096:]
        return bool(said)

    def _last_words(self, process: subprocess.Popen[bytes]) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
        if process.stderr is not None:
            self._listen(process.stderr.fileno())
        lines = self._said.decode("utf-8", "replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), f"status {process.returncode}")
        return f"{self._program} has ended ({last})"

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
