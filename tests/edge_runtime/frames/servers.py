"""Servers of streams that run in a test: Motion JPEG over HTTP, and H.264 over RTSP.

Both are context managers: `with mjpeg_server() as server: open_source(server.url, ...)`. They can be stopped and started on the
same port, and stalled, which keeps the connection open and sends nothing.
"""

import base64
import contextlib
import functools
import http.server
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

Pixels = npt.NDArray[np.uint8]

_BITS = 16
_SYSTEM_PYTHON = "/usr/bin/python3"


def numbered(number: int, width: int = 320, height: int = 240) -> Pixels:
    """A picture that holds its number, which survives JPEG and H.264: a row of black and white blocks over a colour."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = (200, 120, 40)
    for bit in range(_BITS):
        left, right = bit * width // _BITS, (bit + 1) * width // _BITS
        pixels[height // 4 : height // 2, left:right] = 255 * (number >> bit & 1)
    return pixels


def number_of(pixels: Pixels) -> int:
    """The number that a picture of `numbered` holds, at any size."""
    height, width = pixels.shape[:2]
    row = pixels[height * 3 // 8]
    return sum(int(row[(2 * bit + 1) * width // (2 * _BITS)].mean() > 128) << bit for bit in range(_BITS))


@functools.lru_cache(maxsize=4096)
def numbered_jpeg(number: int, width: int = 320, height: int = 240) -> bytes:
    import cv2

    return bytes(cv2.imencode(".jpg", numbered(number, width, height))[1].tobytes())


class MjpegServer:
    """A camera that sends Motion JPEG over HTTP.

    Attributes:
        frames_per_second: May be changed while it runs, as the next ones.
        picture: Gives the JPEG file of a number, counted from 0 by the server since it was made.
        sent: Pictures sent, over all connections.
    """

    def __init__(
        self, frames_per_second: float, picture: Callable[[int], bytes], user: str | None, password: str | None
    ) -> None:
        self.frames_per_second = frames_per_second
        self.picture = picture
        self.sent = 0
        self._accepted = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}" if user else None
        self._flowing = threading.Event()
        self._stopping = threading.Event()
        self._server: http.server.ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._connections: set[socket.socket] = set()
        self.port = free_port()
        self.credentials = f"{user}:{password}@" if user else ""
        self.start()

    @property
    def url(self) -> str:
        return f"http://{self.credentials}127.0.0.1:{self.port}/stream.mjpg"

    def start(self) -> None:
        """Listen, on the same port as before."""
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._connections.add(self.connection)
                try:
                    outer._serve(self)
                except OSError:
                    pass
                finally:
                    outer._connections.discard(self.connection)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._stopping.clear()
        self._flowing.set()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Break all connections and listen no more."""
        if self._server is None or self._thread is None:
            return
        self._stopping.set()
        self._flowing.set()
        self._server.shutdown()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()  # waits for the connections' threads
        self._thread.join()
        self._server = self._thread = None

    def stall(self) -> None:
        """Send nothing from now on, and keep the connections."""
        self._flowing.clear()

    def resume(self) -> None:
        """Send again."""
        self._flowing.set()

    def _serve(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        if self._accepted and handler.headers.get("Authorization") != self._accepted:
            handler.send_response(401)
            handler.send_header("WWW-Authenticate", 'Basic realm="camera"')
            handler.end_headers()
            return
        if handler.path == "/page":
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html; charset=utf-8")
            handler.end_headers()
            handler.wfile.write(b"<html>a page</html>")
            return
        if handler.path != "/stream.mjpg":
            handler.send_error(404)
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        handler.end_headers()
        due = time.monotonic()
        while self._flowing.wait() and not self._stopping.is_set():
            jpeg = self.picture(self.sent)
            self.sent += 1
            handler.wfile.write(
                b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(jpeg), jpeg)
            )
            due = max(due + 1 / self.frames_per_second, time.monotonic())
            self._stopping.wait(due - time.monotonic())


@contextlib.contextmanager
def mjpeg_server(
    frames_per_second: float = 25,
    picture: Callable[[int], bytes] = numbered_jpeg,
    user: str | None = None,
    password: str | None = None,
) -> Iterator[MjpegServer]:
    """A camera that sends Motion JPEG; `picture` gives the JPEG file of a number (default: `numbered_jpeg`)."""
    server = MjpegServer(frames_per_second, picture, user, password)
    try:
        yield server
    finally:
        server.stop()


class RtspServer:
    """A camera that sends H.264 over RTSP: a process of its own."""

    def __init__(self, pipeline: str, user: str | None, password: str | None) -> None:
        self.port = free_port()
        self.credentials = f"{user}:{password}@" if user else ""
        self._command = [_SYSTEM_PYTHON, str(Path(__file__).with_name("rtsp_server.py"))]
        self._command += ["--port", str(self.port), "--pipeline", pipeline]
        if user:
            self._command += ["--user", user, "--password", str(password)]
        self._process: subprocess.Popen[str] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"rtsp://{self.credentials}127.0.0.1:{self.port}/live"

    def start(self) -> None:
        """Listen, on the same port as before."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def stop(self) -> None:
        """End the process, and with it all connections."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process = None

    def stall(self) -> None:
        """Stop the process: the kernel keeps the connections, nothing is sent."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it run on."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGCONT)


@contextlib.contextmanager
def rtsp_server(
    frames_per_second: int = 25,
    size: tuple[int, int] = (320, 240),
    file: Path | None = None,
    user: str | None = None,
    password: str | None = None,
) -> Iterator[RtspServer]:
    """A camera that sends H.264: a clock on a test picture, or the video track of an MP4 file, once; skips where it cannot run."""
    _need_gstreamer()
    if file is None:
        source = (
            f"videotestsrc is-live=true pattern=ball ! video/x-raw,width={size[0]},height={size[1]},"
            f"framerate={frames_per_second}/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max={frames_per_second}"
        )
    else:
        source = f'filesrc location="{file}" ! qtdemux ! h264parse'
    server = RtspServer(f"{source} ! rtph264pay name=pay0 pt=96 config-interval=1", user, password)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def http_files(folder: Path) -> Iterator[str]:
    """The files of a folder over HTTP; gives what stands before their names: `http://127.0.0.1:PORT`."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    serve = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@contextlib.contextmanager
def tcp_server(answer: Callable[[str, socket.socket], None]) -> Iterator[int]:
    """Calls `answer` with what was asked first on every connection, in a thread of its own, then closes it; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            answer(connection.recv(4096).decode(), connection)

    def accept() -> None:
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join(5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@functools.cache
def _gstreamer() -> bool:
    check = (
        "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0');"
        "from gi.repository import Gst, GstRtspServer; Gst.init(None);"
        "raise SystemExit(not all(map(Gst.ElementFactory.find, ('x264enc', 'rtph264pay', 'qtdemux', 'h264parse'))))"
    )
    python = shutil.which(_SYSTEM_PYTHON)
    return (
        python is not None and subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0
    )


def _need_gstreamer() -> None:
    if not _gstreamer():
        pytest.skip(
            "needs Debian's python3-gi, gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-good, -bad and -ugly for the system's Python"
        )
