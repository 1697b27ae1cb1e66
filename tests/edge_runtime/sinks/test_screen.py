import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from edge_runtime.errors import SinkError
from edge_runtime.machine.opencv import opencv as opencv_loader
from edge_runtime.sinks import screen
from edge_runtime.sinks.screen import check_screen, on_screen

HEADLESS = "  GUI:                           NONE\n    VTK support:                 NO\n"
QT = "  GUI:                           QT5\n    QT:                          YES (ver 5.15.19 )\n"


@pytest.fixture(autouse=True)
def _linux_without_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "QT_LOGGING_RULES"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opencv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A build with windows and, as in the package from PyPI, a Qt that speaks X11 only; returns its folder."""
    platforms = tmp_path / "cv2" / "qt" / "plugins" / "platforms"
    platforms.mkdir(parents=True)
    (platforms / "libqxcb.so").touch()
    build = SimpleNamespace(getBuildInformation=lambda: QT, __file__=str(tmp_path / "cv2" / "__init__.py"))
    monkeypatch.setattr(screen, "opencv", lambda: build)
    return tmp_path / "cv2"


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        yield path


def _probe_says(monkeypatch: pytest.MonkeyPatch, status: int, stderr: str) -> None:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, status, "", stderr)

    monkeypatch.setattr(subprocess, "run", run)


def _refusal() -> str:
    with pytest.raises(SinkError) as refused:
        check_screen("--window")
    return str(refused.value)


def test_a_build_without_windows_names_the_package_to_swap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "opencv", lambda: SimpleNamespace(getBuildInformation=lambda: HEADLESS))
    assert _refusal() == (
        "--window: this OpenCV was built without windows; "
        "run: pip uninstall opencv-python-headless && pip install opencv-python"
    )


def test_without_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    opencv_loader.cache_clear()
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert _refusal() == "--window: OpenCV is not installed; run: pip install opencv-python"


@pytest.mark.usefixtures("opencv")
def test_no_display() -> None:
    assert _refusal() == "--window: no display; run it in a desktop session, or set DISPLAY"


@pytest.mark.usefixtures("opencv")
@pytest.mark.parametrize("display", [":4711", "unix:4711.0", "localhost:51234.0", "nonsense"])
def test_a_display_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    monkeypatch.setenv("DISPLAY", display)
    assert _refusal() == (
        f"--window: the display {display} does not answer; start the desktop, or set DISPLAY to the one there is"
    )


def test_wayland_alone_is_not_enough_for_a_qt_without_it(
    monkeypatch: pytest.MonkeyPatch, opencv: Path, listening: Path
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "socket")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(listening.parent))
    assert _refusal() == (
        "--window: the display socket cannot be used; this OpenCV needs X11, start XWayland and set DISPLAY"
    )
    (opencv / "qt" / "plugins" / "platforms" / "libqwayland-generic.so").touch()
    _probe_says(monkeypatch, 0, "")
    check_screen("--window")
    monkeypatch.setenv("WAYLAND_DISPLAY", "none")
    assert "set WAYLAND_DISPLAY to the one there is" in _refusal()


@pytest.mark.usefixtures("opencv")
@pytest.mark.parametrize(
    ("status", "stderr", "sentence"),
    [
        (
            -6,
            "\nqt.qpa.xcb: could not connect to display :1\nmore\n",
            "--window: OpenCV cannot open a window on this display (qt.qpa.xcb: could not connect to display :1); "
            "check the display and its permissions",
        ),
        (
            1,
            "cv2.error: The function is not implemented. Rebuild the library with GTK+ 2.x support",
            "--window: this OpenCV was built without windows; "
            "run: pip uninstall opencv-python-headless && pip install opencv-python",
        ),
        (
            -6,
            "",
            "--window: OpenCV cannot open a window on this display (status -6); check the display and its permissions",
        ),
    ],
)
def test_what_ends_the_probe_is_told(
    monkeypatch: pytest.MonkeyPatch, listening: Path, status: int, stderr: str, sentence: str
) -> None:
    monkeypatch.setenv("DISPLAY", ":1")
    monkeypatch.setattr(screen, "_x_address", lambda _: str(listening))
    _probe_says(monkeypatch, status, stderr)
    assert _refusal() == sentence


@pytest.mark.parametrize(
    ("display", "address"),
    [
        (":0", "/tmp/.X11-unix/X0"),
        (":1.0", "/tmp/.X11-unix/X1"),
        ("unix:2", "/tmp/.X11-unix/X2"),
        ("localhost:10.0", ("localhost", 6010)),
        ("tcp/pi:0", ("pi", 6000)),
        ("nonsense", None),
    ],
)
def test_where_a_display_listens(display: str, address: str | tuple[str, int] | None) -> None:
    assert screen._x_address(display) == address


def test_everything_on_screen_is_one_thread_s() -> None:
    screen._actions.cache_clear()
    idents: list[int] = []
    callers = [
        threading.Thread(target=lambda: idents.append(on_screen(threading.get_ident)), daemon=True) for _ in range(4)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(5)
    assert len(idents) == 4
    assert set(idents) == {on_screen(threading.get_ident)}
    assert threading.get_ident() not in idents
    with pytest.raises(ZeroDivisionError):
        on_screen(lambda: 1 // 0)


def test_what_lies_in_the_current_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cv2.py").write_text("import pathlib\npathlib.Path('ran').touch()\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    with pytest.raises(SinkError):
        screen._probe("--window")
    assert [path.name for path in tmp_path.iterdir()] == ["cv2.py"]
