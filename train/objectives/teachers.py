"""Trained networks that a student is taught by."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import tensorflow as tf

from edge_runtime.bundle.decoder_spec import DecoderSpec
from edge_runtime.bundle.vocabulary import Vocabulary
from train.decoders.base import CaptionDecoder, DecoderConfig
from train.decoders.registry import build_decoder
from train.encoders.registry import build_encoder, encoder_spec, find_weights, weights_of_run
from train.errors import RunError
from train.features.folded import folded
from train.objectives.network import places
from train.runs.bundle_start import BundleStart
from train.runs.warm_start import find_start


@dataclass(frozen=True)
class Teacher:
    """A network as it was trained.

    Attributes:
        path: Run folder or bundle.
        digest: Of its weights.
        vocabulary: Its words.
        encoder: uint8 pictures to [B, h, w, C].
        decoder: Its decoder.
    """

    path: Path
    digest: str
    vocabulary: Vocabulary
    encoder: keras.Model
    decoder: CaptionDecoder


def load_teacher(path: Path) -> Teacher:
    """Return the network of a run or a bundle; of a bundle, one with a decoder of the usual word vectors and heads.

    Raises:
        RunError, BundleError, WeightsError: It cannot be read.
    """
    start = find_start(path)
    vocabulary = start.read_vocabulary()
    if isinstance(start, BundleStart):
        manifest = start.manifest
        spec, size = encoder_spec(manifest.encoder), manifest.input.height
        encoder = build_encoder(spec, find_weights(spec), size)
        decoder = build_decoder("attention", DecoderConfig(len(vocabulary), spec.channels, manifest.sizes.width))
        try:
            start.fill(decoder, encoder)
        except ValueError:
            raise RunError(f"{path}: its decoder has unusual sizes; teach with its run instead of its bundle") from None
    else:
        config = start.config()
        spec = encoder_spec(config.encoder)
        encoder = build_encoder(spec, weights_of_run(spec, config.encoder_sha256), config.image_size)
        decoder = start.load_decoder(spec.channels, encoder)
    return Teacher(path, start.digest, vocabulary, encoder, decoder)


def fewest_words(teachers: Sequence[Teacher]) -> Vocabulary:
    """Return the words of the teacher that knows the fewest."""
    return min((teacher.vocabulary for teacher in teachers), key=len)


def check_words(teachers: Sequence[Teacher], words: Sequence[str]) -> None:
    """Check that every teacher's words begin with the student's.

    Raises:
        RunError: One's do not.
    """
    for teacher in teachers:
        if list(teacher.vocabulary.words[: len(words)]) != list(words):
            raise RunError(
                f"{teacher.path}: its words do not begin with the student's; teach with networks of one data set"
            )


class Teachers:
    """What several networks say of the next word, together.

    Args:
        teachers: The networks.
        words: V, of the student: the first of theirs.
    """

    def __init__(self, teachers: Sequence[Teacher], words: int) -> None:
        self._networks = [(teacher.encoder, teacher.decoder.with_words(words)) for teacher in teachers]
        for encoder, decoder in self._networks:
            encoder.trainable = decoder.trainable = False

    @property
    def weights(self) -> list[tf.Variable]:
        """Return those of all networks."""
        return [weight for pair in self._networks for part in pair for weight in part.weights]

    @property
    def widths(self) -> list[int]:
        """Return of each network how many numbers it keeps of a picture."""
        return [sum(tensor.numbers for tensor in (*spec.context, *spec.state)) for spec in self._specs()]

    def seen(self, pictures: tf.Tensor) -> list[tf.Tensor]:
        """Return what each network keeps of pictures: all that its decoder reads of them, in one row.

        Args:
            pictures: uint8 [P, H, W, 3]; each network is shown them at its own size.

        Returns:
            float32 [P, width] each.
        """
        rows = []
        for encoder, decoder in self._networks:
            grid = folded(encoder, _at_size(pictures, encoder.input_shape[1:3]))
            context, state = decoder.picture(places(grid))
            rows.append(tf.concat([tf.reshape(part, (tf.shape(part)[0], -1)) for part in (*context, *state)], 1))
        return rows

    def log_probs(self, seen: Sequence[tf.Tensor], before: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """Return geometric mean of their probabilities of the next word.

        Args:
            seen: What `seen` returned of P pictures.
            before: int32 [P, K, T], the words before.
            mask: bool [P, K, T], the places that are asked for.

        Returns:
            float32 [N, V], a row for each place of the mask.
        """
        scores = []
        for (_, decoder), spec, row in zip(self._networks, self._specs(), seen, strict=True):
            tensors = [*spec.context, *spec.state]
            parts = tf.split(tf.cast(row, tf.float32), [tensor.numbers for tensor in tensors], 1)
            shaped = tuple(
                tf.reshape(part, (row.shape[0], *tensor.shape)) for part, tensor in zip(parts, tensors, strict=True)
            )
            count = len(spec.context)
            vectors = tf.boolean_mask(decoder.captions(shaped[:count], shaped[count:], before), mask)
            scores.append(tf.nn.log_softmax(decoder.logits(vectors)))
        return tf.nn.log_softmax(tf.add_n(scores) / len(scores))

    def _specs(self) -> list[DecoderSpec]:
        return [decoder.spec(math.prod(encoder.output_shape[1:3])) for encoder, decoder in self._networks]


def _at_size(pictures: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    if tuple(pictures.shape[1:3]) == tuple(size):
        return pictures
    return tf.cast(tf.clip_by_value(tf.round(tf.image.resize(pictures, size)), 0, 255), tf.uint8)
