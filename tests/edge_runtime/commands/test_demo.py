"""`edge-caption demo` as a user starts it: a process of its own, its page asked over HTTP, signals."""

import argparse
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from edge_runtime.cli import main
from edge_runtime.commands import demo
from edge_runtime.errors import DemoNotInstalledError
from edge_runtime.machine.opencv import opencv

ROOT = Path(demo.__file__).parent.parent / "demo"
_BEGIN_SECONDS, _CAT_SECONDS = 30.0, 20.0


class _Demo:
    """The command, running."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self._said = (folder.parent / f"{folder.name}.txt").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "edge_runtime", "demo", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={**os.environ, "TMPDIR": str(folder), "DISPLAY": ":0", "BROWSER": "false"},
        )

    @property
    def said(self) -> str:
        self._said.seek(0)
        return self._said.read().decode()

    def url(self) -> str:
        """Where the page is, once it is there."""
        by = time.monotonic() + _BEGIN_SECONDS
        while time.monotonic() < by and self.process.poll() is None:
            found = re.search(r"Look at +http://(\S+)/\n", self.said)
            if found:
                return found[1]
            time.sleep(0.05)
        raise AssertionError(self.said)

    def ask(self, path: str) -> Any:
        connection = http.client.HTTPConnection(self.url(), timeout=5)
        try:
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def ended(self, number: int | None = None) -> tuple[int, float]:
        """Exit status, and seconds from the signal on."""
        began = time.monotonic()
        if number is not None:
            self.process.send_signal(number)
        return self.process.wait(timeout=_BEGIN_SECONDS), time.monotonic() - began

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        self._said.close()


@contextlib.contextmanager
def _running(folder: Path, *words: str) -> Iterator[_Demo]:
    folder.mkdir(exist_ok=True)
    found = _Demo(folder, *words)
    try:
        yield found
    finally:
        found.close()


def test_the_clip_is_what_its_page_says() -> None:
    cv2 = opencv()
    clip, page = ROOT / "clip.mp4", (ROOT / "README.md").read_text(encoding="utf-8")
    assert clip.stat().st_size < 1_500_000
    capture = cv2.VideoCapture(str(clip))
    size, rate = (int(capture.get(3)), int(capture.get(4))), capture.get(cv2.CAP_PROP_FPS)
    frames = 0
    while capture.grab():
        frames += 1
    assert (size, rate, frames) == ((480, 360), 12, 456)
    assert "38 s, 480 x 360, 12 frames a second" in page
    rows = [line for line in page.splitlines() if re.match(r"\| \d", line)]
    assert len(rows) == 4
    assert all("CC0" in line or "nothing but black" in line for line in rows)


@pytest.mark.alone
def test_all_of_it_is_seen(tmp_path: Path) -> None:
    with _running(tmp_path / "temporary", "--web", "127.0.0.1:0", "--seconds", "25") as found:
        by = time.monotonic() + _CAT_SECONDS
        alerts: list[str] = []
        while not alerts and time.monotonic() < by:
            events = found.ask("/api/events")["events"]
            alerts = [rule for event in events for rule in event["rules"]]
            time.sleep(0.2)
        assert alerts == ["cat at the cup"]
        assert {event["source"] for event in events} == {"demo"}
        (cat,) = found.ask("/api/search?q=cat")["events"]
        assert "cat" in cat["words"]
        assert [rule["name"] for rule in found.ask("/api/rules")["rules"]] == ["cat at the cup", "somebody is there"]
        (folder,) = found.folder.iterdir()
        assert "demo.db" in {file.name for file in folder.iterdir()}
        status, _ = found.ended()
        assert status == 0
        assert list(found.folder.iterdir()) == []
        assert "rule cat at the cup: " in found.said
        assert "Traceback" not in found.said


@pytest.mark.parametrize(
    ("number", "wanted"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)], ids=["INT", "TERM", "HUP"]
)
def test_a_signal_ends_it_and_nothing_is_left(number: int, wanted: int, tmp_path: Path) -> None:
    with _running(tmp_path / "temporary", "--web", "127.0.0.1:0") as found:
        found.url()
        time.sleep(0.3)
        status, seconds = found.ended(number)
        assert (status, list(found.folder.iterdir())) == (wanted, [])
        assert seconds < 2
        assert "Traceback" not in found.said
        assert ", and nothing is kept." in found.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_begins_leaves_nothing(number: int, tmp_path: Path) -> None:
    with _running(tmp_path / "temporary", "--web", "127.0.0.1:0") as found:
        by = time.monotonic() + _BEGIN_SECONDS
        while not list(found.folder.iterdir()) and time.monotonic() < by:
            time.sleep(0.002)
        status, _ = found.ended(number)
        assert status in (0, 130, 143)
        assert list(found.folder.iterdir()) == []
        assert "Traceback" not in found.said


def test_a_journal_that_is_named_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = tmp_path / "demo.db"
    with _running(tmp_path / "temporary", "--web", "127.0.0.1:0", "--journal", str(journal), "--seconds", "3") as found:
        found.url()
        assert found.ended()[0] == 0
        assert list(found.folder.iterdir()) == []
        assert "nothing is kept" not in found.said
    assert main(["journal", "--journal", str(journal), "search", "food"]) == 0
    assert "a plate of food" in capsys.readouterr().out


@contextlib.contextmanager
def _taken(port: int = 0) -> Iterator[int]:
    """A port that listens, or that listens already."""
    with socket.socket() as listening:
        with contextlib.suppress(OSError):
            listening.bind(("127.0.0.1", port))
            listening.listen()
            port = listening.getsockname()[1]
        yield port


def test_the_next_port_is_taken_where_one_is_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []
    monkeypatch.setattr(demo, "emit", lambda program, sentence: said.append(sentence))
    with _taken(8080):
        address = demo._free()
    assert 8080 < address.port < 8100
    assert said == [f"port 8080 is taken by another program; the page is at {address.port}"]
    monkeypatch.setattr(demo, "_PORTS", 1)
    with _taken(8080):
        assert main(["demo"]) == 2


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["--web", "8080"], "--web 8080: must be HOST:PORT, such as 127.0.0.1:8080"),
        (["--web", "0.0.0.0:8080"], "the demo is for this machine; name 127.0.0.1, or run: edge-caption live --source"),
        (["--seconds", "0"], "--seconds 0: must be above 0; leave it out to go on until Ctrl-C"),
        (["--rules", "none.toml", "--web", "127.0.0.1:0"], "none.toml: "),
        (["--language", "tlh", "--web", "127.0.0.1:0"], "tlh"),
        (["--journal", "none/demo.db", "--web", "127.0.0.1:0"], "--journal none/demo.db: "),
    ],
)
def test_errors(
    words: list[str], match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    assert main(["demo", *words]) == 2
    said = capsys.readouterr().err
    assert match in said
    assert "Traceback" not in said
    assert list(temporary.iterdir()) == []


def test_a_port_that_was_asked_for_and_is_taken_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with _taken() as port:
        assert main(["demo", "--web", f"127.0.0.1:{port}"]) == 2
    told = f"--web 127.0.0.1:{port}: another program listens there; end it, or name another port"
    assert capsys.readouterr().err == f"edge-caption: {told}\n"


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        (["cv2"], "the demo needs cv2; run: pip install 'edge-caption[live]'"),
        (["uvicorn", "starlette"], "the demo needs starlette and uvicorn; run: pip install 'edge-caption[web]'"),
        (["cv2", "uvicorn"], "the demo needs cv2 and uvicorn; run: pip install 'edge-caption[live,web]'"),
    ],
)
def test_without_an_extra_it_says_what_to_install(
    missing: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in missing:
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DemoNotInstalledError, match=re.escape(told)):
        demo.run(argparse.Namespace())


def test_rules_that_ship_are_left_out_of_another_language(capsys: pytest.CaptureFixture[str]) -> None:
    from edge_runtime.sinks.rules import RulesKind

    address = demo._given("127.0.0.1:0")
    for tags, count in (([], 2), (["en-GB"], 2), (["de", "en"], 0)):
        asked = argparse.Namespace(rules=None, language=tags)
        assert len(demo._options(asked, address, Path("demo.db"))[RulesKind].rule) == count
    assert capsys.readouterr().err == (
        "edge-caption: the rules that ship are English, and are left out; name some with --rules FILE.toml\n"
    )


@pytest.mark.parametrize(
    ("environment", "terminal", "wanted"),
    [({"DISPLAY": ":0"}, True, True), ({"WAYLAND_DISPLAY": "wayland-0"}, True, True), ({"DISPLAY": ":0"}, False, False),
     ({}, True, False), ({"DISPLAY": ""}, True, False)],
)  # fmt: skip
def test_a_browser_is_opened_where_somebody_looks(
    environment: dict[str, str], terminal: bool, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(sys, stream, SimpleNamespace(isatty=lambda: terminal))
    monkeypatch.setattr(sys, "platform", "linux")
    assert demo._may_open(environment) is wanted


def test_no_browser_takes_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    for name in ("firefox", "/usr/bin/w3m", "lynx"):
        browser = SimpleNamespace(name=name, open=lambda url, name=name: opened.append(name))
        monkeypatch.setattr(webbrowser, "get", lambda browser=browser: browser)
        demo._open_browser("http://127.0.0.1:8080/")
    assert opened == ["firefox"]
