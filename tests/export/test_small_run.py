"""A run of a few dozen pictures: exported in float whatever their number, in int8 from the stated minimum on."""

from collections.abc import Sequence
from pathlib import Path

import pytest

import export.cli
import train.cli
from edge_runtime.bundle.reader import Bundle
from export.bundling.stages import Stages
from export.bundling.trained_run import MIN_CALIBRATION

_PICTURES = 40


@pytest.fixture(scope="module")
def data(coloured: Path, tmp_path_factory: pytest.TempPathFactory) -> Sequence[str]:
    """The options of a data set with 40 pictures to train on."""
    folder = tmp_path_factory.mktemp("few")
    names = (coloured / "Flickr_8k.trainImages.txt").read_text().split()[:_PICTURES]
    (folder / "train.txt").write_text("\n".join(names))
    return ["--data", str(coloured), "--train-split", str(folder / "train.txt")]


@pytest.fixture(scope="module")
def run(data: Sequence[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    arguments = [
        *("fit", *data, "--run", str(folder / "run"), "--features", str(folder / "features")),
        *("--size", "64", "--width", "64", "--embedding", "32", "--batch", "4", "--captions-per-picture", "2"),
        *("--min-count", "1", "--max-length", "12", "--average", "0.8", "--learning-rate", "0.004", "--epochs", "4"),
        *("--dropout", "0.1", "--word-dropout", "0", "--warmup", "0.2", "--no-mirror"),
    ]
    assert train.cli.main(arguments) == 0
    return folder / "run"


def _export(run: Path, out: Path, *more: str) -> int:
    return export.cli.main(["--run", str(run), "--out", str(out), "--keep-going", *more])


def test_forty_pictures_in_float_and_in_int8(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _export(run, tmp_path / "float", "--variant", "onnx-fp32") in (0, 1)
    news = capsys.readouterr().err
    assert "stage 1 of 4: the trained network is built" in news
    assert "stage 4 of 4" in news
    assert "safe" not in news
    assert list(Bundle(tmp_path / "float").manifest.variants) == ["onnx-fp32"]
    quick = ("--variant", "onnx-int8", "--calibration-method", "min-max", "--calibration", str(MIN_CALIBRATION))
    assert _export(run, tmp_path / "int8", *quick) in (0, 1)
    assert "int8 graphs are calibrated on 32 pictures, fewer than the 200 that are safe" in capsys.readouterr().err
    manifest = Bundle(tmp_path / "int8").manifest
    assert manifest.provenance["calibration"]["pictures"] == 32
    assert manifest.provenance["calibration"]["held_out"] == 8


def test_int8_names_its_minimum(
    run: Path, data: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _export(run, tmp_path / "few", "--calibration", "31") == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.endswith(
        "--calibration 31: at least 32 pictures are needed; pass --variant onnx-fp32 to export without int8"
    )
    names = tmp_path / "train.txt"
    names.write_text("\n".join(f"{number:03}.png" for number in range(20)))
    assert _export(run, tmp_path / "few", *data[:2], "--train-split", str(names)) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "20 training pictures, at least 32 are needed to calibrate int8 graphs; pass --variant onnx-fp32" in error
    assert not (tmp_path / "few").exists()


def test_stages_are_counted() -> None:
    said: list[str] = []
    stages = Stages(2, said.append)
    stages.next("one")
    stages.next("other")
    assert said == ["stage 1 of 2: one", "stage 2 of 2, 0 s after the one before: other"]
