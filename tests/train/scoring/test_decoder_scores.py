"""Next-word scores: a bundle's own graphs, and a Keras decoder, against words scored one by one."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from edge_runtime.backends.decoding import Search, forced_log_prob
from edge_runtime.backends.onnx import OnnxBackend
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.pictures.preprocess import load_input
from train.cli import main
from train.decoders.base import DecoderConfig
from train.decoders.lstm import LstmDecoder
from train.features.cache import FeatureCache
from train.scoring.decoder_scores import score_backend, score_decoder

_CAPTIONS = {"dark.png": ("A dark picture", "A bright picture"), "bright.png": ("A bright picture", "A picture")}


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for name, level in (("dark.png", 20), ("bright.png", 230)):
        Image.new("RGB", (40, 30), (level,) * 3).save(folder / name)
    return folder


def test_a_bundle_tells_its_next_words(tiny_bundle: Path, images: Path) -> None:
    """The tiny bundle says "a dark picture" or "a bright picture": of 15 places it tells two wrong."""
    bundle = Bundle(tiny_bundle)
    backend = OnnxBackend(bundle, bundle.manifest.variants["onnx-fp32"], 1)
    vocabulary, spec = bundle.vocabulary(), bundle.manifest.input
    scores = score_backend(backend, spec, vocabulary, images, _CAPTIONS, [4, 20])
    # 'A bright picture' of the dark one, and 'A picture' of the bright one, each have one word that is not the likeliest.
    assert scores.accuracy_masked == pytest.approx(13 / 15)
    assert scores.padded[0].accuracy == pytest.approx((13 + 1) / 16)
    assert scores.padded[1].accuracy == pytest.approx((13 + 65) / 80)
    total = 0.0
    search = Search(Vocabulary.start_id, Vocabulary.end_id, 6)
    for name, texts in _CAPTIONS.items():
        encoded = backend.encode(load_input(images / name, spec.height, spec.width)[None])
        for text in texts:
            ids = [*vocabulary.encode(text.lower().split()), Vocabulary.end_id]
            total -= forced_log_prob(encoded.step, encoded.state, search, ids)
    assert scores.loss_masked == pytest.approx(total / 15, rel=1e-5)


def test_longer_than_the_bundle_ever_says(tiny_bundle: Path, images: Path) -> None:
    bundle = Bundle(tiny_bundle)
    backend = OnnxBackend(bundle, bundle.manifest.variants["onnx-fp32"], 1)
    captions = {"dark.png": ["a dark picture a dark picture a dark picture"]}
    scores = score_backend(backend, bundle.manifest.input, bundle.vocabulary(), images, captions, [6])
    assert scores.mean_places == 10
    assert scores.padded[0].cut == 1


def test_the_command(tiny_bundle: Path, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.txt").write_text(
        "".join(f"{name}#{place}\t{text}\n" for name, texts in _CAPTIONS.items() for place, text in enumerate(texts))
    )
    arguments = [
        "evaluate",
        "--bundle",
        str(tiny_bundle),
        "--images",
        str(images),
        "--captions",
        str(tmp_path / "c.txt"),
    ]
    assert main([*arguments, "--holdout", "0", "1", "--split", "test", "--padded-length", "4", "20"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["accuracy_masked"] == pytest.approx(13 / 15)
    assert [padded["length"] for padded in found["padded"]] == [4, 20]
    assert found["padded"][1]["accuracy"] == pytest.approx(78 / 80)
    assert main([*arguments, "--padded-length", "20", "0"]) == 2
    assert capsys.readouterr().err == "train evaluate: --padded-length 0: must be at least 1\n"


def test_a_decoder_in_keras_tells_the_same_as_step_by_step() -> None:
    tf.keras.utils.set_random_seed(1)
    decoder = LstmDecoder(DecoderConfig(vocabulary_size=9, channels=6, width=8, embedding=4))
    vocabulary = Vocabulary(["<pad>", "<start>", "<end>", "<unk>", "a", "dog", "runs", "two", "cats"])
    grid = np.random.default_rng(0).normal(size=(2, 4, 6)).astype(np.float16)
    cache = FeatureCache(grid, {"x": 0, "y": 1}, {}, Path())
    captions = {"x": ["a dog runs", "two cats"], "y": ["a cats runs a dog fast"]}
    scores = score_decoder(decoder, vocabulary, cache, captions, [4])
    losses, hits = [], []
    for name, texts in captions.items():
        context, first = decoder.picture(tf.constant(grid[cache.rows[name]][None].astype(np.float32)))
        for text in texts:
            ids, state = [Vocabulary.start_id, *vocabulary.encode(text.split()), Vocabulary.end_id], first
            for before, target in itertools.pairwise(ids):
                log_probs, state = decoder.step(tf.constant([before]), state, context)
                if target != Vocabulary.unknown_id:
                    losses.append(-float(log_probs[0, target]))
                    hits.append(int(tf.argmax(log_probs[0])) == target)
    assert scores.loss_masked == pytest.approx(np.mean(losses), rel=1e-4)
    assert scores.accuracy_masked == pytest.approx(np.mean(hits))
    assert scores.unknown == pytest.approx(1 / 11)
    assert scores.padded[0].cut == 1
