"""`reading.json`: the verdicts of somebody who looked at the pictures."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.report.reading import read_reading
from edge_runtime.errors import RecordError

_GOOD: dict[str, Any] = {
    **{"reader": "a friend", "pictures": 6, "seed": 0},
    "models": {"ours": {"right": 3, "half_right": 2, "wrong": 1}},
}


def _written(folder: Path, text: str) -> Path:
    path = folder / "reading.json"
    path.write_text(text)
    return path


def test_a_reading_is_a_record(tmp_path: Path) -> None:
    record = read_reading(_written(tmp_path, json.dumps(_GOOD)))
    assert record.kind == "reading"
    assert record.options == {"reader": "a friend", "pictures": 6, "seed": 0}
    assert [(row.name, row.values) for row in record.rows] == [("ours", {"right": 3, "half_right": 2, "wrong": 1})]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"models": {"ours": {"right": 3, "half_right": 2, "wrong": 2}}}, "ours: .* are not 6 verdicts"),
        ({"models": {"ours": {"right": 8, "half_right": -3, "wrong": 1}}}, "are not 6 verdicts"),
        ({"models": {"ours": {"right": 3.5, "half_right": 1.5, "wrong": 1}}}, "are not 6 verdicts"),
        ({"models": {"ours": {"right": 6}}}, "not a reading"),
        ({"models": {}}, "no model in it"),
        ({"models": 3}, "not a reading"),
        ({"pictures": 0}, "at least one picture"),
        ({"seed": "seven"}, "pictures and seed as whole numbers"),
        ({"reader": " "}, "name the reader"),
    ],
)
def test_what_is_no_reading(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecordError, match=sentence):
        read_reading(_written(tmp_path, json.dumps({**_GOOD, **change})))


@pytest.mark.parametrize("text", ["", "[]", "{}", "7"])
def test_what_is_no_json_object_of_ours(tmp_path: Path, text: str) -> None:
    with pytest.raises(RecordError, match=r"reading\.json: not a reading"):
        read_reading(_written(tmp_path, text))
