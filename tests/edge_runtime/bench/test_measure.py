import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.bench import measure as bench_module
from edge_runtime.bench.cold_start import start
from edge_runtime.bench.environment import Snapshot
from edge_runtime.bench.interleaved import Configuration
from edge_runtime.bench.measure import BenchOptions, bench
from edge_runtime.bench.result import Record
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.tuned_variant import remember
from edge_runtime.captioner import usual_threads
from edge_runtime.cli import main
from tests.tiny_bundle import write_bundle
from tests.two_languages import two_languages

QUIET = Snapshot(45.0, (), (), 2400, 0.0)
STAGES = ("load", "cold_start", "preprocess", "encode", "decode", "total", "first_word")


@pytest.fixture(autouse=True)
def _quiet_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process a configuration; and whatever else runs on the machine that tests run on speaks against nothing."""
    monkeypatch.setattr(bench_module, "_STARTS", 1)
    monkeypatch.setattr(bench_module, "snapshot", lambda: QUIET)
    monkeypatch.setattr("edge_runtime.bench.environment.WIDEST", float("inf"))


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A bundle with a second variant whose encoder is damaged."""
    folder = write_bundle(tmp_path / "two")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "broken.onnx").write_bytes(b"bad")
    broken = {"path": "broken.onnx", "bytes": 3, "sha256": hashlib.sha256(b"bad").hexdigest()}
    good = manifest["variants"]["onnx-fp32"]
    manifest["variants"]["onnx-other"] = {**good, "files": {**good["files"], "encoder": broken}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def _run(bundle: Path, *options: str) -> int:
    return main(["bench", "--bundle", str(bundle), "--rounds", "20", "--warm-up", "0", *options])


def test_every_figure_of_every_configuration(tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tiny_bundle, "--threads", "1", "2", "--beam", "1", "3", "1", "--json") == 0
    record = Record.from_json(capsys.readouterr().out, "stdout")
    assert (record.kind, record.valid) == ("bench", True)
    assert [row.name for row in record.rows] == [
        f"onnx-fp32, {threads}, beam {beam}" for threads in ("1 thread", "2 threads") for beam in (1, 3)
    ]
    for row in record.rows:
        percentiles = {f"{stage}_ms_p{share}" for stage in STAGES for share in (50, 90, 99)}
        assert set(row.values) == percentiles | {"fps", "memory_mb", "size_bytes"}
        for stage in STAGES:
            assert 0 < row.values[f"{stage}_ms_p50"] <= row.values[f"{stage}_ms_p90"] <= row.values[f"{stage}_ms_p99"]
        assert row.values["load_ms_p50"] < row.values["cold_start_ms_p50"]
        assert row.facts["words"] == 3.0
        assert row.values["size_bytes"] == Bundle(tiny_bundle).manifest.variants["onnx-fp32"].bytes
        assert set(row.noise) == {f"{stage}_ms_p50" for stage in STAGES} | {"fps", "memory_mb"}
    assert record.machine["bundles"] == {"tiny": Bundle(tiny_bundle).digest}
    assert record.machine["state"]["after"]["temperature"] == 45.0


def test_a_table_for_people(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(two, "--variant", "all", "--threads", "1", "--beam", "1", "2") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"bundle     tiny (SHA-256 {Bundle(two).digest[:16]})"
    assert (
        "before     45 C, 2400 MHz, 0.00 cores busy with other processes, not throttled as far as the system tells"
        in lines
    )
    (block,) = [
        place
        for place, line in enumerate(lines)
        if line.split() == ["onnx-fp32,", "1", "thread,", "beam", "2", "p50", "p90", "p99"]
    ]
    assert [line.rsplit(None, 6)[0].strip() for line in lines[block + 1 : block + 8]] == [
        stage.replace("_", " ") for stage in STAGES
    ]
    assert "captions a second of 3.0 words" in lines[block + 8]
    assert any(line.startswith("onnx-other, 1 thread, beam 2: not measured: ") for line in lines)
    assert [line.split()[-1] for line in lines if line.startswith("  onnx-fp32, 1 thread, beam 1")] == ["1.00"]


def test_the_variant_that_would_be_used(two: Path) -> None:
    remember(Bundle(two), 1, "onnx-other", 1.0)
    options = BenchOptions(two, threads=[1, 2])
    assert bench_module.configurations(Bundle(two), options) == [
        Configuration("onnx-other", 1, 2),
        Configuration("onnx-fp32", 2, 2),
    ]
    (usual,) = bench_module.configurations(Bundle(two), BenchOptions(two, ["onnx-fp32"]))
    assert usual.threads == usual_threads()


def test_files_are_read_and_decoded(tiny_bundle: Path, dark: Path, bright: Path) -> None:
    record = bench(BenchOptions(tiny_bundle, threads=[1], beams=[1], pictures=[dark, bright], rounds=20, warm_up=0))
    assert record.options["pictures"] == 2
    assert "reading and decoding the file is part of preprocess" in record.notes[0]


def test_a_run_that_is_not_valid(
    tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshots = iter([QUIET, dataclasses.replace(QUIET, throttled_before=("throttled",))])
    monkeypatch.setattr(bench_module, "snapshot", lambda: next(snapshots))
    assert _run(tiny_bundle, "--threads", "1", "--json") == 1
    told = capsys.readouterr()
    assert "edge-caption: this run is not valid: the processor was held back (throttled)" in told.err
    assert json.loads(told.out)["valid"] is False


def test_a_spread_that_is_too_wide(
    tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("edge_runtime.bench.environment.WIDEST", -1.0)
    assert _run(tiny_bundle, "--threads", "1", "--beam", "1") == 1
    assert "not valid: the spread is too wide (total of onnx-fp32, 1 thread, beam 1: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--threads", "0"], "--threads 0: must be 1 to 64"),
        (["--threads", "1", "65"], "--threads 65: must be 1 to 64"),
        (["--beam", "51"], "--beam 51: must be 1 to 50"),
        (["--rounds", "3"], "--rounds 3: must be 20 to 100000"),
        (["--warm-up", "601"], "--warm-up 601: must be 0 to 600 seconds"),
        (["--variant", "onnx-int3"], "onnx-int3"),
        (["--variant", "onnx-other"], "onnx-other cannot run here: "),
        (["--pictures", "no-such.jpg"], "no-such.jpg"),
        (["--pictures", "{empty}"], "a folder without pictures; name one that holds some"),
        (["--bundle", "no-such"], "no-such: no such bundle"),
    ],
)
def test_what_is_refused(
    two: Path, tmp_path: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert _run(two, *(option.format(empty=tmp_path / "empty") for option in options)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert message in told.err.splitlines()[-1]
    assert told.err.splitlines()[-1].startswith("edge-caption: ")


def test_nothing_runs_here(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (two / "vocabulary.txt").write_text("altered\n")
    assert _run(two, "--variant", "all") == 2
    assert "cannot run here" in capsys.readouterr().err


def test_memory_is_the_childs_alone(tiny_bundle: Path, dark: Path) -> None:
    ballast = np.ones(400_000_000, np.uint8)
    found = start(tiny_bundle, Configuration("onnx-fp32", 1, 1), dark)
    assert found.problem == ""
    assert found.memory_bytes is not None
    assert 10_000_000 < found.memory_bytes < ballast.nbytes / 2
    assert 0 < found.load_ms < found.cold_ms


def test_a_variant_may_lack_a_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = two_languages(tmp_path / "bundle")
    facts = json.loads((bundle / "manifest.json").read_text())
    facts["variants"]["onnx-fp16"] = {**facts["variants"]["onnx-fp32"], "precision": "fp16"}
    (bundle / "manifest.json").write_text(json.dumps(facts))
    assert _run(bundle, "--language", "de", "--variant", "onnx-fp16") == 2
    assert "variant 'onnx-fp16' does not speak 'de'; in it this bundle holds: onnx-fp32" in capsys.readouterr().err
    assert _run(bundle, "--threads", "1", "--language", "en", "de", "--variant", "all", "--json") in (0, 1)
    record = Record.from_json(capsys.readouterr().out, "stdout")
    assert {row.facts["variant"] for row in record.rows} == {"onnx-fp32"}


def test_languages_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = two_languages(tmp_path / "bundle")
    assert _run(bundle, "--threads", "1", "--language", "en", "de-AT", "--json") in (0, 1)
    record = Record.from_json(capsys.readouterr().out, "stdout")
    # The beam of each is its own.
    assert [(row.name, row.facts["language"], row.missing) for row in record.rows] == [
        ("onnx-fp32, 1 thread, beam 2, en", "en", ""),
        ("onnx-fp32, 1 thread, beam 1, de", "de", ""),
    ]
    assert record.options["languages"] == ["en", "de"]
    assert _run(bundle, "--language", "fr") == 2
    assert "language fr: this bundle speaks en, de; name one of these" in capsys.readouterr().err
