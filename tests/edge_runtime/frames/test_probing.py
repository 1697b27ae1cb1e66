import hashlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from edge_runtime.errors import SourceAwayError, SourceError
from edge_runtime.frames import probing
from edge_runtime.frames.probing import has_end, why_not
from tests.edge_runtime.frames.servers import free_port


@contextmanager
def _server(answer: Callable[[str], str | None]) -> Iterator[int]:
    """Answers every request with text; None keeps silent."""
    listener = socket.create_server(("127.0.0.1", 0))
    held = []

    def serve() -> None:
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            said = answer(connection.recv(4096).decode())
            if said is None:
                held.append(connection)
            else:
                connection.sendall(said.encode())
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in held:
            connection.close()


def _why(answer: str | None, spec: str = "rtsp://127.0.0.1:{port}/live") -> str:
    with _server(lambda _: answer) as port:
        sentence = str(why_not(spec.format(port=port)))
        return sentence.replace(f":{port}", "")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("RTSP/1.0 403 Forbidden\r\n\r\n", "forbids it to this user (403); check the rights of the user on the camera"),
        (
            "RTSP/1.0 454 Session Not Found\r\n\r\n",
            "there is no such stream on 127.0.0.1 (404); check what follows the host",
        ),
        (
            "RTSP/1.0 503 Service Unavailable\r\n\r\n",
            'the server answers "503 Service Unavailable"; look into its log, or try again later',
        ),
        (
            "RTSP/1.0 302 Moved\r\nLocation: rtsp://anna:geheim@cam/x\r\n\r\n",
            "leads on to rtsp://cam/x, which cannot be read; use that address",
        ),
        (
            "RTSP/1.0 200 OK\r\nContent-Length: 22\r\n\r\nm=audio 0 RTP/AVP 8\r\n\r\n",
            "the stream has no video; check what follows the host",
        ),
        (
            "RTSP/1.0 200 OK\r\n\r\nm=video 0 RTP/AVP 98\r\na=rtpmap:98 VVC/90000\r\n",
            "the video (VVC) cannot be read; have the camera send H.264",
        ),
        ("SSH-2.0-OpenSSH_9.2\r\n", "127.0.0.1 does not speak RTSP; check the port"),
    ],
)
def test_what_an_answer_means(answer: str, sentence: str) -> None:
    assert _why(answer) == f"rtsp://127.0.0.1/live: {sentence}"


def test_what_comes_over_http() -> None:
    spec = "http://127.0.0.1:{port}/x"
    assert "what comes (application/zip) is not a video" in _why(
        "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n\r\n", spec
    )


def test_a_server_that_keeps_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "PROBE_SECONDS", 0.2)
    assert _why(None) == (
        "rtsp://127.0.0.1/live: 127.0.0.1 does not answer; check the address, and that it is switched on and in reach"
    )


@pytest.mark.parametrize("qop", ["", ', qop="auth"'])
def test_signs_in_by_digest(qop: str) -> None:
    """RFC 2617: right name and password, so what is wrong is the path."""

    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    def answer(request: str) -> str:
        fields = dict(re.findall(r'(\w+)="?([^",\r]+)"?', request.partition("Authorization: Digest ")[2]))
        if not fields:
            return f'RTSP/1.0 401 No\r\nWWW-Authenticate: Digest realm="a, b", nonce="12"{qop}\r\n\r\n'
        who, what = md5("an na:a, b:ge/heim"), md5(f"DESCRIBE:{fields['uri']}")
        middle = "12" if not qop else f"12:{fields['nc']}:{fields['cnonce']}:auth"
        right = fields["response"] == md5(f"{who}:{middle}:{what}")
        return "RTSP/1.0 404 Not Found\r\n\r\n" if right else "RTSP/1.0 401 No\r\n\r\n"

    with _server(answer) as port:
        assert "there is no such stream" in str(why_not(f"rtsp://an%20na:ge%2Fheim@127.0.0.1:{port}/live"))
        wrong = str(why_not(f"rtsp://an%20na:falsch@127.0.0.1:{port}/live"))
    assert wrong == f"rtsp://127.0.0.1:{port}/live: refuses the name or password; check both"


@pytest.mark.parametrize(
    ("answer", "away"),
    [
        ("RTSP/1.0 401 Unauthorized\r\n\r\n", False),
        ("RTSP/1.0 403 Forbidden\r\n\r\n", False),
        ("RTSP/1.0 404 Not Found\r\n\r\n", False),
        ("RTSP/1.0 400 Bad Request\r\n\r\n", False),
        ("RTSP/1.0 408 Request Timeout\r\n\r\n", True),
        ("RTSP/1.0 500 Internal Server Error\r\n\r\n", True),
        ("RTSP/1.0 503 Service Unavailable\r\n\r\n", True),
        ("RTSP/1.0 200 OK\r\n\r\nm=audio 0 RTP/AVP 8\r\n", False),
        ("RTSP/1.0 200 OK\r\n\r\nm=video 0 RTP/AVP 98\r\na=rtpmap:98 VVC/90000\r\n", False),
        ("RTSP/1.0 200 OK\r\n\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n", True),
        ("SSH-2.0-OpenSSH_9.2\r\n", False),
        ("", True),
    ],
)
def test_what_waiting_may_help(answer: str, away: bool) -> None:
    with _server(lambda _: answer) as port:
        found = why_not(f"rtsp://127.0.0.1:{port}/live")
    assert type(found) is (SourceAwayError if away else SourceError)


@pytest.mark.parametrize(
    ("answer", "away", "said"),
    [
        ("text/html\r\n\r\n<html>", False, "a web page, not a stream; use the address of the stream in it"),
        (
            "video/mp4\r\n\r\n",
            True,
            "the server answers, and sends nothing (video/mp4); check that the camera is running",
        ),
        ("multipart/x-mixed-replace\r\n\r\n--a", True, "does not begin, or too slowly"),
        ("video/mp4\r\n\r\nx", False, "what comes (video/mp4) is not a video that can be read"),
    ],
)
def test_what_comes_over_http_and_cannot_be_opened(answer: str, away: bool, said: str) -> None:
    with _server(lambda _: f"HTTP/1.1 200 OK\r\nContent-Type: {answer}") as port:
        found = why_not(f"http://127.0.0.1:{port}/live")
    assert said in str(found)
    assert type(found) is (SourceAwayError if away else SourceError)


def test_redirects_that_lead_nowhere() -> None:
    with _server(lambda _: "HTTP/1.1 302 Found\r\nLocation: /live/SECRETKEY?pwd=geheim\r\n\r\n") as port:
        host = f"http://127.0.0.1:{port}"
        assert str(why_not(f"{host}/live")) == (
            f"{host}/live: leads from one address to another without an end, at last to {host}/live/***?pwd=***; "
            "use the right one"
        )


def test_what_a_server_says_is_cut() -> None:
    said = _why(f"RTSP/1.0 500 {'no ' * 1000}\r\n\r\n")
    assert len(said) < 200


@pytest.mark.parametrize("code", ["\x1b[2J", "\x07", "\x9b2J", "\u2028", "\u202e"])
def test_what_a_server_says_does_not_steer_the_terminal(code: str) -> None:
    said = _why(f"RTSP/1.0 400 Bad{code}x\r\n\r\n")
    assert 'the server answers "400 Bad?' in said
    assert said.isprintable()
    said = _why(f"HTTP/1.1 200 OK\r\nContent-Type: a/{code}b\r\n\r\nx", "http://127.0.0.1:{port}/x")
    assert "what comes (a/?" in said
    assert said.isprintable()


def test_too_slow_is_said() -> None:
    with _server(lambda _: "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\nx") as port:
        said = str(why_not(f"http://127.0.0.1:{port}/x", slow=True))
    assert "what comes (video/mp4) comes too slowly to be read" in said


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("Content-Type: image/jpeg", True),
        ("Content-Type: video/mp4\r\nContent-Length: 1000", True),
        ("Content-Type: application/octet-stream\r\nContent-Length: 1000", True),
        ("Content-Type: video/mp4", False),
        ("Content-Type: multipart/x-mixed-replace; boundary=a\r\nContent-Length: 1000", False),
        ("Content-Type: application/vnd.apple.mpegurl\r\nContent-Length: 1000", False),
        ("Content-Type: video/x-motion-jpeg\r\nContent-Length: 9999999999", False),
    ],
)
def test_what_has_an_end(headers: str, expected: bool) -> None:
    with _server(lambda _: f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\nx") as port:
        assert has_end(f"http://127.0.0.1:{port}/x") is expected


def test_a_server_that_has_gone_has_no_end() -> None:
    assert has_end(f"http://127.0.0.1:{free_port()}/x") is False
