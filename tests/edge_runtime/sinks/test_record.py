import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from edge_runtime.errors import SinkError
from edge_runtime.events import StatusEvent
from edge_runtime.sinks.overlay import draw_caption
from edge_runtime.sinks.record import RecordSink
from tests.edge_runtime.sinks.made_events import frame

cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed")


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def _opened(path: Path, fps: float = 10, source: str | None = None, live: bool = False) -> RecordSink:
    sink = RecordSink(str(path), fps, source, live)
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
    assert not path.exists()
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


def test_a_target_is_replaced_only_by_a_video(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"of an earlier run")
    sink = _opened(path)
    sink.close()
    assert path.read_bytes() == b"of an earlier run"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]
    sink = _opened(path)
    sink.frame(frame(0, 100), "")
    assert path.read_bytes() == b"of an earlier run"
    sink.close()
    assert _greys(path) == [100]


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


def test_a_video_that_was_not_written_is_not_put_in_place(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"of an earlier run")
    sink = _opened(path)
    sink.frame(frame(0, 100), "")
    (tmp_path / "out.part.mp4").unlink()  # as if nothing had reached the disk
    with pytest.raises(SinkError, match="the video was not finished, the disk may be full"):
        sink.close()
    assert path.read_bytes() == b"of an earlier run"


def test_what_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(
        SinkError, match=r"out\.mkv: not a kind of video that is written; it must end in \.mp4 or \.avi$"
    ):
        _opened(tmp_path / "out.mkv")
    with pytest.raises(SinkError, match="its folder does not exist; make it first"):
        _opened(tmp_path / "none" / "out.mp4")
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(SinkError, match=r"folder\.mp4: a folder; name a file in it"):
        _opened(tmp_path / "folder.mp4")
    with pytest.raises(SinkError, match="it must end in"):
        _opened(Path())
    with pytest.raises(SinkError, match="OpenCV writes no file whose name is not UTF-8; name another one"):
        _opened(tmp_path / "out\udcff.mp4")
    with pytest.raises(SinkError, match="OpenCV cannot write 160 x 120 pixels at 0 fps"):
        _opened(tmp_path / "out.avi", fps=0).frame(frame(), "")
