"""Tests of benchmarks.commands.report."""

import dataclasses
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.commands import report
from benchmarks.report.records import KINDS
from edge_runtime.bundle import Bundle


def test_greedy_and_the_default_search_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def run(command: list[str], **_: Any) -> None:
        ran.append(command[4:])

    monkeypatch.setattr(subprocess, "run", run)
    report._measure(tmp_path, Path("data"))
    asked = {words[0]: words[words.index("--beam") + 1 : words.index("--out")] for words in ran if "--beam" in words}
    assert asked == {"latency": ["1", "3"], "quality": ["1", "3"]}
    assert [words[0] for words in ran] == ["latency", "quality", "limits", "live", "scale", "peers", "encoders"]


@pytest.mark.parametrize(("beam", "measured"), [(1, [1, 3]), (3, [1, 3]), (6, [1, 3, 6]), (2, [1, 2, 3])])
def test_beams_follow_the_bundle(beam: int, measured: list[int]) -> None:
    manifest = Bundle().manifest
    changed = dataclasses.replace(manifest, decode=dataclasses.replace(manifest.decode, beam_width=beam))
    assert report.measured_beams(changed) == measured


@pytest.mark.parametrize("kind", ["latency", "quality"])
def test_the_command_that_a_report_names_measures_the_same_beams(kind: str) -> None:
    beams = " ".join(map(str, report.measured_beams(Bundle().manifest)))
    assert f"--beam {beams} --out" in KINDS[kind]
