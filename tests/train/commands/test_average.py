"""The mean of the weights of several runs."""

from pathlib import Path

import numpy as np
import pytest

from train.cli import main
from train.runs.folder import RunFolder, read_arrays


def _fit(data: Path, folder: Path, name: str, *more: str) -> int:
    arguments = [
        *("fit", "--data", str(data), "--run", str(folder / name), "--features", str(folder / "features")),
        *("--size", "64", "--width", "32", "--embedding", "16", "--batch", "4", "--captions-per-picture", "2"),
        *("--min-count", "1", "--max-length", "12", "--epochs", "1", "--no-mirror"),
    ]
    return main([*arguments, *more])


@pytest.fixture(scope="module")
def folder(coloured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("averaged")
    assert _fit(coloured, found, "start") == 0
    alike = ["--start-from", str(found / "start"), "--encoder-rate", "0.1", "--freeze", "stem"]
    for seed in ("1", "2"):
        assert _fit(coloured, found, seed, *alike, "--seed", seed) == 0
    assert _fit(coloured, found, "slow", *alike, "--seed", "3", "--learning-rate", "1e-5") == 0
    return found


def test_the_mean_is_a_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["average", str(folder / "1"), str(folder / "2"), "--run", str(folder / "mean")]) == 0
    stored = [read_arrays(RunFolder(folder / name).best) for name in ("1", "2", "mean")]
    assert any(np.abs(stored[0][name] - stored[1][name]).max() > 1e-4 for name in stored[0])
    for name, array in stored[2].items():
        np.testing.assert_allclose(array, (stored[0][name] + stored[1][name]) / 2, atol=1e-6)
    assert main(["evaluate", "--run", str(folder / "mean"), "--split", "dev"]) == 0
    assert "cider" in capsys.readouterr().out.lower()


def test_one_network_that_was_trained_otherwise(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members = [str(folder / name) for name in ("slow", "1")]
    assert main(["average", *members, "--run", str(folder / "between"), "--trained-otherwise"]) == 0
    stored = [read_arrays(RunFolder(folder / name).best) for name in ("slow", "1", "between")]
    for name, array in stored[2].items():
        np.testing.assert_allclose(array, (stored[0][name] + stored[1][name]) / 2, atol=1e-6)
    assert RunFolder(folder / "between").config().learning_rate == 1e-5
    others = [str(folder / name) for name in ("1", "start")]
    assert main(["average", *others, "--run", str(folder / "none"), "--trained-otherwise"]) == 2
    assert "differs from" in (error := capsys.readouterr().err.splitlines()[-1])
    assert "in trains_encoder" in error
    assert not (folder / "none").exists()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (["1"], "pass two runs or more"),
        (["1", "slow"], "slow: differs from {folder}/1 in learning_rate; average runs that differ in --seed alone"),
        (["start", "start"], "start: was begun with weights of its own; average runs that were begun alike"),
        (["1", "nowhere"], "nowhere: no run in this folder"),
    ],
)
def test_wrong_runs(folder: Path, capsys: pytest.CaptureFixture[str], members: list[str], message: str) -> None:
    out = folder / "wrong"
    assert main(["average", *(str(folder / name) for name in members), "--run", str(out)]) == 2
    assert message.format(folder=folder) in capsys.readouterr().err.splitlines()[-1]
    assert not out.exists()


def test_a_run_is_not_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    members = [str(folder / "1"), str(folder / "2")]
    assert main(["average", *members, "--run", str(folder / "start")]) == 2
    assert "holds a run already" in capsys.readouterr().err.splitlines()[-1]
