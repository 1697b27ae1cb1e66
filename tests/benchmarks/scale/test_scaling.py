"""Every axis, short, with the tiny bundle."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.cli import main
from benchmarks.scale.axes import points
from benchmarks.scale.cameras import PatchCamera
from benchmarks.scale.frames import patches
from benchmarks.scale.measuring import cores
from edge_runtime.bench.result import Record
from export.bundling.markdown import narrow


def test_frames_differ_and_cover_the_picture() -> None:
    rng = np.random.default_rng(0)
    one, other = patches(rng, 30, 80), patches(rng, 30, 80)
    assert one.shape == (30, 80, 3)
    assert (one[:5, :10] == one[0, 0]).all()
    assert not (one == other).all()


def test_a_camera_gives_its_frames_at_its_rate() -> None:
    with PatchCamera("one", 200.0, 0.05, 0) as camera:
        frames = []
        while camera.grab():
            frames.append(camera.retrieve())
    assert [frame.shape for frame in frames] == [(480, 640, 3)] * 10


def test_where_the_longest_run_is_looked_at() -> None:
    assert points(20_000) == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000]
    assert points(12) == [1, 2, 5, 10, 12]


def test_every_axis(tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--bundle", str(tiny_bundle), "--quick", "--pictures-most", "12", "--out", str(tmp_path)]
    assert main(["scale", *arguments]) == 1
    printed = capsys.readouterr()
    assert "this run is not valid" in printed.err
    assert "leave out --quick" in printed.err
    record = Record.from_json((tmp_path / "scale.json").read_text(), "scale.json")
    names = [row.name for row in record.rows]
    assert names == [
        *(f"pictures {count}" for count in (1, 2, 5, 10, 12)),
        *(f"cameras {count}" for count in (1, 2)),
        *(f"words {count}" for count in range(1, 7)),
        "input 240p",
        "input 720p",
        *(f"threads {count}" for count in cores()),
        *(name for name in names if name.startswith("growth of ")),
    ]
    times = [record.rows[place].values["time_s"] for place in range(5)]
    assert times == sorted(times)
    assert all(row.values["memory_mb"] > 10 for row in record.rows if row.values)
    growth = record.row("growth of time with pictures")
    assert growth is not None
    assert growth.facts["figure"] == "time_s"
    assert f"{growth.facts['sentence'].capitalize()}." in record.notes
    cameras = record.row("cameras 2")
    assert cameras is not None
    assert sorted(cameras.facts["captions"]) == ["camera 0", "camera 1"]
    assert (tmp_path / "scale.md").read_text().rstrip("\n") == narrow(printed.out).rstrip("\n")
    assert "| pictures | time, s | memory, MB | at the most, MB |" in printed.out


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--pictures-most", "5"], "--pictures-most 5: must be 10 to 1000000"),
        (["--threads", "0"], "--threads 0: must be 1 to 64"),
        (["--beam", "99"], "--beam 99: must be 1 to 50"),
        (["--variant", "onnx-fp13"], "onnx-fp13"),
    ],
)
def test_wrong_options(wrong: list[str], said: str, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scale", "--bundle", str(tiny_bundle), *wrong]) == 2
    assert said in capsys.readouterr().err


def test_a_figure_is_a_number(tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from benchmarks.scale.child import Child

    found = Child(str(tiny_bundle), "onnx-fp32", 1).run("sizes", names=["240p"], rounds=2, beam=1)
    assert len(found["total_ms"]["240p"]) == 2
    assert json.dumps(found)
