"""The Transformer decoder: what it computes, and that it trains, is rewarded, averaged and started from like the others."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from edge_runtime.backends.decoding import Search, beam_search
from edge_runtime.bundle.decoder_spec import DecoderSpec, TensorSpec
from edge_runtime.bundle.reader import DEFAULT_BUNDLE
from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from train.cli import main
from train.decoders.base import DecoderConfig
from train.decoders.registry import build_decoder
from train.decoders.transformer import TransformerDecoder
from train.encoders.registry import build_encoder, encoder_spec, find_weights
from train.errors import RunError
from train.objectives.self_critical import draw
from train.objectives.teachers import Teacher, Teachers
from train.runs.bundle_start import BundleStart
from train.runs.folder import RunFolder, read_arrays, write_arrays
from train.scoring.generate import FeatureCaptioner

_CONFIG = DecoderConfig(vocabulary_size=12, channels=10, width=16, embedding=8, heads=4, layers=2, length=5)
_WORDS = Vocabulary([*SPECIALS, *(f"w{number}" for number in range(8))])


def _strong(config: DecoderConfig) -> TransformerDecoder:
    """A decoder whose weights are large enough for every part of it to be felt."""
    decoder = TransformerDecoder(config)
    rng = np.random.default_rng(1)
    decoder.set_weights([0.5 * rng.normal(size=weight.shape) for weight in decoder.weights])
    return decoder


@pytest.fixture(scope="module")
def decoder() -> TransformerDecoder:
    return _strong(_CONFIG)


def _features(pictures: int) -> tf.Tensor:
    return tf.constant(np.random.default_rng(0).normal(size=(pictures, 9, 10)), tf.float32)


def _tokens(pictures: int, captions: int, length: int) -> tf.Tensor:
    return tf.constant(np.random.default_rng(2).integers(4, 12, (pictures, captions, length)), tf.int32)


def test_words_one_by_one_score_as_whole_captions(decoder: TransformerDecoder) -> None:
    """Two hypotheses of each of three pictures, and captions that are longer than the window."""
    features, tokens = _features(3), _tokens(3, 2, 9)
    whole = tf.nn.log_softmax(decoder.logits(decoder(features, tokens)))
    context, first = decoder.picture(features)
    state = tuple(tf.repeat(part, 2, 0) for part in first)
    for place in range(9):
        log_probs, state = decoder.step(tf.reshape(tokens[:, :, place], (-1,)), state, context)
        np.testing.assert_allclose(log_probs[:, 4:], tf.reshape(whole[:, :, place], (6, -1))[:, 4:], atol=1e-4)
        assert state[2].numpy().tolist() == [[0.0] * (4 - place) + [1.0] * min(5, place + 1)] * 6


def test_a_word_depends_on_those_before_it_as_far_as_the_window_goes() -> None:
    decoder = _strong(replace(_CONFIG, layers=1))
    features, tokens = _features(1), _tokens(1, 1, 9).numpy()
    other = tokens.copy()
    other[0, 0, 2] = 4 + (other[0, 0, 2] - 3) % 8
    one, two = (decoder(features, tf.constant(each)).numpy()[0, 0] for each in (tokens, other))
    differs = np.abs(one - two).max(1) > 1e-6
    assert differs.tolist() == [False, False, True, True, True, True, True, False, False]


def test_the_order_of_words_matters(decoder: TransformerDecoder) -> None:
    one, two = (decoder(_features(1), tf.constant([[[5, *pair, 9]]])).numpy()[0, 0, 3] for pair in ([6, 7], [7, 6]))
    assert np.abs(one - two).max() > 1e-3


def test_its_tensors(decoder: TransformerDecoder) -> None:
    assert decoder.spec(49) == DecoderSpec(
        "transformer",
        (TensorSpec("keys", (49, 32)), TensorSpec("values", (49, 32))),
        (TensorSpec("cache_keys", (5, 32)), TensorSpec("cache_values", (5, 32)), TensorSpec("filled", (5,))),
    )


def test_no_weight_is_left_without_a_gradient(decoder: TransformerDecoder) -> None:
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.nn.log_softmax(decoder.logits(decoder(_features(1), _tokens(1, 1, 6))))[..., 5])
    gradients = tape.gradient(loss, decoder.trainable_variables)
    assert all(gradient is not None and np.any(tf.convert_to_tensor(gradient)) for gradient in gradients)


def test_dropout_depends_on_the_seed_alone(decoder: TransformerDecoder) -> None:
    features, tokens = _features(1), _tokens(1, 1, 4)
    one, same, other = (decoder(features, tokens, tf.constant(seed)).numpy() for seed in ([1, 2], [1, 2], [1, 18]))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    kept = _strong(replace(_CONFIG, dropout=0, region_dropout=0))
    assert np.array_equal(kept(features, tokens, tf.constant([1, 2])), kept(features, tokens))


def test_fewer_words(decoder: TransformerDecoder) -> None:
    smaller, features, tokens = decoder.with_words(7), _features(1), tf.constant([[[1, 5, 6]]])
    before, after = (each.logits(each(features, tokens)).numpy() for each in (decoder, smaller))
    assert isinstance(smaller, TransformerDecoder)
    np.testing.assert_allclose(before[..., :7], after, atol=1e-4)


@pytest.mark.parametrize("width", [1, 3])
def test_pictures_searched_together_get_the_sentences_of_each_alone(decoder: TransformerDecoder, width: int) -> None:
    """Beams end at different steps, and hypotheses change their rows with their windows."""
    search = Search(Vocabulary.start_id, Vocabulary.end_id, 8, width, 0.7)
    features = _features(6)
    together = FeatureCaptioner(decoder, _WORDS).search(features.numpy(), search)
    for place, found in enumerate(together):
        context, first = decoder.picture(features[place : place + 1])

        def step(tokens: np.ndarray, state: tuple) -> tuple:  # type: ignore[type-arg]
            log_probs, state = decoder.step(tf.constant(tokens), tuple(map(tf.constant, state)), context)  # noqa: B023
            return log_probs.numpy(), tuple(part.numpy() for part in state)

        alone = beam_search(step, tuple(part.numpy() for part in first), search)
        assert found.ids == alone.ids
    assert len({tuple(found.ids) for found in together}) > 1


def test_drawn_captions_begin_end_and_say_no_special_word(decoder: TransformerDecoder) -> None:
    drawn = draw(decoder, _features(3), 4, 8, tf.constant([1, 2])).numpy()
    assert drawn.shape == (3, 4, 8)
    assert (drawn[:, :, 0] == Vocabulary.start_id).all()
    assert not np.isin(drawn[:, :, 1:], [Vocabulary.start_id, Vocabulary.unknown_id]).any()
    assert len(np.unique(drawn.reshape(12, 8), axis=0)) > 6


def test_it_teaches(decoder: TransformerDecoder) -> None:
    """As one of two teachers: their mean in logarithms, of the words that the student knows."""
    shown = keras.layers.Input((8, 8, 3), dtype="uint8")
    encoder = keras.Model(shown, keras.layers.Conv2D(10, 2, 2)(keras.layers.Rescaling(1 / 128, -1)(shown)))
    other = build_decoder("attention", replace(_CONFIG, members=1))
    teachers = [Teacher(Path(), "", _WORDS, encoder, each) for each in (decoder, other)]
    pixels = np.random.default_rng(3).integers(0, 256, (2, 8, 8, 3), np.uint8)
    tokens, mask = _tokens(2, 1, 4), np.ones((2, 1, 4), np.bool_)
    together = Teachers(teachers, 12)
    found = together.log_probs(together.seen(tf.constant(pixels)), tokens, mask).numpy()
    features = tf.reshape(encoder(pixels), (2, 16, 10))
    own = [tf.nn.log_softmax(each.logits(each(features, tokens)))[:, 0] for each in (decoder, other)]
    np.testing.assert_allclose(found, tf.reshape(tf.nn.log_softmax((own[0] + own[1]) / 2), (8, 12)), atol=1e-2)


def test_what_is_refused() -> None:
    with pytest.raises(RunError, match="--width 18: must be a multiple of --heads 4"):
        build_decoder("transformer", replace(_CONFIG, width=18))
    with pytest.raises(RunError, match="2 members of kind 'transformer': only attention decoders are joined"):
        build_decoder("transformer", replace(_CONFIG, members=2))
    with pytest.raises(RunError, match="gone on from with the attention decoder alone; pass its run folder"):
        BundleStart(DEFAULT_BUNDLE).fill(TransformerDecoder(_CONFIG), None)


def _fit(data: Path, folder: Path, name: str, *more: str) -> int:
    small = [
        *("--size", "64", "--width", "32", "--embedding", "32", "--batch", "4", "--captions-per-picture", "2"),
        *("--min-count", "1", "--max-length", "12", "--average", "0.8", "--warmup", "0.2", "--learning-rate", "0.003"),
        *("--dropout", "0.1", "--word-dropout", "0", "--no-mirror", "--decoder", "transformer"),
    ]
    return main(
        ["fit", "--data", str(data), "--run", str(folder / name), "--features", str(folder / "features"), *small, *more]
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("transformer")


@pytest.fixture(scope="module")
def finished(coloured: Path, folder: Path) -> Path:
    assert _fit(coloured, folder, "whole", "--epochs", "4") == 0
    return folder / "whole"


def test_it_learns_the_colours(finished: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert RunFolder(finished).config().decoder == "transformer"
    decoder = RunFolder(finished).load_decoder(1280)
    assert isinstance(decoder, TransformerDecoder)
    assert decoder.spec(4).state[2] == TensorSpec("filled", (13,))
    losses = [float(row["train_loss"]) for row in csv.DictReader((finished / "log.csv").open())]
    assert losses[-1] < losses[0] / 2
    assert main(["evaluate", "--run", str(finished), "--split", "test", "--features", str(folder / "features")]) == 0
    assert json.loads(capsys.readouterr().out)["cider"] > 1.0


@pytest.fixture(scope="module")
def rewarded(finished: Path, coloured: Path, folder: Path) -> list[Path]:
    """Two runs that begin with the first one's weights and are rewarded for their captions."""
    more = ["--start-from", str(finished), "--objective", "self-critical", "--epochs", "2", "--learning-rate", "0.001"]
    for seed in ("1", "2"):
        assert _fit(coloured, folder, seed, *more, "--cross-entropy-share", "0", "--seed", seed) == 0
    return [folder / "1", folder / "2"]


def test_it_is_rewarded_for_its_captions(rewarded: list[Path]) -> None:
    rewards = [float(row["train_loss"]) for row in csv.DictReader((rewarded[0] / "log.csv").open())]
    assert rewards[-1] > rewards[0] > 0


def test_runs_of_it_are_averaged_and_not_joined(
    rewarded: list[Path], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [str(run) for run in rewarded]
    assert main(["average", *runs, "--run", str(folder / "mean")]) == 0
    one, two, mean = (read_arrays(run / "best.npz") for run in (*rewarded, folder / "mean"))
    assert any(np.abs(one[name] - two[name]).max() > 1e-5 for name in one)
    assert all(np.allclose(mean[name], (one[name] + two[name]) / 2, atol=1e-6) for name in one)
    assert (
        main(["evaluate", "--run", str(folder / "mean"), "--split", "dev", "--features", str(folder / "features")]) == 0
    )
    assert main(["join", *runs, "--run", str(folder / "joined")]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.endswith("a decoder of kind 'transformer'; only attention decoders are joined")
    assert not (folder / "joined").exists()


def test_a_new_decoder_of_another_kind_takes_the_encoder(finished: Path, coloured: Path, folder: Path) -> None:
    """Attention on the encoder of a run with a Transformer; that run is made up, as one whose encoder has learnt."""
    spec = encoder_spec("efficientnet_lite0")
    encoder = build_encoder(spec, find_weights(spec), 64)
    learnt = [weight * np.float32(1.01) for weight in encoder.get_weights()]
    shutil.copytree(finished, folder / "learnt")
    config = json.loads((finished / "config.json").read_text())
    (folder / "learnt" / "config.json").write_text(json.dumps(config | {"encoder_rate": 0.1}))
    stored = read_arrays(finished / "best.npz")
    first = len(stored)
    write_arrays(folder / "learnt" / "best.npz", stored | {str(first + n): array for n, array in enumerate(learnt)})

    more = ["--start-from", str(folder / "learnt"), "--new-decoder", "--decoder", "attention", "--epochs", "1"]
    more += ["--encoder-rate", "0.1", "--train-from", "head", "--freeze", "head", "--views", "1"]
    assert _fit(coloured, folder, "new", *more) == 0
    found = read_arrays(folder / "new" / "best.npz")
    first = len(found) - len(learnt)
    assert first == len(build_decoder("attention", _CONFIG).weights)
    assert all(np.array_equal(found[str(first + n)], array) for n, array in enumerate(learnt))


def test_another_kind_is_no_start(
    finished: Path, coloured: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _fit(coloured, folder, "other", "--start-from", str(finished), "--decoder", "attention") == 2
    assert "its decoder is of another kind or has other sizes; pass its --decoder" in capsys.readouterr().err
