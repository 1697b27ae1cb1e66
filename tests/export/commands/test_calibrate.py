"""What `python -m export calibrate` refuses before any picture is looked at."""

from pathlib import Path

import pytest
from PIL import Image

import export.cli

pytest.importorskip("train.scoring.objects")
pytest.importorskip("train.nonpictures.kinds")


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    """Options that name a data set of two pictures."""
    images = tmp_path / "images"
    images.mkdir()
    lines = []
    for name in ("a.png", "b.png"):
        Image.new("RGB", (8, 8)).save(images / name)
        lines += [f"{name}#{place}\ta dark picture\n" for place in (0, 1)]
    (tmp_path / "captions.txt").write_text("".join(lines))
    (tmp_path / "dev.txt").write_text("a.png\n")
    (tmp_path / "train.txt").write_text("b.png\n")
    files = {"images": "images", "captions": "captions.txt", "dev-split": "dev.txt", "train-split": "train.txt"}
    return [text for option, file in files.items() for text in (f"--{option}", str(tmp_path / file))]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--refused", "2"], "--refused 2: must be 0 to 1"),
        (["--wrong-sex", "-0.5"], "--wrong-sex -0.5: must be 0 to 1"),
        (["--photographs", "0"], "--photographs 0: must be at least 1"),
        (["--nonpictures", "0"], "--nonpictures 0: must be at least 1"),
        (["--seed", "-1"], "--seed -1: must be 0 to 2147483646"),
        (["--also", "--name x --pictures y"], "--pictures is none of the options that name a data set"),
        (["--also", "--name 'x"], "quote the options that name a data set"),
        (["--also", "--name x --images y"], "no data set: pass --data FOLDER"),
    ],
)
def test_options_that_are_refused(
    tiny_bundle: Path,
    tmp_path: Path,
    data: list[str],
    options: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["calibrate", str(tiny_bundle), "--out", str(tmp_path / "out"), "--report", str(tmp_path / "report")]
    assert export.cli.main([*arguments, *data, *options]) == 2
    assert sentence in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_two_data_sets_of_one_name_are_refused(
    tiny_bundle: Path, tmp_path: Path, data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["calibrate", str(tiny_bundle), "--out", str(tmp_path / "out"), "--report", str(tmp_path / "report")]
    assert export.cli.main([*arguments, *data, "--name", "x", "--also", f"--name x {' '.join(data)}"]) == 2
    assert "two data sets are called 'x'; give each a name of its own" in capsys.readouterr().err
