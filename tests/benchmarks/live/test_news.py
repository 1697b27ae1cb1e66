"""The benchmark of news, on a few pictures of our own: what it counts, and what it refuses."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.cli import main
from benchmarks.live import news_films
from benchmarks.live.cutouts import CutOut, cut_outs, photograph
from benchmarks.live.disturbances import DISTURBANCES, Grain
from benchmarks.live.news import SMALL_ROW, news_markdown
from benchmarks.live.news_films import Scene, scene_rows
from benchmarks.report.records import read_records
from benchmarks.report.sections import sections
from edge_runtime.bench.result import Record

_ROWS = ["scenes", "other pictures", "what enters"]


def _thing(path: Path, seed: int) -> None:
    """A picture in which something stands out: red and yellow stripes before a green wall."""
    rng = np.random.default_rng(seed)
    pixels = rng.normal((60, 140, 90), 6, (480, 640, 3))
    stripes = rng.integers(0, 2, 12).repeat(20)[:, None, None]
    pixels[120:360, 220:420] = rng.normal(0, 6, (240, 200, 3)) + (220, 30, 30) + stripes * (0, 180, 0)
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(4):
        _thing(folder / f"{number}.png", number)
    return folder


def test_what_stands_out_is_cut_out_and_pasted(pictures: Path) -> None:
    things = list(cut_outs(sorted(pictures.iterdir())))
    assert len(things) == 4
    high, wide = things[0].mask.shape
    assert (abs(high - 120) <= 4, abs(wide - 100) <= 4) == (True, True)
    wall = np.full((480, 640, 3), 100, np.uint8)
    found, share = things[0].pasted(wall, 0.5, 0.5, 0.5)
    assert share == pytest.approx(0.5 * 480 * 0.5 * 480 * wide / high / (480 * 640), rel=0.1)
    assert (wall == 100).all()
    assert (found[:100] == 100).all()
    assert things[0].pasted(wall, 0.5, -1.0, 0.5)[1] == 0


def test_an_even_picture_has_nothing_to_cut_out(tmp_path: Path) -> None:
    Image.new("RGB", (640, 480), (90, 120, 150)).save(tmp_path / "even.png")
    assert list(cut_outs([tmp_path / "even.png"])) == []


@pytest.mark.parametrize("name", DISTURBANCES)
def test_a_disturbed_picture_is_a_picture(pictures: Path, name: str) -> None:
    rng = np.random.default_rng(0)
    before = photograph(pictures / "0.png")
    found = Grain(rng).on(DISTURBANCES[name](before, 3.0, rng))
    assert found.shape == (480, 640, 3)
    assert found.dtype == np.uint8
    assert (found != before).mean() > 0.5


def test_scenes_are_counted_by_what_they_are() -> None:
    frame = np.zeros((1, 1, 3), np.uint8)
    plan = [Scene(frame, None), Scene(frame, 0.03), Scene(frame, None), Scene(frame, 0.2)]
    rows = {row.name: row.values for row in scene_rows(plan, {0: 0.1, 1: 0.2, 2: 1.5}, 1)}
    assert rows["scenes"] == {
        **{"scenes": 4, "in_time_share": 0.5, "false_events": 1, "false_share": 0.25},
        **{"delay_ms_p50": 150, "delay_ms_p95": 195},
    }
    assert rows["other pictures"]["in_time_share"] == 0.5
    assert rows["what enters, under 5 %"] == {"scenes": 1, "in_time_share": 1, "delay_ms_p50": 200, "delay_ms_p95": 200}
    assert rows["what enters, over 10 %"] == {"scenes": 1, "in_time_share": 0}


def test_a_thing_is_never_put_into_its_own_picture() -> None:
    frame, mask = np.zeros((1, 1, 3), np.uint8), np.zeros((1, 1), np.uint8)
    paths = [Path("a.jpg"), Path("b.jpg")]
    things = [CutOut(path, frame, mask) for path in paths]
    studio = news_films.Studio(None, paths, things, np.random.default_rng(0))  # type: ignore[arg-type]
    assert {studio.thing(paths[0]).origin for _ in range(9)} == {paths[1]}


def test_a_record(
    tiny_bundle: Path,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(news_films, "_NIGHT_SECONDS", 0.5)
    monkeypatch.setattr(news_films, "_AGAIN_SECONDS", 1.0)
    options = [
        "--bundle",
        str(tiny_bundle),
        "--pictures",
        str(pictures),
        "--scenes",
        "6",
        "--stills",
        "1",
        "--seconds",
        "2",
    ]
    assert main(["news", *options, "--out", str(tmp_path / "out")]) == 0
    record = Record.read(tmp_path / "out" / "news.json")
    names = [row.name for row in record.rows]
    assert names[:3] == _ROWS
    assert set(names) > {SMALL_ROW, *(f"still, {name}" for name in DISTURBANCES), "somebody walks about"}
    assert record.valid
    assert record.options["things"] == 4
    assert "| still, noise | films: 1, one event: " in capsys.readouterr().out
    assert "png" not in record.to_json()
    assert news_markdown(record).count("\n| ") == len(names) + 1
    page = sections(read_records(tmp_path / "out"))
    assert any("6 scenes of 4 pictures" in str(block) for block in page)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--scenes", "2"], "--scenes 2: must be 3 to 10000"),
        (["--stills", "0"], "--stills 0: must be 1 to 1000"),
        (["--seconds", "0"], "--seconds 0: must be 1 to 3600"),
        (["--seed", "-1"], "--seed -1: must be 0 to 4294967295"),
        (["--objects", "no-such"], "no-such: no such folder of pictures; check --objects"),
    ],
)
def test_what_is_refused(
    tiny_bundle: Path, pictures: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["news", "--bundle", str(tiny_bundle), "--pictures", str(pictures), *options]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"benchmarks news: {message}\n")


def test_pictures_without_a_thing_are_refused(
    tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (640, 480), (90, 120, 150)).save(tmp_path / "even.png")
    assert main(["news", "--bundle", str(tiny_bundle), "--pictures", str(tmp_path)]) == 2
    assert "nothing stands out in the middle of its pictures" in capsys.readouterr().err
