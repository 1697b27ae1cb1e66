"""`edge-caption live` as a user starts it: a process of its own, real clips and streams, signals."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from edge_runtime.cli import main
from edge_runtime.machine.opencv import opencv
from tests.edge_runtime.fake_source import noisy, scene
from tests.edge_runtime.frames.media import TEST_PICTURES, made_by_ffmpeg
from tests.edge_runtime.frames.servers import MjpegServer, http_files, mjpeg_server

_REPLUGS = int(os.environ.get("EDGE_CAPTION_REPLUGS", "3"))
"""Times that the stream is broken off; the release figures are of 100."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds at 25 frames a second: two dark scenes around a bright one."""
    path = tmp_path_factory.mktemp("clip") / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for number, count in ((0, 25), (1, 25), (2, 50)):
        for place in range(count):
            writer.write(noisy(scene(number), place, 2.0))
    writer.release()
    return path


class _Process:
    """The command, running."""

    def __init__(self, words: list[str], jsonl: Path, environment: dict[str, str] | None = None) -> None:
        self.jsonl = jsonl
        command = [sys.executable, "-m", "edge_runtime", "live", *words, "--jsonl", str(jsonl)]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )

    def events(self, *kinds: str) -> list[dict[str, Any]]:
        if not self.jsonl.exists():
            return []
        found = [json.loads(line) for line in self.jsonl.read_text().splitlines() if line.endswith("}")]
        return [event for event in found if event["event"] in kinds] if kinds else found

    def wait_for(self, kind: str, count: int = 1, seconds: float = 20.0) -> list[dict[str, Any]]:
        until = time.monotonic() + seconds
        while len(self.events(kind)) < count and time.monotonic() < until:
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.02)
        assert len(self.events(kind)) >= count, (kind, count, self.events()[-3:])
        return self.events(kind)

    def wait_until_it_listens(self, seconds: float = 30.0) -> None:
        """Until it has a handler for SIGTERM, and is opening its camera."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, self.process.communicate()
            caught = re.search(r"^SigCgt:\s*(\w+)", Path(f"/proc/{self.process.pid}/status").read_text(), re.MULTILINE)
            if caught and int(caught[1], 16) & 1 << (signal.SIGTERM - 1):
                time.sleep(0.3)
                return
            time.sleep(0.02)

    def end(self, number: int) -> tuple[float, str, str]:
        """Send a signal; seconds until the process was gone, and what it had printed."""
        begun = time.monotonic()
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=10)
        return time.monotonic() - begun, out, err


@contextlib.contextmanager
def _live(*words: Any, jsonl: Path, environment: dict[str, str] | None = None) -> Iterator[_Process]:
    running = _Process([str(word) for word in words], jsonl, environment)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


@pytest.fixture
def stream() -> Iterator[MjpegServer]:
    with mjpeg_server(15) as server:
        yield server


def _jpeg(number: int) -> bytes:
    return bytes(cv2.imencode(".jpg", noisy(scene(number // 30), number, 2.0))[1].tobytes())


def test_a_clip_is_captioned_to_its_end(clip: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["live", "--source", str(clip), "--bundle", str(tiny_bundle)]) == 0
    out, err = capsys.readouterr()
    assert out == "a dark picture\na bright picture\na dark picture\n"
    assert err == f"edge-caption: {clip}: the end\n"


def test_every_sink_at_once(clip: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {name: tmp_path / f"out.{name}" for name in ("srt", "vtt", "mp4", "jsonl")}
    words = ["--srt", files["srt"], "--vtt", files["vtt"], "--record", files["mp4"], "--jsonl", files["jsonl"]]
    assert main(["live", "--source", str(clip), "--bundle", str(tiny_bundle), *map(str, words)]) == 0
    assert capsys.readouterr().out.splitlines() == ["a dark picture", "a bright picture", "a dark picture"]
    assert (
        files["srt"]
        .read_text()
        .startswith(
            "1\n00:00:00,000 --> 00:00:01,000\na dark picture\n\n2\n00:00:01,000 --> 00:00:02,000\na bright picture\n\n3\n"
        )
    )
    assert files["vtt"].read_text().startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na dark picture\n")
    video = cv2.VideoCapture(str(files["mp4"]))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 100
    events = [json.loads(line) for line in files["jsonl"].read_text().splitlines()]
    events = [event for event in events if event["event"] not in ("new", "update", "end")]
    assert [event["event"] for event in events] == ["caption", "caption", "caption", "ended"]
    assert [event["frame"] for event in events[:3]] == [0, 25, 50]
    assert events[1]["reason"] == "changed"
    assert [word["word"] for word in events[1]["words"]] == ["a", "bright", "picture"]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_within_a_second(
    number: int, status: int, stream: MjpegServer, tiny_bundle: Path, tmp_path: Path
) -> None:
    stream.picture = _jpeg
    with _live(
        "--source", stream.url, "--bundle", tiny_bundle, "--srt", tmp_path / "o.srt", jsonl=tmp_path / "o"
    ) as running:
        running.wait_for("caption", 2)
        seconds, out, err = running.end(number)
        assert seconds < 1.0
        assert running.process.returncode == status
        assert err == ""
        said = [event["caption"] for event in running.events("caption")]
        assert out.splitlines() == said
        assert running.jsonl.read_text().endswith("}\n")
        assert (tmp_path / "o.srt").read_text().count("-->") == len(said)


def test_it_ends_within_a_second_while_the_camera_is_silent(
    stream: MjpegServer, tiny_bundle: Path, tmp_path: Path
) -> None:
    stream.picture = _jpeg
    with _live("--source", stream.url, "--bundle", tiny_bundle, jsonl=tmp_path / "o") as running:
        running.wait_for("caption")
        stream.stall()
        time.sleep(0.5)
        seconds, _, _ = running.end(signal.SIGTERM)
        assert seconds < 1.0
        assert running.process.returncode == 0


def test_a_stall_is_found_and_the_stream_comes_back(stream: MjpegServer, tiny_bundle: Path, tmp_path: Path) -> None:
    stream.picture = _jpeg
    with _live("--source", stream.url, "--bundle", tiny_bundle, jsonl=tmp_path / "o") as running:
        running.wait_for("caption")
        begun = time.monotonic()
        stream.stall()
        (lost,) = running.wait_for("lost")
        assert time.monotonic() - begun < 5.5
        assert "no frame for 4 s; trying again until it is back" in lost["message"]
        stream.resume()
        running.wait_for("recovered")
        assert len(running.events("lost")) == 1


def _open_files(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def _threads(process: int) -> int:
    return len(list(Path(f"/proc/{process}/task").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts what is open in /proc")
def test_unplugged_and_plugged_in_again(stream: MjpegServer, tiny_bundle: Path, tmp_path: Path) -> None:
    """Nothing is left over: neither threads nor files nor processes."""
    stream.picture = _jpeg
    with _live("--source", stream.url, "--bundle", tiny_bundle, jsonl=tmp_path / "o") as running:
        running.wait_for("caption")
        number = running.process.pid
        held: list[tuple[int, int]] = []
        for count in range(1, _REPLUGS + 1):
            stream.stop()
            running.wait_for("lost", count)
            stream.start()
            running.wait_for("recovered", count)
            time.sleep(0.3)
            held.append((_threads(number), _open_files(number)))
        assert held[-1] <= held[0]
        assert Path(f"/proc/{number}/task/{number}/children").read_text() == ""
        recovered = running.events("recovered")[-1]["counters"]
        assert (recovered["lost"], recovered["recovered"]) == (_REPLUGS, _REPLUGS)


def test_a_configuration_is_read_again(stream: MjpegServer, tiny_bundle: Path, tmp_path: Path) -> None:
    stream.picture = _jpeg
    file = tmp_path / "live.toml"
    file.write_text(f'[source]\naddress = ["{stream.url}"]\n[model]\nbundle = "{tiny_bundle}"\n[gate]\nmax-age = 0\n')
    with _live("--config", file, jsonl=tmp_path / "o") as running:
        running.wait_for("caption")
        file.write_text("[model]\nbeam = 'many'\n")
        running.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        file.write_text(
            f'[source]\naddress = ["{stream.url}"]\n[model]\nbundle = "{tiny_bundle}"\n[gate]\nenabled = false\n'
        )
        running.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 10
        while not any(event["reason"] == "every" for event in running.events("caption")) and time.monotonic() < until:
            time.sleep(0.05)
        assert any(event["reason"] == "every" for event in running.events("caption"))
        _, _, err = running.end(signal.SIGTERM)
        lines = err.splitlines()
        assert lines[0].endswith("[model] beam must be a whole number, not 'many'; going on as before")
        assert lines[-1] == f"edge-caption: {file}: read again"


def test_a_configuration_is_read_again_after_the_camera_has_been_opened(
    stream: MjpegServer, tiny_bundle: Path, tmp_path: Path
) -> None:
    stream.stall()
    file = tmp_path / "live.toml"
    file.write_text(f'[source]\naddress = ["{stream.url}"]\n[model]\nbundle = "{tiny_bundle}"\n')
    with _live("--config", file, jsonl=tmp_path / "o") as running:
        running.wait_until_it_listens()
        running.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        stream.resume()
        running.wait_for("caption")
        _, _, err = running.end(signal.SIGTERM)
    assert running.process.returncode == 0
    assert err == f"edge-caption: {file}: nothing has changed\n"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_within_a_second_while_the_camera_is_opened(
    number: int, status: int, stream: MjpegServer, tiny_bundle: Path, tmp_path: Path
) -> None:
    stream.stall()
    with _live("--source", stream.url, "--bundle", tiny_bundle, jsonl=tmp_path / "o") as running:
        running.wait_until_it_listens()
        seconds, out, err = running.end(number)
        assert running.process.returncode == status
    assert seconds < 1
    assert (out, err) == ("", "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_it_ends_within_a_second_while_a_reader_keeps_the_end_waiting(
    unbuffered: str, clip: Path, tiny_bundle: Path, tmp_path: Path
) -> None:
    # With a buffer stdout is held by who waits in it.
    buffered = {"PYTHONUNBUFFERED": unbuffered}
    with _live("--source", clip, "--bundle", tiny_bundle, jsonl=tmp_path / "o", environment=buffered) as running:
        # The pipe to us is filled by another hand, so that the first caption on stdout waits.
        assert running.process.stdout is not None
        writing = os.open(f"/proc/self/fd/{running.process.stdout.fileno()}", os.O_WRONLY | os.O_NONBLOCK)
        try:
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(writing, b"x" * 1024)
            running.wait_for("ended")
            time.sleep(0.3)
            begun = time.monotonic()
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(5) == 0
            assert time.monotonic() - begun < 1
        finally:
            os.close(writing)  # or what is left of the output would be waited for without an end


@pytest.mark.parametrize("words", [[], ["--jsonl", "-"]])
def test_it_ends_quietly_when_nobody_reads_any_more(words: list[str], stream: MjpegServer, tiny_bundle: Path) -> None:
    """As `live | head -1`."""
    stream.picture = _jpeg
    command = [
        sys.executable,
        "-m",
        "edge_runtime",
        "live",
        "--source",
        stream.url,
        "--bundle",
        str(tiny_bundle),
        *words,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(10) == 0
    assert said == ""


def test_it_need_not_say_something_to_find_that_its_reader_has_left(stream: MjpegServer, tiny_bundle: Path) -> None:
    stream.picture = lambda _: _jpeg(0)  # one sentence for ever
    command = [sys.executable, "-m", "edge_runtime", "live", "--source", stream.url, "--bundle", str(tiny_bundle)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(10) == 0


def test_other_sinks_go_on_when_a_reader_has_left(stream: MjpegServer, tiny_bundle: Path, tmp_path: Path) -> None:
    stream.picture = _jpeg
    with _live("--source", stream.url, "--bundle", tiny_bundle, jsonl=tmp_path / "o") as running:
        running.wait_for("caption")
        assert running.process.stdout is not None
        running.process.stdout.close()
        running.wait_for("caption", 4)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(5) == 0


def _count_frames(path: Path) -> int:
    video = cv2.VideoCapture(str(path))
    count = 0
    while video.grab():
        count += 1
    return count


def test_a_reload_goes_on_with_the_files_that_are_open(stream: MjpegServer, tiny_bundle: Path, tmp_path: Path) -> None:
    """Neither one that fails nor one that goes well begins a file anew, even with --overwrite."""
    stream.picture = _jpeg
    folder = tmp_path / "out"
    folder.mkdir()
    file = tmp_path / "live.toml"
    good = (
        f'[source]\naddress = ["{stream.url}"]\n[files]\noverwrite = true\n[video]\nfile = "{folder}/o.mp4"\n'
        f'[subtitles]\nsrt = "{folder}/o.srt"\nvtt = "{folder}/o.vtt"\n[model]\nbundle = "{tiny_bundle}"\n'
    )
    file.write_text(good)
    with _live("--config", file, jsonl=tmp_path / "o") as running:
        running.wait_for("caption", 2)
        file.write_text(good + "bundel = 3\n")
        running.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        file.write_text(good.replace(stream.url, "none.mp4"))
        running.process.send_signal(signal.SIGHUP)
        running.wait_for("stopped")
        count = len(running.events("caption"))
        running.wait_for("caption", count + 2)
        file.write_text(good + "[gate]\nenabled = false\n")
        running.process.send_signal(signal.SIGHUP)
        running.wait_for("stopped", 2)
        count = len(running.events("caption"))
        running.wait_for("caption", count + 2)
        _, _, err = running.end(signal.SIGTERM)
        assert running.process.returncode == 0, err
    assert len(err.splitlines()) == 3
    assert sorted(path.name for path in folder.iterdir()) == ["o.mp4", "o.srt", "o.vtt"]
    events = running.events("caption")
    took = events[-1]["captured_monotonic"] - events[0]["captured_monotonic"]
    assert _count_frames(folder / "o.mp4") >= (took - 1) * 25
    cues = (folder / "o.srt").read_text()
    hours = [line.split(" --> ") for line in cues.splitlines() if "-->" in line]
    assert hours == sorted(hours)
    assert cues.startswith("1\n")
    assert float(hours[-1][1][6:].replace(",", ".")) >= took - 1


def test_a_reload_that_names_another_file_leaves_the_first_whole(
    stream: MjpegServer, tiny_bundle: Path, tmp_path: Path
) -> None:
    stream.picture = _jpeg
    (tmp_path / "b.srt").write_text("of an earlier run")
    file = tmp_path / "live.toml"
    good = f'[source]\naddress = ["{stream.url}"]\n[model]\nbundle = "{tiny_bundle}"\n[files]\noverwrite = true\n'
    file.write_text(f'{good}[subtitles]\nsrt = "{tmp_path}/a.srt"\n')
    with _live("--config", file, jsonl=tmp_path / "o") as running:
        running.wait_for("caption", 1)
        file.write_text(f'{good}[subtitles]\nsrt = "{tmp_path}/b.srt"\n')
        running.process.send_signal(signal.SIGHUP)
        running.wait_for("stopped")
        running.wait_for("caption", len(running.events("caption")) + 1)
        running.end(signal.SIGTERM)
    assert (tmp_path / "a.srt").read_text().count("-->") >= 1
    assert (tmp_path / "b.srt").read_text() == "of an earlier run"  # --overwrite is for the start alone
    (beside,) = tmp_path.glob("b.*-*.srt")
    assert beside.read_text().count("-->") >= 1


def test_a_second_run_leaves_the_files_of_the_first(
    clip: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [f"--{kind}={tmp_path}/o.{suffix}" for kind, suffix in (("record", "mp4"), ("srt", "srt"), ("vtt", "vtt"))]
    words = ["live", "--source", str(clip), "--bundle", str(tiny_bundle), "--no-text", *files]
    assert main(words) == 0
    first = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(path.name for path in first) == ["o.mp4", "o.srt", "o.vtt"]
    capsys.readouterr()
    assert main(words) == 0
    assert {path: path.read_bytes() for path in first} == first
    assert len(list(tmp_path.iterdir())) == 6
    assert capsys.readouterr().err.count("is there already and stays as it is; writing ") == 3
    assert main([*words, "--overwrite"]) == 0
    assert len(list(tmp_path.iterdir())) == 6


def test_a_service_manager_is_told(stream: MjpegServer, tiny_bundle: Path, tmp_path: Path) -> None:
    stream.picture = _jpeg
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.settimeout(10)
        environment = {"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "600000"}
        with _live(
            "--source", stream.url, "--bundle", tiny_bundle, jsonl=tmp_path / "o", environment=environment
        ) as running:
            told = [manager.recv(4096).decode() for _ in range(4)]
            running.end(signal.SIGTERM)
            manager.settimeout(1)
            with contextlib.suppress(TimeoutError):
                while True:
                    told.append(manager.recv(4096).decode())
    rest = [one for one in told if one != "WATCHDOG=1"]
    assert rest[0].startswith("READY=1\nSTATUS=")
    assert rest[-1] == told[-1] == "STOPPING=1"
    assert told.count("WATCHDOG=1") >= 1


def test_a_source_that_is_down_at_the_start_is_waited_for(
    clip: Path, stream: MjpegServer, tiny_bundle: Path, tmp_path: Path
) -> None:
    """One of two: the other is captioned at once, and it itself as soon as it is there."""
    stream.picture = _jpeg
    stream.stop()
    words = ["--source", stream.url, "--source", clip, "--bundle", tiny_bundle]
    with _live(*words, jsonl=tmp_path / "o") as running:
        running.wait_for("ended")
        assert {event["source"] for event in running.events("caption")} == {str(clip)}
        (lost,) = running.events("lost")
        assert lost["message"] == (
            f"{stream.url}: 127.0.0.1:{stream.port} refuses the connection; check the port and that the server is running; "
            "trying again until it is there"
        )
        assert lost["counters"] == {"frames": 0, "looked_at": 0, "captions": 0, "lost": 1, "recovered": 0}
        stream.start()
        running.wait_for("recovered")
        running.wait_for("caption", len(running.events("caption")) + 1)
        stream.stop()
        again = running.wait_for("lost", 2)[1]["counters"]
        assert (again["lost"], again["recovered"]) == (2, 1)
        captions = [event for event in running.events("caption") if event["source"] == stream.url]
        assert again["captions"] == len(captions)
        assert again["frames"] >= again["looked_at"] >= again["captions"] >= 1
        time.sleep(0.5)
        seconds, _, err = running.end(signal.SIGTERM)
    assert seconds < 1
    assert running.process.returncode == 0
    assert len([line for line in err.splitlines() if "trying again" in line]) == 2


def test_it_ends_within_a_second_while_a_silent_server_is_tried_again(
    stream: MjpegServer, tiny_bundle: Path, tmp_path: Path
) -> None:
    stream.picture = _jpeg
    with _live("--source", stream.url, "--bundle", tiny_bundle, jsonl=tmp_path / "o") as running:
        running.wait_for("caption")
        stream.stop()
        running.wait_for("lost")
        stream.start()
        stream.stall()  # it takes connections, and sends nothing
        time.sleep(2.5)
        seconds, _, _ = running.end(signal.SIGTERM)
        assert seconds < 1
        assert running.process.returncode == 0


def test_a_service_manager_hears_what_is_waited_for(stream: MjpegServer, tiny_bundle: Path, tmp_path: Path) -> None:
    stream.stop()
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        manager.settimeout(20)
        environment = {"NOTIFY_SOCKET": str(address)}
        spec = stream.url.replace("http://", "http://anna:geheim@") + "?loginpas=geheim"
        with _live("--source", spec, "--bundle", tiny_bundle, jsonl=tmp_path / "o", environment=environment) as running:
            told = manager.recv(4096).decode()
            running.wait_for("lost")
            seconds, out, err = running.end(signal.SIGTERM)
    shown = f"{stream.url}?loginpas=***"
    assert told.startswith("READY=1\nSTATUS=sources: 1, captions: 0, lost: ")
    assert seconds < 1
    assert running.process.returncode == 0
    assert [event["source"] for event in running.events("lost", "stopped")] == [shown, shown]
    assert "geheim" not in told + out + err + running.jsonl.read_text()


@pytest.mark.parametrize("beside", [False, True])
def test_a_wrong_password_ends_at_once(
    beside: bool, clip: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mjpeg_server(user="anna", password="geheim") as server:
        words = ["--source", str(clip)] if beside else []
        spec = server.url.replace("geheim", "falsch")
        assert main(["live", *words, "--source", spec, "--bundle", str(tiny_bundle)]) == 2
    out, err = capsys.readouterr()
    shown = server.url.replace("anna:geheim@", "")
    assert (out, err) == ("", f"edge-caption: {shown}: refuses the name or password; check both\n")


def test_attempts_are_up_for_one_of_several(
    clip: Path, stream: MjpegServer, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stream.stop()
    words = ["--source", stream.url, "--source", str(clip), "--retries", "1", "--bundle", str(tiny_bundle)]
    assert main(["live", *words]) == 1
    out, err = capsys.readouterr()
    assert [line.split("\t")[1] for line in out.splitlines()] == [
        "a dark picture",
        "a bright picture",
        "a dark picture",
    ]
    assert "; given up after 1 attempts" in err


def test_a_camera_that_is_not_plugged_in(clip: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Alone it ends at once, with its sentence; beside others it is waited for."""
    words = ["live", "--source", "/dev/video97", "--bundle", str(tiny_bundle)]
    assert main(words) == 2
    assert main([*words, "--source", "/dev/video98"]) == 2
    assert capsys.readouterr().err.count("/dev/video97: no such camera; ") == 2
    assert main([*words, "--source", str(clip), "--retries", "1"]) == 1
    err = capsys.readouterr().err
    assert "/dev/video97: no such camera" in err
    assert "trying again until it is there" in err


def test_a_still_picture_of_a_server_is_captioned_once(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "still.jpg").write_bytes(_jpeg(0))
    with http_files(tmp_path) as host:
        assert main(["live", "--source", f"{host}/still.jpg", "--bundle", str(tiny_bundle)]) == 0
    assert capsys.readouterr() == ("a dark picture\n", f"edge-caption: {host}/still.jpg: the end\n")


def test_a_short_clip_of_a_server_is_played_once(
    clip: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with http_files(clip.parent) as host:
        words = ["--source", f"{host}/clip.avi", "--bundle", str(tiny_bundle), "--jsonl", str(tmp_path / "o")]
        assert main(["live", *words]) == 0
    assert capsys.readouterr().out == "a dark picture\na bright picture\na dark picture\n"
    events = [json.loads(line) for line in (tmp_path / "o").read_text().splitlines()]
    events = [event for event in events if event["event"] not in ("new", "update", "end")]
    assert [event["event"] for event in events] == ["caption", "caption", "caption", "ended"]
    assert (
        3 <= events[-1]["counters"]["captions"] <= 8
    )  # of changes that hold, the sentence decides whether they are news
    assert 80 <= events[-1]["counters"]["frames"] <= 100


def test_a_video_without_a_frame_that_can_be_decoded_fails(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made_by_ffmpeg(tmp_path / "x.webp", *TEST_PICTURES, "-c:v", "libwebp_anim")
    assert main(["live", "--source", str(path), "--bundle", str(tiny_bundle)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(
        f"edge-caption: {path}: a WebP that is animated or damaged, which OpenCV does not read; convert"
    )
    assert len(err.splitlines()) == 1


def test_pictures_without_opencv_are_a_sentence(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jpg").write_bytes(_jpeg(0))
    opencv.cache_clear()
    monkeypatch.setitem(sys.modules, "cv2", None)
    srt = tmp_path / "o.srt"
    assert main(["live", "--source", str(tmp_path), "--bundle", str(tiny_bundle), "--srt", str(srt)]) == 2
    assert capsys.readouterr() == (
        "",
        "edge-caption: cameras and videos need OpenCV; run: pip install 'edge-caption[live]'\n",
    )
    assert not srt.exists()


def test_several_sources_share_one_model(
    clip: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.avi"
    other.write_bytes(clip.read_bytes())
    words = ["live", "--source", str(clip), "--source", str(other), "--bundle", str(tiny_bundle)]
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    for path in (clip, other):
        said = [line.split("\t")[1] for line in lines if line.startswith(f"{path}\t")]
        assert said == ["a dark picture", "a bright picture", "a dark picture"]


def test_the_configuration_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["live", "--source", "rtsp://h/1", "--beam", "4", "--print-config"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("[source]\n# camera number, ")
    assert 'address = ["rtsp://h/1"]\n' in out
    assert "beam = 4\n" in out
    assert "# threads =\n" in out


def test_a_configuration_of_the_former_form_is_read(
    clip: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "live.toml"
    file.write_text(f'source = "{clip}"\nbundle = "{tiny_bundle}"\nlog-level = "error"\n')
    assert main(["live", "--config", str(file)]) == 0
    assert capsys.readouterr() == (
        "a dark picture\na bright picture\na dark picture\n",
        f"edge-caption: {file}: options without tables are read in this release only: source is now [source] address, "
        "bundle is now [model] bundle, log-level is now [log] level; --print-config writes the new form\n",
    )
    assert main(["live", "--config", str(file), "--print-config"]) == 0
    out, _ = capsys.readouterr()
    file.write_text(out)
    assert main(["live", "--config", str(file)]) == 0
    assert capsys.readouterr() == ("a dark picture\na bright picture\na dark picture\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--source", "none.mp4"], "none.mp4: no such file"),
        (["--source", "ftp://host/x"], "ftp://host/x"),
        (["--source", "{clip}", "--record", "out.gif"], "out.gif"),
        (["--source", "{clip}", "--jsonl", "/nowhere/o.jsonl"], "/nowhere/o.jsonl"),
        (["--source", "{clip}", "--region", "1,2,3"], "region '1,2,3': must be X,Y,WIDTH,HEIGHT"),
        (["--source", "{clip}", "--beam", "0"], "beam 0: must be 1 to 50"),
        (
            ["--source", "{clip}", "--jsonl", "{clip}"],
            "--jsonl {clip}: the same file as --source {clip}; name another one",
        ),
        (["--source", "{clip}", "--vtt", "o.vtt", "--record", "./o.vtt"], "the same file as --vtt o.vtt"),
        (["--config", "none.toml"], "none.toml: cannot be read"),
        (["--source", "{clip}", "--variant", "onnx-int1"], "unknown variant 'onnx-int1'"),
    ],
)
def test_one_sentence_and_nothing_half_written(
    words: list[str], said: str, clip: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    srt = tmp_path / "o.srt"
    full = [word.replace("{clip}", str(clip)) for word in words]
    assert main(["live", *full, "--bundle", str(tiny_bundle), "--srt", str(srt)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said.replace("{clip}", str(clip)) in err
    assert len(err.splitlines()) == 1
    assert not srt.exists()


def test_a_region_that_does_not_fit_ends_with_a_sentence(
    clip: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["live", "--source", str(clip), "--bundle", str(tiny_bundle), "--region", "0,0,640,480"]) == 2
    assert "which has 64 x 48 pixels; choose a smaller one" in capsys.readouterr().err


def test_a_configuration_that_cannot_be_opened_is_left(stream: MjpegServer, tiny_bundle: Path, tmp_path: Path) -> None:
    stream.picture = _jpeg
    file = tmp_path / "live.toml"
    good = f'[source]\naddress = ["{stream.url}"]\n[model]\nbundle = "{tiny_bundle}"\n'
    file.write_text(good)
    with _live("--config", file, jsonl=tmp_path / "o") as running:
        running.wait_for("caption")
        file.write_text('source.address = ["none.mp4"]\n')
        running.process.send_signal(signal.SIGHUP)
        running.wait_for("stopped")
        count = len(running.events("caption"))
        running.wait_for("caption", count + 1)
        file.write_text(good.replace(str(tiny_bundle), "no-bundle"))
        running.process.send_signal(signal.SIGHUP)
        running.wait_for("stopped", 2)
        running.wait_for("caption", count + 2)
        _, _, err = running.end(signal.SIGTERM)
    lines = err.splitlines()
    assert [line.endswith("; going on as before") for line in lines] == [True, True]
    assert "none.mp4: no such file" in lines[0]
    assert "no-bundle: no such bundle" in lines[1]


def test_captions_must_go_somewhere(clip: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["live", "--source", str(clip), "--bundle", str(tiny_bundle), "--no-text"]) == 2
    assert "captions go nowhere" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full to write to")
def test_captions_go_on_when_a_disk_is_full(clip: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["live", "--source", str(clip), "--bundle", str(tiny_bundle), "--jsonl", "/dev/full"]) == 1
    out, err = capsys.readouterr()
    assert out == "a dark picture\na bright picture\na dark picture\n"
    assert err.count("/dev/full") == 1


def test_a_picture_of_noise_alone_is_not_made_up(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "black.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for _ in range(10):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    assert main(["live", "--source", str(path), "--bundle", str(tiny_bundle)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", [[], ["--no-gate"], ["--record", "o.mp4"]])
def test_without_opencv_a_folder_is_refused_with_the_remedy(
    words: list[str], tiny_bundle: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (32, 32)).save(tmp_path / "a.png")
    code = (
        "import sys\nsys.modules['cv2'] = None\nfrom edge_runtime.cli import main\n"
        "sys.exit(main(['live', '--source', '.', *sys.argv[1:]]))\n"
    )
    command = [sys.executable, "-c", code, "--bundle", str(tiny_bundle), *words]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    assert "pip install 'edge-caption[live]'" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_no_other_command_loads_what_its_options_need() -> None:
    code = (
        "import sys\nfrom edge_runtime.cli import build_parser\nparser = build_parser()\n"
        "wings = ('edge_runtime.live', 'edge_runtime.sinks', 'edge_runtime.frames')\n"
        "print([name for name in sys.modules if name == 'numpy' or name.startswith(wings)])\n"
        "print(parser.parse_args(['live', '--jsonl', 'x']).jsonl)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "[]\nx\n"
