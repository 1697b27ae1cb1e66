"""Estimates of made-up boards, worked out by hand; and that the file's own figures give a page."""

from pathlib import Path

import pytest

from benchmarks.cli import main
from benchmarks.estimates import Range, estimates, published, rest_ratios
from edge_runtime.bench.result import Record, Row
from edge_runtime.errors import RecordError

_DATA = {
    "sources": {"one": "a page", "ncnn": "another"},
    "boards": {"Old": "4 x slow", "New": "4 x fast"},
    "direct": [
        {"board": "Old", "precision": "int8", "threads": 4, "ms": 100.0, "source": "one"},
        {"board": "Old", "precision": "int8", "threads": 4, "ms": 120.0, "source": "one"},
    ],
    "pairs": [
        {"from": "Old", "from_ms": 10.0, "to": "New", "to_ms": 5.0, "source": "ncnn"},
        {"from": "Old", "from_ms": 10.0, "to": "New", "to_ms": 4.0, "source": "ncnn"},
    ],
    "threads": [{"board": "Old", "one_ms": 30.0, "four_ms": 10.0, "source": "ncnn"}],
}


def _row(variant: str, threads: int, beam: int, encode: float, rest: float, encoder: str = "efficientnet_lite0") -> Row:
    values = {"preprocess_ms_p50": 0.0, "encode_ms_p50": encode, "decode_ms_p50": rest}
    facts = {"variant": variant, "threads": threads, "beam": beam, "encoder": encoder}
    return Row(f"{variant}, {threads}, {beam}", values, facts=facts)


def _record(*rows: Row, kind: str = "latency") -> Record:
    return Record(kind, "2026-01-01T00:00:00+00:00", {"cpu": "a processor"}, {}, rows, ("it was hot",))


_ROWS = (
    _row("onnx-int8", 1, 1, 10.0, 1.0),
    _row("litert-int8", 1, 1, 10.0, 2.0),
    _row("onnx-int8", 1, 3, 10.0, 5.0),
    _row("onnx-int8", 2, 1, 10.0, 9.0),
    _row("onnx-fp32", 1, 1, 10.0, 9.0),
    _row("onnx-int8", 1, 1, 10.0, 9.0, "resnet50"),
)


def test_only_int8_on_one_thread_counts() -> None:
    assert rest_ratios(_record(*_ROWS)) == {1: Range(0.1, 0.2), 3: Range(0.5, 0.5)}


def test_ranges() -> None:
    old, new = estimates(_record(*_ROWS), _DATA)
    assert old.encoder_ms == Range(100.0, 120.0)
    assert old.caption_ms[1].low == pytest.approx(100.0 * 1.1)
    assert old.caption_ms[1].high == pytest.approx(120.0 * (1 + 0.2 * 3))
    assert new.encoder_ms == Range(40.0, 60.0)
    assert new.caption_ms[3].high == pytest.approx(60.0 * (1 + 0.5 * 3))
    assert new.sources == ("one", "one", "ncnn", "ncnn", "ncnn")
    assert (str(new.encoder_ms), str(Range(7.2, 12.1)), str(Range(83, 83))) == ("40 to 60", "7.2 to 12", "83")


def test_what_no_estimate_comes_of() -> None:
    with pytest.raises(RecordError, match="a record of quality"):
        rest_ratios(_record(kind="quality"))
    with pytest.raises(RecordError, match="no int8 variant of efficientnet_lite0 on one thread"):
        rest_ratios(_record(*_ROWS[3:]))


def test_every_board_has_figures_and_every_figure_a_source() -> None:
    data = published()
    found = estimates(_record(*_ROWS), data)
    assert [row.board.split()[-1] for row in found] == ["3B+", "4", "5", "W"]
    rows = [*data["direct"], *data["pairs"], *data["threads"]]
    assert {row["source"] for row in rows} == set(data["sources"])
    assert all(0 < row.encoder_ms.low <= row.encoder_ms.high < row.caption_ms[1].high for row in found)


def test_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "latency.json"
    path.write_text(_record(*_ROWS).to_json())
    assert main(["estimates", str(path), "--out", str(tmp_path)]) == 0
    page = (tmp_path / "estimates.md").read_text()
    assert page.startswith("# An estimate of what a Raspberry Pi takes\n")
    assert page.rstrip("\n") == capsys.readouterr().out.rstrip("\n")
    assert "greedy 0.10 to 0.20; beam 3 0.50 to 0.50; from latency.json, a processor" in " ".join(page.split())
    assert "- The record says of itself: it was hot." in page
    for source in published()["sources"].values():
        assert source in " ".join(page.split())
    assert main(["estimates", str(tmp_path / "none.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err
