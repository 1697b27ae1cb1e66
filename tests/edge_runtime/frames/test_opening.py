import subprocess
import sys
from pathlib import Path

import pytest

from edge_runtime.errors import OptionError, SourceError
from edge_runtime.frames.images import ImageFolderSource
from edge_runtime.frames.library import opencv
from edge_runtime.frames.opencv import OpenCvSource
from edge_runtime.frames.opening import SourceOptions, open_source
from edge_runtime.frames.picamera import PiCameraSource
from edge_runtime.frames.rpicam import RpicamSource


def test_the_kind_follows_from_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "0").write_bytes(b"x")
    kinds = {
        "0": (OpenCvSource, "/dev/video0", True),
        "/dev/video2": (OpenCvSource, "/dev/video2", True),
        "rtsp://anna:geheim@cam/live": (OpenCvSource, "rtsp://cam/live", True),
        "HTTP://cam/live": (OpenCvSource, "HTTP://cam/live", True),
        "picamera": (PiCameraSource, "picamera", True),
        "rpicam:1": (RpicamSource, "rpicam:1", True),
        str(tmp_path): (ImageFolderSource, str(tmp_path), False),
        str(tmp_path / "0"): (OpenCvSource, str(tmp_path / "0"), False),
    }
    for spec, (kind, name, live) in kinds.items():
        source = open_source(spec)
        assert (type(source), source.name, source.live) == (kind, name, live)
    for spec in (str(tmp_path), str(tmp_path / "0")):
        assert open_source(spec, SourceOptions(realtime=True)).live


@pytest.mark.parametrize(
    ("spec", "match"),
    [
        ("clip.mp4", r"^clip.mp4: no such file or folder; name one, or a camera"),
        ("ftp://anna:geheim@cam/x", r"^ftp://cam/x: streams of this kind cannot be read; use rtsp://, rtsps://"),
        ("picamera:x", "^picamera:x: no such file"),
        ("anna:ge/he@im@cam/live", "^cam/live: no such file"),
        ("rtsp:/anna:geheim@cam/live", "^cam/live: no such file"),
        ("", "no such file"),
    ],
)
def test_nothing_of_these_kinds(spec: str, match: str) -> None:
    with pytest.raises(SourceError, match=match):
        open_source(spec)


def test_options_in_range() -> None:
    for options, match in (
        ({"width": 8, "height": 8}, "width 8: must be 16 to 16384 pixels"),
        ({"width": 640}, "a width without a height"),
        ({"fps": 0}, "rate 0: must be 0.01 to 1000 frames a second"),
        ({"fps": float("nan")}, "rate nan"),
    ):
        with pytest.raises(OptionError, match=match):
            SourceOptions(**options)


def test_without_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    opencv.cache_clear()
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(SourceError) as caught, open_source("0"):
        pass
    assert str(caught.value) == "cameras and videos need OpenCV; run: pip install 'edge-caption[live]'"


def test_nothing_heavy_is_imported_to_choose_a_source() -> None:
    check = "import sys, edge_runtime.frames.opening as o; o.open_source('0'); print({'cv2', 'picamera2', 'psutil'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout == "set()\n"
