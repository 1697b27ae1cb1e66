import http.client
import io
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("starlette", reason="the extra web is not installed")
pytest.importorskip("cv2", reason="OpenCV is not installed")

from edge_runtime.frames.base import Frame
from edge_runtime.server.live.pictures import LivePictures
from edge_runtime.sinks.web import WebKind, WebSink
from tests.edge_runtime.server.serving import ANY, ask, context, eventually, served


class Viewer:
    """One who watches."""

    def __init__(self, sink: WebSink, query: str = "") -> None:
        self._connection = http.client.HTTPConnection(sink.address.host, sink.address.port, timeout=10)
        self._connection.request("GET", f"/api/live.mjpeg{query}")
        self._answer = self._connection.getresponse()
        self.status, self.headers = self._answer.status, self._answer.headers

    def next(self) -> bytes:
        """The next picture, as soon as a browser would show it: when the line after it has come."""
        lines: list[bytes] = []
        while len(lines) < 3 or lines[-1]:
            line = self._answer.readline().rstrip(b"\r\n")
            if line != b"--frame":
                lines.append(line)
        assert lines[0] == b"Content-Type: image/jpeg"
        picture = self._answer.read(int(lines[1].partition(b": ")[2]))
        assert self._answer.readline() == b"\r\n"
        assert self._answer.readline() == b"--frame\r\n"
        return picture

    def close(self) -> None:
        self._answer.close()
        self._connection.close()


def _frame(grey: int = 100, size: tuple[int, int] = (1280, 720), source: str = "0") -> Frame:
    return Frame(source, 0, np.full((size[1], size[0], 3), grey, np.uint8), 0.0, 0.0, 0.0)


def _watching(sink: WebSink) -> int:
    return 0 if sink._page is None else len(sink._page.pictures)


def _show(sink: WebSink, frame: Frame) -> None:
    """Hand a frame over as the loop does: where it is wanted."""
    assert eventually(lambda: sink.wants(frame.source))
    sink.frame(frame, "")


@pytest.fixture
def page() -> Iterator[WebSink]:
    with served(WebKind(address=ANY, viewers=3), context(("0", "1"))) as sink:
        yield sink


def test_nothing_is_wanted_until_somebody_watches_and_after(page: WebSink) -> None:
    assert not page.wants("0")
    viewer = Viewer(page)
    assert (viewer.status, viewer.headers["content-type"]) == (200, "multipart/x-mixed-replace; boundary=frame")
    assert eventually(lambda: page.wants("0"))
    assert not page.wants("1")
    assert not page.wants("2")
    _show(page, _frame())
    viewer.next()
    viewer.close()
    assert eventually(lambda: _watching(page) == 0)
    assert not page.wants("0")
    page.frame(_frame(), "")
    assert page._page is not None
    assert page._page.pictures.encoded == 1


def test_a_frame_is_made_small_and_encoded_once_for_all(page: WebSink) -> None:
    viewers = [Viewer(page) for _ in range(3)]
    assert eventually(lambda: _watching(page) == 3)
    assert Viewer(page).status == 503
    found = []
    for grey in (50, 200):
        _show(page, _frame(grey))
        found.append([viewer.next() for viewer in viewers])
    assert page._page is not None
    assert page._page.pictures.encoded == 2
    for grey, pictures in zip((50, 200), found, strict=True):
        assert len(set(pictures)) == 1
        with Image.open(io.BytesIO(pictures[0])) as shown:
            assert shown.size == (640, 360)
            assert abs(np.asarray(shown).mean() - grey) < 2
    for viewer in viewers:
        viewer.close()


def test_small_frames_stay_as_they_are(page: WebSink) -> None:
    viewer = Viewer(page, "?source=1")
    _show(page, _frame(size=(320, 240), source="1"))
    with Image.open(io.BytesIO(viewer.next())) as shown:
        assert shown.size == (320, 240)
    viewer.close()


def test_ten_a_second_are_wanted_at_the_most(page: WebSink) -> None:
    viewer = Viewer(page)
    assert eventually(lambda: page.wants("0"))
    assert page._page is not None
    until, small = time.monotonic() + 1.0, _frame(size=(64, 48))
    while time.monotonic() < until:
        if page.wants("0"):
            page.frame(small, "")
        page.frame(small, "")  # one that nobody asked for
        time.sleep(0.004)
    assert 8 <= page._page.pictures.encoded <= 11
    viewer.close()


def test_who_is_slow_sees_the_newest(page: WebSink) -> None:
    viewer = Viewer(page)
    assert eventually(lambda: _watching(page) == 1)
    pictures = page._page.pictures if page._page else None
    assert pictures is not None
    assert page._server is not None
    big = bytes(2_000_000)
    for number in range(40):
        page._server.call(pictures.show, "0", bytes([number]) + big)
        time.sleep(0.01)
    seen = [viewer.next()[0]]
    while seen[-1] != 39:
        seen.append(viewer.next()[0])
    assert len(seen) < 20
    assert seen == sorted(set(seen))
    viewer.close()


def test_sources_by_name(page: WebSink) -> None:
    assert Viewer(page, "?source=2").status == 404
    assert ask(page, "/api/live.mjpeg?source=2").text == "Nothing that is looked at has this name.\n"


def test_viewers_end_with_the_server() -> None:
    with served() as sink:
        viewers = [Viewer(sink) for _ in range(3)]
        assert eventually(lambda: _watching(sink) == 3)
        begun = time.monotonic()
    assert time.monotonic() - begun < 0.5
    assert not any(thread.name == "web" for thread in threading.enumerate())
    for viewer in viewers:
        viewer.close()


def test_many_viewers_share_what_is_sent() -> None:
    pictures = LivePictures(most=100)
    for _ in range(50):
        pictures.begin("0")
    small, encoded = _frame(size=(64, 48)), 0
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        encoded += pictures.encode(small) is not None
        time.sleep(0.004)
    assert encoded in (4, 5)
    for _ in range(50):
        pictures.end("0")
    assert pictures.encode(small) is None
