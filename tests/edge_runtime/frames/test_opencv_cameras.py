from typing import Any

import numpy as np
import pytest

from edge_runtime.errors import SourceError, SourceLostError
from edge_runtime.frames.opening import SourceOptions, open_source

cv2 = pytest.importorskip("cv2")


class _Capture:
    """Stands in for OpenCV's capture of a V4L2 camera: gives what the test has put into `results`."""

    made: list["_Capture"] = []  # noqa: RUF012
    opens = True
    results: list[bool] = []  # noqa: RUF012

    def __init__(self, path: str, backend: int) -> None:
        self.path, self.backend, self.released = path, backend, False
        self.settings: list[tuple[int, Any]] = []
        _Capture.made.append(self)

    def isOpened(self) -> bool:  # noqa: N802
        return self.opens

    def set(self, what: int, value: float) -> bool:
        self.settings.append((what, value))
        return True

    def get(self, what: int) -> float:
        return 30.0

    def grab(self) -> bool:
        return self.results.pop(0) if self.results else False

    def retrieve(self) -> tuple[bool, Any]:
        return True, np.full((48, 64), 7, np.uint8)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def captures(monkeypatch: pytest.MonkeyPatch) -> list[_Capture]:
    monkeypatch.setattr(cv2, "VideoCapture", _Capture)
    monkeypatch.setattr(_Capture, "made", [])
    monkeypatch.setattr(_Capture, "opens", True)
    monkeypatch.setattr(_Capture, "results", [])
    return _Capture.made


def test_what_is_asked_of_a_camera(captures: list[_Capture]) -> None:
    with open_source("2", SourceOptions(width=1280, height=720, fps=15)):
        pass
    assert (captures[0].path, captures[0].backend, captures[0].released) == ("/dev/video2", cv2.CAP_V4L2, True)
    assert captures[0].settings == [  # the format first: it decides which sizes and rates there are
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        (cv2.CAP_PROP_FRAME_WIDTH, 1280),
        (cv2.CAP_PROP_FRAME_HEIGHT, 720),
        (cv2.CAP_PROP_FPS, 15),
        (cv2.CAP_PROP_BUFFERSIZE, 2),
    ]
    with open_source("/dev/video0"):
        pass
    assert captures[1].settings == [(cv2.CAP_PROP_BUFFERSIZE, 2)]


def test_a_grey_camera_gives_three_channels(captures: list[_Capture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Capture, "results", [True])
    with open_source("0") as source:
        assert source.position is None
        assert source.grab()
        pixels = source.retrieve()
    assert pixels.shape == (48, 64, 3)
    assert (pixels == 7).all()


def test_one_interrupted_read_is_no_loss(captures: list[_Capture], monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal ends the wait for a frame; the camera is still there."""
    monkeypatch.setattr(_Capture, "results", [True, False, True])
    match = "/dev/video0: the camera has stopped or was unplugged"
    with open_source("0") as source:
        assert source.grab()
        assert source.grab()
        with pytest.raises(SourceLostError, match=match):
            source.grab()
    assert captures[0].released


def test_a_camera_that_does_not_open(captures: list[_Capture], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Capture, "opens", False)
    with pytest.raises(SourceError, match=r"^/dev/video99: no such camera"), open_source("99"):
        pass
    assert captures[0].released
