import builtins
import importlib.util
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from edge_runtime.cli import main
from edge_runtime.errors import OptionError, SinkError
from edge_runtime.live.options import LiveOptions, read_configuration
from edge_runtime.sinks.base import SinkContext
from edge_runtime.sinks.web import VARIABLE, WebKind
from edge_runtime.sinks.worker import SinkWorker

TOKEN = "a-token-of-30-letters-and-more"
_missing = [name for name in ("starlette", "uvicorn", "prometheus_client") if importlib.util.find_spec(name) is None]
needs_web = pytest.mark.skipif(bool(_missing), reason="the extra web is not installed")


@pytest.fixture(autouse=True)
def no_token_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def _context() -> SinkContext:
    return SinkContext((), None, False, lambda: None)


def _live(*words: str) -> list[str]:
    return ["live", "--source", "/nothing.mp4", *words]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--web", "8080"], "--web 8080: must be HOST:PORT, such as 127.0.0.1:8080"),
        (["--web", "127.0.0.1:70000"], "--web 127.0.0.1:70000: the port must be 0 to 65535"),
        (["--web", "127.0.0.1:80\x1b[31m"], "--web 127.0.0.1:80\\x1b[31m: must be HOST:PORT, such as 127.0.0.1:8080"),
        (["--web", "127.0.0.1:0", "--web-token", "hunter2"], "--web-token: a token must have at least 16 characters; "),
        (["--web", "127.0.0.1:0", "--web-token-file", "/none/token"], "--web-token-file /none/token: cannot be read "),
        (
            ["--web", "0.0.0.0:0"],
            "--web 0.0.0.0:0: others than this machine reach this address; add --web-token-file FILE, or name 127.0.0.1",
        ),
        (["--web", "127.0.0.1:0", "--web-clients", "0"], "--web-clients 0: must be 1 to 1000"),
        (["--web", "127.0.0.1:0", "--web-viewers", "1001"], "--web-viewers 1001: must be 1 to 1000"),
    ],
)
def test_what_is_refused_in_a_sentence(
    words: list[str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"")
    assert main(["live", "--source", str(clip), *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"edge-caption: {sentence}")
    assert err.count("\n") == 1
    assert "hunter2" not in err


def test_a_short_token_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "hunter2")
    with pytest.raises(OptionError, match=rf"^{VARIABLE}: a token must have at least 16 characters; ") as refused:
        list(WebKind(address="127.0.0.1:0").sinks(_context()))
    assert "hunter2" not in str(refused.value)


def test_an_address_of_a_network_with_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    for kind in (WebKind(address="0.0.0.0:0", token=TOKEN), WebKind(address="0.0.0.0:0", token_file=str(file))):
        assert len(list(kind.sinks(_context()))) == 1
    monkeypatch.setenv(VARIABLE, TOKEN)
    assert len(list(WebKind(address="[::]:0").sinks(_context()))) == 1


def test_no_page_is_no_sink_and_reads_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "short")
    assert list(WebKind().sinks(_context())) == []


def test_the_table_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text(
        '[web]\naddress = "127.0.0.1:8080"\ntoken-file = "~/token"\nhost = ["cam.example"]\nclients = 5\nviewers = 2\n'
    )
    kind = read_configuration(file)[WebKind]
    assert (kind.address, kind.host, kind.clients, kind.viewers) == ("127.0.0.1:8080", ("cam.example",), 5, 2)
    assert kind.token_file == str(Path.home() / "token")
    assert "[web]\n" in LiveOptions(kind).to_toml()


@needs_web
def test_a_port_that_another_program_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        from PIL import Image

        picture = tmp_path / "1.png"
        Image.new("RGB", (64, 48)).save(picture)
        assert main(["live", "--source", str(picture), "--web", f"127.0.0.1:{port}"]) == 2
    assert capsys.readouterr() == (
        "",
        f"edge-caption: --web 127.0.0.1:{port}: another program listens there; end it, or name another port\n",
    )


def test_a_missing_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    (wanted,) = WebKind(address="127.0.0.1:0").sinks(_context())
    for ask in (wanted.sink.check, wanted.sink.open):
        with pytest.raises(SinkError) as refused:
            ask()
        assert str(refused.value) == "--web 127.0.0.1:0: needs starlette; run: pip install 'edge-caption[web]'"


def test_the_options_load_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = builtins.__import__

    def noting(name: str, given: Mapping[str, object] | None = None, *more: Any, **named: Any) -> ModuleType:
        asked.append(name.partition(".")[0])
        return real(name, given, *more, **named)

    for module in [name for name in sys.modules if name.startswith(("edge_runtime.server", "edge_runtime.sinks.web"))]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setattr(builtins, "__import__", noting)
    import edge_runtime.sinks.web as loaded

    list(loaded.WebKind(address="127.0.0.1:0").sinks(_context()))
    assert "edge_runtime" in asked
    assert not {"starlette", "uvicorn", "prometheus_client", "h11", "anyio"} & set(asked)


class _Choosy:
    """Wants frames while it is told to."""

    name, wants_frames = "choosy", True

    def __init__(self) -> None:
        self.wanted: Sequence[str] = ()
        self.frames = 0
        self.adopted: list[SinkContext] = []

    def check(self) -> None: ...
    def open(self) -> None: ...
    def close(self) -> None: ...
    def event(self, event: object) -> None: ...

    def frame(self, frame: object, caption: str) -> None:
        self.frames += 1

    def wants(self, source: str) -> bool:
        return source in self.wanted

    def adopt(self, context: SinkContext) -> None:
        self.adopted.append(context)


def test_a_worker_asks_a_sink_that_chooses() -> None:
    sink = _Choosy()
    worker = SinkWorker(sink, lambda _: None, block=False)
    worker.start()
    assert not worker.wants("0")
    sink.wanted = ("0",)
    assert worker.wants("0")
    assert not worker.wants("1")
    context = _context()
    worker.adopt(lambda: False, context)
    assert sink.adopted == [context]
    assert worker.close(1)


def test_frames_are_converted_for_those_who_watch_alone() -> None:
    """Without a viewer a still scene's frames are grabbed and thrown away; with one they are handed on."""
    pytest.importorskip("cv2", reason="OpenCV is not installed")
    from edge_runtime.frames.geometry import Geometry
    from edge_runtime.live.capture import Capture
    from tests.edge_runtime.fake_source import FakeSource, scene

    source = FakeSource([scene(0)] * 400, interval=0.005)
    watched = threading.Event()
    seen: list[object] = []
    arrived = threading.Condition()
    capture = Capture(source, Geometry(), 0, arrived, lambda _: None, seen.append, lambda name: watched.is_set())
    capture.open()
    capture.start()
    with arrived:
        assert arrived.wait_for(lambda: capture._slot is not None, 5)
        capture.take()
    time.sleep(0.05)
    before, begun = source.retrieved, capture.counters.frames
    time.sleep(0.3)
    assert capture.counters.frames > begun + 20
    assert source.retrieved == before
    assert not seen
    watched.set()
    time.sleep(0.3)
    assert len(seen) > 20
    watched.clear()
    time.sleep(0.05)
    after = source.retrieved
    time.sleep(0.2)
    assert source.retrieved == after
    health = capture.health()
    assert (health.name, health.away, health.gives_frames) == ("fake", False, True)
    assert health.age is not None
    assert health.age < 1
    capture.close(2)


@needs_web
def test_another_token_takes_the_port_over_while_the_page_runs() -> None:
    """As a configuration that is read again does: the new sink begins before the old one ends."""
    from tests.edge_runtime.server.serving import ask, served

    first = served()
    before = first.__enter__()
    port = before.address.port
    assert ask(before, "/api/events").status == 200
    with served(WebKind(address=f"127.0.0.1:{port}", token=TOKEN)) as after:
        assert after.address.port == port
        first.__exit__(None, None, None)
        assert ask(after, "/api/events").status == 401
        assert ask(after, "/api/events", headers={"Authorization": f"Bearer {TOKEN}"}).status == 200
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
