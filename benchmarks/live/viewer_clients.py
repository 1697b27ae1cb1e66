"""Those who look at the live page, in a process of their own, so that what they cost is not counted as ours."""

import asyncio
import contextlib
import json
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection

_ASKING = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
_CHUNK = 1 << 16
_TOLD = ("words", "caption")


@dataclass(frozen=True)
class Heard:
    """What one listener was told.

    Attributes:
        at: Seconds of `time.monotonic`, which processes of a machine share.
        kind: `words` or `caption`.
        frame: Number of the frame.
    """

    at: float
    kind: str
    frame: int


@contextlib.contextmanager
def listening(port: int) -> Iterator[list[Heard]]:
    """One who listens; the list is filled at the end.

    Args:
        port: Of the page, on 127.0.0.1.
    """
    found: list[Heard] = []
    with _process(_listen, port) as pipe:
        yield found
        pipe.send(None)
        found.extend(pipe.recv())


@contextlib.contextmanager
def watching(port: int, viewers: int) -> Iterator[dict[str, int]]:
    """Viewers, each of whom takes events and the live picture; the bytes that each kind was sent are told at the end.

    Args:
        port: Of the page, on 127.0.0.1.
        viewers: How many.
    """
    found: dict[str, int] = {}
    with _process(_watch, port, viewers) as pipe:
        yield found
        pipe.send(None)
        found.update(pipe.recv())


@contextlib.contextmanager
def _process(target: object, *arguments: object) -> Iterator[Connection]:
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=target, args=(theirs, *arguments), daemon=True)  # type: ignore[arg-type]
    process.start()
    ours.recv()  # it is connected
    try:
        yield ours
    finally:
        process.join(5)
        process.terminate()


def _listen(pipe: Connection, port: int) -> None:
    asyncio.run(_listening(pipe, port))


def _watch(pipe: Connection, port: int, viewers: int) -> None:
    asyncio.run(_watching(pipe, port, viewers))


async def _listening(pipe: Connection, port: int) -> None:
    heard: list[Heard] = []

    async def hear() -> None:
        reader, _writer = await _ask(port, "/api/stream")
        kind = ""
        while line := await reader.readline():
            name, _, value = line.decode().rstrip("\r\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "data" and kind in _TOLD:
                heard.append(Heard(time.monotonic(), kind, json.loads(value)["frame"]))

    hearing = asyncio.create_task(hear())
    await _until_told(pipe)
    hearing.cancel()
    pipe.send(heard)


async def _watching(pipe: Connection, port: int, viewers: int) -> None:
    taken = {"events": 0, "picture": 0}

    async def take(kind: str, path: str) -> None:
        reader, _writer = await _ask(port, path)
        while part := await reader.read(_CHUNK):
            taken[kind] += len(part)

    paths = {"events": "/api/stream", "picture": "/api/live.mjpeg"}
    tasks = [asyncio.create_task(take(kind, path)) for _ in range(viewers) for kind, path in paths.items()]
    await _until_told(pipe)
    for task in tasks:
        task.cancel()
    pipe.send(taken)


async def _ask(port: int, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_ASKING.format(path=path).encode())
    await writer.drain()
    return reader, writer  # a writer that nobody holds closes the connection


async def _until_told(pipe: Connection) -> None:
    pipe.send("connected")
    await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
