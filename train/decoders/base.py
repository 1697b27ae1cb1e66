"""What every captioning decoder here is to those who train it, search with it and export it.

A decoder is a `DecoderConfig`, a list of the tensors that it passes on (`spec`), `picture` and `advance`. All else can be had of those;
a kind that scores whole captions faster than word by word says so with `vectors`. See `train.decoders.registry` for those there are.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Self

import keras
import numpy as np
import tensorflow as tf

from edge_runtime.bundle.decoder_spec import DecoderSpec
from edge_runtime.bundle.vocabulary import Vocabulary
from train.errors import RunError

IMPOSSIBLE = -1e4
"""Added to the logits of words that are never said; exp of it is 0 in float32 and float16 alike."""

Tensors = tuple[tf.Tensor, ...]
"""The context or the state of a decoder, in the order of its `DecoderSpec`."""


@dataclass(frozen=True)
class DecoderConfig:
    """A decoder's sizes.

    Attributes:
        vocabulary_size: Words, specials included.
        channels: Depth of the encoder's grid.
        width: Of the LSTM, the keys and the values; of each member's where there are several.
        embedding: Of word vectors, shared with the output layer; of each member's.
        heads: Of the attention, where there is one; divides `width`.
        dropout: Rate on word vectors, features, and the output.
        region_dropout: Rate at which whole places of the grid are hidden from the attention in training.
        members: Decoders that choose each word together; see `train.decoders.ensemble`.
        layers: Of a Transformer, one on the other.
        length: Words that a Transformer looks back on, the start included.
        unsaid: Words at the end of the vocabulary that are never said: those that captions of other sources begin after.
    """

    vocabulary_size: int
    channels: int
    width: int = 256
    embedding: int = 128
    heads: int = 4
    dropout: float = 0.4
    region_dropout: float = 0.1
    members: int = 1
    layers: int = 2
    length: int = 21
    unsaid: int = 0

    @property
    def state_width(self) -> int:
        """D, of keys, values and states of all members together."""
        return self.width * self.members

    @property
    def word_width(self) -> int:
        """E, of the word vectors of all members together."""
        return self.embedding * self.members

    def to_dict(self) -> dict[str, Any]:
        """As stored in a run's configuration."""
        return asdict(self)


class CaptionDecoder(keras.Model):  # type: ignore[misc]
    """Decoder of grid features: what training, searching and the exports ask of one.

    Three ways in: `picture` turns features into everything that depends on the picture alone; `call` scores whole captions
    for training; `step` says one word. A kind of decoder adds its layers, `spec`, `picture` and `advance`, and `vectors` where
    whole captions can be had at once.

    Args:
        config: Its sizes.
        words: Whether it has word vectors of its own; a member of an ensemble is given them.

    Attributes:
        kind: Its name in the registry and in manifests.
        has_heads: Whether `config.heads` must divide `config.width`.
        reads_mean: Whether the mean of the grid is all that it reads, so that the rest need not be kept for its training.
        config: Its sizes.
    """

    kind: ClassVar[str]
    has_heads: ClassVar[bool] = False
    reads_mean: ClassVar[bool] = False

    def __init__(self, config: DecoderConfig, words: bool = True) -> None:
        super().__init__(name="decoder")
        self.config = config
        if words:
            self._add_words(config)

    def _add_words(self, config: DecoderConfig) -> None:
        self.embedding = self.add_weight(
            (config.vocabulary_size, config.word_width),
            keras.initializers.RandomNormal(stddev=config.embedding**-0.5),
            name="embedding",
        )
        self.output_bias = self.add_weight((config.vocabulary_size,), "zeros", name="output_bias")
        self._never = np.zeros(config.vocabulary_size, np.float32)
        self._never[[Vocabulary.pad_id, Vocabulary.start_id, Vocabulary.unknown_id]] = IMPOSSIBLE
        self._never[config.vocabulary_size - config.unsaid :] = IMPOSSIBLE

    def get_config(self) -> dict[str, Any]:
        """Return the configuration, as Keras asks for it."""
        return self.config.to_dict()

    def with_words(self, count: int) -> Self:
        """Return the same decoder with the first `count` words of its vocabulary alone."""
        left = max(0, count - (self.config.vocabulary_size - self.config.unsaid))
        smaller = type(self)(replace(self.config, vocabulary_size=count, unsaid=left))
        for mine, other in zip(smaller.weights, self.weights, strict=True):
            mine.assign(other if mine.shape == other.shape else other[:count])
        return smaller

    def take_words(self, other: Self, words: Sequence[str], own: Sequence[str]) -> None:
        """Take the weights of a decoder of other words; words that it does not know keep their own, first vectors.

        Args:
            other: Of the same sizes but for its words.
            words: Of the other.
            own: Of this one.

        Raises:
            ValueError: Another number or shape of weights.
        """
        places = {word: place for place, word in enumerate(words)}
        rows = [(row, places[word]) for row, word in enumerate(own) if word in places]
        mine, theirs = (list(column) for column in zip(*rows, strict=True))
        for weight, taken in zip(self.weights, other.weights, strict=True):
            if weight is self.embedding or weight is self.output_bias:
                known = weight.numpy()
                known[mine] = taken.numpy()[theirs]
                weight.assign(known)
            else:
                weight.assign(taken)

    def picture_layers(self) -> Sequence[keras.layers.Layer]:
        """Return the layers that `picture` is made of, where decoders of several languages can share them; none otherwise."""
        return ()

    def keep_picture(self) -> None:
        """Leave what is made of a picture as it is; the rest learns.

        Raises:
            RunError: This kind of decoder has no part that others can share.
        """
        if not self.picture_layers():
            raise RunError(
                f"--shared-picture: a decoder of kind '{self.kind}' shares nothing with others; pass --decoder attention"
            )
        for layer in self.picture_layers():
            layer.trainable = False

    def take_picture(self, other: Self) -> None:
        """Take what another decoder makes of a picture.

        Args:
            other: Of the same sizes but for its words.

        Raises:
            ValueError: Another number or shape of weights.
        """
        for mine, theirs in zip(self.picture_layers(), other.picture_layers(), strict=True):
            mine.set_weights(theirs.get_weights())

    def places(self, regions: int) -> int:
        """R, places that the decoder keeps of a grid of `regions` places."""
        return regions

    def spec(self, regions: int) -> DecoderSpec:
        """Return the tensors that it passes on, for a grid of `regions` places."""
        raise NotImplementedError

    def picture(self, features: tf.Tensor, seed: tf.Tensor | None = None) -> tuple[Tensors, Tensors]:
        """Return everything that depends on the picture alone.

        Args:
            features: float32 [P, regions, C].
            seed: int32 [2] for dropout in training; None otherwise.

        Returns:
            The context, which stays the same from word to word, and the first state; each tensor of the shape that `spec` says,
            a row for each picture.
        """
        raise NotImplementedError

    def advance(self, word: tf.Tensor, state: Tensors, context: Tensors) -> tuple[tf.Tensor, Tensors]:
        """Return one step from a word vector to an output vector; see `step`.

        Args:
            word: float32 [P * B, E].
            state: A row for each of those words.
            context: A row for each picture.

        Returns:
            The output vector [P * B, E] and the next state.
        """
        raise NotImplementedError

    def vectors(self, words: tf.Tensor, context: Tensors, state: Tensors, seed: tf.Tensor | None) -> tf.Tensor:
        """Return output vectors at every place of captions; word by word, where a kind of decoder knows no faster way.

        Args:
            words: float32 [P * K, T, E], the word vectors before, those of one picture together.
            context: A row for each picture.
            state: The first one, a row for each caption.
            seed: int32 [2] for dropout in training; None otherwise.

        Returns:
            float32 [P * K * T, E].
        """
        words = self._dropout(words, self.config.dropout, seed, 1)
        found = []
        for word in tf.unstack(words, words.shape[1], axis=1):
            vector, state = self.advance(word, state, context)
            found.append(vector)
        vectors = tf.reshape(tf.stack(found, axis=1), (-1, self.config.word_width))
        return self._dropout(vectors, self.config.dropout, seed, 4)

    def call(self, features: tf.Tensor, tokens: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        """Return output vectors at every place of captions; `logits` makes scores of them.

        Args:
            features: float32 [P, regions, C], one row a picture.
            tokens: int32 [P, K, T], the tokens before, K captions a picture.
            seed: int32 [2] for dropout in training; None otherwise.

        Returns:
            float32 [P, K, T, E].
        """
        return self.captions(*self.picture(features, seed), tokens, seed)

    def captions(self, context: Tensors, first: Tensors, tokens: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        """Return output vectors at every place of captions of pictures that were looked at before; see `call`.

        Args:
            context: As `picture` returns it.
            first: The state with it.
            tokens: As for `call`.
            seed: As for `call`.
        """
        pictures, captions, length = tokens.shape[0] or tf.shape(tokens)[0], tokens.shape[1], tokens.shape[2]
        words = tf.gather(self.embedding, tf.reshape(tokens, (pictures * captions, length)))
        state = tuple(tf.repeat(part, captions, 0) for part in first)
        vectors = self.vectors(words, context, state, seed)
        return tf.reshape(vectors, (pictures, captions, length, self.config.word_width))

    def step(self, token: tf.Tensor, state: Tensors, context: Tensors) -> tuple[tf.Tensor, Tensors]:
        """Say one word.

        Args:
            token: int32 [P * B], the token before; B hypotheses a picture, those of one picture together.
            state: Of the step before, or the picture's first one: a row for each hypothesis.
            context: Of the picture: a row for each picture.

        Returns:
            log_probs [P * B, V] of the next token, and the next state.
        """
        vector, state = self.advance(tf.gather(self.embedding, token), state, context)
        return tf.nn.log_softmax(self.logits(vector)), state

    def logits(self, vectors: tf.Tensor) -> tf.Tensor:
        """Return scores [..., V] of output vectors [..., E]; `<pad>`, `<start>` and `<unk>` are out of reach."""
        return tf.matmul(vectors, self.embedding, transpose_b=True) + (self.output_bias + self._never)

    @staticmethod
    def _dropout(x: tf.Tensor, rate: float, seed: tf.Tensor | None, salt: int) -> tf.Tensor:
        """Return dropout whose mask depends on the seed alone, so that a resumed run repeats itself."""
        if seed is None or rate == 0:
            return x
        return tf.nn.experimental.stateless_dropout(x, rate, seed + [0, salt])
