"""One page of measurements: what it shows, and what it says where there are none."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cli import main
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
    failure = {"picture": "a.jpg", "said": "a <dog> runs", "people_say": "A cat sleeps .", "cider": 0.01}
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
    assert "| a.jpg | a <dog> runs | A cat sleeps . | 0.010 |" in told
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
    failures = [{"picture": "b.jpg", "said": said, "people_say": "A cow .", "cider": 0.0}]
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
    assert "| b.jpg | of the default | A cow . | 0.000 |" in told
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
