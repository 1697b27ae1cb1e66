from pathlib import Path

import pytest

from benchmarks.cli import main
from benchmarks.live import live as live_record
from benchmarks.live.scenarios import CLIP, SCENES, SINK_HANGS, SINK_WORKS, STILL_EVERY, STILL_GATE
from edge_runtime.bench.environment import Snapshot
from edge_runtime.bench.result import Record

EXAMPLES = str(Path(__file__).parents[3] / "examples")


def test_every_row(
    tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(live_record, "snapshot", lambda: Snapshot(45.0, (), (), 2400, 0.0))
    monkeypatch.setattr("edge_runtime.bench.environment.WIDEST", float("inf"))
    options = ["--bundle", str(tiny_bundle), "--pictures", EXAMPLES, "--scenes", "3", "--seconds", "2"]
    assert main(["live", *options, "--out", str(tmp_path)]) == 0
    record = Record.read(tmp_path / "live.json")
    assert [row.name for row in record.rows] == [STILL_GATE, STILL_EVERY, SINK_WORKS, SINK_HANGS, CLIP, SCENES]
    rows = {row.name: row for row in record.rows}
    assert rows[STILL_GATE].values["captions"] < rows[STILL_EVERY].values["captions"]
    for name in (STILL_EVERY, SINK_WORKS, SINK_HANGS):
        values = rows[name].values
        assert 0 < values["age_ms_p50"] <= values["age_ms_p90"] <= values["age_ms_p99"] <= values["age_ms_max"]
        assert values["cpu_percent"] > 0
    assert rows[SINK_HANGS].values["age_ms_p50"] < 1000 * rows[SINK_HANGS].facts["seconds"]
    assert rows[CLIP].missing == "no clip was named; name a video with --clip"
    assert rows[SCENES].values["scenes"] == 3
    assert 1 <= rows[SCENES].values["scenes_captioned"] <= 3
    assert "| still scene, every frame |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--scenes", "0"], "--scenes 0: must be at least 1"),
        (["--seconds", "0"], "--seconds 0: must be 1 to 3600"),
        (["--pictures", "no-such"], "no-such: no such folder of pictures; check --pictures"),
        (["--clip", "no-such.mp4"], "no-such.mp4: no such video; check --clip"),
    ],
)
def test_what_is_refused(
    tiny_bundle: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["live", "--bundle", str(tiny_bundle), "--pictures", EXAMPLES, *options]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"benchmarks live: {message}\n")
