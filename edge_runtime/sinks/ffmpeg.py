"""A video that the `ffmpeg` program writes: H.264 in pieces that each play by themselves, so that a crash costs the last one alone."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import SinkError

Pixels = npt.NDArray[np.uint8]

_ENCODERS = {
    # One second's delay would be one second lost: no frames are held back. Two threads leave a board cores for the captions.
    "libx264": ("-preset", "superfast", "-tune", "zerolatency", "-crf", "23", "-threads", "2"),
    "libopenh264": ("-b:v", "2M"),
}
"""Encoders of H.264 by preference, with their options. Those of chips are not tried: a list does not tell that the chip is there."""
_FORMATS = {
    ".mp4": ("-f", "mp4", "-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "1000000"),
    ".mkv": ("-f", "matroska", "-cluster_time_limit", "1000"),
}
_KEY_SECONDS = 2.0
"""From one key frame to the next: where a player can jump to."""
_LIST_SECONDS, _FINISH_SECONDS = 10.0, 30.0
_MOST_SAID = 1 << 16
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@cache
def h264_encoder() -> str | None:
    """Return the encoder of H.264 that the installed `ffmpeg` program has; None where there is no such program, or it has none."""
    program = shutil.which("ffmpeg")
    if program is None:
        return None
    try:
        listed = subprocess.run(
            [program, "-hide_banner", "-nostdin", "-encoders"], capture_output=True, timeout=_LIST_SECONDS, text=True
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    names = {words[1] for words in map(str.split, listed.stdout.splitlines()) if len(words) > 1}
    return next((encoder for encoder in _ENCODERS if encoder in names), None)


class FfmpegVideo:
    """A video being written by a child process, which is fed raw frames.

    The child ends by itself when its input does, however this process ended, and finishes the file.

    Args:
        name: Of the sink, for messages.
        suffix: `.mp4` or `.mkv`.
        descriptor: The file, open to write; stays open.
        fps: Frames per second.
        size: Width and height in pixels.

    Raises:
        SinkError: The program cannot be run.
    """

    def __init__(self, name: str, suffix: str, descriptor: int, fps: float, size: tuple[int, int]) -> None:
        self._name = name
        encoder = h264_encoder() or next(iter(_ENCODERS))
        colours = "bt709"
        command = [shutil.which("ffmpeg") or "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error"]
        command += [
            "-f",
            "rawvideo",
            "-pix_fmt",
            "bgr24",
            "-video_size",
            f"{size[0]}x{size[1]}",
            "-framerate",
            f"{fps:g}",
        ]
        command += ["-i", "pipe:0", "-an", "-c:v", encoder, *_ENCODERS[encoder]]
        # Browsers play 4:2:0 alone, whose sides are even.
        even = "pad=ceil(iw/2)*2:ceil(ih/2)*2"
        command += ["-vf", f"{even},scale=out_color_matrix={colours}:out_range=tv,format=yuv420p"]
        command += ["-colorspace", colours, "-color_primaries", colours, "-color_trc", colours]
        command += ["-g", str(max(1, round(fps * _KEY_SECONDS))), "-flush_packets", "1", *_FORMATS[suffix], "pipe:1"]
        try:
            with _blocked_signals():
                self._child = subprocess.Popen(
                    command,
                    bufsize=0,
                    stdin=subprocess.PIPE,
                    stdout=descriptor,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
        except OSError as error:
            raise SinkError(f"{name}: ffmpeg cannot be run ({error.strerror}); reinstall it, or name an .avi") from None
        self._said = b""
        if self._child.stderr is not None:
            os.set_blocking(self._child.stderr.fileno(), False)

    def write(self, pixels: Pixels) -> None:
        """Add a frame.

        Args:
            pixels: uint8 [H, W, 3], B, G, R.

        Raises:
            SinkError: The program has ended, because the disk is full for example.
        """
        if self._child.stdin is None:
            return
        rest = np.ascontiguousarray(pixels).data.cast("B")
        try:
            while rest:
                rest = rest[self._child.stdin.write(rest) :]
        except OSError:
            raise self._failure() from None
        self._listen()

    def close(self) -> None:
        """Finish the video.

        Raises:
            SinkError: It could not be finished.
        """
        if self._child.stdin is not None:
            try:
                self._child.stdin.close()
            except OSError:
                raise self._failure() from None
        try:
            status = self._child.wait(_FINISH_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            status = self._child.wait()
        if status:
            raise self._failure()
        if self._child.stderr is not None:
            self._child.stderr.close()

    def _listen(self) -> None:
        """Read what the program says, or it would wait until somebody does."""
        if self._child.stderr is not None and not self._child.stderr.closed:
            self._said = (self._said + (self._child.stderr.read(_MOST_SAID) or b""))[-_MOST_SAID:]

    def _failure(self) -> SinkError:
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()
        self._listen()
        if self._child.stderr is not None:
            self._child.stderr.close()
        lines = [" ".join(line.split()) for line in self._said.decode(errors="replace").splitlines() if line.strip()]
        if any("No space left" in line for line in lines):
            return SinkError(f"{self._name}: the disk is full; what was recorded plays, make room for more")
        told = lines[-1] if lines else f"status {self._child.returncode}"
        return SinkError(f"{self._name}: ffmpeg has ended ({told}); what was recorded plays, start again for more")


@contextmanager
def _blocked_signals() -> Iterator[None]:
    """A child that is begun here does not hear what ends us: a service's stop is sent to both, and it would end in the middle.

    The signals are blocked in this thread, which hands that on, and come to us through the others meanwhile.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
