"""A real window on a real X server, where an OpenCV with windows can be had."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

PYTHON = os.environ.get("EDGE_CAPTION_WINDOW_PYTHON", sys.executable)
"""A Python with `opencv-python`; the tests' own has the headless one."""
ROOT = Path(__file__).parents[3]
SIZE = (800, 600)
BLUE = (200, 100, 50)
"""B, G, R of the frame."""

_PRELUDE = """
import sys, time
import numpy as np
from edge_runtime.events import StatusEvent
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.worker import SinkWorker
from edge_runtime.sinks.screen import on_screen
from edge_runtime.sinks.window import WindowSink

stops = []

def running():
    made = SinkWorker(WindowSink(lambda: stops.append(1)), print, block=False)
    made.start()
    return made

def frame(source="cam"):
    pixels = np.full((240, 320, 3), (200, 100, 50), np.uint8)
    return Frame(source, 0, pixels, 0.0, 0.0, 0.0)

def ready():
    print("ready", flush=True)
    sys.stdin.readline()
"""


def _has_windows() -> bool:
    code = "import cv2; print([line for line in cv2.getBuildInformation().splitlines() if 'GUI:' in line])"
    ran = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, timeout=60)
    return ran.returncode == 0 and "NONE" not in ran.stdout


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    for program in ("Xvfb", "ffmpeg"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (Debian: xvfb, ffmpeg)")
    if not _has_windows():
        pytest.skip("this OpenCV has no windows; EDGE_CAPTION_WINDOW_PYTHON may name a Python with opencv-python")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nocursor"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as numbers:
            number = numbers.readline().strip()
        yield f":{number}"
        server.terminate()


def _start(display: str, code: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "DISPLAY": display}
    if sys.executable != PYTHON:
        environment["PYTHONPATH"] = str(ROOT)
    command = [PYTHON, "-c", _PRELUDE + code]
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if line != "ready\n":
        pytest.fail(line + process.communicate(timeout=30)[1])
    return process


def _screenshot(display: str) -> np.ndarray:
    command = ["ffmpeg", "-v", "error", "-f", "x11grab", "-video_size", f"{SIZE[0]}x{SIZE[1]}", "-i", display]
    command += ["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "bgr24", "-"]
    ran = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return np.frombuffer(ran.stdout, np.uint8).reshape(SIZE[1], SIZE[0], 3)


def _window(shot: np.ndarray) -> np.ndarray:
    """The part of the screen that shows the frame; a window need not open where the one before was."""
    rows, columns = np.nonzero((shot == BLUE).all(axis=2))
    return shot[rows.min() : rows.min() + 240, columns.min() : columns.min() + 320]


def test_a_window_shows_the_frame_with_its_caption_and_goes(display: str) -> None:
    code = """
first = running()
first.frame(frame(), "un café, 日本")
time.sleep(0.5)
ready()
first.event(StatusEvent("lost", "cam: the camera is lost", "cam"))
time.sleep(0.3)
ready()
print(first.close(5))
second = running()  # as after a reload
second.frame(frame(), "un café, 日本")
time.sleep(0.5)
ready()
print(second.close(5), stops)
ready()
"""
    with _start(display, code) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        shots = [_screenshot(display)]
        for expected in (["ready"], ["True", "ready"], ["True []", "ready"]):
            process.stdin.write("\n")
            process.stdin.flush()
            assert [process.stdout.readline().rstrip("\n") for _ in expected] == expected
            shots.append(_screenshot(display))
        _, err = process.communicate("\n", timeout=30)
        assert (process.returncode, err) == (0, "")
    shown, lost, again = (_window(shot) for shot in shots[:3])
    assert (shown[:180] == BLUE).all()
    assert tuple(shown[-1, 0]) == (84, 42, 21)
    assert (shown[200:].min(axis=2) == 255).any()
    assert (again == shown).all()
    assert (lost[:180] == BLUE).all()
    assert (lost[200:] != shown[200:]).any()
    assert not (shots[3] == BLUE).all(axis=2).any()


def test_closing_the_window_stops_once(display: str) -> None:
    code = """
import cv2
sink = running()
sink.frame(frame(), "a dog")
time.sleep(0.3)
on_screen(lambda: cv2.destroyWindow("edge-caption: cam"))
time.sleep(0.3)
sink.frame(frame(), "a dog")
print("ready", flush=True)
print(sink.close(5), stops, sink.failed)
"""
    with _start(display, code) as process:
        out, err = process.communicate(timeout=30)
    assert (out, err, process.returncode) == ("True [1] False\n", "", 0)
