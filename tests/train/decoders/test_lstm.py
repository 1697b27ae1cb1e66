"""The study's plain decoder: what it computes, and that it trains, resumes and is rewarded like the other one."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import train.fitting.trainer
from edge_runtime.bundle.vocabulary import Vocabulary
from train.cli import main
from train.decoders.attention import AttentionDecoder
from train.decoders.base import DecoderConfig
from train.decoders.lstm import LstmDecoder
from train.decoders.registry import build_decoder
from train.errors import RunError
from train.features.cache import FeatureCache
from train.features.pooling import pooled
from train.runs.folder import RunFolder, read_arrays

_CONFIG = DecoderConfig(vocabulary_size=12, channels=10, width=16, embedding=8)


@pytest.fixture(scope="module")
def decoder() -> LstmDecoder:
    tf.keras.utils.set_random_seed(3)
    return LstmDecoder(_CONFIG)


def _features(pictures: int) -> tf.Tensor:
    return tf.constant(np.random.default_rng(0).normal(size=(pictures, 9, 10)), tf.float32)


def test_words_one_by_one_score_as_whole_captions(decoder: LstmDecoder) -> None:
    features = _features(3)
    tokens = tf.constant(np.random.default_rng(1).integers(2, 12, (3, 2, 7)), tf.int32)
    whole = tf.nn.log_softmax(decoder.logits(decoder(features, tokens)))
    context, first = decoder.picture(features)
    state = tuple(tf.repeat(part, 2, 0) for part in first)
    for place in range(7):
        log_probs, state = decoder.step(tf.reshape(tokens[:, :, place], (-1,)), state, context)
        assert np.allclose(log_probs, tf.reshape(whole[:, :, place], (6, -1)), atol=1e-5)


def test_a_merge_of_lstm_and_pooled_feature(decoder: LstmDecoder) -> None:
    """One step by hand: relu(W [h; relu(P mean)] + b), then the word vectors."""
    features = _features(1)
    (keys, values), (h, c) = decoder.picture(features)
    assert keys.shape == values.shape == (1, 1, 16)
    assert not np.any(h)
    assert not np.any(c)
    log_probs, (h, _) = decoder.step(tf.constant([5]), (h, c), (keys, values))
    weights = {weight.path: weight.numpy() for weight in decoder.weights}
    mean = features.numpy()[0].mean(0)
    picture = np.maximum(mean @ weights["picture_projection/kernel"] + weights["picture_projection/bias"], 0)
    kernel = np.concatenate([weights["state_share/kernel"], weights["picture_share/kernel"]])
    hidden = np.maximum(np.concatenate([h[0].numpy(), picture]) @ kernel + weights["state_share/bias"], 0)
    vector = hidden @ weights["output_projection/kernel"] + weights["output_projection/bias"]
    scores = (vector @ weights["decoder/embedding"].T + weights["decoder/output_bias"])[4:]
    expected = scores - np.log(np.exp(np.append(scores, 0)[:-1]).sum())
    found = log_probs.numpy()[0, 4:]
    np.testing.assert_allclose(found - found[0], expected - expected[0], atol=1e-5)


def test_a_step_does_not_look_for_its_only_place(decoder: LstmDecoder) -> None:
    (keys, values), state = decoder.picture(_features(1))
    one, _ = decoder.step(tf.constant([5]), state, (keys, values))
    other, _ = decoder.step(tf.constant([5]), state, (keys + 7, values))
    assert np.array_equal(one, other)
    assert decoder.places(49) == 1
    assert AttentionDecoder(_CONFIG).places(49) == 49


def test_no_weight_is_left_without_a_gradient(decoder: LstmDecoder) -> None:
    tokens = tf.constant([[[1, 5, 6, 2]]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.nn.log_softmax(decoder.logits(decoder(_features(1), tokens)))[..., 5])
    gradients = tape.gradient(loss, decoder.trainable_variables)
    assert all(gradient is not None and np.any(tf.convert_to_tensor(gradient)) for gradient in gradients)


def test_pooled_features_say_the_same(decoder: LstmDecoder) -> None:
    grid = _features(4).numpy().astype(np.float16)
    cache = FeatureCache(grid, {"a": 0}, {}, Path("x"))
    mean = pooled(cache)
    assert mean.grid.shape == (4, 1, 10)
    assert mean.rows == {"a": 0}
    one, other = (decoder.picture(tf.constant(g.astype(np.float32)))[0][1].numpy() for g in (grid, mean.grid))
    np.testing.assert_allclose(one, other, atol=2e-3)


def test_special_words_are_never_said(decoder: LstmDecoder) -> None:
    context, state = decoder.picture(_features(1) * 50)
    log_probs = decoder.step(tf.constant([1]), state, context)[0].numpy()
    assert max(log_probs[0, [Vocabulary.pad_id, Vocabulary.start_id, Vocabulary.unknown_id]]) < -5000
    assert np.exp(log_probs).sum() == pytest.approx(1, abs=1e-5)


def test_fewer_words(decoder: LstmDecoder) -> None:
    smaller = decoder.with_words(7)
    features, tokens = _features(1), tf.constant([[[1, 5]]])
    before, after = (each.logits(each(features, tokens)).numpy() for each in (decoder, smaller))
    assert isinstance(smaller, LstmDecoder)
    np.testing.assert_allclose(before[..., :7], after, atol=1e-6)


def test_a_decoder_that_is_none() -> None:
    with pytest.raises(RunError, match="unknown decoder 'gru'; choose one of: attention, lstm, transformer"):
        build_decoder("gru", _CONFIG)


def _fit(data: Path, folder: Path, name: str, *more: str) -> int:
    small = [
        *("--size", "64", "--width", "64", "--embedding", "32", "--batch", "4", "--captions-per-picture", "2"),
        *("--min-count", "1", "--max-length", "12", "--average", "0.8", "--warmup", "0.2", "--learning-rate", "0.003"),
        *("--dropout", "0.1", "--word-dropout", "0", "--no-mirror", "--decoder", "lstm", "--heads", "5"),
    ]
    return main(
        ["fit", "--data", str(data), "--run", str(folder / name), "--features", str(folder / "features"), *small, *more]
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lstm")


@pytest.fixture(scope="module")
def finished(coloured: Path, folder: Path) -> Path:
    assert _fit(coloured, folder, "whole", "--epochs", "4") == 0
    return folder / "whole"


def test_it_learns_the_colours(finished: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert RunFolder(finished).config().decoder == "lstm"
    arguments = ["evaluate", "--run", str(finished), "--split", "test", "--features", str(folder / "features")]
    assert main([*arguments, "--padded-length", "5", "20"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["cider"] > 1.0
    assert [padded["length"] for padded in scores["padded"]] == [5, 20]
    assert [padded["cut"] for padded in scores["padded"]] == [16, 0]


def test_a_run_that_is_stopped_goes_on_to_the_same_weights(
    finished: Path, coloured: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    original, steps = train.fitting.trainer.Trainer._finish_epoch, 0

    def interrupted(self: Any, scorer: Any) -> None:
        nonlocal steps
        original(self, scorer)
        steps += 1
        if steps == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(train.fitting.trainer.Trainer, "_finish_epoch", interrupted)
    assert _fit(coloured, folder, "stopped", "--epochs", "4") == 130
    monkeypatch.setattr(train.fitting.trainer.Trainer, "_finish_epoch", original)
    assert _fit(coloured, folder, "stopped", "--epochs", "4") == 0
    assert "resumed at epoch 3, batch 0" in capsys.readouterr().err
    one, other = (read_arrays(folder / name / "best.npz") for name in ("whole", "stopped"))
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_it_is_rewarded_for_its_captions(finished: Path, coloured: Path, folder: Path) -> None:
    more = ["--start-from", str(finished), "--objective", "self-critical", "--epochs", "3", "--learning-rate", "0.001"]
    assert _fit(coloured, folder, "critical", *more, "--cross-entropy-share", "0") == 0
    rewards = [float(row["train_loss"]) for row in csv.DictReader((folder / "critical" / "log.csv").open())]
    assert rewards[-1] > rewards[0] > 0


def test_another_kind_of_decoder_is_no_start(
    finished: Path, coloured: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--start-from", str(finished), "--decoder", "attention", "--heads", "4"]
    assert _fit(coloured, folder, "other", *more) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "its decoder is of another kind or has other sizes; pass its --decoder" in error


def test_runs_from_before_have_the_attention_decoder(finished: Path, tmp_path: Path) -> None:
    stored = json.loads((finished / "config.json").read_text())
    del stored["decoder"]
    (tmp_path / "config.json").write_text(json.dumps(stored))
    assert RunFolder(tmp_path).config().decoder == "attention"
