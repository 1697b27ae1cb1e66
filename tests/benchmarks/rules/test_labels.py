import json
from pathlib import Path

import pytest

from benchmarks.cli import main
from benchmarks.rules.labels import Labelled, read_labels, score
from edge_runtime.errors import RecordError

_LINES = "hard\tdog\tno\ta hot dog\neasy\tdog\tyes\ttwo dogs\nhard\tcat\tyes\ta lion\n"


def test_what_is_right_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "labels.tsv"
    path.write_text(_LINES)
    pairs = read_labels(path)
    assert pairs[0] == Labelled("hard", "dog", "a hot dog", False)
    assert score(pairs) == {"hard": (1, 2), "easy": (1, 1), "all": (2, 3)}
    assert main(["rules", str(path), "--wrong"]) == 0
    assert capsys.readouterr().out == (
        "missed  cat  a lion\nhard: 1 of 2 right, 50.0 %\nall: 2 of 3 right, 66.7 %\neasy: 1 of 1 right, 100.0 %\n"
    )
    assert main(["rules", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["all"] == {"right": 2, "pairs": 3}


@pytest.mark.parametrize("line", ["dog\tno\ta hot dog", "hard\tdog\tmaybe\ta hot dog", "hard dog no a"])
def test_lines_of_another_form(tmp_path: Path, line: str) -> None:
    path = tmp_path / "labels.tsv"
    path.write_text(_LINES + line)
    with pytest.raises(RecordError, match="line 4 is no group, rule, yes or no, and sentence with tabs between"):
        read_labels(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"cannot be read \(No such file or directory\)"):
        read_labels(tmp_path / "none")
