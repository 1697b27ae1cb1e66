"""Figures of documents: those of this checkout are the records', and one that is not is found."""

import shutil
from pathlib import Path

import pytest

from benchmarks.cli import main
from benchmarks.encoders import encoders_markdown
from benchmarks.figures import check_documents, refreshed, uncovered, value_of
from benchmarks.report.blocks import markdown_page
from benchmarks.report.figure_list import Exempt, Quote
from benchmarks.report.records import read_records
from benchmarks.report.sections import sections
from edge_runtime.bench.result import Record, Row
from edge_runtime.errors import RecordError

ROOT = Path(__file__).parent.parent.parent
_RECORDS = {
    "live": Record(
        "live",
        "2026-01-02T03:04:05+00:00",
        {},
        {"pictures": 1000},
        [Row("still", {"cpu": 1.31, "size_bytes": 5160296}), Row("every", {"cpu": 21.12}, facts={"times": 2437.51})],
    )
}
_QUOTE = Quote("a.md", "It costs {} of\nall.", ["live | still | cpu over live | every | cpu"], "percent")


def test_every_figure_of_the_documents_is_the_records() -> None:
    assert [str(finding) for finding in check_documents(ROOT)] == []


def test_the_report_is_what_its_records_make() -> None:
    report = ROOT / "docs" / "report"
    assert markdown_page(sections(read_records(report / "records"))) == (report / "report.md").read_text(
        encoding="utf-8"
    )


def test_the_estimates_are_what_their_record_makes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["estimates", str(ROOT / "docs" / "report" / "records" / "latency.json")]) == 0
    assert capsys.readouterr().out == (ROOT / "docs" / "estimates.md").read_text(encoding="utf-8")


def test_the_price_list_of_encoders_is_what_its_record_makes() -> None:
    encoders = ROOT / "docs" / "encoders"
    assert encoders_markdown(Record.read(encoders / "encoders.json")) == (encoders / "encoders.md").read_text(
        encoding="utf-8"
    )


def test_where_a_figure_is_taken_from() -> None:
    found = [
        value_of(source, _RECORDS)
        for source in ("live | date", "live | pictures", "live | still | cpu", "live | every | times")
    ]
    assert found == ["2026-01-02T03:04:05+00:00", 1000, 1.31, 2437.51]


@pytest.mark.parametrize("source", ["gone | date", "live | gone | cpu", "live | still | gone", "live | a | b | c"])
def test_a_source_that_is_none(source: str) -> None:
    with pytest.raises(RecordError, match="no such figure in the records"):
        value_of(source, _RECORDS)


def test_a_figure_that_stayed_behind() -> None:
    text, told = refreshed("It costs\n5 % of all.\n", [_QUOTE], _RECORDS)
    assert text == "It costs\n6 % of all.\n"
    assert told == ["a.md: 5 % is 6 % by the record (live | still | cpu over live | every | cpu)"]
    assert refreshed(text, [_QUOTE], _RECORDS) == (text, [])


@pytest.mark.parametrize(
    ("text", "times"), [("It costs nothing.", 0), ("It costs 6 % of all. It costs 6 % of all.", 2)]
)
def test_words_that_do_not_stand_there_once(text: str, times: int) -> None:
    with pytest.raises(RecordError, match=f"stands there {times} times instead of once"):
        refreshed(text, [_QUOTE], _RECORDS)


def test_several_figures_of_one_line() -> None:
    quote = Quote("a.md", "| MB | **{}** | {} |", ["live | still | size_bytes"] * 2, "megabytes of bytes")
    assert refreshed("| MB | **10.25** | 1 |", [quote], _RECORDS)[0] == "| MB | **5.2** | 5.2 |"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It takes 5.3 of them.", 1),
        ("It takes 12 ms, 3 % or 40 MB, 3 times.", 4),
        ("CIDEr .612 | 1,234.5 |", 2),
        ("Four pictures of 640 x 480, 1000 of them, version 1.2.3, at 192.0.2.7.", 0),
        ("`--rate 0.5`\n\n    --rate 0.5\n\n[a](b-0.5.md)\n\n```\n0.5 ms\n```\n", 0),
        ("It costs 6 % of all.", 0),
        ("Python 3.11 runs it.", 0),
    ],
)
def test_figures_that_nothing_covers(text: str, count: int) -> None:
    assert len(uncovered(text, [_QUOTE], [Exempt("a.md", "Python 3.11", "a version")])) == count


def test_the_command_refreshes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs" / "report").mkdir(parents=True)
    shutil.copytree(ROOT / "docs" / "report" / "records", tmp_path / "docs" / "report" / "records")
    (tmp_path / "docs" / "figures.toml").write_text(
        'complete = ["a.md"]\nexempt = []\n[[quote]]\ndocument = "a.md"\nwords = "of {} pictures"\n'
        'from = ["quality | pictures"]\nas = "whole"\n'
    )
    (tmp_path / "a.md").write_text("The mean of 7 pictures.\n")
    assert main(["figures", "--root", str(tmp_path)]) == 1
    assert capsys.readouterr().out == "a.md: 7 is 1,000 by the record (quality | pictures)\n"
    assert main(["figures", "--root", str(tmp_path), "--write"]) == 0
    assert (tmp_path / "a.md").read_text() == "The mean of 1,000 pictures.\n"
    (tmp_path / "a.md").write_text("The mean of 1,000 pictures, 4 % more.\n")
    assert main(["figures", "--root", str(tmp_path), "--write"]) == 1
    assert "covers a figure in '... The mean of 1,000 pictures, 4 % more. ...'" in capsys.readouterr().out


def test_a_list_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", "--root", str(tmp_path)]) == 2
    assert "figures.toml: not a list of figures" in capsys.readouterr().err
