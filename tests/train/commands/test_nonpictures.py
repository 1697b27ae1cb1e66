"""Pictures that are no clear picture, written to a folder; what is refused, and that nothing is left of it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import train.commands.nonpictures as command
from train.cli import main
from train.nonpictures.kinds import KINDS, draw


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    folder = tmp_path / "photographs"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(3):
        Image.fromarray(rng.integers(0, 256, (40, 60, 3), np.uint8)).save(folder / f"{index}.png")
    return folder


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_kind_is_written(photographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "some" / "nonpictures"
    assert main(["nonpictures", "--images", str(photographs), "--to", str(to), "--count", "2", "--seed", "5"]) == 0
    assert capsys.readouterr().out == f"{to}\t10 kinds\t20 pictures\n"
    assert _names(to) == sorted(f"{kind}-000{at}.png" for kind in KINDS for at in (1, 2))
    assert _names(to.parent) == ["nonpictures"]
    pixels = command.read_photographs(photographs)
    for kind in ("blurred", "page"):
        for at, expected in enumerate(draw(kind, 2, pixels, seed=5), 1):
            np.testing.assert_array_equal(np.asarray(Image.open(to / f"{kind}-000{at}.png")), expected)


def test_an_empty_folder_is_filled(photographs: Path, tmp_path: Path) -> None:
    to = tmp_path / "empty"
    to.mkdir()
    assert main(["nonpictures", "--images", str(photographs), "--to", str(to), "--count", "1"]) == 0
    assert len(_names(to)) == 10


def test_of_many_photographs_some_are_picked(photographs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_PHOTOGRAPHS", 2)
    first = command.read_photographs(photographs, seed=1)
    assert [picture.shape for picture in first] == [(40, 60, 3)] * 2
    picks = {tuple(int(picture.sum()) for picture in command.read_photographs(photographs, seed)) for seed in range(12)}
    assert len(picks) > 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--images", "{tmp}/nowhere"], "{tmp}/nowhere: cannot be listed (No such file or directory)"),
        (["--images", "{tmp}/none"], "{tmp}/none: holds no pictures; name a folder of photographs"),
        (["--images", "{tmp}/broken"], "{tmp}/broken/a.png: "),
        (["--count", "0"], "--count 0: must be 1 to 9999"),
        (["--count", "10000"], "--count 10000: must be 1 to 9999"),
        (["--seed", "-1"], "--seed -1: must be 0 to 2147483647"),
        (["--to", "{tmp}/full"], "{tmp}/full: is not empty; choose another --to, or empty it"),
        (["--to", "{tmp}/full/kept.txt"], "{tmp}/full/kept.txt: is a file; name a new or empty folder with --to"),
        (["--to", "{tmp}/full/kept.txt/in"], "{tmp}/full/kept.txt/in: "),
    ],
)
def test_what_is_refused(
    photographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    for name in ("none", "broken", "full"):
        (tmp_path / name).mkdir()
    (tmp_path / "broken" / "a.png").write_bytes(b"no picture")
    (tmp_path / "full" / "kept.txt").write_text("precious")
    before = _names(tmp_path)
    given = [option.format(tmp=tmp_path) for option in options]
    # Of an option that is given twice the last counts.
    command_line = ["nonpictures", "--images", str(photographs), "--to", str(tmp_path / "to"), *given]
    assert main(command_line) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert lines[-1].startswith("train nonpictures: " + message.format(tmp=tmp_path))
    assert "Traceback" not in captured.err
    assert _names(tmp_path) == before
    assert (tmp_path / "full" / "kept.txt").read_text() == "precious"


def test_a_full_disk_leaves_nothing(
    photographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    save = Image.Image.save

    def save_some(image: Image.Image, path: Path, *rest: object) -> None:
        if len(written) == 13:
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        written.append(path)
        save(image, path)

    monkeypatch.setattr(Image.Image, "save", save_some)
    monkeypatch.setattr(command, "draw", lambda kind, count, *_: np.zeros((count, 8, 8, 3), np.uint8))
    to = tmp_path / "to"
    assert main(["nonpictures", "--images", str(photographs), "--to", str(to), "--count", "2"]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == f"train nonpictures: {to}: cannot be written (No space left on device); choose another --to"
    assert len(written) == 13
    assert _names(tmp_path) == ["photographs"]
