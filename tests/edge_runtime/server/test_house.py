"""The house without the live page: another application behind the guard, and clients that want too much of it."""

import contextlib
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest

pytest.importorskip("starlette", reason="the extra web is not installed")

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from edge_runtime.errors import ServerError
from edge_runtime.server.address import Address
from edge_runtime.server.guard import Guard
from edge_runtime.server.hosts import Hosts
from edge_runtime.server.http_server import HttpServer
from edge_runtime.server.limits import Limits
from edge_runtime.server.listening import check_listening, listen
from tests.edge_runtime.server.serving import eventually

SMALL = Limits(connections=4, head_bytes=2048, head_seconds=0.4, body_bytes=100, body_seconds=0.4, stall_seconds=0.5)
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


async def _echo(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())}")


async def _flood(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536

    return StreamingResponse(parts())


class _House:
    def __init__(self) -> None:
        app = Starlette(routes=[Route("/", _echo, methods=["GET", "POST"]), Route("/flood", _flood)])
        address = Address("127.0.0.1", 0)
        self.server = HttpServer(Guard(app, Hosts(address), SMALL), SMALL)
        listening = listen("--test 127.0.0.1:0", address)
        self.port = listening.getsockname()[1]
        self.server.start(listening)

    @property
    def connections(self) -> int:
        return len(self.server._server.server_state.connections)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 5)

    def exchange(self, sent: bytes) -> bytes:
        """What comes back until the server closes the connection, or has nothing more to say for a while."""
        with self.connect() as client:
            client.sendall(sent)
            return _read(client)


def _read(client: socket.socket, seconds: float = 2.0) -> bytes:
    client.settimeout(seconds)
    found = b""
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        while part := client.recv(65536):
            found += part
            head, whole, body = found.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            if whole and length and len(body) >= int(length[1]):
                break
    return found


@pytest.fixture
def house() -> Iterator[_House]:
    made = _House()
    yield made
    assert made.server.close(3)


def test_another_application_lives_in_it(house: _House) -> None:
    answer = house.exchange(HEAD + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"default-src 'none'" in answer
    assert answer.endswith(b"\r\n\r\n0")


def test_a_head_that_never_ends_is_cut(house: _House) -> None:
    with house.connect() as client:
        begun = time.monotonic()
        for part in (HEAD[:10], HEAD[10:20], HEAD[20:]):
            client.sendall(part)
            time.sleep(0.1)
        assert _read(client) == b""
        assert 0.3 < time.monotonic() - begun < 1.5


def test_a_connection_that_asks_nothing_is_cut(house: _House) -> None:
    with house.connect() as client:
        begun = time.monotonic()
        assert _read(client) == b""
        assert 0.3 < time.monotonic() - begun < 1.5


def test_the_second_request_of_a_connection_has_the_same_time(house: _House) -> None:
    with house.connect() as client:
        client.sendall(HEAD + b"\r\n")
        assert b"200 OK" in _read(client)
        client.sendall(HEAD)
        begun = time.monotonic()
        assert _read(client) == b""
        assert 0.3 < time.monotonic() - begun < 1.5


def test_a_head_that_is_too_long(house: _House) -> None:
    answer = house.exchange(HEAD + b"X-Long: " + b"a" * 4000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 4")
    assert house.exchange(HEAD + b"\r\n").endswith(b"0")


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\n\r\n", b"GET\r\n\r\n", b"\r\n" * 2000, b"\x00" * 3000]
)
def test_what_is_no_request(house: _House, sent: bytes) -> None:
    answer = house.exchange(sent)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert house.exchange(HEAD + b"\r\n").endswith(b"0")


POST = b"POST / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize("length", [b"101", b"9" * 18, b"1000000"])
def test_a_body_that_says_that_it_is_too_long_is_not_read(house: _House, length: bytes) -> None:
    begun = time.monotonic()
    answer = house.exchange(POST + b"Content-Length: " + length + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b"A request may have 100 bytes at most.\n")
    assert time.monotonic() - begun < 0.3


def test_a_body_that_does_not_say_so_is_cut(house: _House) -> None:
    chunk = b"32\r\n" + b"a" * 50 + b"\r\n"
    assert house.exchange(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + b"0\r\n\r\n").endswith(b"50")
    assert house.exchange(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 3).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_never_comes(house: _House) -> None:
    begun = time.monotonic()
    answer = house.exchange(POST + b"Content-Length: 50\r\n\r\nabc")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert 0.3 < time.monotonic() - begun < 1.5


def test_who_takes_nothing_is_cut_with_all_that_waits(house: _House) -> None:
    with house.connect() as client:
        client.sendall(b"GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert eventually(lambda: house.connections == 1)
        assert eventually(lambda: house.connections == 0, 5)
    assert eventually(lambda: house.exchange(HEAD + b"\r\n").endswith(b"0"))


def test_a_further_connection_is_closed_at_once(house: _House) -> None:
    with contextlib.ExitStack() as open_ones:
        waiting = [open_ones.enter_context(house.connect()) for _ in range(4)]
        time.sleep(0.05)
        begun = time.monotonic()
        with house.connect() as one_more:
            assert _read(one_more) == b""
        assert time.monotonic() - begun < 0.3
        waiting[0].sendall(HEAD + b"\r\n")
        assert _read(waiting[0]).endswith(b"0")
    assert eventually(lambda: house.exchange(HEAD + b"\r\n").endswith(b"0"))


def test_it_ends_while_a_client_is_served() -> None:
    house = _House()
    with house.connect() as client:
        client.sendall(b"GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.recv(100)
        begun = time.monotonic()
        assert house.server.close(5)
        assert time.monotonic() - begun < 0.45
    house.server.call(print, "nothing is called any more")


def test_a_port_that_another_program_has() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = Address("127.0.0.1", other.getsockname()[1])
        for ask in (check_listening, listen):
            with pytest.raises(
                ServerError, match=r"^--x: another program listens there; end it, or name another port$"
            ):
                ask("--x", address)
    check_listening("--x", address)
    listen("--x", address).close()


def test_a_port_that_this_process_has_is_shared() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = Address("127.0.0.1", free.getsockname()[1])
    first = listen("--x", address)
    check_listening("--x", address)
    second = listen("--x", address)
    first.close()
    third = listen("--x", address)
    second.close()
    with socket.create_connection((address.host, address.port), 5):
        accepted = threading.Event()
        third.settimeout(5)
        third.accept()[0].close()
        accepted.set()
    third.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((address.host, address.port), 5)


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("192.0.2.7", "--x: not an address of this machine; name one that it has, or 127.0.0.1"),
        ("no-such-host.invalid", "--x: no such host; name this machine's address, such as 127.0.0.1"),
    ],
)
def test_addresses_of_others(host: str, sentence: str) -> None:
    with pytest.raises(ServerError) as refused:
        listen("--x", Address(host, 8080))
    assert str(refused.value) == sentence
