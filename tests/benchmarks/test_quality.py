"""Scores of a bundle's variants, on made-up pictures."""

import shutil
from pathlib import Path

import pytest

from benchmarks.cli import main
from edge_runtime.bench.result import Record


@pytest.mark.skipif(shutil.which("java") is None, reason="scores need Java")
def test_scores_and_failures(
    tiny_bundle: Path, coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["quality", "--bundle", str(tiny_bundle), "--data", str(coloured), "--split", "test", "--limit", "8"]
    assert main([*arguments, "--beam", "1", "2", "--out", str(tmp_path)]) == 0
    assert "| variant | MB | CIDEr |" in capsys.readouterr().out
    record = Record.read(tmp_path / "quality.json")
    assert record.options["pictures"] == 8
    greedy, beam = record.rows
    assert greedy.name.endswith(", beam 1")
    assert beam.values["same_as_first"] == 1.0
    assert 0 <= greedy.values["cider"] < 1
    failures = greedy.facts["failures"]
    assert len(failures) == 8
    assert [found["cider"] for found in failures] == sorted(found["cider"] for found in failures)
    assert sum(found["cider"] for found in failures) / 8 == pytest.approx(greedy.values["cider"], abs=1e-3)
    assert {found["said"] for found in failures} <= {"a dark picture", "a bright picture"}
    assert len(beam.facts["failures"]) == 8
    assert record.options["default"] == "onnx-fp32, beam 2"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--beam", "0"], "--beam 0: must be 1 to 50"),
        (["--limit", "0"], "--limit 0: must be at least 1"),
        (["--variants", "onnx-int4"], "onnx-int4"),
    ],
)
def test_what_cannot_be_scored(
    tiny_bundle: Path, coloured: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["quality", "--bundle", str(tiny_bundle), "--data", str(coloured), *arguments]) == 2
    assert sentence in capsys.readouterr().err.splitlines()[-1]
