import errno
import fcntl
import os
import struct
from pathlib import Path

import pytest

from edge_runtime.errors import CameraAwayError, SourceError
from edge_runtime.frames import cameras as module
from edge_runtime.frames.cameras import Camera, cameras
from edge_runtime.frames.opening import open_source

_FORMATS = [(b"MJPG", [(640, 480), (1280, 720)]), (b"YUYV", [(640, 480)])]


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Stands in for the kernel: files for devices, and what it answers; "video0: busy" makes video0 one that is in use."""
    devices, names = tmp_path / "dev", tmp_path / "sys"
    devices.mkdir()
    names.mkdir()
    monkeypatch.setattr(module, "DEVICES", devices)
    monkeypatch.setattr(module, "NAMES", names)
    kinds: dict[str, str] = {}

    def add(node: str, name: str, kind: str, index: int = 0) -> None:
        (devices / node).touch()
        (names / node).mkdir()
        (names / node / "name").write_text(name + "\n")
        (names / node / "index").write_text(f"{index}\n")
        kinds[node] = kind

    add("video10", "Second camera", "capture")
    add("video2", "bcm2835-isp-capture0", "capture")
    add("video1", "USB camera: metadata", "metadata", 1)
    add("video0", "USB camera", "capture")

    def answer(descriptor: int, request: int, buffer: bytearray) -> int:
        kind = kinds[Path(f"/proc/self/fd/{descriptor}").readlink().name]
        if request == 0x80685600:
            struct.pack_into("=2I", buffer, 84, 0x84A00001, 0x04A00000 if kind == "metadata" else 0x04200001)
            return 0
        index = struct.unpack_from("=I", buffer)[0]
        if request == 0xC0405602 and index < len(_FORMATS):
            buffer[44:48] = _FORMATS[index][0]
            return 0
        if request == 0xC02C564A:
            sizes = dict(_FORMATS)[bytes(buffer[4:8])]
            if index < len(sizes):
                struct.pack_into("=3I", buffer, 8, 1, *sizes[index])
                return 0
        if request == 0xC0D05604:
            return 0
        if request == 0xC0D05605 and kind != "busy":
            return 0
        raise OSError(errno.EBUSY if request == 0xC0D05605 else errno.EINVAL, "refused")

    monkeypatch.setattr(fcntl, "ioctl", answer)
    return kinds


def test_cameras_with_their_formats(nodes: dict[str, str]) -> None:
    formats = ("MJPG 1280x720 640x480", "YUYV 640x480")
    assert cameras() == [
        Camera(str(module.DEVICES / "video0"), "USB camera", formats),
        Camera(str(module.DEVICES / "video10"), "Second camera", formats),
    ]


def test_a_camera_that_may_not_be_asked(nodes: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    _forbid(monkeypatch)
    assert [(camera.name, camera.formats) for camera in cameras()] == [
        ("USB camera", ()),
        ("Second camera", ()),
    ]


def test_why_a_camera_is_refused(nodes: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = module.DEVICES
    known = f"there is {folder}/video0 (USB camera); {folder}/video10 (Second camera)"
    assert str(module.refusal(f"{folder}/video7")) == f"{folder}/video7: no such camera; {known}"
    assert str(module.refusal(f"{folder}/video1")) == f"{folder}/video1: gives no pictures; {known}"
    assert "gives no format that OpenCV reads" in str(module.refusal(f"{folder}/video0"))
    nodes["video0"] = "busy"
    assert [type(module.refusal(f"{folder}/video{number}")) for number in (7, 1, 0)] == [
        CameraAwayError,
        SourceError,
        CameraAwayError,
    ]
    assert str(module.refusal(f"{folder}/video0")) == (
        f"{folder}/video0: another program is using the camera; end it (fuser -v {folder}/video0 tells which it is)"
    )
    _forbid(monkeypatch)
    assert str(module.refusal(f"{folder}/video0")) == (
        f"{folder}/video0: no permission to use the camera; run: sudo usermod -aG video $USER, then sign in again"
    )


def test_no_camera_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("cv2")
    monkeypatch.setattr(module, "NAMES", tmp_path / "none")
    assert cameras() == []
    match = "/dev/video99: no such camera; no camera was found; check that it is plugged in"
    with pytest.raises(SourceError, match=match), open_source("99"):
        pass
    assert capfd.readouterr().err == ""


def _forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refuse(path: "os.PathLike[str] | str", flags: int, mode: int = 0o777) -> int:
        if flags & os.O_RDWR:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
