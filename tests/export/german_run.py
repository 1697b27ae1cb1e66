"""A run in German whose decoder reads the pictures that the encoder of the bundle that ships gives, and learns their colours in seconds."""

import json
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from edge_runtime.bundle.reader import DEFAULT_BUNDLE
from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from edge_runtime.pictures.preprocess import load_input
from train.datasets.loading import DatasetSource
from train.datasets.tokeniser import tokeniser
from train.decoders.base import CaptionDecoder
from train.decoders.registry import build_decoder
from train.encoders.registry import build_encoder, encoder_spec, find_weights
from train.runs.bundle_start import BundleStart
from train.runs.config import RunConfig
from train.runs.folder import RunFolder, write_arrays

PICTURES = 42
"""Of which the last ten are for dev."""
STEPS = 60
WORDS = ("ein", "Bild", "rotes", "grünes", "blaues", "gelbes", "hier", "ist")
COLOURS = (("rotes", (220, 30, 30)), ("grünes", (30, 180, 40)), ("blaues", (40, 60, 220)), ("gelbes", (230, 220, 40)))


def german_data(folder: Path) -> DatasetSource:
    """Write pictures of one colour each. Of the two sentences, one is said twice: alike, chance would tell which one is found."""
    (folder / "images").mkdir(parents=True)
    captions, names = {}, []
    for number in range(PICTURES):
        word, colour = COLOURS[number % 4]
        pixels = np.random.default_rng(number).integers(-20, 20, (48, 48, 3)) + colour
        name = f"{number:02}.png"
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(folder / "images" / name)
        captions[name] = [f"Ein {word} Bild.", f"Hier ist ein {word} Bild.", f"Ein {word} Bild."]
        names.append(name)
    (folder / "captions.json").write_text(json.dumps(captions))
    (folder / "train.txt").write_text("\n".join(names[:-10]))
    (folder / "dev.txt").write_text("\n".join(names[-10:]))
    return DatasetSource(
        folder / "images",
        folder / "captions.json",
        {"train": folder / "train.txt", "dev": folder / "dev.txt"},
    )


def german_run(folder: Path) -> Path:
    """Write the run into a new folder, beside its data; returns the run's folder."""
    start = BundleStart(DEFAULT_BUNDLE)
    spec = encoder_spec(start.manifest.encoder)
    weights = find_weights(spec)
    config = RunConfig(
        encoder=start.manifest.encoder,
        encoder_sha256=weights.sha256,
        image_size=start.manifest.input.height,
        language="de",
        encoder_rate=1.0,
        max_length=8,
        beam=2,
    )
    keras.utils.set_random_seed(3)
    source, vocabulary = german_data(folder / "data"), Vocabulary((*SPECIALS, *WORDS))
    encoder = build_encoder(spec, weights, start.manifest.input.height)
    theirs = build_decoder("attention", config.decoder_sizes(start.read_vocabulary(), spec.channels))
    start.fill(theirs, encoder)
    decoder = build_decoder("attention", config.decoder_sizes(vocabulary, spec.channels))
    decoder.take_picture(theirs)
    decoder.keep_picture()
    run = RunFolder(folder / "run")
    run.prepare(config, source, vocabulary)
    _learn(decoder, encoder, source, vocabulary)
    arrays = [weight.numpy() for weight in (*decoder.weights, *encoder.weights)]
    write_arrays(run.best, {str(place): array for place, array in enumerate(arrays)})
    return run.path


def _learn(decoder: CaptionDecoder, encoder: keras.Model, source: DatasetSource, vocabulary: Vocabulary) -> None:
    """Teach it the captions."""
    dataset = source.load()
    size = encoder.input_shape[1]
    pictures = np.stack([load_input(dataset.images / name, size, size) for name in dataset.names])
    grid = encoder(pictures, training=False)
    context, state = decoder.picture(tf.reshape(grid, (len(pictures), -1, grid.shape[-1])))
    said = [[tokeniser("de", vocabulary)(text) for text in dataset.captions[name]] for name in dataset.names]
    length = 1 + max(len(words) for texts in said for words in texts)
    ids = np.full((len(pictures), len(said[0]), length + 1), vocabulary.pad_id, np.int32)
    for row, texts in enumerate(said):
        for place, words in enumerate(texts):
            whole = [vocabulary.start_id, *vocabulary.encode(words), vocabulary.end_id]
            ids[row, place, : len(whole)] = whole
    optimizer = keras.optimizers.Adam(0.005)
    learning = decoder.trainable_weights

    def learn() -> tf.Tensor:
        with tf.GradientTape() as tape:
            scores = decoder.logits(decoder.captions(context, state, ids[:, :, :-1]))
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(ids[:, :, 1:], scores)
            loss = tf.reduce_mean(tf.where(ids[:, :, 1:] == vocabulary.pad_id, 0.0, losses))
        optimizer.apply_gradients(zip(tape.gradient(loss, learning), learning, strict=True))
        return loss

    step = tf.function(learn)
    for _ in range(STEPS):
        loss = step()
    assert loss < 0.2, float(loss)
