import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import latency as latency_module
from benchmarks.cli import main
from edge_runtime.bench.environment import Snapshot
from edge_runtime.bench.result import Record
from edge_runtime.bundle.reader import Bundle
from tests.tiny_bundle import write_bundle

EXAMPLES = str(Path(__file__).parents[2] / "examples")
QUIET = Snapshot(45.0, (), (), 2400, 0.0)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else runs on the machine that tests run on speaks against nothing."""
    monkeypatch.setattr(latency_module, "snapshot", lambda: QUIET)
    monkeypatch.setattr("edge_runtime.bench.environment.WIDEST", float("inf"))


def _run(*options: str) -> int:
    return main(["latency", "--pictures", EXAMPLES, "--rounds", "100", "--warm-up", "0", *options])


def test_figures_of_every_configuration(tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--bundle", str(tiny_bundle), "--threads", "1", "2", "--beam", "1", "3", "--out", str(tmp_path / "out")]
    assert _run(*options, "--json") == 0
    record = Record.from_json(capsys.readouterr().out, "stdout")
    assert Record.read(tmp_path / "out" / "latency.json") == record
    assert record.kind == "latency"
    assert [row.name for row in record.rows] == [
        f"onnx-fp32, {threads}, beam {beam}" for threads in ("1 thread", "2 threads") for beam in (1, 3)
    ]
    for row in record.rows:
        assert 0 < row.values["total_ms_p50"] <= row.values["total_ms_p90"] <= row.values["total_ms_p99"]
        assert row.facts["words"] == 3.0
        assert row.facts["encoder"] == "mean"
    assert record.machine["bundles"] == {"tiny": Bundle(tiny_bundle).digest}
    table = (tmp_path / "out" / "latency.md").read_text().splitlines()
    first = next(line for line in table if line.startswith("| onnx-fp32, 1 thread, beam 1 | 0.00 | 3.0 |"))
    assert first.endswith("| 1.00 |")


def test_two_bundles_side_by_side(tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = write_bundle(tmp_path / "other", name="another")
    assert _run("--bundle", str(tiny_bundle), str(other), "--json") == 0
    names = [row["name"] for row in json.loads(capsys.readouterr().out)["rows"]]
    assert names == ["tiny: onnx-fp32, 2 threads, beam 1", "another: onnx-fp32, 2 threads, beam 1"]
    twin = shutil.copytree(tiny_bundle, tmp_path / "twin")
    assert _run("--bundle", str(tiny_bundle), str(twin), "--json") == 0
    names = [row["name"] for row in json.loads(capsys.readouterr().out)["rows"]]
    assert names == [f"{path}: onnx-fp32, 2 threads, beam 1" for path in (tiny_bundle, twin)]


def test_encoders_are_exported_for_it(
    tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is exported is tested with the exporter; here a tiny bundle stands for it."""
    exported: list[tuple[str, str, tuple[str, ...]]] = []

    def export(
        folder: Path, encoder: str, weights: object, decoder: str, variants: Sequence[str], *rest: object
    ) -> int:
        exported.append((encoder, decoder, tuple(variants)))
        write_bundle(folder, name=f"{encoder}-untrained", encoder=encoder)
        return 1

    monkeypatch.setattr("benchmarks.encoder_bundles.write_untrained_bundle", export)
    options = ["--bundle", str(tiny_bundle), "--encoders", "resnet50", "xception", "--variants", "onnx-fp32"]
    assert _run(*options, "--threads", "1", "--json") == 0
    record = Record.from_json(capsys.readouterr().out, "stdout")
    assert exported == [(name, "attention", ("onnx-fp32",)) for name in ("resnet50", "xception")]
    assert [(row.name, row.facts["encoder"]) for row in record.rows] == [
        ("tiny: onnx-fp32, 1 thread, beam 1", "mean"),
        ("resnet50: onnx-fp32, 1 thread, beam 1", "resnet50"),
        ("xception: onnx-fp32, 1 thread, beam 1", "xception"),
    ]
    assert "Nobody has trained the decoders of resnet50, xception" in record.notes[1]


def test_a_backend_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_bundle(tmp_path / "two")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["variants"]["litert-fp32"] = {**manifest["variants"]["onnx-fp32"], "backend": "litert"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    assert _run("--bundle", str(folder)) == 0
    out = capsys.readouterr().out
    assert "| litert-fp32, 2 threads, beam 1 | - | - | - | - | - | - | - |" in out
    assert "pip install 'edge-caption[litert]'" in out
    assert _run("--bundle", str(folder), "--variants", "litert-fp32") == 2


def test_a_run_that_is_not_valid(
    tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("edge_runtime.bench.environment.WIDEST", -1.0)
    assert _run("--bundle", str(tiny_bundle)) == 1
    told = capsys.readouterr()
    assert "**Not valid**: the spread is too wide" in told.out
    assert "benchmarks latency: this run is not valid: the spread is too wide" in told.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rounds", "5"], "--rounds 5: at least 100 are needed"),
        (["--threads", "0"], "--threads 0: must be 1 to 64"),
        (["--beam", "1", "99"], "--beam 99: must be 1 to 50"),
        (["--warm-up", "-1"], "--warm-up -1: must be 0 to 600 seconds"),
        (["--encoders", "vgg"], "vgg"),
        (["--variants", "onnx-int3"], "onnx-int3"),
        (["--pictures", "{empty}"], "no pictures in it; check --pictures"),
        (["--pictures", "no-such"], "no-such: no such folder of pictures"),
        (["--out", "{file}"], "cannot be written"),
    ],
)
def test_what_is_refused(
    tiny_bundle: Path, tmp_path: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    places = {"empty": tmp_path / "empty", "file": tmp_path / "file"}
    assert _run("--bundle", str(tiny_bundle), *(option.format(**places) for option in options)) == 2
    told = capsys.readouterr()
    assert (told.out, len(told.err.splitlines())) == ("", 1)
    assert message in told.err
