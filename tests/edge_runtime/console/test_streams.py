"""Streams that are closed, full, or without a reader, as a shell hands them over."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

_START = f"{sys.executable} -m edge_runtime"
_GOOD = "{dark}\ta dark picture\n"


def _shell(line: str, unbuffered: bool = False) -> tuple[int, str, str]:
    """Status, stdout and stderr of a line of bash; `EC` is the command."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    if unbuffered:
        environment["PYTHONUNBUFFERED"] = "1"
    done = subprocess.run(
        ["bash", "-c", line.replace("EC ", _START + " ")],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment,
        cwd=Path(__file__).parents[2],
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full", "2> >(true)"])
def test_a_stderr_that_takes_nothing_stops_no_work(where: str, tiny_bundle: Path, dark: Path) -> None:
    status, out, errors = _shell(f"EC caption --bundle {tiny_bundle} nope.jpg nope2.jpg {dark} {where}")
    assert (status, out, errors) == (1, f"{dark}\ta dark picture\n", "")
    assert _shell(f"EC caption --bundle {tiny_bundle} nope.jpg {where}")[:2] == (2, "")
    assert _shell(f"EC caption --bogus {where}")[:2] == (2, "")


@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("command", ["caption {dark} --bundle {bundle}", "bundle info {bundle}", "--help", "doctor"])
def test_a_stdout_that_is_full_is_said(command: str, unbuffered: bool, tiny_bundle: Path, dark: Path) -> None:
    line = command.format(dark=dark, bundle=tiny_bundle)
    status, _, errors = _shell(f"EC {line} >/dev/full", unbuffered)
    assert status == 2
    assert errors.splitlines()[-1] == (
        "edge-caption: stdout cannot be written (No space left on device); check the disk that it goes to"
    )
    assert "Traceback" not in errors


@pytest.mark.parametrize("command", ["caption {dark} --bundle {bundle}", "bundle verify {bundle}", "doctor", "bench"])
def test_a_stdout_that_is_closed_is_refused(command: str, tiny_bundle: Path, dark: Path) -> None:
    status, _, errors = _shell(f"EC {command.format(dark=dark, bundle=tiny_bundle)} >&-")
    assert status == 2
    assert (
        errors
        == "edge-caption: stdout is closed, and the answer goes there; open it, or send it to a file with > FILE\n"
    )


def test_all_three_closed(tiny_bundle: Path, dark: Path) -> None:
    assert _shell(f"EC caption {dark} --bundle {tiny_bundle} <&- >&- 2>&-") == (2, "", "")
    assert _shell(f"EC caption {dark} --bundle {tiny_bundle} <&- 2>&-") == (0, f"{dark}\ta dark picture\n", "")


def test_a_reader_that_has_left_is_no_error(tiny_bundle: Path, dark: Path) -> None:
    line = f"set -o pipefail; EC caption {' '.join([str(dark)] * 3)} --bundle {tiny_bundle} | head -1"
    status, out, errors = _shell(line)
    assert (status, out, errors) == (0, f"{dark}\ta dark picture\n", "")


@pytest.mark.parametrize("module", ["train", "export", "benchmarks"])
def test_the_workshop_says_that_stdout_is_full(module: str) -> None:
    status, _, errors = _shell(f"{sys.executable} -m {module} --help >/dev/full")
    assert status == 2
    assert errors.endswith("stdout cannot be written (No space left on device); check the disk that it goes to\n")


@pytest.mark.parametrize("module", ["train", "export", "benchmarks"])
def test_the_workshop_refuses_a_stdout_that_is_closed(module: str) -> None:
    for options in ("--help", "nonsense"):
        status, _, errors = _shell(f"{sys.executable} -m {module} {options} >&-")
        assert status == 2
        assert errors == (
            f"{module}: stdout is closed, and the answer goes there; open it, or send it to a file with > FILE\n"
        )


_HOSTILE = "a\x1b]0;owned\x07\x9b2J\u2028\u202e.jpg"


@pytest.mark.parametrize(
    "arguments",
    [
        ["caption", _HOSTILE],
        ["caption", "x.jpg", "--variant", _HOSTILE],
        ["caption", "x.jpg", "--bundle", _HOSTILE],
        ["caption", "x.jpg", f"--{_HOSTILE}"],
        ["live", "--source", f"./{_HOSTILE}"],
        ["live", "--config", _HOSTILE],
        ["live", "--print-config", "--source", "0", "--record", _HOSTILE],
        ["bench", "--bundle", _HOSTILE],
        ["doctor", "--bundle", _HOSTILE],
        ["bundle", "info", _HOSTILE],
        ["bundle", "verify", _HOSTILE],
        ["bundle", "tune", _HOSTILE],
        [_HOSTILE],
    ],
)
def test_a_hostile_name_reaches_no_terminal_raw(arguments: list[str]) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "edge_runtime", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TERM": "xterm", "PYTHONUTF8": "1"},
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
    os.close(ours)
    text = shown.decode()
    assert process.returncode in (1, 2) or (process.returncode == 0 and "--print-config" in arguments)
    assert "owned" in text
    # The log clears its own line with this.
    text = text.replace("\r\x1b[K", "")
    assert not set(text) & set("\x1b\x07\x9b\u2028\u202e")
    assert "Traceback" not in text
