import subprocess
import sys
from pathlib import Path

import pytest

from edge_runtime.errors import OptionError, SourceError
from edge_runtime.frames.images import ImageFolderSource
from edge_runtime.frames.opencv import OpenCvSource
from edge_runtime.frames.opening import SourceOptions, open_source, open_sources
from edge_runtime.frames.picamera import PiCameraSource
from edge_runtime.frames.rpicam import RpicamSource
from edge_runtime.machine.opencv import opencv


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
        ("rtmp://cam/live/SECRETKEY", r"^rtmp://cam/live/\*\*\*: streams of this kind cannot be read"),
        ("picamera:x", "^picamera:x: no such file"),
        ("file:///home/anna/my%20clip.mp4", "a file is named by its path; write /home/anna/my clip.mp4$"),
        (r"C:\Users\anna\clip.mp4", r"^C:\\Users\\anna\\clip.mp4: a path of Windows, which this system does not know"),
        (r"\\server\clips\a.mp4", "a path of Windows"),
        ("D:/clip.mp4", "a path of Windows"),
        (" rtsp://anna:geheim@cam/live", "^'cam/live': no such source"),
        ("0 ", "^'0 ': no such source; a space stands before or behind it, leave it out"),
        ("-", "^-: video cannot be read from stdin"),
        ("/dev/null", "^/dev/null: neither a file nor a folder nor a camera"),
        ("a" * 300, r"cannot be read \(File name too long\); check the path"),
        ("rtsp://cam/my stream", "not an address of a stream.* %20$"),
        ("cam/live?channel=1&pwd=geheim", r"^cam/live\?channel=1&pwd=\*\*\*: no such file"),
        ("anna:ge/he@im@cam/live", "^cam/live: no such file"),
        ("rtsp:/anna:geheim@cam/live", "^cam/live: no such file"),
        ("", "no such file"),
    ],
)
def test_nothing_of_these_kinds(spec: str, match: str) -> None:
    with pytest.raises(SourceError, match=match) as caught:
        open_source(spec)
    assert "geheim" not in str(caught.value)
    assert "SECRET" not in str(caught.value)


def test_a_link_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "link.mp4").symlink_to(tmp_path / "gone.mp4")
    with pytest.raises(SourceError, match="a link to what does not exist"):
        open_source(str(tmp_path / "link.mp4"))


def test_a_path_with_spaces(tmp_path: Path) -> None:
    (tmp_path / "my clip.mp4").write_bytes(b"x")
    assert open_source(str(tmp_path / "my clip.mp4")).name == str(tmp_path / "my clip.mp4")


def test_addresses_that_look_alike_without_their_secrets_are_numbered() -> None:
    specs = ["rtsp://nvr/KEYONE/live", "rtsp://nvr/KEYTWO/live", "rtsp://nvr/stream1", "rtsp://a:b@nvr/KEYTHREE/live"]
    assert [source.name for source in open_sources(specs)] == [
        "rtsp://nvr/***/live",
        "rtsp://nvr/***/live (2)",
        "rtsp://nvr/stream1",
        "rtsp://nvr/***/live (3)",
    ]


def test_the_same_source_twice(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"x")
    (tmp_path / "other.mp4").symlink_to(clip)
    for one, other in (
        ("0", "/dev/video0"),
        ("0", "00"),
        ("picamera", "rpicam:0"),
        (str(clip), str(tmp_path / "other.mp4")),
        ("rtsp://anna:geheim@cam/live", "rtsp://anna:geheim@CAM:554/live"),
    ):
        with pytest.raises(SourceError, match=r"the same source as .*; name each once") as caught:
            open_sources([one, other])
        assert "geheim" not in str(caught.value)
    assert len(open_sources(["0", "1", "picamera:0", "picamera:1", "rtsp://cam/a", "rtsp://cam/b"])) == 6


def test_options_in_range() -> None:
    for options, match in (
        ({"width": 8, "height": 8}, "width 8: must be 16 to 16384"),
        ({"width": 640}, "a width without a height"),
        ({"fps": 0}, "fps 0: must be 0.01 to 1000"),
        ({"fps": float("nan")}, "fps nan"),
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
