import itertools
import os
import re
import socket
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.errors import SourceAwayError, SourceError, SourceLostError
from edge_runtime.frames import opencv as module
from edge_runtime.frames.base import STALL_SECONDS, FrameSource
from edge_runtime.frames.opening import open_source
from tests.edge_runtime.frames.media import TEST_PICTURES, made_by_ffmpeg
from tests.edge_runtime.frames.servers import (
    MjpegServer,
    http_files,
    mjpeg_server,
    number_of,
    numbered_jpeg,
    rtsp_server,
    tcp_server,
)

pytest.importorskip("cv2")


def _refusal(spec: str, kind: type[SourceError] = SourceError) -> str:
    with pytest.raises(SourceError) as caught, open_source(spec):
        pass
    assert type(caught.value) is kind
    return str(caught.value)


def _until_lost(source: FrameSource) -> tuple[float, str]:
    """Seconds until a `grab` that gave no frame failed, and what it said."""
    times = [time.monotonic()]
    with pytest.raises(SourceLostError) as caught:
        times.extend(time.monotonic() for _ in iter(source.grab, False))
    return time.monotonic() - times[-1], str(caught.value)


def _held() -> tuple[int, int]:
    """File descriptors and threads of this process."""
    return len(list(Path("/proc/self/fd").iterdir())), len(list(Path("/proc/self/task").iterdir()))


def _until_held(expected: tuple[int, int]) -> None:
    """The kernel takes a moment to forget a thread that has been joined."""
    deadline = time.monotonic() + 1
    while _held() != expected and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _held() == expected


def test_motion_jpeg_is_always_the_newest() -> None:
    with mjpeg_server(frames_per_second=50) as server, open_source(server.url) as source:
        assert source.live
        assert source.position is None
        behind, numbers = [], []
        for _ in range(25):
            assert source.grab()
            numbers.append(number_of(source.retrieve()))
            behind.append(server.sent - 1 - numbers[-1])
        assert np.median(behind) == 0
        assert all(b > a for a, b in itertools.pairwise(numbers))
        assert source.retrieve().shape == (240, 320, 3)


def test_frames_that_nobody_looks_at_are_not_decoded() -> None:
    with mjpeg_server(frames_per_second=500, picture=lambda number: numbered_jpeg(number % 9, 1920, 1080)) as server:
        with open_source(server.url) as source:
            began = time.thread_time()
            for _ in range(100):
                assert source.grab()
            grabbing = time.thread_time() - began
            for _ in range(10):
                source.retrieve()
            retrieving = (time.thread_time() - began - grabbing) * 10
        assert grabbing < retrieving / 3


def test_size_that_changes_midway() -> None:
    with mjpeg_server() as server, open_source(server.url) as source:
        assert source.grab()
        assert source.retrieve().shape == (240, 320, 3)
        server.picture = lambda number: numbered_jpeg(number, 640, 360)
        for _ in range(3):
            assert source.grab()
        assert source.retrieve().shape == (360, 640, 3)


def test_a_broken_picture_is_passed_over() -> None:
    def picture(number: int) -> bytes:
        whole = numbered_jpeg(number)
        return whole[: len(whole) // 2] if number % 3 == 2 else whole

    with mjpeg_server(frames_per_second=50, picture=picture) as server, open_source(server.url) as source:
        numbers = [number_of(source.retrieve()) for _ in range(20) if source.grab()]
    assert len(numbers) == 20
    assert {number % 3 for number in numbers} == {0, 1}


def test_stall_of_motion_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STALL_SECONDS", 1.0)
    with mjpeg_server() as server, open_source(server.url) as source:
        assert source.grab()
        server.stall()
        seconds, said = _until_lost(source)
        assert 0.9 < seconds < 1.5
        assert said == f"{server.url}: no frame for 1 s"


def test_a_server_that_goes_and_comes_back_30_times() -> None:
    with mjpeg_server() as server:
        source = open_source(server.url)
        expected = None
        for _ in range(30):
            with source:
                assert source.grab()
                assert source.retrieve().shape == (240, 320, 3)
                server.stop()
                seconds, said = _until_lost(source)
                assert seconds < 1
                assert said == f"{server.url}: the stream has ended or broken off"
            if expected is None:
                time.sleep(0.2)
                expected = _held()
            _until_held(expected)
            server.start()


def test_closing_does_not_wait_for_a_stalled_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STALL_SECONDS", 1.5)
    with mjpeg_server() as server:
        source = open_source(server.url)
        results: list[bool] = []
        before = _held()[0]
        with source:
            assert source.grab()
            server.stall()
            time.sleep(0.1)
            while_stalled = threading.Thread(target=lambda: results.extend(iter(source.grab, False)))
            while_stalled.start()
            time.sleep(0.2)
            began = time.monotonic()
        assert time.monotonic() - began < 0.5
        while_stalled.join(3)
        assert not while_stalled.is_alive()  # the device was given back by the grab itself
        server.stop()
        assert _held()[0] < before
        server.start()
        with source:
            assert source.grab()


def test_sentences_of_http(capfd: pytest.CaptureFixture[str]) -> None:
    with mjpeg_server(user="anna", password="geheim") as server:
        host = f"127.0.0.1:{server.port}"
        shown = f"http://{host}/stream.mjpg"
        with open_source(server.url) as source:
            assert source.name == shown
            assert source.grab()
        assert _refusal(server.url.replace("geheim", "falsch")) == f"{shown}: refuses the name or password; check both"
        assert _refusal(shown) == f"{shown}: asks for a name and password; write http://name:password@127.0.0.1/..."
        missing = server.url.replace("stream.mjpg", "nothing")
        assert _refusal(missing) == (
            f"http://{host}/***: there is no such stream on 127.0.0.1 (404); check what follows the host"
        )
        page = server.url.replace("stream.mjpg", "page")
        assert _refusal(page) == f"http://{host}/page: a web page, not a stream; use the address of the stream in it"
        server.stop()
        assert _refusal(server.url, SourceAwayError) == (
            f"{shown}: {host} refuses the connection; check the port and that the server is running"
        )
        server.start()
        with open_source(server.url) as source:
            assert source.grab()
            server.stop()
            assert "geheim" not in _until_lost(source)[1]
    assert _refusal("http://nowhere.invalid/x", SourceAwayError) == (
        "http://nowhere.invalid/x: there is no host nowhere.invalid; check its name and the network"
    )
    assert capfd.readouterr() == ("", "")


def test_rtsp(capfd: pytest.CaptureFixture[str]) -> None:
    with rtsp_server(user="anna", password="geheim") as server:
        shown = f"rtsp://127.0.0.1:{server.port}/live"
        source = open_source(server.url)
        assert source.name == shown
        with source:
            gaps = []
            for _ in range(25):
                began = time.monotonic()
                assert source.grab()
                gaps.append(time.monotonic() - began)
            assert source.retrieve().shape == (240, 320, 3)
            assert np.median(gaps[1:]) == pytest.approx(0.04, abs=0.01)  # none of them held back
            server.stall()
            seconds, said = _until_lost(source)
            assert STALL_SECONDS * 0.9 < seconds < 5
            assert said == f"{shown}: no frame for 4 s"
        server.resume()
        with source:
            assert source.grab()
            server.stop()
            seconds, said = _until_lost(source)
            assert seconds < 1
            assert said == f"{shown}: the stream has ended or broken off"
        refused = _refusal(server.url, SourceAwayError)
        assert refused.endswith("refuses the connection; check the port and that the server is running")
        server.start()
        assert _refusal(server.url.replace("geheim", "falsch")) == f"{shown}: refuses the name or password; check both"
        assert _refusal(shown) == f"{shown}: asks for a name and password; write rtsp://name:password@127.0.0.1/..."
        assert "there is no such stream on 127.0.0.1 (404)" in _refusal(server.url.replace("live", "nothing"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "gif"])
def test_a_still_picture_over_http_is_one_frame(tmp_path: Path, ending: str) -> None:
    made_by_ffmpeg(tmp_path / f"still.{ending}", *TEST_PICTURES, "-frames:v", "1")
    with http_files(tmp_path) as host, open_source(f"{host}/still.{ending}") as source:
        assert source.grab()
        assert source.retrieve().shape == (96, 128, 3)
        assert not source.grab()


@pytest.mark.parametrize("ending", ["mp4", "mkv", "gif", "mjpeg", "ts"])
def test_a_clip_over_http_is_played_once_at_its_own_speed(tmp_path: Path, ending: str) -> None:
    made_by_ffmpeg(tmp_path / f"clip.{ending}", *TEST_PICTURES)
    with http_files(tmp_path) as host, open_source(f"{host}/clip.{ending}") as source:
        begun = time.monotonic()
        shapes = [source.retrieve().shape for _ in iter(source.grab, False)]
        seconds = time.monotonic() - begun
    assert 8 <= len(shapes) <= 10
    assert set(shapes) == {(96, 128, 3)}
    assert 0.3 < seconds < 4


@pytest.mark.parametrize("stalls", [False, True])
def test_a_clip_over_http_that_breaks_off_is_not_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stalls: bool
) -> None:
    monkeypatch.setattr(module, "STALL_SECONDS", 1.0)
    path = made_by_ffmpeg(tmp_path / "clip.mp4", *TEST_PICTURES, "-movflags", "faststart", "-g", "1")
    content = path.read_bytes()
    over = threading.Event()

    def answer(_: str, connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {len(content)}\r\n\r\n"
        connection.sendall(head.encode() + content[: len(content) * 2 // 5])
        if stalls:
            over.wait(20)

    with tcp_server(answer) as port:
        with open_source(f"http://127.0.0.1:{port}/clip.mp4") as source, pytest.raises(SourceError) as caught:
            list(iter(source.grab, False))
        over.set()
    assert type(caught.value) is SourceError
    assert re.fullmatch(
        r".*/clip.mp4: broken off after [1-5] frames; check the network and start again", str(caught.value)
    )


def test_a_clip_over_http_that_cannot_be_decoded(tmp_path: Path) -> None:
    made_by_ffmpeg(tmp_path / "video.mp4", *TEST_PICTURES, "-c:v", "libaom-av1", "-cpu-used", "8")
    with http_files(tmp_path) as host, open_source(f"{host}/video.mp4") as source:
        if source._capture.grab():  # type: ignore[attr-defined]
            pytest.skip("this OpenCV decodes AV1")
        with pytest.raises(SourceError, match="the video is AV1, which this OpenCV does not decode") as caught:
            source.grab()
    assert type(caught.value) is SourceError


def test_sound_over_http_is_refused(tmp_path: Path) -> None:
    made_by_ffmpeg(tmp_path / "audio.wav", "-f", "lavfi", "-i", "sine=duration=1")
    with http_files(tmp_path) as host:
        said = _refusal(f"{host}/audio.wav")
    assert said == f"{host}/***: what comes (audio/x-wav) is not a video that can be read; check what follows the host"


def test_options_of_the_user_win(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []

    def picture(number: int) -> bytes:
        seen.append(os.environ.get("OPENCV_FFMPEG_CAPTURE_OPTIONS"))
        return numbered_jpeg(number)

    with mjpeg_server(picture=picture) as server:
        _open_and_close(server)
        assert seen[0] == "rtsp_flags;prefer_tcp|fpsprobesize;0"
        assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in os.environ
        seen.clear()
        monkeypatch.setenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;udp")
        _open_and_close(server)
        assert seen[0] == "rtsp_transport;udp"
        assert os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] == "rtsp_transport;udp"


def _open_and_close(server: MjpegServer) -> None:
    with open_source(server.url) as source:
        assert source.grab()
