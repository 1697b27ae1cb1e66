"""Engines and players that make no sound, and a Wyoming server that does as it is told."""

import json
import socket
import stat
import threading
import time
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from edge_runtime.speech.audio import Chunk, Format
from edge_runtime.speech.player import Player

RATE = 22_050


def script(folder: Path, name: str, body: str) -> Path:
    """A program of the shell's."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def player_to(folder: Path, body: str | None = None) -> tuple[Player, Path]:
    """A player that appends what it is to play to a file, and a line of its arguments to another beside it."""
    heard = folder / "heard.raw"
    program = script(folder, "aplay", body or f'echo "$@" >> {heard}.arguments\ncat >> {heard}')
    return Player("--speak test", str(program)), heard


class FakeEngine:
    """Says each sentence as silence of some seconds, and remembers what it was asked for.

    Attributes:
        asked: Texts, with their languages.
        gate: Set while it may speak.
        failure: Raised in the place of a sentence.
    """

    name = "--speak test"

    def __init__(self, seconds: float = 0.0) -> None:
        self.asked: list[tuple[str, str]] = []
        self.closed = 0
        self.gate = threading.Event()
        self.gate.set()
        self.failure: Exception | None = None
        self._seconds = seconds

    @property
    def texts(self) -> list[str]:
        return [text for text, _ in self.asked]

    def check(self, languages: Iterable[str]) -> None:
        pass

    def say(self, text: str, language: str, stopped: Callable[[], bool]) -> Generator[Chunk, None, None]:
        self.asked.append((text, language))
        try:
            while not self.gate.wait(0.01):
                if stopped():
                    return
            if self.failure is not None:
                raise self.failure
            yield Chunk(Format(RATE), text.encode() + bytes(len(text.encode()) % 2))
            until = time.monotonic() + self._seconds
            while time.monotonic() < until and not stopped():
                time.sleep(0.01)
        finally:
            self.closed += 1


def wait_for(found: Callable[[], Any], seconds: float = 5.0) -> None:
    """Wait until something is so."""
    by = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < by, "it never came"
        time.sleep(0.005)


def message(kind: str, data: dict[str, Any] | None = None, payload: bytes = b"") -> bytes:
    """A message of the protocol, as its own package writes it: the data behind the line."""
    body = json.dumps(data).encode() if data else b""
    header = {"type": kind, "version": "1.7.2"}
    header |= {"data_length": len(body)} if body else {}  # type: ignore[dict-item]
    header |= {"payload_length": len(payload)} if payload else {}  # type: ignore[dict-item]
    return json.dumps(header).encode() + b"\n" + body + payload


def sound(samples: bytes, rate: int = RATE) -> bytes:
    """A sentence as Piper's server sends it."""
    facts = {"rate": rate, "width": 2, "channels": 1}
    return (
        message("audio-start", facts)
        + message("audio-chunk", {**facts, "timestamp": 0}, samples[:4])
        + message("audio-chunk", facts, samples[4:])
        + message("audio-stop", {"timestamp": 3})
    )


class FakeWyoming:
    """A server that answers whatever it is asked with bytes that were chosen before.

    Attributes:
        asked: The data of each request.
        answer: What it says to each; None for nothing at all.
        stays: Whether it keeps the connection once it has answered.
    """

    def __init__(self, answer: bytes | None, stays: bool = False) -> None:
        self.answer, self.stays = answer, stays
        self.asked: list[dict[str, Any]] = []
        self._end = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.address = f"wyoming://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            header = json.loads(stream.readline())
            assert header["type"] == "synthesize"
            self.asked.append(json.loads(stream.read(header["data_length"])))
            if self.answer is not None:
                connection.sendall(self.answer)
            if self.answer is None or self.stays:
                self._end.wait(10)
