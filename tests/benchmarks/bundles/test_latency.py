import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.bundles import latency as latency_module
from benchmarks.cli import main
from edge_runtime.bench.environment import Snapshot
from edge_runtime.bench.result import Record
from edge_runtime.bundle.reader import Bundle
from tests.tiny_bundle import write_bundle
from tests.two_languages import two_languages

EXAMPLES = str(Path(__file__).parents[3] / "examples")
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
    # Not as it is written: there a table is parted where its figures are wide.
    table = latency_module.latency_markdown(record).splitlines()
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


def test_languages_are_compared_in_turns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle, out = two_languages(tmp_path / "bundle"), tmp_path / "out"
    options = ["--bundle", str(bundle), "--threads", "1", "--beam", "1", "2", "--language", "en", "de-CH"]
    assert _run(*options, "--out", str(out)) == 0
    record = Record.read(out / "languages.json")
    assert (record.kind, record.options["languages"]) == ("languages", ["en", "de-CH"])
    assert [row.name for row in record.rows] == [
        f"onnx-fp32, 1 thread, beam {beam}, {said}" for beam in (1, 2) for said in ("en", "de", "en and de")
    ]
    english, german, both = record.rows[:3]
    assert [row.facts["language"] for row in (english, german, both)] == ["en", "de", "en"]
    assert (english.facts["words"], german.facts["words"], both.facts["words"]) == (3.0, 3.0, 6.0)
    assert both.facts["further"] == ["de"]
    sizes = [
        sum((bundle / name).stat().st_size for name in ("encoder.onnx", file))
        for file in ("decoder_step.onnx", "de.onnx")
    ]
    assert [row.values["size_bytes"] for row in (english, german)] == sizes
    # Four steps a sentence: three words, and the end.
    assert english.values["word_ms_p50"] == pytest.approx(english.values["decode_ms_p50"] / 4, abs=1e-3)
    assert both.values["word_ms_p50"] == pytest.approx(both.values["decode_ms_p50"] / 8, abs=1e-3)
    told = capsys.readouterr().out.splitlines()
    (start,) = (place for place, line in enumerate(told) if line.startswith("| captions | words | a word, ms |"))
    first, second, third = (line.split(" | ") for line in told[start + 2 : start + 5])
    assert (first[0], first[3:]) == ("| onnx-fp32, 1 thread, beam 1, en", ["1.00", "1.00 |"])
    assert second[0] == "| onnx-fp32, 1 thread, beam 1, de"
    total = both.values["total_ms_p50"] / english.values["total_ms_p50"]
    assert (third[0], third[4]) == ("| onnx-fp32, 1 thread, beam 1, en and de", f"{total:.2f} |")
    assert main(["report", str(out)]) == 0
    report = (out / "report.md").read_text()
    assert "| onnx-fp32, 1 thread, beam 1, en and de | 6.0 |" in report[report.index("## Languages") :]


def test_a_language_that_a_bundle_does_not_speak(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--bundle", str(two_languages(tmp_path / "bundle")), "--language", "en", "fr") == 2
    assert "language fr: this bundle speaks en, de; name one of these" in capsys.readouterr().err
