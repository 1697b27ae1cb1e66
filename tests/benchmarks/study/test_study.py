"""The study's whole path on coloured squares: a pickle, a system, its bundle, the tables and the page; then nothing twice."""

import json
from pathlib import Path
from typing import Any

import pytest

import train.cli
from benchmarks.cli import main
from edge_runtime.bundle.reader import Bundle
from export.bundling.export import Export
from export.errors import ExportError
from train.runs.folder import RunFolder


def _study(coloured: Path, out: Path, *more: str) -> int:
    options = [
        *("--images", str(coloured / "images"), "--captions", str(out.parent / "captions.pkl"), "--out", str(out)),
        *("--holdout", "0.03", "0.07", "--encoders", "efficientnet_lite0", "--features", str(out.parent / "features")),
        *("--size", "64", "--width", "64", "--embedding", "32", "--batch", "4", "--captions-per-picture", "2"),
        *("--min-count", "1", "--epochs", "4", "--dropout", "0.1", "--learning-rate", "0.002", "--timed", "10"),
        *("--lengths", "5", "20", "--variant", "onnx-fp32"),
    ]
    return main(["study", *options, *more])


@pytest.fixture(scope="module")
def out(coloured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    assert train.cli.main(["to-pickle", "--data", str(coloured), "--out", str(folder / "captions.pkl")]) == 0
    assert _study(coloured, folder / "out") == 0
    return folder / "out"


@pytest.fixture(scope="module")
def found(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "study.json").read_text())
    return content


def test_a_system_is_trained_scored_and_exported(out: Path, found: dict[str, Any]) -> None:
    (row,) = found["systems"]
    assert row["name"] == "efficientnet_lite0-lstm"
    assert row["scores"]["pictures"] == 17
    assert row["scores"]["cider"] > 1
    assert row["bundle_cider"] == pytest.approx(row["scores"]["cider"], abs=0.3)
    assert 3_400_000 < row["encoder_parameters"] < 3_420_000
    assert [padded["length"] for padded in row["tokens"]["padded"]] == [5, 10, 20]
    assert row["tokens"]["padded"][0]["cut"] == 17
    manifest = Bundle(out / "bundles" / row["name"]).manifest
    assert row["bundle_bytes"] == manifest.variants["onnx-fp32"].bytes
    assert (manifest.sizes.regions, manifest.max_length) == (1, 9)
    config = RunFolder(out / "runs" / row["name"]).config()
    assert (config.decoder, config.epochs, config.label_smoothing, config.average) == ("lstm", 4, 0, 0)


def test_keras_as_the_study_ran_it_is_far_slower(found: dict[str, Any]) -> None:
    keras, bundle = (found["times"][way]["efficientnet_lite0-lstm"] for way in ("keras", "bundle"))
    assert keras["captions"] == bundle["captions"] == 10
    assert keras["words"] == bundle["words"]
    assert keras["milliseconds"] > 5 * bundle["milliseconds"]


def test_the_page(out: Path, found: dict[str, Any]) -> None:
    report = (out / "study.md").read_text()
    sentence = found["sample"]["sentences"]["efficientnet_lite0-lstm"]
    colours = ["red", "green", "blue", "yellow"]
    assert colours[int(found["sample"]["picture"][:3]) % 4] in sentence.split()
    assert f"- **efficientnet_lite0-lstm**: {sentence}\n" in report
    assert "| the study: ResNet50 + LSTM | 1.7854 / 70.49 % |" in report
    assert (out / "study.png").read_bytes().startswith(b"\x89PNG")
    assert not list(out.rglob("*.part"))


def test_what_is_finished_is_not_run_again(coloured: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in (*out.glob("runs/*/*"), *out.glob("bundles/*/*"))}
    report = (out / "study.md").read_text()
    assert _study(coloured, out) == 0
    assert "efficientnet_lite0-lstm: finished before" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert (out / "study.md").read_text() == report


def test_another_recipe_does_not_mix_with_it(coloured: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _study(coloured, out, "--epochs", "5") == 2
    assert "holds a run with another epochs (4, now 5)" in capsys.readouterr().err.splitlines()[-1]


def test_a_failed_export_is_one_sentence(
    coloured: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuses(export: Export) -> list[str]:
        raise ExportError("the disk is full")

    monkeypatch.setattr(Export, "run", refuses)
    assert _study(coloured, out, "--variant", "onnx-fp16") == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("benchmarks study: ")
    assert error.endswith(
        "efficientnet_lite0-lstm: it was trained but cannot be exported (the disk is full); the same command tries again"
    )
