"""The harness sees what it is there to see: tests of tests.fuzz.harness."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from tests.fuzz import harness
from tests.fuzz.harness import MAX_SECONDS, Outcome, ViolationError, main, outcomes

_KINDS = ("read", "refused", "two lines", "long", "crash", "printed", "memory", "killed", "violation", "read")


@dataclass(frozen=True)
class _Cases:
    seed: int = 0
    refusals: ClassVar[tuple[type[Exception], ...]] = (ValueError,)
    reading_is_limited: ClassVar[bool] = True

    def prepare(self, folder: Path) -> None:
        (folder / "ready").touch()

    def kind(self, number: int) -> str:
        return _KINDS[number]

    def content(self, number: int) -> bytes:
        return _KINDS[number].encode()

    def attempt(self, number: int) -> None:
        if not Path("ready").is_file():
            raise RuntimeError
        match _KINDS[number]:
            case "refused":
                raise ValueError("one sentence")
            case "two lines":
                raise ValueError("one\ntwo")
            case "long":
                raise ValueError("x" * 2001)
            case "crash":
                raise KeyError("no refusal")
            case "printed":
                os.write(1, b"x\n")
            case "memory":
                len(b"\1" * 400_000_000)
            case "killed":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "violation":
                raise ViolationError("code was run")


def test_every_kind_of_failure_is_seen_and_the_rest_goes_on() -> None:
    found = list(outcomes(_Cases(), 0, len(_KINDS)))
    assert [outcome.number for outcome in found] == list(range(len(_KINDS)))
    assert [(outcome.kind, outcome.result) for outcome in found if outcome.bad] == [
        ("two lines", "refused"),
        ("long", "refused"),
        ("crash", "KeyError"),
        ("printed", "printed"),
        ("memory", "read"),
        ("killed", "ended"),
        ("violation", "ViolationError"),
    ]
    assert found[7].words == f"status {-signal.SIGSEGV}"


def test_limits() -> None:
    slow = MAX_SECONDS + 1
    assert Outcome(0, "a", "refused", seconds=slow).bad
    assert not Outcome(0, "a", "read", seconds=slow, limited=False).bad


def test_what_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "_HANGS_SECONDS", 0.0)
    (outcome,) = outcomes(_Cases(), 0, 1)
    assert (outcome.result, outcome.bad) == ("hung", True)


def test_the_command_keeps_what_went_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(_Cases, "made cases", ["--first", "1", "--count", "2", "--keep", str(tmp_path)]) == 1
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {"2.two lines": b"two lines"}
    assert "2 made cases, 1 went wrong" in capsys.readouterr().out
    assert main(_Cases, "made cases", ["--count", "2"]) == 0
