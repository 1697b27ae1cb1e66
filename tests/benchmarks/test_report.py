"""One page of measurements: what it shows, and what it says where there are none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cli import main
from benchmarks.figures import value_of
from benchmarks.report.blocks import Table, html_page
from benchmarks.report.charts import Point, front
from benchmarks.report.records import read_records
from edge_runtime.bench.result import Record, Row

_MACHINE = {
    **{"board": None, "cpu": "Cortex-A76", "cpu_features": ["neon"], "cores": 4, "memory_mb": 8000},
    **{"system": "Linux", "python": "3.11", "packages": {"numpy": "2.4"}, "governor": None},
}


def _stages(total: float) -> dict[str, float]:
    stages = {"preprocess": 0.1, "encode": 0.7, "decode": 0.2, "total": 1.0}
    values = {f"{s}_ms_p{p}": share * total for s, share in stages.items() for p in (50, 90, 99)}
    return {**values, "fps": 1e3 / total, "size_bytes": 5e6}


def _latency() -> Record:
    rows = [
        Row(f"{variant}, 2 threads, beam 1", _stages(total), {}, {"variant": variant, "threads": 2, "beam": 1})
        for variant, total in (("onnx-int8", 5.0), ("onnx-fp32", 9.0))
    ]
    rows.append(Row("litert-int8, 2 threads, beam 1", missing="this variant needs LiteRT"))
    return Record("latency", "2026-01-01T00:00:00+00:00", _MACHINE, {}, rows, notes=["In turns."])


def _quality() -> Record:
    scores = dict.fromkeys(("bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor", "rouge_l"), 0.2)
    failure = {"picture": "a.jpg", "said": "a <dog> runs", "cider": 0.01}
    rows = [
        Row(f"{v}, beam 1", {"cider": cider, **scores}, {}, {"variant": v, "beam": 1, "failures": [failure]})
        for v, cider in (("onnx-int8", 0.58), ("onnx-fp32", 0.57))
    ]
    return Record("quality", "2026-01-01T00:00:00+00:00", _MACHINE, {"pictures": 9, "split": "test"}, rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for record in (_latency(), _quality()):
        (tmp_path / f"{record.kind}.json").write_text(record.to_json())
    return tmp_path


def test_a_page_of_what_was_measured(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    assert main(["report", str(folder), "--out", str(out)]) == 0
    told = (out / "report.md").read_text()
    assert "| onnx-int8, beam 1 | 5.00 | 5.00 | 0.5800 | 0.2000 | 0.2000 | 0.2000 | yes |" in told
    assert "| onnx-fp32, beam 1 | 9.00 | 5.00 | 0.5700 | 0.2000 | 0.2000 | 0.2000 |  |" in told
    assert "litert-int8, 2 threads, beam 1: this variant needs LiteRT" in told
    assert "Not measured here: peers. Run: python -m benchmarks peers --out DIR" in told
    assert "| a.jpg | a <dog> runs | 0.010 |" in told
    page = (out / "report.html").read_text()
    assert "a &lt;dog&gt; runs" in page
    assert page.count("data:image/png;base64,") == 3
    assert 'src="http' not in page
    assert (out / "quality.png").read_bytes().startswith(b"\x89PNG")


def test_the_newest_of_a_kind_counts(folder: Path) -> None:
    older = Record("latency", "2025-01-01T00:00:00+00:00", {**_MACHINE, "cpu": "old"}, {}, _latency().rows)
    (folder / "zz.json").write_text(older.to_json())
    assert main(["report", str(folder)]) == 0
    assert "old" not in (folder / "report.md").read_text()


def test_the_front_holds_what_nothing_beats() -> None:
    points = [
        Point(name, ms, cider, 1) for name, ms, cider in (("a", 1, 0.4), ("b", 2, 0.3), ("c", 3, 0.5), ("d", 3, 0.45))
    ]
    assert [point.name for point in front(points)] == ["a", "c"]


def test_cells_do_not_break_a_table() -> None:
    table = Table(["x"], [["a|b"]])
    assert table.to_markdown() == "| x |\n| --- |\n| a/b |"
    assert "<td>a|b</td>" in html_page("t", [table])


def test_what_is_no_folder_of_measurements(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path / "gone")]) == 2
    assert (
        "gone: no such folder of measurements; make one with: python -m benchmarks latency" in capsys.readouterr().err
    )
    (folder / "other.json").write_text("[]")
    assert main(["report", str(folder)]) == 2
    assert "other.json: not a measurement of edge-caption" in capsys.readouterr().err


def test_it_works_without_tensorflow_and_pytorch(folder: Path) -> None:
    program = (
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'torch', 'transformers'): sys.modules[name] = None\n"
        "from benchmarks.cli import main\n"
        f"sys.exit(main(['report', {str(folder)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Not measured here: limits." in (folder / "report.md").read_text()


def _failure(name: str, said: str, default: str | None = None, cider: float = 0.58) -> Record:
    failures = [{"picture": "b.jpg", "said": said, "cider": 0.0}]
    row = Row(name, {"cider": cider, "same_as_first": 1.0}, {}, {"variant": "v", "beam": 6, "failures": failures})
    options = {"bundle": "b", "data": "d", "split": "test", "pictures": 9, **({"default": default} if default else {})}
    return Record("quality", f"2026-01-0{2 if default else 1}T00:00:00+00:00", _MACHINE, options, [row])


def test_the_failures_are_the_defaults(tmp_path: Path) -> None:
    older = _failure("onnx-int8, beam 6", "as before")
    older = Record(
        older.kind,
        older.date,
        _MACHINE,
        older.options,
        [*_failure("litert-int8, beam 1", "of another variant").rows, *older.rows],
    )
    (tmp_path / "one.json").write_text(older.to_json())
    assert main(["report", str(tmp_path)]) == 0
    told = (tmp_path / "report.md").read_text()
    assert "**These are not the default's (the record does not name it)" in told
    (tmp_path / "two.json").write_text(_failure("onnx-int8, beam 6", "of the default", "onnx-int8, beam 6").to_json())
    assert [row.name for row in read_records(tmp_path)["quality"].rows] == ["litert-int8, beam 1", "onnx-int8, beam 6"]
    assert main(["report", str(tmp_path)]) == 0
    told = (tmp_path / "report.md").read_text()
    assert "The sentences of onnx-int8, beam 6 that score lowest" in told
    assert "| b.jpg | of the default | 0.000 |" in told
    assert "not the default's" not in told


def test_quality_of_another_model_does_not_add_up(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(_failure("a, beam 6", "x").to_json())
    (tmp_path / "two.json").write_text(_failure("a, beam 6", "y", "a, beam 6", cider=0.61).to_json())
    assert [row.values["cider"] for row in read_records(tmp_path)["quality"].rows] == [0.61]


def test_several_bundles_are_said(folder: Path) -> None:
    for name, kind, digest in (("latency", _latency(), "a" * 64), ("quality", _quality(), "b" * 64)):
        machine = {**_MACHINE, "bundles": {"mine": digest}}
        (folder / f"{name}.json").write_text(Record(kind.kind, kind.date, machine, kind.options, kind.rows).to_json())
    assert main(["report", str(folder)]) == 0
    assert "- mine aaaaaaaaaaaa: latency\n- mine bbbbbbbbbbbb: quality\n" in (folder / "report.md").read_text()


_TRUTH = {
    **{"objects_unseen": 0.25, "objects_unseen_of": 1200, "captions_unseen": 0.5, "captions_unseen_of": 600},
    **{"people_invented_of": 0, "colours_unseen": 0.1, "colours_unseen_of": 90, "colours_wrong": 0.05},
    **{"colours_wrong_of": 60, "sex_wrong": 0.125, "sex_wrong_of": 8, "sex_unsaid": 0.0, "sex_unsaid_of": 8},
}


def _with_truth() -> Record:
    record = _quality()
    own = {"data": "first", "split": "test", "pictures": 9}
    more = {"data": "rooms", "split": "dev", "pictures": 4}
    rows = [
        *(Row(row.name, {**row.values, **_TRUTH}, facts={**row.facts, **own}) for row in record.rows),
        Row("people", {**_TRUTH, "objects_unseen": 0.03}, facts=own),
        Row(
            "rooms dev, onnx-int8, beam 1", {"cider": 0.9, **_TRUTH}, facts={"variant": "onnx-int8", "beam": 1, **more}
        ),
        Row("rooms dev, people", {**_TRUTH, "objects_unseen": 0.02}, facts=more),
    ]
    return Record("quality", record.date, _MACHINE, {**own, "bundle": "b"}, rows)


def test_what_is_not_so_is_shown_by_data_set_with_people_beside(folder: Path) -> None:
    (folder / "quality.json").write_text(_with_truth().to_json())
    assert main(["report", str(folder)]) == 0
    told = (folder / "report.md").read_text()
    part = told[told.index("## What is not so") : told.index("## Stages")]
    assert part.index("first, 9 test pictures:") < part.index("rooms, 4 dev pictures:")
    assert "| onnx-int8, beam 1 | 25.0 % of 1,200 | 50.0 % of 600 | - |" in part
    assert "| people | 3.0 % of 1,200 |" in part
    assert "| people | 2.0 % of 1,200 |" in part
    # The other data set's CIDEr is not drawn against the first one's times.
    assert "0.9000" not in told


def test_records_of_an_earlier_version_say_that_they_do_not_tell_it(folder: Path) -> None:
    assert main(["report", str(folder)]) == 0
    assert "The measurement of quality does not tell this: measure it again" in (folder / "report.md").read_text()


def test_rows_with_more_figures_add_up_with_those_that_have_fewer(tmp_path: Path) -> None:
    older, newer = _failure("a, beam 6", "x"), _failure("a, beam 6", "y", "a, beam 6")
    rest = Row("b, beam 1", {"cider": 0.5}, facts={"variant": "b", "beam": 1})
    rows = [Row(row.name, {**row.values, **_TRUTH}, facts=row.facts) for row in newer.rows]
    for name, record, rows_of in (("1", older, [*older.rows, rest]), ("2", newer, rows)):
        told = Record("quality", record.date, _MACHINE, record.options, rows_of)
        (tmp_path / f"{name}.json").write_text(told.to_json())
    found = read_records(tmp_path)["quality"]
    assert [row.name for row in found.rows] == ["a, beam 6", "b, beam 1"]
    assert found.rows[0].values["objects_unseen_of"] == 1200


def test_a_reading_is_shown_where_there_is_one(folder: Path) -> None:
    assert main(["report", str(folder)]) == 0
    assert "Read against the pictures" not in (folder / "report.md").read_text()
    models = {"old": {"right": 10, "half_right": 5, "wrong": 25}, "new": {"right": 30, "half_right": 6, "wrong": 4}}
    reading = {"reader": "a friend", "pictures": 40, "seed": 7, "models": models}
    (folder / "reading.json").write_text(json.dumps(reading))
    assert main(["report", str(folder)]) == 0
    told = " ".join((folder / "report.md").read_text().split())
    assert "40 that seed 7 picked, every one looked at; the reader is a friend." in told
    assert "| old | 10 (25 of 100) | 5 (12 of 100) | 25 (62 of 100) |" in told
    assert value_of("reading | new | right", read_records(folder)) == 30
