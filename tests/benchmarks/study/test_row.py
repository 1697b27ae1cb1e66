from dataclasses import replace
from pathlib import Path

from benchmarks.study.row import StudyRow, read_row, write_row

_ROW = StudyRow("x", "none", True, 1, 2, 3.0, None, None, None, "b", "onnx-int8", 4, ["short"])


def test_a_row_is_kept_under_its_key(tmp_path: Path) -> None:
    path = tmp_path / "rows" / "x.json"
    assert read_row(path, "k") is None
    write_row(path, "k", _ROW)
    assert read_row(path, "k") == _ROW
    assert read_row(path, "other") is None
    write_row(path, "k", replace(_ROW, name="y"))
    assert [file.name for file in path.parent.iterdir()] == ["x.json"]


def test_a_damaged_row_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for content in ("{", "[]", '{"key": "k"}', '{"key": "k", "row": {"name": "x"}}'):
        path.write_text(content)
        assert read_row(path, "k") is None
