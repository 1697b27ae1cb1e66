"""Bundles of several sizes, timed in turns and scored, on made-up pictures."""

import shutil
from pathlib import Path

import pytest

from benchmarks.bundles import latency
from benchmarks.cli import main
from benchmarks.report.by_size import size_blocks
from benchmarks.report.sections import sections
from edge_runtime.bench.environment import Snapshot
from edge_runtime.bench.result import Record
from tests.tiny_bundle import write_bundle

EXAMPLES = str(Path(__file__).parents[3] / "examples")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else runs on the machine that tests run on speaks against nothing."""
    monkeypatch.setattr(latency, "snapshot", lambda: Snapshot(45.0, (), (), 2400, 0.0))
    monkeypatch.setattr("edge_runtime.bench.environment.WIDEST", float("inf"))


@pytest.mark.skipif(shutil.which("java") is None, reason="scores need Java")
def test_what_each_costs_and_scores(
    tiny_bundle: Path, coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_bundle(tmp_path / "other", name="another")
    data = ["--data", str(coloured), "--split", "test", "--name", "walls", "--limit", "8"]
    also = ["--also", f"--name squares --split dev --data '{coloured}'"]
    how = [
        "--pictures",
        EXAMPLES,
        "--rounds",
        "100",
        "--warm-up",
        "0",
        "--beam",
        "1",
        "2",
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(["sizes", "--bundle", str(tiny_bundle), str(other), *data, *also, *how]) == 0
    table = capsys.readouterr().out
    record = Record.read(tmp_path / "out" / "sizes.json")
    assert [row.name for row in record.rows] == [
        f"{bundle}: onnx-fp32, 2 threads, beam {beam}" for bundle in ("tiny", "another") for beam in (1, 2)
    ]
    assert record.options["data"] == ["walls test", "squares dev"]
    assert set(record.machine["bundles"]) == {"tiny", "another"}
    scores = [(row.values["cider_walls"], row.values["cider_squares"]) for row in record.rows]
    # The two say the same.
    assert scores[0] == scores[2]
    assert all(0 <= score < 1 for pair in scores for score in pair)
    assert all(row.values["total_ms_p50"] > 0 and row.values["size_bytes"] > 0 for row in record.rows)
    assert "| bundle | MB | ms, median | ms, against the first | CIDEr, walls | of the first's |" in table
    assert len(size_blocks({"sizes": record})) == 2
    assert size_blocks({}) == []
    assert any(getattr(block, "columns", [""])[0] == "bundle" for block in sections({"sizes": record}))


@pytest.mark.parametrize(
    ("twice", "sentence"),
    [
        (False, "--bundle: name at least two bundles to compare, the first one the measure of the others"),
        (True, "--bundle: two bundles have one name; name bundles that are called differently"),
    ],
)
def test_what_cannot_be_compared(
    tiny_bundle: Path, coloured: Path, twice: bool, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bundles = [str(tiny_bundle)] * (2 if twice else 1)
    assert main(["sizes", "--bundle", *bundles, "--data", str(coloured), "--split", "test"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"benchmarks sizes: {sentence}"


def test_a_size_that_is_not_installed(
    coloured: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_runtime.bundle.installed.PACKAGES", {"small": "no_such_package"})
    assert main(["sizes", "--bundle", "default", "small", "--data", str(coloured), "--split", "test"]) == 2
    assert "the bundle 'small' is not installed; run: pip install no-such-package" in capsys.readouterr().err
