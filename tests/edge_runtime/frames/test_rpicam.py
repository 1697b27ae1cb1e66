import sys
import threading
import time
from pathlib import Path

import pytest

from edge_runtime.errors import CameraAwayError, SourceError, SourceLostError
from edge_runtime.frames import rpicam
from edge_runtime.frames.base import FrameSource
from edge_runtime.frames.opening import open_source
from edge_runtime.frames.options import SourceOptions
from tests.edge_runtime.frames.servers import number_of

_PROGRAM = '''#!{python}
"""Stands in for rpicam-vid: writes numbered JPEG pictures as fast as they are wanted, or does as the test says."""
import argparse, os, signal, sys, time
sys.path.append({root!r})
from tests.edge_runtime.frames.servers import numbered_jpeg
parser = argparse.ArgumentParser(allow_abbrev=False)
for name in ("camera", "width", "height", "timeout"):
    parser.add_argument("--" + name, type=int)
for name in ("codec", "output"):
    parser.add_argument("--" + name)
parser.add_argument("--framerate", type=float, default=50)
for name in ("nopreview", "flush"):
    parser.add_argument("--" + name, action="store_true")
asked = parser.parse_args()
assert (asked.codec, asked.output, asked.timeout, asked.nopreview, asked.flush) == ("mjpeg", "-", 0, True, True)
mode = {mode!r}
if mode == "none":
    sys.exit("INFO camera manager\\nERROR: *** no cameras available ***")
if mode == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
for number in range(5 if mode == "ends" else 10**6):
    os.write(2, b"frame\\n" * 200)
    sys.stdout.buffer.write(numbered_jpeg(number, asked.width, asked.height))
    sys.stdout.buffer.flush()
    time.sleep(1 / asked.framerate)
    if mode == "stalls" and number == 3:
        time.sleep(60)
if mode == "ends":
    sys.exit("ERROR: *** the camera was unplugged ***")
'''


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path / "rpicam-vid"


def _write(program: Path, mode: str = "") -> None:
    root = str(Path(__file__).parents[3])
    program.write_text(_PROGRAM.format(python=sys.executable, root=root, mode=mode))
    program.chmod(0o755)


def _children() -> int:
    return len(Path(f"/proc/self/task/{threading.main_thread().native_id}/children").read_text().split())


def _take_all(source: FrameSource) -> None:
    while source.grab():
        pass


def test_pictures_and_only_the_newest(program: Path) -> None:
    _write(program)
    source = open_source("rpicam", SourceOptions(width=128, height=96, fps=50))
    with source:
        assert source.live
        assert source.grab()
        first = number_of(source.retrieve())
        assert source.retrieve().shape == (96, 128, 3)
        assert source.grab()
        assert number_of(source.retrieve()) == first + 1
        time.sleep(0.3)
        assert source.grab()
        jumped = number_of(source.retrieve())
        assert jumped >= first + 5  # those between are gone
        assert source.grab()
        assert number_of(source.retrieve()) == jumped + 1


def test_opened_many_times_leaves_nothing(program: Path) -> None:
    _write(program)
    source = open_source("rpicam", SourceOptions(width=64, height=48, fps=50))
    counts = []
    for _ in range(4):
        with source:
            assert source.grab()
        counts.append((len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), _children()))
    assert counts == [counts[0]] * 4


def test_a_program_that_will_not_end_is_killed(program: Path) -> None:
    _write(program, "stubborn")
    before = _children()
    with open_source("rpicam") as source:
        assert source.grab()
    assert _children() == before


def test_stall(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(program, "stalls")
    with open_source("rpicam") as source:
        monkeypatch.setattr(rpicam, "STALL_SECONDS", 0.4)
        with pytest.raises(SourceLostError, match="rpicam: no frame for"):
            _take_all(source)


def test_closing_ends_a_wait(program: Path) -> None:
    _write(program, "stalls")
    results = []
    with open_source("rpicam") as source:

        def wait() -> None:
            _take_all(source)
            results.append("ended")

        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.3)
        began = time.monotonic()
    thread.join(1)
    assert results == ["ended"]
    assert time.monotonic() - began < 1


def test_last_words(program: Path) -> None:
    _write(program, "ends")
    match = r"rpicam: rpicam-vid has ended \(ERROR: \*\*\* the camera was unplugged \*\*\*\)"
    with open_source("rpicam") as source, pytest.raises(SourceLostError, match=match):
        _take_all(source)
    _write(program, "none")
    match = r"rpicam:1: rpicam-vid has ended \(ERROR: \*\*\* no cameras available \*\*\*\); list the cameras with"
    with pytest.raises(CameraAwayError, match=match), open_source("rpicam:1"):
        pass


def test_missing_program_or_by_its_old_name(program: Path) -> None:
    with pytest.raises(SourceError, match="rpicam: the program rpicam-vid was not found; run: sudo apt install"):
        open_source("rpicam").__enter__()
    _write(program.with_name("libcamera-vid"))
    with open_source("rpicam", SourceOptions(width=64, height=48)) as source:
        assert source.grab()
