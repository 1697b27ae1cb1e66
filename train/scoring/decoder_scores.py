"""Next-word scores of a Keras decoder, on cached features, and of a bundle, as the device runs it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edge_runtime.backends.base import Backend
from edge_runtime.bundle.manifest import InputSpec
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.console.streams import LOG_STREAM
from edge_runtime.pictures.preprocess import load_input
from train.scoring.token_scores import PlaceSums, TokenScores, counted, padded_rows, token_rows

if TYPE_CHECKING:
    from train.decoders.base import CaptionDecoder
    from train.features.cache import FeatureCache

_TOGETHER = 40
_BUCKET = 8
"""Captions are padded to a multiple of this, so that few graphs are traced."""


def score_decoder(
    decoder: "CaptionDecoder",
    vocabulary: Vocabulary,
    cache: "FeatureCache",
    captions: Mapping[str, Sequence[str]],
    lengths: Sequence[int] = (),
    language: str = "en",
) -> TokenScores:
    """Score the next word at every place of every caption.

    Args:
        decoder: The Keras decoder.
        vocabulary: Its words.
        cache: Features of the pictures.
        captions: File name -> captions, as written.
        lengths: Padded lengths to tell; the longest caption's where there are none.
        language: Tag of the captions, in the canonical form.
    """
    import tensorflow as tf

    def score(
        features: tf.Tensor, before: tf.Tensor, targets: tf.Tensor, mask: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        vectors = tf.boolean_mask(decoder(features, before[:, None])[:, 0], mask)
        log_probs, right = tf.nn.log_softmax(decoder.logits(vectors)), tf.boolean_mask(targets, mask)
        return tf.gather(log_probs, right, axis=1, batch_dims=1), tf.argmax(log_probs, 1, tf.int32) == right

    traced = tf.function(score)
    rows = sorted(token_rows(captions, vocabulary, language), key=lambda row: len(row[1]))
    sums = PlaceSums()
    for start in range(0, len(rows), _TOGETHER):
        group = rows[start : start + _TOGETHER]
        tokens = padded_rows([ids for _, ids in group], -(-len(group[-1][1]) // _BUCKET) * _BUCKET)
        before, targets = tokens[:, :-1], tokens[:, 1:]
        features = np.stack([cache.grid[cache.rows[name]] for name, _ in group]).astype(np.float32)
        mask = counted(targets)
        log_probs, right = np.zeros(mask.shape, np.float32), np.zeros(mask.shape, np.bool_)
        log_probs[mask], right[mask] = (array.numpy() for array in traced(features, before, targets, mask))
        sums.add(targets, log_probs, right)
    return sums.scores(lengths)


def score_backend(
    backend: Backend,
    spec: InputSpec,
    vocabulary: Vocabulary,
    images: Path,
    captions: Mapping[str, Sequence[str]],
    lengths: Sequence[int] = (),
    language: str = "en",
) -> TokenScores:
    """Score the next word at every place of every caption by a bundle's own graphs, a step at a time.

    A caption that is longer than the longest sentence that the bundle says is stepped through to its end all the same.

    Args:
        backend: Of one of the bundle's variants.
        spec: Of its input.
        vocabulary: Its words.
        images: Folder of the pictures.
        captions: File name -> captions, as written.
        lengths: Padded lengths to tell; the longest caption's where there are none.
        language: Tag of the captions, in the canonical form.
    """
    from tqdm import tqdm

    sums = PlaceSums()
    for name in tqdm(captions, desc="next words", unit="picture", mininterval=2, file=LOG_STREAM):
        tokens = padded_rows([ids for _, ids in token_rows({name: captions[name]}, vocabulary, language)])
        encoded = backend.encode(load_input(images / name, spec.height, spec.width)[None])
        state = tuple(np.repeat(array, len(tokens), 0) for array in encoded.state)
        targets = tokens[:, 1:]
        log_probs, right = np.zeros(targets.shape, np.float32), np.zeros(targets.shape, np.bool_)
        for place in range(targets.shape[1]):
            scores, state = encoded.step(np.ascontiguousarray(tokens[:, place]), state)
            log_probs[:, place] = scores[np.arange(len(tokens)), targets[:, place]]
            right[:, place] = scores.argmax(1) == targets[:, place]
        sums.add(targets, log_probs, right)
    return sums.scores(lengths)
