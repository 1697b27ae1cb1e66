from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="OpenCV is not installed")
pytest.importorskip("starlette", reason="the extra web is not installed")

from benchmarks.cli import main
from benchmarks.live import viewers as viewers_record
from edge_runtime.bench.environment import Snapshot
from edge_runtime.bench.result import Record

EXAMPLES = str(Path(__file__).parents[3] / "examples")


@pytest.mark.slow
def test_a_page_is_measured(tmp_path: Path, tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewers_record, "snapshot", lambda: Snapshot(45.0, (), (), 2400, 0.0))
    options = [
        "--bundle",
        str(tiny_bundle),
        "--pictures",
        EXAMPLES,
        "--scenes",
        "3",
        "--viewers",
        "3",
        "--seconds",
        "10",
    ]
    assert main(["viewers", *options, "--out", str(tmp_path)]) == 0
    record = Record.read(tmp_path / "viewers.json")
    read, watched = record.rows
    assert read.values["scenes"] == 3
    assert 1 <= read.values["scenes_read"] <= 2
    assert 0 < read.values["delay_ms_p50"] < 1000
    assert watched.name == "3 viewers"
    assert watched.values["mb_sent"] > 0
    assert watched.values["age_ratio_p50"] > 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--scenes", "0"], "--scenes 0: must be 1 to 10000"),
        (["--viewers", "501"], "--viewers 501: must be 1 to 500"),
        (["--seconds", "0"], "--seconds 0: must be 1 to 3600"),
        (["--pictures", "/none"], "/none: no such folder of pictures; check --pictures"),
    ],
)
def test_what_cannot_be_measured(
    tiny_bundle: Path, options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["viewers", "--bundle", str(tiny_bundle), "--pictures", EXAMPLES, *options]) == 2
    assert sentence in capsys.readouterr().err
