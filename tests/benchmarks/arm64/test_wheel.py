"""Sentences of two machines held against each other; the emulation itself where a root is named.

EDGE_CAPTION_ARM64_ROOT and EDGE_CAPTION_ARM64_PYTHON: what deploy/arm64/check.sh made, ROOT and OUT/here/bin/python.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from benchmarks.arm64.comparison import compared, tokens_of
from benchmarks.arm64.table import arm64_markdown
from benchmarks.arm64.wheel import failures
from benchmarks.cli import main
from edge_runtime.bench.result import Record, Row

_ROOT, _PYTHON = (os.environ.get(f"EDGE_CAPTION_ARM64_{name}") for name in ("ROOT", "PYTHON"))


def _said(text: str, *log_probs: float) -> dict[str, Any]:
    return {"text": text, "tokens": text.split(), "token_log_probs": list(log_probs)}


def _facts(search: str, sentence: dict[str, Any], other: list[float]) -> dict[str, Any]:
    return {
        "pictures": ["a.jpg"],
        "length_penalty": 0.5,
        search: {"onnx-int8": [sentence]},
        "asked": {search: {"onnx-int8": [other]}},
    }


def test_the_same_sentence() -> None:
    facts = _facts("captions", _said("a dog", -1.0, -2.0, -0.5), [-1.0, -2.0, -0.6])
    found = compared("onnx-int8", facts, facts, ["captions"])
    assert (found.sentences, found.differences, found.holds) == (1, (), True)
    assert found.apart == round(0.1 / 3, 4)
    assert tokens_of(facts, ["captions"]) == {"captions": {"onnx-int8": [["a", "dog"]]}}


@pytest.mark.parametrize(("end", "holds"), [(-0.8, True), (-1.4, False)])
def test_beams_are_held_by_what_beams_choose_by(end: float, holds: bool) -> None:
    here = _facts("captions", _said("a dog", -1.0, -2.0, -1.0, -0.1), [-1.0, -2.2, -1.0, -0.1])
    there = _facts("captions", _said("a cat", -1.0, -2.0, -1.0, -0.6), [-1.0, -2.0, -0.8, end])
    found = compared("onnx-int8", here, there, ["captions"])
    (difference,) = found.differences
    assert (difference.here, difference.there) == ("a dog", "a cat")
    assert difference.here_log_probs == (-4.1, -4.3)
    assert difference.there_log_probs == (round(-3.8 + end, 4), -4.6)
    assert difference.gap_here == 0.1
    assert difference.gap_there == round((-4.6 - (-3.8 + end)) / 2, 4)
    assert (difference.near_tie, found.near_ties, found.holds) == (holds, int(holds), holds)


def test_greedy_sentences_are_held_by_the_word_where_they_part() -> None:
    here = _facts("greedy", _said("a dog", -1.0, -2.0, -0.5), [-1.0, -2.05, -9.0, -9.0])
    there = _facts("greedy", _said("a cat runs", -1.0, -2.0, -1.0, -1.0), [-1.0, -2.02, -0.5])
    (difference,) = compared("onnx-int8", here, there, ["greedy"]).differences
    assert (difference.gap_here, difference.gap_there) == (0.05, 0.02)
    assert difference.near_tie
    ends = _facts("greedy", _said("a dog runs", -1.0, -2.0, -1.0, -0.1), [-1.0, -2.0, -1.5])
    early = _facts("greedy", _said("a dog", -1.0, -2.0, -1.0), [-1.0, -2.0, -1.2, -0.1])
    (difference,) = compared("onnx-int8", ends, early, ["greedy"]).differences
    assert (difference.gap_here, difference.gap_there, difference.near_tie) == (0.5, 0.2, False)


def _record(
    differences: int,
    near_ties: int,
    held: bool = True,
    missing: str = "",
    variant: str = "onnx-int8",
    apart: float = 0.02,
) -> Record:
    found = {
        "picture": "a.jpg",
        "search": "captions",
        "here": "a dog",
        "there": "a cat",
        "here_log_probs": [-4.1, -4.3],
        "there_log_probs": [-4.6, -4.6],
        "gap_here": 0.1,
        "gap_there": 0.0,
        "near_tie": bool(near_ties),
    }
    values = {
        "sentences": 2,
        "differences": differences,
        "near_ties": near_ties,
        "cosine_lowest": 0.9991,
        "apart_nats": apart,
    }
    facts = {"variant": variant, "cpu": "cortex-a72", "held": held, "sentences_here": {"a.jpg": "a dog"}}
    within = Row("onnx-int8 in 512 MiB", {} if missing else {"memory_mb": 210.0, "sentences": 1}, missing=missing)
    refused = Row("600 MB in 512 MiB", {"memory_mb": 540.0})
    row = Row(f"{variant} on cortex-a72", values, facts={**facts, "differing": [found] * differences})
    machine = {"cpu": "a processor", "architecture": "x86_64", "packages_there": {"numpy": "2.4.6"}}
    options = {"cpus": ["cortex-a72"], "pictures": ["a.jpg"], "memory_mib": 512}
    return Record("arm64", "2026-01-01T00:00:00+00:00", machine, options, [row, refused, within])


def test_what_fails() -> None:
    assert failures(_record(0, 0)) == []
    assert failures(_record(1, 1)) == []
    assert failures(_record(1, 0, held=False)) == []
    assert failures(_record(2, 1)) == []
    assert failures(_record(2, 1, variant="onnx-fp32")) == [
        "onnx-fp32 on cortex-a72: 1 of 2 sentences are not those of this machine"
    ]
    assert failures(_record(1, 0, apart=0.06)) == [
        "onnx-int8 on cortex-a72: the log-probability of one sentence is 0.060 a word apart, 0.05 is the most"
    ]
    assert failures(_record(1, 0, apart=0.06, held=False)) == []
    assert failures(_record(0, 0, missing="failed (killed)")) == ["onnx-int8 in 512 MiB: failed (killed)"]


def test_the_page() -> None:
    page = arm64_markdown(_record(1, 1))
    assert "**Holds.** Float sentences are the same, and integers give the same sentence" in page
    assert "| onnx-int8 | cortex-a72 | 2 | 1 | 1 | 0 | 0.999100 | 0.0200 | yes |" in page
    assert "| onnx-int8 in 512 MiB | 210 | 1 sentences, as without a limit |" in page
    assert "| 600 MB in 512 MiB, the control | 540 | killed, as it must be |" in page
    assert "near tie, gap 0.100, 0.000\n  - here: a dog (-4.100, -4.600)\n  - there: a cat (-4.300, -4.600)" in page
    assert "**Fails.** onnx-fp32 on cortex-a72: 1 of 2" in arm64_markdown(_record(1, 0, variant="onnx-fp32"))


def test_no_root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["arm64", "--root", str(tmp_path), "--python", "python3"]) == 2
    assert "edge-caption is not installed in it; run: deploy/arm64/check.sh" in capsys.readouterr().err
    arguments = ["arm64", "--root", str(tmp_path), "--python", "python3", "--pictures", str(tmp_path)]
    assert main(arguments) == 2
    assert "no pictures in it" in capsys.readouterr().err
    assert main(["arm64", "--root", str(tmp_path), "--python", "python-of-nobody"]) == 2
    assert "--python python-of-nobody: no such program" in capsys.readouterr().err


@pytest.mark.skipif(not (_ROOT and _PYTHON), reason="no emulated system is named")
def test_under_emulation(tmp_path: Path) -> None:
    arguments = ["--root", str(_ROOT), "--python", str(_PYTHON), "--cpus", "cortex-a72", "--out", str(tmp_path)]
    assert main(["arm64", *arguments]) in (0, 1)
    record = Record.from_json((tmp_path / "arm64.json").read_text(), "arm64.json")
    exact = record.row("onnx-fp32 on cortex-a72")
    assert exact is not None
    assert exact.values["differences"] == 0
    assert not [row.missing for row in record.rows if row.missing]
