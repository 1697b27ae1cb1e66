import base64
import socket
import threading
import time
from collections.abc import Callable, Iterable

import pytest

from edge_runtime.frames import exchange
from edge_runtime.frames.addresses import parsed
from edge_runtime.frames.exchange import Answer, asked
from tests.edge_runtime.frames.servers import tcp_server

_SECONDS = 0.5


def _drip(parts: Iterable[str]) -> Callable[[str, socket.socket], None]:
    def answer(_: str, connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part.encode())
            time.sleep(0.05)

    return answer


def _timed(spec: str) -> tuple[float, Answer | None]:
    begun = time.monotonic()
    try:
        return 0, asked(parsed(spec), _SECONDS)
    except TimeoutError:
        return time.monotonic() - begun, None


@pytest.mark.parametrize(
    "parts",
    [
        ["H"] * 100,
        ["HTTP/1.1 200 OK\r\n", *["X: y\r\n"] * 100],
    ],
    ids=["the first line", "headers"],
)
@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_server_that_drips_is_left_at_the_deadline(scheme: str, parts: list[str]) -> None:
    with tcp_server(_drip(parts)) as port:
        seconds, answer = _timed(f"{scheme}://127.0.0.1:{port}/live")
    assert answer is None
    assert _SECONDS <= seconds < _SECONDS + 1


def test_a_body_that_drips_is_not_waited_for() -> None:
    described = "RTSP/1.0 200 OK\r\nContent-Length: 5000\r\n\r\n"
    with tcp_server(_drip([described, *["m=video\r\n"] * 100])) as port:
        begun = time.monotonic()
        answer = asked(parsed(f"rtsp://127.0.0.1:{port}/live"), _SECONDS)
        seconds = time.monotonic() - begun
    assert answer is not None
    assert answer.status == 200
    assert answer.body.startswith("m=video")
    assert seconds < _SECONDS + 1


def test_redirects_share_the_deadline() -> None:
    asks: list[str] = []

    def answer(request: str, connection: socket.socket) -> None:
        asks.append(request)
        time.sleep(0.2)
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: /{len(asks)}\r\n\r\n".encode())

    with tcp_server(answer) as port:
        seconds, _ = _timed(f"http://127.0.0.1:{port}/0")
    assert _SECONDS <= seconds < _SECONDS + 1
    assert len(asks) <= 3


def test_the_look_up_of_a_name_is_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "create_connection", lambda *_: over.wait(10))
    seconds, answer = _timed("http://cam/live")
    over.set()
    assert answer is None
    assert _SECONDS <= seconds < _SECONDS + 1


def test_redirects_are_followed_and_the_password_is_kept_for_its_server() -> None:
    asks: list[str] = []

    def elsewhere(request: str, connection: socket.socket) -> None:
        asks.append(request)
        connection.sendall(b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n\r\n")

    def answer(request: str, connection: socket.socket) -> None:
        asks.append(request)
        if "Authorization" not in request:
            connection.sendall(b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n\r\n")
        elif "/two" in request:
            connection.sendall(f"HTTP/1.1 307 On\r\nLocation: http://127.0.0.1:{other}/x\r\n\r\n".encode())
        else:
            connection.sendall(b"HTTP/1.1 301 On\r\nLocation: two?a=b\r\n\r\n")

    with tcp_server(elsewhere) as other, tcp_server(answer) as port:
        found = asked(parsed(f"http://anna:geheim@127.0.0.1:{port}/one"), 5)
    assert found is not None
    assert (found.status, found.address.port) == (401, other)
    signed = base64.b64encode(b"anna:geheim").decode()
    assert [(one.split()[1], signed in one) for one in asks] == [
        ("/one", False),
        ("/one", True),
        ("/two?a=b", False),
        ("/two?a=b", True),
        ("/x", False),
    ]


def test_a_circle_of_redirects_ends() -> None:
    asks: list[str] = []

    def answer(request: str, connection: socket.socket) -> None:
        asks.append(request)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n")

    with tcp_server(answer) as port:
        found = asked(parsed(f"http://127.0.0.1:{port}/"), 5)
    assert found is not None
    assert found.status == 302
    assert len(asks) == exchange._MOST_REDIRECTS


def test_a_connection_that_ends_without_a_word_is_no_answer() -> None:
    with tcp_server(lambda *_: None) as port, pytest.raises(ConnectionResetError):
        asked(parsed(f"http://127.0.0.1:{port}/"), 5)
