import concurrent.futures
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_runtime.errors import CameraAwayError, SourceError, SourceLostError
from edge_runtime.frames import picamera
from edge_runtime.frames.opening import open_source
from edge_runtime.frames.options import SourceOptions

_BLUE, _GREEN, _RED = 200, 120, 40


class _Request:
    def __init__(self, camera: "_Picamera2") -> None:
        self._camera = camera
        camera.held += 1

    def make_array(self, name: str) -> Any:
        assert name == "main"
        assert self._camera.configuration["main"]["format"] == "RGB888"
        width, height = self._camera.configuration["main"]["size"]
        # What the real one gives for RGB888: libcamera names the order of bits in a word, which in memory is B, G, R.
        pixels = np.empty((height, width, 3), np.uint8)
        pixels[:] = (_BLUE, _GREEN, _RED)
        return pixels

    def release(self) -> None:
        self._camera.held -= 1


class _Picamera2:
    made: list["_Picamera2"] = []  # noqa: RUF012
    silent = False
    models = ("imx708", "ov5647")

    def __init__(self, number: int = 0) -> None:
        if number >= len(self.models):
            raise IndexError("list index out of range")
        self.number, self.held, self.calls = number, 0, list[str]()
        self.configuration: dict[str, Any] = {}
        _Picamera2.made.append(self)

    @classmethod
    def global_camera_info(cls) -> list[dict[str, str]]:
        return [{"Model": model} for model in cls.models]

    def create_video_configuration(self, main: dict[str, Any], controls: dict[str, Any]) -> dict[str, Any]:
        return {"main": main, "controls": controls}

    def configure(self, configuration: dict[str, Any]) -> None:
        self.configuration = configuration

    def start(self) -> None:
        self.calls.append("start")

    def capture_request(self, wait: bool) -> Any:
        assert wait is False
        future: concurrent.futures.Future[_Request] = concurrent.futures.Future()
        if not self.silent:
            future.set_result(_Request(self))
        return types.SimpleNamespace(get_result=lambda timeout: future.result(timeout))

    def cancel_all_and_flush(self) -> None:
        self.calls.append("cancel")

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> type[_Picamera2]:
    module = types.ModuleType("picamera2")
    module.Picamera2 = _Picamera2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "picamera2", module)
    monkeypatch.setattr(_Picamera2, "made", [])
    monkeypatch.setattr(_Picamera2, "silent", False)
    return _Picamera2


def test_frames_are_blue_green_red(stand_in: type[_Picamera2]) -> None:
    source = open_source("picamera:1", SourceOptions(width=64, height=48, fps=10))
    assert source.live
    with source:
        for _ in range(3):
            assert source.grab()
        pixels = source.retrieve()
        assert pixels.shape == (48, 64, 3)
        assert pixels[5, 5].tolist() == [_BLUE, _GREEN, _RED]
        assert source.position is None
        camera = stand_in.made[0]
        assert camera.held == 1  # the frames that were grabbed before were given back
    assert camera.number == 1
    assert camera.configuration["controls"] == {"FrameRate": 10}
    assert (camera.held, camera.calls) == (0, ["start", "stop", "close"])
    assert not source.grab()


def test_opened_again(stand_in: type[_Picamera2]) -> None:
    source = open_source("picamera")
    for _ in range(2):
        with source:
            assert source.grab()
            assert source.retrieve().shape == (720, 1280, 3)
    assert [camera.calls for camera in stand_in.made] == [["start", "stop", "close"]] * 2


def test_stall(stand_in: type[_Picamera2], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picamera, "STALL_SECONDS", 0.3)
    stand_in.silent = True
    with open_source("picamera") as source, pytest.raises(SourceLostError, match="picamera: no frame for"):
        source.grab()
    assert stand_in.made[0].calls == ["start", "cancel", "stop", "close"]


def test_no_such_camera(stand_in: type[_Picamera2]) -> None:
    match = "picamera:5: no such camera; picamera:0 is imx708; picamera:1 is ov5647"
    with pytest.raises(CameraAwayError, match=match), open_source("picamera:5"):
        pass


def test_a_package_for_another_numpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "picamera2.py").write_text("raise ValueError('numpy.dtype size changed')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "picamera2", raising=False)
    with pytest.raises(SourceError, match=r"cannot be loaded \(numpy.dtype size changed\); run: pip install 'numpy<2'"):
        open_source("picamera").__enter__()


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(SourceError, match=r"sudo apt install python3-picamera2.*--system-site-packages"):
        open_source("picamera").__enter__()
