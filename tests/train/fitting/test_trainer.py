"""Training on a small data set of coloured squares: it learns, resumes exactly, and repeats with its seed."""

import csv
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import train.fitting.trainer
from edge_runtime.bundle.reader import DEFAULT_BUNDLE
from tests.shared import TRAINED
from train.cli import main
from train.encoders.registry import build_encoder, encoder_spec, find_weights
from train.runs.folder import RunFolder


def _fit(data: Path, folder: Path, name: str, *more: str) -> int:
    where = ("--data", str(data), "--run", str(folder / name), "--features", str(folder / "features"))
    return main(["fit", *where, *TRAINED, *more])


def _arrays(file: Path) -> dict[str, Any]:
    with np.load(file) as stored:
        return {name: stored[name] for name in stored.files if name != "place"}


def _same(one: Path, other: Path) -> bool:
    first, second = _arrays(one), _arrays(other)
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


@pytest.fixture(scope="module")
def workshop(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the run that all tests share, and of the features that it was trained on."""
    return Path(shutil.copytree(trained, tmp_path_factory.mktemp("workshop") / "copy"))


@pytest.fixture(scope="module")
def finished(workshop: Path) -> Path:
    return workshop / "run"


def test_it_learns_the_colours(
    finished: Path, coloured: Path, workshop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list(csv.DictReader((finished / "log.csv").open()))
    assert [int(row["epoch"]) for row in rows] == [1, 2, 3, 4, 5]
    assert float(rows[-1]["train_loss"]) < float(rows[0]["train_loss"])
    assert max(float(row["dev_cider"]) for row in rows) > 1.0
    assert (finished / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert len(list((finished / "tensorboard").iterdir())) == 5
    assert main(["evaluate", "--run", str(finished), "--split", "test", "--features", str(workshop / "features")]) == 0
    import json

    scores = json.loads(capsys.readouterr().out)
    assert scores["pictures"] == 16
    assert scores["cider"] > 1.0
    (padded,) = scores["padded"]
    assert padded["length"] == 10  # there is a red square on a grey wall, and its end
    assert 0 < padded["loss"] < scores["loss_masked"]
    assert scores["accuracy_masked"] < padded["accuracy"] <= 1


def test_a_run_that_is_stopped_goes_on_to_the_same_weights(
    finished: Path, coloured: Path, workshop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    original = train.fitting.trainer.Trainer._train
    steps = 0

    def stop_in_the_second_epoch(self: Any, *batch: Any) -> Any:
        monkeypatch.setattr(self, "_train_step", counting(self._train_step))
        return original(self, *batch)

    def counting(step: Any) -> Any:
        def counted(*batch: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == 60:
                os.kill(os.getpid(), signal.SIGTERM)
            return step(*batch)

        return counted

    monkeypatch.setattr(train.fitting.trainer.Trainer, "_train", stop_in_the_second_epoch)
    assert _fit(coloured, workshop, "stopped", "--epochs", "5") == 143
    assert "stopped in epoch 2; the same command goes on from here" in capsys.readouterr().err
    monkeypatch.setattr(train.fitting.trainer.Trainer, "_train", original)
    assert _fit(coloured, workshop, "stopped", "--epochs", "5") == 0
    assert "resumed at epoch 2, batch " in capsys.readouterr().err
    assert _same(workshop / "stopped" / "checkpoint.npz", finished / "checkpoint.npz")
    assert _same(workshop / "stopped" / "best.npz", finished / "best.npz")


def test_another_configuration_does_not_resume(
    finished: Path, coloured: Path, workshop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _fit(coloured, workshop, "run", "--epochs", "6") == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "holds a run with another epochs (5, now 6)" in error


def test_another_split_does_not_resume(
    finished: Path, coloured: Path, workshop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (finished / "vocabulary.txt").read_bytes()
    options = ["--images", str(coloured / "images"), "--captions", str(coloured / "Flickr8k.token.txt")]
    split = ["--run", str(finished), "--features", str(workshop / "features"), "--split-seed", "7", "--epochs", "5"]
    assert main(["fit", *options, *split, *TRAINED]) == 2
    assert "holds a run on another split" in capsys.readouterr().err.splitlines()[-1]
    assert (finished / "vocabulary.txt").read_bytes() == before


def test_a_damaged_checkpoint_is_one_sentence(
    finished: Path, coloured: Path, workshop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Path(shutil.copytree(finished, workshop / "broken"))
    content = (broken / "checkpoint.npz").read_bytes()
    (broken / "checkpoint.npz").write_bytes(content[: len(content) // 2])
    assert _fit(coloured, workshop, "broken", "--epochs", "5") == 2
    assert "checkpoint.npz: damaged" in capsys.readouterr().err.splitlines()[-1]


def test_early_stopping(coloured: Path, workshop: Path) -> None:
    assert _fit(coloured, workshop, "early", "--epochs", "12", "--patience", "1", "--learning-rate", "1e-9") == 0
    rows = list(csv.DictReader((workshop / "early" / "log.csv").open()))
    assert len(rows) < 12


def test_the_encoder_learns_too_and_resumes(finished: Path, coloured: Path, workshop: Path, capsys: Any) -> None:
    more = ["--start-from", str(finished), "--encoder-rate", "0.1", "--freeze", "stem", "block0_", "--epochs", "1"]
    assert _fit(coloured, workshop, "whole-network", *more) == 0
    arrays = _arrays(workshop / "whole-network" / "best.npz")
    assert len(arrays) > len(_arrays(finished / "best.npz")) + 200
    assert main(["evaluate", "--run", str(workshop / "whole-network"), "--limit", "8"]) == 0


def test_the_last_stages_alone_learn_from_cached_views(finished: Path, coloured: Path, workshop: Path) -> None:
    more = ["--start-from", str(finished), "--encoder-rate", "0.1", "--train-from", "block14_", "--views", "2"]
    assert _fit(coloured, workshop, "stages", *more, "--epochs", "2") == 0
    before = _arrays(finished / "best.npz")
    after = _arrays(workshop / "stages" / "best.npz")
    config = RunFolder(workshop / "stages").config()
    spec = encoder_spec(config.encoder)
    encoder = build_encoder(spec, find_weights(spec), config.image_size)
    changed = {
        weight.path.split("/")[0].split("_")[0]
        for index, weight in enumerate(encoder.weights)
        if not np.allclose(after[str(len(before) + index)], weight.numpy(), rtol=1e-4, atol=1e-6)
    }
    assert changed == {"block14", "block15", "head"}


def test_a_new_decoder_on_an_encoder_that_is_left_as_it_is(finished: Path, coloured: Path, workshop: Path) -> None:
    more = ["--start-from", str(finished), "--new-decoder", "--encoder-rate", "1", "--train-from", "head"]
    assert _fit(coloured, workshop, "another", *more, "--freeze", "head", "--views", "2", "--epochs", "2") == 0
    before, after = (_arrays(folder / "best.npz") for folder in (finished, workshop / "another"))
    config = RunFolder(workshop / "another").config()
    encoder = build_encoder(encoder_spec(config.encoder), find_weights(encoder_spec(config.encoder)), config.image_size)
    for index, weight in enumerate(encoder.weights):
        assert np.array_equal(after[str(len(before) + index)], weight.numpy()), weight.path
    assert not np.allclose(before["0"], after["0"])


def test_reward_grows_under_the_self_critical_objective(finished: Path, coloured: Path, workshop: Path) -> None:
    more = ["--start-from", str(finished), "--objective", "self-critical", "--epochs", "4", "--learning-rate", "0.001"]
    more += ["--say-once", "--bleu-weight", "1"]
    assert _fit(coloured, workshop, "critical", *more, "--cross-entropy-share", "0") == 0
    rewards = [float(row["train_loss"]) for row in csv.DictReader((workshop / "critical" / "log.csv").open())]
    assert rewards[-1] > rewards[0] > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--width", "66"], "--width 66: must be a multiple of --heads 4"),
        (["--dropout", "1"], "--dropout 1.0: must be from 0 to below 1"),
        (["--epochs", "0"], "--epochs 0: must be at least 1"),
        (["--encoder", "vgg"], "unknown encoder 'vgg'"),
        (["--batch", "500"], "208 training pictures do not fill a batch"),
        (["--images", "x"], "name the data set one way, not both"),
        (["--holdout", "0", "0"], "name the data set one way, not both"),
        (["--size", "-5"], "--size -5: must be 32 to 1024"),
        (["--seed", "-1"], "--seed -1: must be at least 0"),
        (["--bleu-weight", "-1"], "--bleu-weight -1.0: must be at least 0"),
        (["--new-decoder"], "--new-decoder: goes with --start-from and an --encoder-rate above 0"),
        (["--members", "0"], "--members 0: must be at least 1"),
        (["--members", "2", "--decoder", "lstm"], "2 members of kind 'lstm': only attention decoders are joined"),
        (["--limit", "0"], "--limit 0: must be at least 1"),
        (["--max-unknown", "2"], "--max-unknown 2.0: must be above 0 and at most 1"),
        (["--width", "99999996"], "--width 99999996: must be at most 4096"),
        (["--warmup", "-1"], "--warmup -1.0: must be at least 0"),
        (["--clip-norm", "0"], "--clip-norm 0.0: must be above 0"),
        (["--min-count", "100000"], "no word stands in it 100000 times"),
    ],
)
def test_wrong_options(
    coloured: Path, workshop: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert _fit(coloured, workshop, "wrong" + options[0], *options) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_runs_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--run", str(tmp_path)]) == 2
    assert "no run in this folder" in capsys.readouterr().err


def _other_words(coloured: Path, folder: Path) -> list[str]:
    """The same pictures with captions in another language."""
    captions = folder / "german.txt"
    rows = (coloured / "Flickr8k.token.txt").read_text().replace("There is a", "Da ist ein").replace("wall", "Wand")
    captions.write_text(rows.replace("A ", "Ein ").replace("square", "Quadrat").replace("on a grey", "vor grauer"))
    return ["--images", str(coloured / "images"), "--captions", str(captions), "--features", str(folder / "features")]


def test_another_language_needs_a_new_decoder(
    finished: Path, coloured: Path, workshop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["fit", *_other_words(coloured, workshop), *TRAINED, "--start-from", str(finished), "--epochs", "1"]
    arguments += ["--encoder-rate", "1", "--train-from", "head", "--freeze", "head", "--views", "2", "--limit", "40"]
    assert main([*arguments, "--run", str(workshop / "foreign")]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "learn new ones with --new-decoder" in error
    assert not (workshop / "foreign").exists()
    assert main([*arguments, "--run", str(workshop / "german"), "--new-decoder", "--language", "DE"]) == 0
    news = capsys.readouterr().err
    assert "a trial: at most 40 pictures of each split" in news
    assert "unknown to the vocabulary: 0.0% of the words of the training captions" in news
    assert "epoch 1 of 1: " in news
    assert "PTBTokenizer" not in news
    assert "captions in 'de'; scores: pycocoevalcap, Unicode words in lower case, raw references" in news
    german = RunFolder(workshop / "german")
    assert german.config().language == "de"
    assert {"ein", "Quadrat", "Wand"} <= set(german.read_vocabulary().words)
    assert "Ein" not in german.read_vocabulary()


def test_a_trained_encoder_is_not_left_out(
    finished: Path, coloured: Path, workshop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _fit(coloured, workshop, "left-out", "--start-from", str(DEFAULT_BUNDLE)) == 2
    assert "its encoder was trained too, and would be left out; pass an --encoder-rate" in capsys.readouterr().err


def test_a_language_that_shares_what_is_made_of_a_picture(finished: Path, coloured: Path, workshop: Path) -> None:
    arguments = ["fit", *_other_words(coloured, workshop), *TRAINED, "--epochs", "1", "--views", "2", "--limit", "40"]
    arguments += ["--encoder-rate", "1", "--train-from", "head", "--freeze", "head", "--shared-picture"]
    arguments += ["--language", "de"]
    first, second = workshop / "joining", workshop / "rewarded"
    assert main([*arguments, "--run", str(first), "--start-from", str(finished), "--new-decoder"]) == 0
    more = ["--start-from", str(first), "--objective", "self-critical"]
    assert main([*arguments, "--run", str(second), *more]) == 0
    english, german, rewarded = (RunFolder(path).load_decoder(1280) for path in (finished, first, second))
    kept = zip(*(each.picture_layers() for each in (english, german, rewarded)), strict=True)
    for theirs, mine, later in kept:
        for weight, same, still in zip(theirs.get_weights(), mine.get_weights(), later.get_weights(), strict=True):
            assert np.array_equal(weight, same)
            assert np.array_equal(weight, still)
    assert not np.array_equal(english.cell.get_weights()[0], german.cell.get_weights()[0])
    assert not np.array_equal(german.cell.get_weights()[0], rewarded.cell.get_weights()[0])


def test_the_plain_lstm_shares_nothing(coloured: Path, workshop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lstm = ["--decoder", "lstm", "--epochs", "1"]
    assert _fit(coloured, workshop, "plain", *lstm) == 0
    assert _fit(coloured, workshop, "sharing", *lstm, "--start-from", str(workshop / "plain"), "--shared-picture") == 2
    assert "--shared-picture: a decoder of kind 'lstm' shares nothing with others" in capsys.readouterr().err
