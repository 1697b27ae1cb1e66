"""Bad input to `python -m benchmarks study`: named, counted, one sentence each; nothing is trained."""

import pickle
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.cli import main


class _Runs:
    """Unpickled without care, it makes a file."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (self._path, "w")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for index in range(10):
        Image.new("RGB", (40, 30)).save(folder / f"{index}.jpg")
    return folder


def _study(images: Path, captions: object, *more: str) -> int:
    file = images.parent / "captions.pkl"
    file.write_bytes(pickle.dumps(captions))
    out = [
        "--out",
        str(images.parent / "out"),
        "--encoders",
        "efficientnet_lite0",
        "--features",
        str(images.parent / "f"),
    ]
    return main(["study", "--images", str(images), "--captions", str(file), *out, *more])


_CAPTIONS = {f"{index}.jpg": ["A dog runs .", "A dog ."] for index in range(10)}


def test_a_pickle_that_is_no_mapping(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _study(images, ["a", "b"]) == 2
    error = capsys.readouterr().err
    assert error.endswith("captions.pkl: holds a list; it must map file names to lists of captions\n")
    assert error.count("\n") == 1


def test_a_pickle_that_runs_code(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = images.parent / "made"
    assert _study(images, {"0.jpg": _Runs(made)}) == 2
    error = capsys.readouterr().err
    assert "which could run code, so it was refused" in error
    assert error.count("\n") == 1
    assert not made.exists()


def test_captions_of_missing_pictures_and_the_other_way_round(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    captions = {name: texts for name, texts in _CAPTIONS.items() if name not in ("3.jpg", "4.jpg")}
    # It goes on until there is something it cannot do: weights that are named for no encoder.
    assert _study(images, {**captions, "gone.jpg": ["A cat ."]}, "--weights", "vgg=none") == 2
    lines = capsys.readouterr().err.splitlines()
    assert f"left out 1: no such picture in {images} (gone.jpg)" in lines
    assert "left out 2: a picture without captions (3.jpg, 4.jpg)" in lines


def test_pictures_of_mixed_sizes(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (20, 60)).save(images / "5.jpg")
    assert _study(images, _CAPTIONS, "--weights", "vgg=none") == 2
    said = f"{images}: 10 pictures of 2 sizes ("
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith(said)]
    assert "5.jpg 20 x 60" in line
    assert line.endswith("all resized to 224 x 224")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--weights", "efficientnet_lite0"], "--weights efficientnet_lite0: must be ENCODER=FILE or ENCODER=none"),
        (["--encoders", "vgg"], "unknown encoder 'vgg'; choose one of: efficientnet_lite0"),
        (
            ["--holdout", "0", "0.2"],
            "no dev pictures to hold the exported graphs against; check the split files and --holdout",
        ),
        (["--holdout", "0.2", "0"], "no test pictures to score"),
        (["--min-count", "999"], "no word stands in it 999 times; lower --min-count"),
        (["--lengths", "20", "0"], "--lengths 0: must be at least 1"),
        (["--padded-length", "1"], "--padded-length 1: must be at least 2, a word and its end"),
        (["--size", "16"], "--size 16: must be 32 to 1024"),
        (["--learning-rate", "0"], "--learning-rate 0.0: must be above 0"),
        (["--dropout", "1"], "--dropout 1.0: must be from 0 to below 1"),
        (["--seed", "-1"], "--seed -1: must be at least 0"),
        (["--variant", "onnx-int4"], "--variant onnx-int4: must be BACKEND-PRECISION"),
        (["--beam", "51"], "--beam 51: must be at most 50"),
        (["--sample", "nothing.jpg"], "--sample nothing.jpg: no such picture"),
        (["--out", "/proc/none/out"], "/proc/none/out: cannot be written"),
        (["--ours", "nowhere"], "nowhere: no such bundle; check --bundle"),
    ],
)
def test_wrong_options(images: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str) -> None:
    assert _study(images, _CAPTIONS, "--holdout", "0.2", "0.2", *options) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert not list(images.parent.rglob("config.json"))


def test_an_unknown_calibration_method(images: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _study(images, _CAPTIONS, "--calibration-method", "guess")
    assert "invalid choice: 'guess'" in capsys.readouterr().err
