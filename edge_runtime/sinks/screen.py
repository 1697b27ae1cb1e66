"""The screen that windows are shown on: whether there is one, and the one thread that may use it."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from edge_runtime.errors import SinkError, SourceError
from edge_runtime.machine.opencv import opencv

Result = TypeVar("Result")

_SWAP = "run: pip uninstall opencv-python-headless && pip install opencv-python"
_X_PORT = 6000
_CONNECT_SECONDS = 3.0
_PROBE_SECONDS = 30.0
_PROBE = "import cv2; cv2.namedWindow('edge-caption'); cv2.destroyAllWindows()"
_starting = threading.Lock()
_DISPLAY = re.compile(r"(?:[a-z]+/)?(?P<host>.*?):(?P<number>\d+)(?:\.\d+)?")


def check_screen(name: str) -> None:
    """See that OpenCV can show a window: without a screen its Qt would end the whole process.

    Args:
        name: Of the sink, for messages.

    Raises:
        SinkError: There is no screen, or OpenCV is missing or was built without windows.
    """
    try:
        cv2 = opencv()
    except SourceError:  # its remedy is the build without windows
        raise SinkError(f"{name}: OpenCV is not installed; run: pip install opencv-python") from None
    if re.search(r"^\s*GUI:\s*NONE\s*$", cv2.getBuildInformation(), re.MULTILINE):
        raise SinkError(f"{name}: this OpenCV was built without windows; {_SWAP}")
    if sys.platform.startswith("linux"):
        _check_display(name, _needs_x(Path(cv2.__file__).parent))
    # Qt logs what it misses in this build of OpenCV, such as fonts for menus that we do not show.
    os.environ.setdefault("QT_LOGGING_RULES", "*.warning=false")
    _probe(name)


def on_screen(action: Callable[[], Result]) -> Result:
    """Do something with OpenCV's windows, in the thread that they all live in, and wait for it.

    Qt belongs to the thread that opened the first window of the process, for ever: from another one calls hang.

    Args:
        action: Its result is returned, its exception raised.
    """
    done: Future[Result] = Future()

    def act() -> None:
        try:
            done.set_result(action())
        except Exception as error:
            done.set_exception(error)

    with _starting:  # `cache` alone lets two callers start two threads
        actions = _actions()
    actions.put(act)
    return done.result()


@cache
def _actions() -> "SimpleQueue[Callable[[], None]]":
    actions: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def serve() -> None:
        while True:
            actions.get()()

    threading.Thread(target=serve, name="screen", daemon=True).start()
    return actions


def _needs_x(package: Path) -> bool:
    """Return whether OpenCV brings its own Qt, and that one cannot speak Wayland."""
    plugins = package / "qt" / "plugins" / "platforms"
    return plugins.is_dir() and not list(plugins.glob("libqwayland*"))


def _check_display(name: str, needs_x: bool) -> None:
    display, wayland = os.environ.get("DISPLAY", ""), os.environ.get("WAYLAND_DISPLAY", "")
    if not display and not wayland:
        raise SinkError(f"{name}: no display; run it in a desktop session, or set DISPLAY")
    if wayland and not needs_x and _accepts(_wayland_address(wayland)):
        return
    if not display:
        more = (
            "this OpenCV needs X11, start XWayland and set DISPLAY"
            if needs_x
            else "set WAYLAND_DISPLAY to the one there is"
        )
        raise SinkError(f"{name}: the display {wayland} cannot be used; {more}")
    address = _x_address(display)
    if address is None or not (_accepts(address) or (isinstance(address, str) and _accepts("\0" + address))):
        raise SinkError(
            f"{name}: the display {display} does not answer; start the desktop, or set DISPLAY to the one there is"
        )


def _x_address(display: str) -> str | tuple[str, int] | None:
    """Return where an X server listens: the path of a socket, or host and port; None of what is no display."""
    found = _DISPLAY.fullmatch(display)
    if found is None:
        return None
    host, number = found["host"], int(found["number"])
    return f"/tmp/.X11-unix/X{number}" if host in ("", "unix") else (host, _X_PORT + number)  # noqa: S108 - the X server's


def _wayland_address(wayland: str) -> str:
    return str(Path(os.environ.get("XDG_RUNTIME_DIR", "/run/user")) / wayland)


def _accepts(address: str | tuple[str, int]) -> bool:
    try:
        if isinstance(address, tuple):
            socket.create_connection(address, _CONNECT_SECONDS).close()
        else:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_CONNECT_SECONDS)
                connection.connect(address)
    except OSError:
        return False
    return True


def _probe(name: str) -> None:
    """Open a window in another process: a library that is missing or a cookie that is refused would end ours."""
    try:
        tried = subprocess.run(
            [sys.executable, "-P", "-c", _PROBE],  # -P: a cv2.py in the current folder must not pass for OpenCV
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_SECONDS,
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired):
        raise SinkError(f"{name}: OpenCV did not open a window in {_PROBE_SECONDS:.0f} s; check the display") from None
    if tried.returncode == 0:
        return
    if "not implemented" in tried.stderr:
        raise SinkError(f"{name}: this OpenCV was built without windows; {_SWAP}")
    told = next((line.strip() for line in tried.stderr.splitlines() if line.strip()), f"status {tried.returncode}")
    raise SinkError(
        f"{name}: OpenCV cannot open a window on this display ({told}); check the display and its permissions"
    )
