"""A voice behind a server of the Wyoming protocol, as Piper's is: a line of JSON, then what it announces, over TCP.

The protocol is published by the Open Home Foundation. Of it we say `synthesize` and understand `audio-chunk`, `audio-stop` and `error`;
what else a server says is passed over. Each sentence has a connection of its own, so a server that was started again is no matter.
"""

import json
import re
import select
import socket
import time
import urllib.parse
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import OptionError, SpeechError
from edge_runtime.speech.audio import SAMPLE_BYTES, Chunk, Format

SCHEME, USUAL_PORT = "wyoming", 10_200
ANSWER_SECONDS = 5.0
"""A server that says nothing whole for so long hangs."""
_CONNECT_SECONDS = 2.0
_POLL_SECONDS = 0.05
_MOST_LINE, _MOST_DATA, _MOST_PAYLOAD = 1 << 16, 1 << 20, 1 << 22
_MOST_SECONDS = 60.0
"""Of sound for a sentence: a server that goes on for ever is not listened to for ever."""


@dataclass(frozen=True)
class WyomingAddress:
    """Where a server is.

    Attributes:
        host: Name or number.
        port: As written, or the usual one.
    """

    host: str
    port: int

    @classmethod
    def parsed(cls, address: str) -> "WyomingAddress":
        """Take an address apart.

        Args:
            address: `wyoming://HOST:PORT`.

        Raises:
            OptionError: It is none.
        """
        shown = plain(shortened(address))
        try:
            parts = urllib.parse.urlsplit(address)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
            parts = urllib.parse.SplitResult("", "", "", "", "")
        rest = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
        if parts.scheme != SCHEME or not host or rest or port == 0 or not re.fullmatch(r"[\w.:%-]+", host, re.ASCII):
            raise OptionError(f"speech engine {shown}: no address of a server; write {SCHEME}://127.0.0.1:{USUAL_PORT}")
        return cls(host, port or USUAL_PORT)


class Wyoming:
    """Speaks by a server.

    Args:
        address: `wyoming://HOST:PORT`.
        voice: Name of one of the server's voices; None for the one that it has for the language, or its usual one.

    Attributes:
        name: For messages.

    Raises:
        OptionError: It is no such address.
    """

    def __init__(self, address: str, voice: str | None = None) -> None:
        self.name = f"--speak {address}"
        self._address, self._voice = WyomingAddress.parsed(address), voice

    def check(self, languages: Iterable[str]) -> None:
        """Nothing: a server that is down may come."""

    def say(self, text: str, language: str, stopped: Callable[[], bool]) -> Generator[Chunk, None, None]:
        """Yield the sound of a sentence; see `Engine`.

        Args:
            text: One line.
            language: Its BCP 47 tag.
            stopped: Whether nobody wants to hear it any more.

        Raises:
            SpeechError: The server is not there, refuses, hangs, or says what is not understood.
        """
        voice = {"name": self._voice} if self._voice else {"language": language.replace("-", "_")}
        asked = _message("synthesize", {"text": text, "voice": voice})
        left = _MOST_SECONDS
        try:
            with self._connected() as connection:
                connection.sendall(asked)
                for kind, data, payload in _Messages(connection, stopped).read():
                    if kind == "error":
                        said = plain(shortened(str(data.get("text") or "no reason"), 100))
                        raise SpeechError(f"{self.name}: the server cannot say it ({said}); see its log")
                    if kind == "audio-stop":
                        return
                    if kind == "audio-chunk" and payload and left > 0:
                        chunk = Chunk(_format(data), payload[: len(payload) // SAMPLE_BYTES * SAMPLE_BYTES])
                        left -= len(payload) / chunk.format.bytes_per_second
                        yield chunk
                    elif left <= 0:
                        raise ValueError("a sentence without an end")
        except TimeoutError:
            raise SpeechError(f"{self.name}: the server does not answer; see whether it is busy or hangs") from None
        except OSError as error:
            if isinstance(error, SpeechError):
                raise
            raise SpeechError(f"{self.name}: no server is there ({error.strerror or error}); start it") from None
        except (ValueError, RecursionError) as error:
            if isinstance(error, SpeechError):
                raise
            raise SpeechError(
                f"{self.name}: the server says what is no Wyoming protocol; see what listens there"
            ) from None

    def _connected(self) -> socket.socket:
        try:
            return socket.create_connection((self._address.host, self._address.port), _CONNECT_SECONDS)
        except UnicodeError:  # a label that is too long for the resolver
            raise OSError(0, "no such name") from None


class _Messages:
    """What a server says, each message within its time and size."""

    def __init__(self, connection: socket.socket, stopped: Callable[[], bool]) -> None:
        self._connection, self._stopped = connection, stopped
        self._given = bytearray()
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)

    def read(self) -> Iterator[tuple[str, dict[str, Any], bytes]]:
        """Yield kind, data and payload of each message, until it is not wanted any more.

        Raises:
            TimeoutError: A message takes too long.
            OSError: The connection broke.
            ValueError, RecursionError: It is no such message.
        """
        while True:
            by = time.monotonic() + ANSWER_SECONDS
            while (end := self._given.find(b"\n")) < 0:
                if len(self._given) > _MOST_LINE:
                    raise ValueError("a line without an end")
                if not self._more(by):
                    return
            header = _table(self._given[:end])
            del self._given[: end + 1]
            more = self._take(_length(header, "data_length", _MOST_DATA), by)
            payload = self._take(_length(header, "payload_length", _MOST_PAYLOAD), by)
            if more is None or payload is None:
                return
            data = header.get("data") or {}
            yield str(header.get("type")), {**data, **(_table(more) if more else {})}, payload

    def _take(self, count: int, by: float) -> bytes | None:
        while len(self._given) < count:
            if not self._more(by):
                return None
        found = bytes(self._given[:count])
        del self._given[:count]
        return found

    def _more(self, by: float) -> bool:
        """Read what there is; whether it is still wanted."""
        while not self._poll.poll(_POLL_SECONDS * 1e3):
            if self._stopped():
                return False
            if time.monotonic() > by:
                raise TimeoutError
        given = self._connection.recv(1 << 16)
        if not given:
            raise ConnectionResetError(0, "it has hung up")
        self._given += given
        if time.monotonic() > by:
            raise TimeoutError
        return not self._stopped()


def _message(kind: str, data: dict[str, Any]) -> bytes:
    body = json.dumps(data).encode()
    header = json.dumps({"type": kind, "version": "1.0.0", "data_length": len(body)})
    return header.encode() + b"\n" + body


def _table(given: bytes | bytearray) -> dict[str, Any]:
    found = json.loads(given)
    if not isinstance(found, dict) or not isinstance(found.get("data") or {}, dict):
        raise ValueError("no table")
    return found


def _length(header: dict[str, Any], name: str, most: int) -> int:
    found = header.get(name) or 0
    if type(found) is not int or not 0 <= found <= most:
        raise ValueError(name)
    return found


def _format(data: dict[str, Any]) -> Format:
    if data.get("width") != SAMPLE_BYTES:
        raise ValueError("samples of another width")
    return Format(data.get("rate", 0), data.get("channels", 0))
