"""The worked examples of a new encoder and a new decoder do what their first lines say."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from edge_runtime.backends.decoding import Search
from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from examples.adding.decoder import GruDecoder
from examples.adding.encoder import FOUR
from train.cli import main
from train.decoders.base import DecoderConfig
from train.decoders.registry import DECODERS, build_decoder
from train.encoders.registry import ENCODERS, NO_WEIGHTS, build_encoder, encoder_spec, find_weights
from train.errors import RunError, WeightsError
from train.scoring.generate import FeatureCaptioner

_CONFIG = DecoderConfig(vocabulary_size=12, channels=10, width=16, embedding=8)


@pytest.fixture
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DECODERS, "gru", "examples.adding.decoder:GruDecoder")
    monkeypatch.setitem(ENCODERS, FOUR.name, FOUR)


def _features() -> tf.Tensor:
    return tf.constant(np.random.default_rng(0).normal(size=(3, 4, 10)), tf.float32)


def test_without_the_line_there_is_none() -> None:
    with pytest.raises(RunError, match="unknown decoder 'gru'; choose one of: attention, lstm, transformer"):
        build_decoder("gru", _CONFIG)


@pytest.mark.usefixtures("_added")
def test_the_decoder_scores_searches_and_learns() -> None:
    tf.keras.utils.set_random_seed(0)
    decoder = build_decoder("gru", replace(_CONFIG, dropout=0))
    assert isinstance(decoder, GruDecoder)
    features, tokens = _features(), tf.constant(np.random.default_rng(1).integers(4, 12, (3, 2, 6)), tf.int32)
    whole = tf.nn.log_softmax(decoder.logits(decoder(features, tokens)))
    context, first = decoder.picture(features)
    spec = decoder.spec(4)
    listed = [part.shape for part in (*spec.context, *spec.state)]
    assert [tuple(part.shape[1:]) for part in (*context, *first)] == listed
    state = tuple(tf.repeat(part, 2, 0) for part in first)
    for place in range(6):
        log_probs, state = decoder.step(tf.reshape(tokens[:, :, place], (-1,)), state, context)
        np.testing.assert_allclose(log_probs[:, 4:], tf.reshape(whole[:, :, place], (6, -1))[:, 4:], atol=1e-5)

    sentences = [[4, 5], [6, 7, 8], [9]]
    rows = [
        [Vocabulary.start_id, *words, Vocabulary.end_id, *[Vocabulary.pad_id] * (3 - len(words))] for words in sentences
    ]
    taught = tf.constant(rows)[:, None]
    before, targets = taught[:, :, :-1], taught[:, :, 1:]
    optimiser = tf.keras.optimizers.Adam(0.03)

    def learn() -> None:
        with tf.GradientTape() as tape:
            log_probs = tf.nn.log_softmax(decoder.logits(decoder(features, before)))
            right = tf.gather(log_probs, targets, axis=3, batch_dims=3)
            loss = -tf.reduce_mean(tf.boolean_mask(right, targets != Vocabulary.pad_id))
        optimiser.apply_gradients(
            zip(tape.gradient(loss, decoder.trainable_variables), decoder.trainable_variables, strict=True)
        )

    step = tf.function(learn)
    for _ in range(80):
        step()
    words = Vocabulary([*SPECIALS, *(f"w{number}" for number in range(8))])
    search = Search(Vocabulary.start_id, Vocabulary.end_id, 6, 3)
    found = FeatureCaptioner(decoder, words).search(features.numpy(), search)
    assert [list(hypothesis.ids) for hypothesis in found] == sentences


@pytest.mark.usefixtures("_added")
def test_the_encoder_gives_a_grid_and_says_what_it_lacks(tmp_path: Path) -> None:
    spec = encoder_spec("four")
    encoder = build_encoder(spec, find_weights(spec, NO_WEIGHTS))
    grid = encoder(np.zeros((2, 64, 64, 3), np.uint8))
    assert grid.shape == (2, 4, 4, spec.channels)
    assert spec.regions(64) == 16
    with pytest.raises(WeightsError, match="four: has no ImageNet weights; pass --encoder-weights FILE"):
        find_weights(spec)
    file = tmp_path / "own.weights.h5"
    encoder.save_weights(file)
    again = build_encoder(spec, find_weights(spec, file))
    assert np.array_equal(again(np.ones((1, 64, 64, 3), np.uint8)), encoder(np.ones((1, 64, 64, 3), np.uint8)))
    file.write_bytes(b"no weights")
    with pytest.raises(
        WeightsError, match=r"own.weights.h5: no weights of this encoder \(.*\); check --encoder-weights"
    ):
        build_encoder(spec, find_weights(spec, file))


@pytest.mark.usefixtures("_added")
def test_both_are_trained_by_name(coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--features", str(tmp_path / "features"), "--encoder-weights", "none"]
    arguments = [
        *("fit", "--data", str(coloured), "--run", str(tmp_path / "run"), "--encoder", "four", "--decoder", "gru"),
        *("--width", "64", "--embedding", "32", "--batch", "4", "--captions-per-picture", "2", "--min-count", "1"),
        *("--max-length", "12", "--epochs", "4", "--average", "0.8", "--warmup", "0.2", "--learning-rate", "0.003"),
        *("--dropout", "0", "--word-dropout", "0", "--no-mirror", *where),
    ]
    assert main(arguments) == 0
    losses = [float(row["train_loss"]) for row in csv.DictReader((tmp_path / "run" / "log.csv").open())]
    assert losses[-1] < losses[0]
    capsys.readouterr()
    assert main(["evaluate", "--run", str(tmp_path / "run"), "--split", "test", *where]) == 0
    assert json.loads(capsys.readouterr().out)["cider"] > 0.5
