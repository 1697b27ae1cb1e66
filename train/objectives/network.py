"""What is trained: a decoder on features that are given, or an encoder and a decoder together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import keras
import tensorflow as tf

from train.decoders.base import CaptionDecoder
from train.features.augmentation import CUT, augment
from train.features.cache import FeatureCache, encode_pictures
from train.features.folded import folded


@dataclass(frozen=True)
class Part:
    """Weights that learn at one rate.

    Attributes:
        weights: Trained and not trained ones, all of which a checkpoint keeps.
        trainable: Those that learn.
        rate: Multiplier of the run's learning rate.
    """

    weights: Sequence[tf.Variable]
    trainable: Sequence[tf.Variable]
    rate: float


class TrainableNetwork(Protocol):
    """A decoder and where its features come from."""

    decoder: CaptionDecoder
    parts: Sequence[Part]

    def features(self, inputs: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Return features float32 [P, R, C] of a training batch, with whatever chance that training asks for."""
        ...

    def dev_features(self, names: Sequence[str]) -> FeatureCache:
        """Return features of pictures as they are now, without chance."""
        ...


class DecoderNetwork:
    """A decoder alone, on cached features.

    Args:
        decoder: The decoder.
        cache: Features of the dev pictures among others.
    """

    def __init__(self, decoder: CaptionDecoder, cache: FeatureCache) -> None:
        self.decoder = decoder
        self.parts: Sequence[Part] = (Part(decoder.weights, decoder.trainable_variables, 1.0),)
        self._cache = cache

    def features(self, inputs: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Return the features as they come; see `TrainableNetwork.features`."""
        return inputs

    def dev_features(self, names: Sequence[str]) -> FeatureCache:
        """Return the cache; see `TrainableNetwork.dev_features`."""
        return self._cache


class WholeNetwork:
    """Encoder and decoder, trained together.

    Batch normalisation keeps the ImageNet statistics (a batch of a dozen pictures has none of its own worth keeping); its
    scale and shift learn.

    Args:
        encoder: Keras encoder, uint8 pictures to [B, h, w, C].
        decoder: The decoder.
        images: Folder of the pictures.
        rate: Multiplier of the learning rate for the encoder.
        frozen: Name prefixes of the encoder's layers that do not learn.
        upper: The part of the encoder that alone is run and learns, on what the part before it says of augmented pictures; the
            whole encoder where None.
        cut: Share of each side that a cut of an augmented picture keeps at the least.
    """

    def __init__(
        self,
        encoder: keras.Model,
        decoder: CaptionDecoder,
        images: Path,
        rate: float,
        frozen: Sequence[str],
        upper: keras.Model | None = None,
        cut: float = CUT,
    ) -> None:
        self._cut = cut
        self.encoder, self.decoder, self._upper = encoder, decoder, upper
        learning = {id(layer) for layer in (upper or encoder).layers}
        for layer in encoder.layers:
            layer.trainable = id(layer) in learning and not layer.name.startswith(tuple(frozen))
        self.parts: Sequence[Part] = (
            Part(decoder.weights, decoder.trainable_variables, 1.0),
            Part(encoder.weights, encoder.trainable_variables, rate),
        )
        self._images = images

    def features(self, inputs: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        """Return features of augmented pictures; see `TrainableNetwork.features`."""
        if self._upper is not None:
            return places(folded(self._upper, tf.cast(inputs, tf.float32)))
        return places(folded(self.encoder, augment(inputs, seed, self._cut)))

    def dev_features(self, names: Sequence[str]) -> FeatureCache:
        """Return features of the pictures by the encoder of this moment; see `TrainableNetwork.dev_features`."""
        return encode_pictures(self.encoder, self._images, names)


def places(grid: tf.Tensor) -> tf.Tensor:
    """[B, h, w, C] -> [B, h * w, C]."""
    return tf.reshape(grid, (grid.shape[0], grid.shape[1] * grid.shape[2], grid.shape[3]))
