"""A page that is served, and what asks it."""

import contextlib
import http.client
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from unittest import mock

from edge_runtime.errors import SinkError
from edge_runtime.events import Counters
from edge_runtime.frames.health import SourceHealth
from edge_runtime.sinks.base import SinkContext, SinkKind
from edge_runtime.sinks.web import VARIABLE, WebKind, WebSink
from tests.edge_runtime.fake_source import FakeSource

TOKEN = "a-token-of-30-letters-and-more"
ANY = "127.0.0.1:0"


def healthy(name: str, **changed: Any) -> SourceHealth:
    """A source that gives frames."""
    given = {"live": True, "age": 0.5, "away": False, "ended": False, "failure": None, "counters": Counters(frames=5)}
    return SourceHealth(name, **{**given, **changed})


def context(
    sources: Sequence[str] = ("0",),
    health: Callable[[], Sequence[SourceHealth]] | None = None,
    words: Mapping[str, Sequence[str]] | None = None,
    kinds: tuple[SinkKind, ...] = (),
) -> SinkContext:
    """A session of sources with these names."""
    return SinkContext(
        tuple(FakeSource([], name=name) for name in sources),
        None,
        False,
        lambda: None,
        words=words or {},
        health=health or (lambda: tuple(healthy(name) for name in sources)),
        kinds=kinds,
    )


@contextlib.contextmanager
def served(
    kind: WebKind | None = None, session: SinkContext | None = None, port: int = 0, token: str | None = None
) -> Iterator[WebSink]:
    """A page; `token` opens it, where one is given."""
    asked = kind or WebKind(address=f"127.0.0.1:{port}", token=token)
    with mock.patch.dict(os.environ):
        os.environ.pop(VARIABLE, None)
        (wanted,) = asked.sinks(session or context())
    assert isinstance(wanted.sink, WebSink)
    sink = wanted.sink
    sink.check()
    until = time.monotonic() + 5
    while True:
        try:
            sink.open()
            break
        except SinkError:  # the server before on this port is about to end
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
    try:
        yield sink
    finally:
        sink.close()


class Answer:
    """What came back."""

    def __init__(self, answer: http.client.HTTPResponse, body: bytes) -> None:
        self.status, self.headers, self.body = answer.status, answer.headers, body

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    sink: WebSink, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """A whole answer; `headers` may name another `Host`."""
    connection = http.client.HTTPConnection(sink.address.host, sink.address.port, timeout=10)
    given = dict(headers or {})
    try:
        connection.putrequest(method, path, skip_host="Host" in given)
        if body is not None and "Content-Length" not in given:
            given["Content-Length"] = str(len(body))
        for name, value in given.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer(answer, answer.read())
    finally:
        connection.close()


def eventually(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether something comes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.01)
    return holds()


class Listener:
    """One who listens to the stream of events."""

    def __init__(self, sink: WebSink, after: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection(sink.address.host, sink.address.port, timeout=10)
        given = {**(headers or {}), **({"Last-Event-ID": after} if after else {})}
        self._connection.request("GET", "/api/stream", headers=given)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.headers = self._answer.headers
        self.last: str | None = after

    def next(self, kind: str | None = None) -> tuple[str, Any]:
        """The next event of a kind, or of any but reports of health."""
        while True:
            told: dict[str, str] = {}
            while line := self._answer.readline().decode().rstrip("\n"):
                name, _, value = line.partition(": ")
                told[name] = value
            if not told:
                raise EOFError
            self.last = told.get("id", self.last)
            if told["event"] == kind or (kind is None and told["event"] != "health"):
                return told["event"], json.loads(told["data"])

    def close(self) -> None:
        self._answer.close()
        self._connection.close()
