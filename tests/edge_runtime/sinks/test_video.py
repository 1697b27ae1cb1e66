import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from edge_runtime.errors import SinkError
from edge_runtime.events import StatusEvent
from edge_runtime.sinks.ffmpeg import FfmpegVideo, h264_encoder
from edge_runtime.sinks.overlay import draw_caption
from edge_runtime.sinks.video import VideoSink
from tests.edge_runtime.sinks.made_events import frame

cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed")


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def _opened(path: Path, fps: float = 10, source: str | None = None, live: bool = False) -> VideoSink:
    sink = VideoSink(str(path), fps, source, live)
    sink.open()
    return sink


def _greys(path: Path) -> list[int]:
    """The middle pixel of every frame, to the nearest 10."""
    return [round(float(pixels[30:50, 70:90].mean()) / 10) * 10 for pixels in _frames(path)]


def _frames(path: Path) -> list[np.ndarray]:
    video = cv2.VideoCapture(str(path))
    found: list[np.ndarray] = []
    while True:
        came, pixels = video.read()
        if not came:
            return found
        found.append(pixels)


@pytest.mark.parametrize("suffix", [".mp4", ".avi", ".MP4"])
def test_frames_are_repeated_and_left_out_to_hold_the_rate(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    sink = _opened(path)
    # Begins at 5 s; two frames of the same tenth; a gap of half a second.
    for position, grey in ((5.0, 50), (5.04, 200), (5.1, 100), (5.6, 150), (5.7, 250)):
        sink.frame(frame(position, grey), "")
    sink.close()
    assert _greys(path) == [50, 100, 100, 100, 100, 100, 150, 250]
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    video = cv2.VideoCapture(str(path))
    assert video.get(cv2.CAP_PROP_FPS) == 10
    assert (video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (160, 120)


def test_fast_frames_are_thinned_out(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.avi")
    for number in range(95):
        sink.frame(frame(number / 100, 100), "")
    sink.close()
    assert len(_frames(tmp_path / "out.avi")) == 10


def test_the_caption_is_burnt_in(tmp_path: Path) -> None:
    path = tmp_path / "out.avi"
    sink = _opened(path)
    plain = frame(0, 120, (320, 240))
    sink.frame(plain, "")
    sink.frame(frame(0.1, 120, (320, 240)), "un café, 日本")
    sink.close()
    first, second = (pixels.astype(int) for pixels in _frames(path))
    assert abs(first - plain.pixels).max() <= 3
    assert abs(second - draw_caption(plain.pixels, "un café, 日本")).mean() < 2
    assert second[-10:].mean() < 80


def test_another_size_gets_bars(tmp_path: Path) -> None:
    path = tmp_path / "out.avi"
    sink = _opened(path)
    sink.frame(frame(0, 200), "")
    sink.frame(frame(0.1, 200, (100, 100)), "")
    sink.frame(frame(0.2, 200, (640, 240)), "")
    sink.close()
    same, narrow, wide = (pixels.mean(axis=2) > 100 for pixels in _frames(path))
    assert same.all()
    assert np.flatnonzero(narrow.all(axis=0))[[0, -1]].tolist() == [20, 139]
    assert not narrow[:, :20].any()
    assert np.flatnonzero(wide.all(axis=1))[[0, -1]].tolist() == [30, 89]
    assert not wide[:30].any()


def test_odd_sizes_are_written(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.mp4")
    sink.frame(frame(0, 100, (161, 121)), "a dog")
    sink.close()
    assert len(_frames(tmp_path / "out.mp4")) == 1


def test_a_position_that_begins_anew_goes_on_behind(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.avi")
    for position, grey in ((10.0, 50), (10.1, 100), (0.0, 150), (0.2, 200)):
        sink.frame(frame(position, grey), "")
    sink.close()
    assert _greys(tmp_path / "out.avi") == [50, 100, 150, 150, 200]


def test_one_source_is_recorded(tmp_path: Path) -> None:
    chosen, first = _opened(tmp_path / "chosen.avi", source="yard"), _opened(tmp_path / "first.avi")
    for sink in (chosen, first):
        sink.frame(frame(0, 50, source="door"), "")
        sink.frame(frame(0, 100, source="yard"), "")
        sink.close()
    assert _greys(tmp_path / "chosen.avi") == [100]
    assert _greys(tmp_path / "first.avi") == [50]


def test_a_camera_that_is_away_is_filled_in_for(tmp_path: Path) -> None:
    path = tmp_path / "out.avi"
    sink = _opened(path, live=True)
    now = time.monotonic()
    sink.idle()
    sink.frame(frame(100, 150, captured=now - 2), "a dog")
    sink.event(StatusEvent("lost", "0: the camera is lost", "0"))
    sink.idle()
    sink.frame(frame(102, 200, captured=now), "a dog")
    sink.close()
    frames = _frames(path)
    assert len(frames) == 21
    said = draw_caption(frame(100, 150).pixels, "0: the camera is lost")
    assert abs(frames[1].astype(int) - said).mean() < 2
    assert abs(frames[0].astype(int) - said).mean() > 2


def test_a_file_s_time_is_not_the_clock_s(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.avi")
    sink.frame(frame(0, 150, captured=time.monotonic() - 60), "")
    sink.idle()
    sink.close()
    assert len(_frames(tmp_path / "out.avi")) == 1


def test_what_was_recorded_is_not_written_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "out.mp4"
    for grey in (50, 100, 150):
        sink = _opened(path)
        sink.frame(frame(0, grey), "")
        sink.close()
    beside = sorted(entry for entry in tmp_path.iterdir() if entry != path)
    assert all(re.fullmatch(r"out\.\d{8}-\d{6}(-2)?\.mp4", entry.name) for entry in beside)
    assert [_greys(entry) for entry in (path, *sorted(beside, key=lambda entry: entry.stat().st_mtime_ns))] == [
        [50],
        [100],
        [150],
    ]
    assert f"--record {path}: is there already and stays as it is; writing {beside[0]}" in caplog.messages


def test_it_is_written_over_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"of an earlier run" * 1000)
    sink = VideoSink(str(path), 10, overwrite=True)
    sink.open()
    assert path.read_bytes() == b"of an earlier run" * 1000  # until there is a frame
    sink.frame(frame(0, 100), "")
    sink.close()
    assert _greys(path) == [100]
    assert list(tmp_path.iterdir()) == [path]


def test_without_a_frame_there_is_no_file(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.mp4")
    sink.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(h264_encoder() is None, reason="the ffmpeg program is not installed, or has no H.264")
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("ffmpeg_too", [False, True])
def test_a_recording_survives_kill_9(suffix: str, ffmpeg_too: bool, tmp_path: Path) -> None:
    """Twenty seconds are recorded; the last second may be lost where ffmpeg is killed as well, as in a power cut."""
    path = tmp_path / f"out{suffix}"
    code = (
        "import os, sys\n"
        "from edge_runtime.sinks.video import VideoSink\n"
        "from tests.edge_runtime.sinks.made_events import frame\n"
        "sink = VideoSink(sys.argv[1], 25)\n"
        "sink.open()\n"
        "for number in range(500):\n    sink.frame(frame(number / 25, number % 200), 'a dog')\n"
        f"if {ffmpeg_too}:\n    os.kill(sink._video._child.pid, 9)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, timeout=60)
    assert ran.returncode == -9, ran.stderr
    until = time.monotonic() + 10
    while len(_frames(path)) < (1 if ffmpeg_too else 500) and time.monotonic() < until:
        time.sleep(0.1)  # ffmpeg finishes the file by itself
    found = len(_frames(path))
    assert found >= 450 if ffmpeg_too else found == 500
    assert _codec(path) == "h264"


def _codec(path: Path) -> str:
    command = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=codec_name", "-of", "csv=p=0"]
    return subprocess.run([*command, str(path)], capture_output=True, text=True, timeout=60).stdout.strip()


def test_without_ffmpeg_opencv_writes_it_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("edge_runtime.sinks.video_writers.h264_encoder", lambda: None)
    for suffix in (".mp4", ".mkv", ".avi"):
        sink = _opened(tmp_path / f"out{suffix}")
        sink.frame(frame(0, 100), "")
        sink.frame(frame(0.1, 150), "")
        sink.close()
        assert _greys(tmp_path / f"out{suffix}") == [100, 150]
    said = [message.partition(": ")[2] for message in caplog.messages]
    assert said == [
        "written by OpenCV as MPEG-4, which browsers do not play, and a crash loses it; name a .mkv, or install the "
        "ffmpeg program with H.264",
        "written by OpenCV as MPEG-4, which browsers do not play; install the ffmpeg program with H.264",
    ]


@pytest.mark.skipif(h264_encoder() is None, reason="the ffmpeg program is not installed, or has no H.264")
def test_an_ffmpeg_that_ends_is_an_error_once(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.mp4")
    sink.frame(frame(0, 100), "")
    video = sink._video
    assert isinstance(video, FfmpegVideo)
    video._child.kill()
    video._child.wait()
    with pytest.raises(SinkError, match=r"out\.mp4: ffmpeg has ended \(status -9\); what was recorded plays"):
        sink.frame(frame(0.1, 100), "")


@pytest.mark.skipif(h264_encoder() is None, reason="the ffmpeg program is not installed, or has no H.264")
def test_a_signal_for_all_processes_does_not_end_ffmpeg_in_the_middle(tmp_path: Path) -> None:
    """A service manager and Ctrl-C send it to ffmpeg, too."""
    sink = _opened(tmp_path / "out.mp4")
    sink.frame(frame(0, 100), "")
    video = sink._video
    assert isinstance(video, FfmpegVideo)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        video._child.send_signal(number)
    time.sleep(0.2)
    sink.frame(frame(0.1, 150), "")
    sink.close()
    assert _greys(tmp_path / "out.mp4") == [100, 150]


def test_a_full_disk_ends_the_video_that_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.mp4"
    sink = _opened(path)
    for number in range(15):
        sink.frame(frame(number / 10, 100), "")
    monkeypatch.setattr("shutil.disk_usage", lambda _: _Usage(1 << 30, (1 << 30) - 100, 100))
    with pytest.raises(
        SinkError, match=r"out\.mp4: the disk is nearly full; the video ends after 1\.5 s, make room for more$"
    ):
        sink.frame(frame(1.5, 100), "")
    sink.close()
    assert len(_frames(path)) == 15


def test_a_video_that_did_not_reach_the_disk_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "out.avi"
    sink = _opened(path)
    sink.frame(frame(0, 100), "")
    path.unlink()
    with pytest.raises(SinkError, match=r"the video was not finished, the disk may be full; look at .*out\.avi$"):
        sink.close()


def test_a_camera_after_a_reload_goes_on_where_the_clock_is(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.avi", live=True)
    sink.frame(frame(10.0, 50, captured=100.0), "")
    sink.frame(frame(12.0, 100, captured=102.0), "")
    sink.frame(frame(0.0, 200, captured=102.5), "")
    sink.close()
    assert _greys(tmp_path / "out.avi") == [50] * 20 + [100] * 5 + [200]


def test_what_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(
        SinkError, match=r"out\.gif: not a kind of video that is written; it must end in \.mp4, \.mkv or \.avi$"
    ):
        _opened(tmp_path / "out.gif")
    with pytest.raises(SinkError, match="its folder does not exist; make it first"):
        _opened(tmp_path / "none" / "out.mp4")
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(SinkError, match=r"folder\.mp4: a folder; name a file in it"):
        _opened(tmp_path / "folder.mp4")
    with pytest.raises(SinkError, match="it must end in"):
        _opened(Path())
    with pytest.raises(SinkError, match="OpenCV writes no file whose name is not UTF-8; name another one"):
        _opened(tmp_path / "out\udcff.avi")
    with pytest.raises(SinkError, match="OpenCV cannot write 160 x 120 pixels at 0 fps"):
        _opened(tmp_path / "out.avi", fps=0).frame(frame(), "")
