import socket
import time

import pytest

from edge_runtime.errors import OptionError, SpeechError
from edge_runtime.speech import wyoming
from edge_runtime.speech.wyoming import Wyoming, WyomingAddress
from tests.edge_runtime.speech.stand_ins import RATE, FakeWyoming, message, sound


def _said(server: FakeWyoming, text: str = "a dog", voice: str | None = None) -> bytes:
    return b"".join(chunk.samples for chunk in Wyoming(server.address, voice).say(text, "pt-BR", lambda: False))


def test_a_sentence() -> None:
    with FakeWyoming(sound(b"abcdefgh")) as server:
        chunks = list(Wyoming(server.address).say('a "dog"\n', "pt-BR", lambda: False))
        assert b"".join(chunk.samples for chunk in chunks) == b"abcdefgh"
        assert {(chunk.format.rate, chunk.format.channels) for chunk in chunks} == {(RATE, 1)}
        assert server.asked == [{"text": 'a "dog"\n', "voice": {"language": "pt_BR"}}]
        assert _said(server, voice="de_DE-thorsten-low") == b"abcdefgh"
        assert server.asked[1] == {"text": "a dog", "voice": {"name": "de_DE-thorsten-low"}}


def test_data_in_the_line_and_messages_of_others() -> None:
    line = b'{"type": "audio-chunk", "data": {"rate": 16000, "width": 2, "channels": 1}, "payload_length": 3}\nabc'
    with FakeWyoming(message("info", {"tts": []}) + line + message("pong") + message("audio-stop")) as server:
        assert _said(server) == b"ab"  # half a sample is none


def test_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(SpeechError) as caught:
        list(Wyoming(f"wyoming://127.0.0.1:{port}").say("a dog", "en", lambda: False))
    assert str(caught.value) == f"--speak wyoming://127.0.0.1:{port}: no server is there (Connection refused); start it"
    with pytest.raises(SpeechError, match="no server is there"):
        list(Wyoming(f"wyoming://{'a' * 70}.invalid").say("a dog", "en", lambda: False))


@pytest.mark.parametrize("answer", [None, b"{", sound(b"abcdefgh")[:-5], message("audio-start")])
def test_a_server_that_hangs(answer: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wyoming, "ANSWER_SECONDS", 0.3)
    with FakeWyoming(answer, stays=True) as server, pytest.raises(SpeechError, match="the server does not answer"):
        _said(server)


def test_what_nobody_wants_to_hear_is_not_waited_for() -> None:
    with FakeWyoming(None) as server:
        begun = time.monotonic()
        assert list(Wyoming(server.address).say("a dog", "en", lambda: True)) == []
        assert time.monotonic() - begun < 1


_CHUNK = {"rate": RATE, "width": 2, "channels": 1}


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"[1, 2]\n",
        b'{"type": "audio-chunk", "data": [1]}\n',
        b'{"type": "audio-chunk", "data_length": -1}\n',
        b'{"type": "audio-chunk", "data_length": true}\n',
        b'{"type": "audio-chunk", "payload_length": 1e12}\n',
        b'{"type": "audio-chunk", "payload_length": 999999999999}\n',
        b"[" * 60_000 + b"\n",
        b"x" * 200_000,
        b"\xff\xfe\n",
        message("audio-chunk", {**_CHUNK, "width": 4}, b"abcd"),
        message("audio-chunk", {}, b"abcd"),
        message("audio-chunk", _CHUNK, bytes(1 << 21)) * 3,
    ],
)
def test_a_hostile_server(answer: bytes) -> None:
    with FakeWyoming(answer, stays=True) as server, pytest.raises(SpeechError) as caught:
        _said(server)
    assert (
        str(caught.value)
        == f"--speak {server.address}: the server says what is no Wyoming protocol; see what listens there"
    )


def test_a_rate_that_nothing_plays() -> None:
    with (
        FakeWyoming(message("audio-chunk", {**_CHUNK, "rate": 1}, b"abcd")) as server,
        pytest.raises(SpeechError, match="no loudspeaker plays"),
    ):
        _said(server)


def test_a_server_that_hangs_up() -> None:
    with FakeWyoming(sound(b"abcdefgh")[:-5]) as server, pytest.raises(SpeechError, match=r"\(it has hung up\)"):
        _said(server)


def test_a_server_that_refuses() -> None:
    with (
        FakeWyoming(message("error", {"text": "no voice\x1b[2J", "code": "KeyError"})) as server,
        pytest.raises(SpeechError, match=r"the server cannot say it \(no voice\\x1b\[2J\); see its log"),
    ):
        _said(server)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("wyoming://127.0.0.1:10300", "127.0.0.1", 10300),
        ("wyoming://piper.local/", "piper.local", 10200),
        ("wyoming://[::1]:10200", "::1", 10200),
    ],
)
def test_addresses(address: str, host: str, port: int) -> None:
    assert WyomingAddress.parsed(address) == WyomingAddress(host, port)


@pytest.mark.parametrize(
    "address",
    [
        "wyoming://",
        "wyoming://:10200",
        "wyoming://h:0",
        "wyoming://h:99999",
        "wyoming://h:x",
        "wyoming://u:p@h",
        "wyoming://h/x",
    ]
    + ["wyoming://h?x", "wyoming://h#x", "tcp://h", "wyoming:h", "wyoming://[::1", "wyoming://a b", "wyoming://é"],
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(OptionError, match=r"no address of a server; write wyoming://127\.0\.0\.1:10200$"):
        Wyoming(address)
