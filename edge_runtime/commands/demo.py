"""`edge-caption demo`: all of it in a minute, without a camera."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from edge_runtime.console.exits import emit, log
from edge_runtime.console.validation import file_path
from edge_runtime.errors import DemoNotInstalledError, OptionError, ServerError

if TYPE_CHECKING:
    from edge_runtime.live.options import LiveOptions
    from edge_runtime.server.address import Address

_RULES = Path(__file__).parent.parent / "demo" / "rules.toml"
_ADDRESS = "127.0.0.1:8080"
_PORTS = 20
"""That are tried, from the usual one on."""
_NEEDED = {"cv2": "live", "prometheus_client": "web", "psutil": "live", "starlette": "web", "uvicorn": "web"}
"""Module -> the extra that installs it."""
_TEXT_BROWSERS = ("elinks", "links", "lynx", "w3m", "www-browser")
"""They would take the terminal on which Ctrl-C is awaited."""
_LOOK_AT = """
Look at    {url}
  Now      the picture as it comes, and its sentence word by word
  Events   what is new, each with its picture: a cat comes after 7 s, somebody after 26 s
  Search   cat
  Rules    {rules}
The clip plays over and over. Ctrl-C ends it{journal}.
"""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "demo", help="see all of it in a minute: a clip, a page, a journal, rules", allow_abbrev=False
    )
    parser.add_argument(
        "--web", metavar="HOST:PORT", help=f"of the page, on this machine (default: {_ADDRESS}, or the next free port)"
    )
    parser.add_argument(
        "--journal", type=file_path, metavar="FILE", help="keep the scenes there (default: nothing is kept)"
    )
    parser.add_argument(
        "--rules", type=file_path, metavar="FILE.toml", help="rules instead of the two that ship, which only tell"
    )
    parser.add_argument(
        "--language", action="append", default=[], metavar="TAG", help="of the sentences, again for a further one"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the page, be there a display or not")
    parser.add_argument("--seconds", type=float, metavar="S", help="end after so long (default: with Ctrl-C)")
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Play the clip until a signal comes, or time is up; returns the exit status.

    Raises:
        DemoNotInstalledError: A package of an extra is missing.
        OptionError: The address is another machine's, or time is up before it begins.
        EdgeCaptionError: As for `live`.
    """
    _check_installed()
    if arguments.seconds is not None and not 0 < arguments.seconds <= threading.TIMEOUT_MAX:
        raise OptionError(f"--seconds {arguments.seconds:g}: must be above 0; leave it out to go on until Ctrl-C")
    address = _given(arguments.web) if arguments.web else _free()
    # Until the loop listens for it, a stop must not leave the folder behind.
    before = signal.signal(signal.SIGTERM, _end)
    try:
        if arguments.journal is not None:
            return _play(arguments, address, Path(arguments.journal), None)
        folder = Path(tempfile.mkdtemp(prefix="edge-caption-demo-"))
        try:
            return _play(arguments, address, folder / "demo.db", folder)
        finally:
            _remove(folder)
    finally:
        signal.signal(signal.SIGTERM, before)


def _play(arguments: argparse.Namespace, address: "Address", journal: Path, folder: Path | None) -> int:
    from edge_runtime.live.supervisor import Supervisor
    from edge_runtime.sinks.rules import RulesKind

    options = _options(arguments, address, journal)
    names = [rule.called for rule in options[RulesKind].rule]
    kept = "" if folder is None else ", and nothing is kept"
    told = _LOOK_AT.format(url=address.url, rules=", ".join(names) or "none", journal=kept)

    def begun() -> None:
        # A window that is closed ends what was begun in it; there is no configuration to read again.
        signal.signal(signal.SIGHUP, lambda number, frame: supervisor.stop())
        log(told)
        if not arguments.no_browser and _may_open(os.environ):
            threading.Thread(target=_open_browser, args=(address.url,), name="browser", daemon=True).start()

    supervisor = Supervisor(options, {}, None, begun, lambda: _remove(folder))
    if arguments.seconds is not None:
        timer = threading.Timer(arguments.seconds, supervisor.stop)
        timer.daemon = True
        timer.start()
    return supervisor.run()


def _options(arguments: argparse.Namespace, address: "Address", journal: Path) -> "LiveOptions":
    """Return what is asked of the live loop."""
    from edge_runtime.frames.options import SourceOptions
    from edge_runtime.live.model import ModelOptions
    from edge_runtime.live.options import LiveOptions, read_rules
    from edge_runtime.sinks.journal import JournalKind
    from edge_runtime.sinks.rules import RulesKind
    from edge_runtime.sinks.text import TextKind
    from edge_runtime.sinks.web import WebKind

    languages = tuple(arguments.language) or ("en",)
    rules = RulesKind()
    if arguments.rules is not None:
        rules = read_rules(Path(arguments.rules))
    elif languages[0].lower().partition("-")[0] == "en":
        rules = read_rules(_RULES)
    else:
        emit("edge-caption", "the rules that ship are English, and are left out; name some with --rules FILE.toml")
    return LiveOptions(
        SourceOptions(address=("demo",)),
        ModelOptions(language=languages),
        TextKind(enabled=False),
        WebKind(address=f"{address.url.removeprefix('http://').rstrip('/')}"),
        JournalKind(file=str(journal)),
        rules,
    )


def _check_installed() -> None:
    missing = [module for module in _NEEDED if find_spec(module) is None]
    if missing:
        extras = ",".join(sorted({_NEEDED[module] for module in missing}))
        raise DemoNotInstalledError(
            f"the demo needs {' and '.join(missing)}; run: pip install 'edge-caption[{extras}]'"
        )


def _given(text: str) -> "Address":
    """Return the address that is asked for, the port found where any will do.

    Raises:
        OptionError: It is none, or others reach it.
        ServerError: It cannot be had.
    """
    from edge_runtime.server.address import Address
    from edge_runtime.server.listening import listen

    found = Address.parse("--web", text)
    if not found.is_loopback:
        raise OptionError(
            f"--web {text}: the demo is for this machine; name 127.0.0.1, or run: edge-caption live --source demo "
            f"--web {text} --web-token-file FILE"
        )
    with listen(f"--web {text}", found) as listening:
        return Address(found.host, listening.getsockname()[1])


def _free() -> "Address":
    """Return the usual address, or that of the next port that is free.

    Raises:
        ServerError: None is.
    """
    from edge_runtime.server.address import Address
    from edge_runtime.server.listening import check_listening

    usual = Address.parse("--web", _ADDRESS)
    for port in range(usual.port, usual.port + _PORTS):
        address = Address(usual.host, port)
        try:
            check_listening("--web", address)
        except ServerError:
            continue
        if port != usual.port:
            emit("edge-caption", f"port {usual.port} is taken by another program; the page is at {port}")
        return address
    raise ServerError(
        f"ports {usual.port} to {usual.port + _PORTS - 1} are taken by other programs; name one: --web 127.0.0.1:PORT"
    )


def _may_open(environment: Mapping[str, str]) -> bool:
    """Return whether somebody sits before a display, and has called from a terminal."""
    shown = sys.platform == "darwin" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    return shown and sys.stdin is not None and sys.stdin.isatty() and sys.stderr is not None and sys.stderr.isatty()


def _open_browser(url: str) -> None:
    import webbrowser

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if _is_graphical(browser):
        browser.open(url)


def _is_graphical(browser: object) -> bool:
    name = getattr(browser, "name", "")
    words: Sequence[str] = [name] if isinstance(name, str) else name
    return not any(Path(word).name in _TEXT_BROWSERS for word in words)


def _remove(folder: Path | None) -> None:
    """Remove the folder with all that is in it, be a thread still about to write there."""
    for _ in range(3):
        if folder is None or not folder.exists():
            return
        shutil.rmtree(folder, ignore_errors=True)


def _end(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
