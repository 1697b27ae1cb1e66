"""The cameras that Linux knows of (Video4Linux), and what they can do."""

import contextlib
import errno
import fcntl
import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.errors import CameraAwayError, SourceError

DEVICES = Path("/dev")
NAMES = Path("/sys/class/video4linux")

# Requests and flags of linux/videodev2.h; the sizes of the structures, here those of 64 bits, are part of a request's number.
_QUERYCAP, _ENUM_FMT, _ENUM_FRAMESIZES = 0x80685600, 0xC0405602, 0xC02C564A
_G_FMT, _S_FMT = 0xC0D05604, 0xC0D05605
_CAPTURE, _CAPTURE_PLANES, _PER_DEVICE = 0x1, 0x1000, 0x80000000
_DISCRETE_SIZE = 1
_MOST = 64
"""Formats and sizes that are asked for; a driver that never says "no more" must not hold us."""

_NO_CAMERAS = re.compile(r"bcm2835-(isp|codec)|pispbe|rpi-hevc|-codec|-dec\b|-enc\b")
"""Nodes of a Raspberry Pi that look like cameras and are parts of its graphics."""


@dataclass(frozen=True)
class Camera:
    """A camera.

    Attributes:
        path: Its device: `/dev/video0`.
        name: What its driver calls it.
        formats: Pixel formats with their sizes: "MJPG 1280x720 640x480"; empty where it cannot be asked.
    """

    path: str
    name: str
    formats: tuple[str, ...]


def cameras() -> list[Camera]:
    """Return the cameras that exist, by number; nodes for metadata and for processing are left out."""
    found = []
    try:
        nodes = sorted(NAMES.iterdir(), key=lambda node: int(re.sub(r"\D", "", node.name) or 0))
    except OSError:
        return []
    for node in nodes:
        name = _line(node / "name") or node.name
        if not node.name.startswith("video") or _NO_CAMERAS.search(name):
            continue
        path = DEVICES / node.name
        try:
            formats = _formats(path)
        except OSError:
            # It cannot be asked, for lack of permission mostly: the first node of a device is the one with the pictures.
            formats = () if _line(node / "index") in ("", "0") and path.exists() else None
        if formats is not None:
            found.append(Camera(str(path), name, formats))
    return found


def refusal(path: str) -> SourceError:
    """Return why a camera that could not be opened could not, as one sentence with the remedy."""
    known = "; ".join(f"{camera.path} ({camera.name})" for camera in cameras())
    others = f"there is {known}" if known else "no camera was found; check that it is plugged in"
    if not Path(path).exists():
        return CameraAwayError(f"{path}: no such camera; {others}")
    try:
        if _formats(Path(path)) is None:
            return SourceError(f"{path}: gives no pictures; {others}")
        _set_format(Path(path))
    except PermissionError:
        return SourceError(
            f"{path}: no permission to use the camera; run: sudo usermod -aG video $USER, then sign in again"
        )
    except OSError as error:
        if error.errno == errno.EBUSY:
            return CameraAwayError(
                f"{path}: another program is using the camera; end it (fuser -v {path} tells which it is)"
            )
        return SourceError(f"{path}: not a camera that can be read ({error.strerror}); {others}")
    return SourceError(
        f"{path}: the camera gives no format that OpenCV reads; a camera of a Raspberry Pi is opened with picamera or rpicam"
    )


def _line(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _formats(path: Path) -> tuple[str, ...] | None:
    """Return what a node can do, or None where it gives no pictures.

    Raises:
        OSError: It cannot be opened or asked.
    """
    with _opened(path) as device:
        kind = _kind(device)
        if kind is None:
            return None
        formats = []
        with contextlib.suppress(OSError):  # its end
            for index in range(_MOST):
                request = bytearray(struct.pack("=3I32s2I3I", index, kind, 0, b"", 0, 0, 0, 0, 0))
                fcntl.ioctl(device, _ENUM_FMT, request)
                code = bytes(request[44:48])
                formats.append(" ".join([code.decode("ascii", "replace").strip(), *_sizes(device, code)]))
        return tuple(formats)


def _kind(device: int) -> int | None:
    """Return the kind of buffers its pictures come in, or None where it gives none."""
    capability = bytearray(104)
    fcntl.ioctl(device, _QUERYCAP, capability)
    whole, of_node = struct.unpack_from("=2I", capability, 84)
    flags = of_node if whole & _PER_DEVICE else whole
    return 9 if flags & _CAPTURE_PLANES else 1 if flags & _CAPTURE else None


def _sizes(device: int, code: bytes) -> list[str]:
    """Return sizes of a format, the largest first; of a range, its ends."""
    sizes: list[tuple[int, int]] = []
    with contextlib.suppress(OSError):  # its end
        for index in range(_MOST):
            request = bytearray(struct.pack("=I4s9I", index, code, *[0] * 9))
            fcntl.ioctl(device, _ENUM_FRAMESIZES, request)
            kind, *values = struct.unpack_from("=7I", request, 8)
            if kind != _DISCRETE_SIZE:
                least_wide, most_wide, _, least_high, most_high, _ = values
                return [f"{most_wide}x{most_high}", f"to {least_wide}x{least_high}"]
            sizes.append((values[0], values[1]))
    return [f"{width}x{height}" for width, height in sorted(set(sizes), reverse=True)]


def _set_format(path: Path) -> None:
    """Ask for the format that it has: refused while another program takes pictures.

    Raises:
        OSError: EBUSY where it is in use.
    """
    with _opened(path) as device:
        request = bytearray(struct.pack("=I", _kind(device) or 1)) + bytearray(204)
        fcntl.ioctl(device, _G_FMT, request)
        fcntl.ioctl(device, _S_FMT, request)
