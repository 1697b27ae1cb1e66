"""Two measurements side by side: what counts as a change."""

import dataclasses
import json
from pathlib import Path

import pytest

from benchmarks.cli import main
from benchmarks.report.comparison import compare
from edge_runtime.bench.result import Record, Row
from edge_runtime.errors import RecordError

MACHINE = {"cpu": "Cortex-A76", "board": "Raspberry Pi 5", "packages": {"numpy": "2.4"}, "bundles": {"x": "1"}}


def _record(*rows: Row, kind: str = "latency", **changes: object) -> Record:
    return Record(kind, "2026-01-01", {**MACHINE, **changes}, {}, rows)


def _row(name: str, milliseconds: float, noise: float = 0.01, **values: float) -> Row:
    return Row(name, {"total_ms_p50": milliseconds, **values}, {"total_ms_p50": noise})


def test_within_the_noise_nothing_changed() -> None:
    found = compare(_record(_row("a", 10.0)), _record(_row("a", 10.4)))
    assert (found.verdict, found.regressions) == ("no change", [])
    noisy = compare(_record(_row("a", 10.0, 0.06)), _record(_row("a", 11.0, 0.06)))
    assert noisy.verdict == "no change"


def test_slower_past_the_noise_is_worse_and_faster_is_better() -> None:
    found = compare(_record(_row("a", 10.0), _row("b", 10.0)), _record(_row("a", 10.6), _row("b", 9.0)))
    assert found.verdict == "1 worse, 1 better"
    (worse,) = found.regressions
    assert worse.row == "a"
    assert worse.share == pytest.approx(0.06)


@pytest.mark.parametrize(
    ("figure", "before", "after", "verdict"),
    [
        ("cider", 0.58, 0.57, "worse"),
        ("cider", 0.58, 0.578, "no change"),
        ("fps", 100, 90, "worse"),
        ("size_bytes", 1_000_000, 1_010_000, "worse"),
        ("memory_mb", 80, 87, "no change"),
        ("memory_mb", 80, 60, "better"),
        ("people_invented", 0.04, 0.06, "worse"),
        ("colours_wrong", 0.3, 0.2, "better"),
        ("sex_wrong", 0.1, 0.2, "worse"),
        ("sex_wrong", 0.0, 0.1, "worse"),
        ("sex_wrong", 0.0, 0.0, "no change"),
        ("cider", 0.0, 0.5, "better"),
        ("calibration_error", 0.02, 0.04, "worse"),
        ("risk_area", 0.2, 0.1, "better"),
        ("roc_area", 0.8, 0.7, "worse"),
        ("abstained", 0.0, 0.1, None),
        ("total_ms_p99", 10, 100, None),
        ("words", 10, 12, None),
    ],
)
def test_each_figure_has_its_own_better_side(figure: str, before: float, after: float, verdict: str | None) -> None:
    found = compare(_record(Row("a", {figure: before})), _record(Row("a", {figure: after})))
    assert [change.verdict for change in found.changes] == ([] if verdict is None else [verdict])


def test_what_was_nothing_has_no_share(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = _record(Row("a", {"sex_wrong": 0.0})), _record(Row("a", {"sex_wrong": 0.25}))
    found = compare(before, after)
    assert [(change.before, change.after, change.share) for change in found.changes] == [(0, 0.25, None)]
    assert "| a | sex wrong | 0 | 0.2500 | from 0 | 5.0 % | worse |" in found.to_markdown()
    for name, record in (("before", before), ("after", after)):
        (tmp_path / name).write_text(record.to_json())
    assert main(["compare", str(tmp_path / "before"), str(tmp_path / "after"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["changes"][0]["share"] is None


def test_a_time_that_was_not_taken_is_no_base() -> None:
    before, after = _record(_row("a", 0.0), _row("b", 20.0)), _record(_row("a", 3.0), _row("b", 9.0), cpu="Cortex-A53")
    assert compare(before, after).changes == []


def test_times_of_two_machines_are_compared_by_ratios() -> None:
    before = _record(_row("a", 10.0), _row("b", 20.0, cider=0.5))
    after = _record(_row("a", 30.0), _row("b", 60.0, cider=0.4), cpu="Cortex-A53")
    found = compare(before, after)
    assert found.reference == "a"
    assert {change.figure: change.verdict for change in found.changes} == {
        "total_ms_p50": "no change",
        "cider": "worse",
    }
    slower = compare(before, _record(_row("a", 30.0), _row("b", 70.0), cpu="Cortex-A53"))
    assert [change.figure for change in slower.regressions] == ["total_ms_p50"]


def test_what_a_reader_must_know_is_said() -> None:
    doubted = dataclasses.replace(_record(_row("a", 10.0)), warnings=["the processor was held back"])
    found = compare(doubted, _record(_row("a", 10.0), _row("c", 1.0), bundles={"x": "2"}, packages={"numpy": "2.5"}))
    assert found.warnings == [
        "The first measurement is not valid: the processor was held back.",
        "The bundles are not the same.",
        "Other versions: numpy 2.4 / 2.5.",
    ]
    assert found.only_after == ["c"]


def test_what_does_not_compare() -> None:
    with pytest.raises(RecordError, match="one measurement is of latency, the other of live"):
        compare(_record(_row("a", 1)), _record(_row("a", 1), kind="live"))
    with pytest.raises(RecordError, match="no row in common"):
        compare(_record(_row("a", 1)), _record(_row("b", 1)))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other, none = tmp_path / "a.json", tmp_path / "b.json", tmp_path / "c.json"
    one.write_text(_record(_row("a", 10.0)).to_json())
    other.write_text(_record(_row("a", 12.0)).to_json())
    none.write_text("{}")
    assert main(["compare", str(one), str(one)]) == 0
    assert capsys.readouterr().out == "1 figures compared: no change\n"
    assert main(["compare", str(one), str(other)]) == 1
    assert "| a | total, median, ms | 10 | 12 | +20.0 % | 5.0 % | worse |" in capsys.readouterr().out
    assert main(["compare", str(one), str(none)]) == 2
    assert f"{none}: not a measurement of edge-caption" in capsys.readouterr().err
    assert main(["compare", str(one), str(tmp_path / "gone")]) == 2
    assert "gone: cannot be read (No such file or directory); check the path" in capsys.readouterr().err
