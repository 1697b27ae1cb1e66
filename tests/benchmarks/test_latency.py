import json
import shutil
from pathlib import Path

import pytest

from benchmarks.cli import main

EXAMPLES = str(Path(__file__).parents[2] / "examples")


def test_figures_of_every_variant(tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["latency", "--bundle", str(tiny_bundle), "--pictures", EXAMPLES, "--rounds", "100"]
    assert main([*arguments, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    total = report["milliseconds"]["onnx-fp32"]["total"]
    assert 0 < total["p50"] <= total["p90"] <= total["p99"]
    assert report["words"]["onnx-fp32"] == 3.0
    assert main(arguments) == 0
    assert "| onnx-fp32 | 0.00 | 3.0 |" in capsys.readouterr().out


def test_two_bundles_side_by_side(tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundles = ["--bundle", str(tiny_bundle), str(shutil.copytree(tiny_bundle, tmp_path / tiny_bundle.name))]
    assert main(["latency", *bundles, "--pictures", EXAMPLES, "--rounds", "100", "--json"]) == 0
    names = list(json.loads(capsys.readouterr().out)["milliseconds"])
    variants = [name.partition(":")[2] for name in names]
    half = len(names) // 2
    assert variants[:half] == variants[half:]
    assert {name.partition(":")[0] for name in names} == set(bundles[1:])


def test_too_few_rounds_and_no_pictures(tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["latency", "--bundle", str(tiny_bundle), "--pictures", EXAMPLES, "--rounds", "5"]) == 2
    assert "at least 100 are needed" in capsys.readouterr().err
    assert main(["latency", "--bundle", str(tiny_bundle), "--pictures", str(tmp_path)]) == 2
    assert "no JPEG or PNG pictures" in capsys.readouterr().err
