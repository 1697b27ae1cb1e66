"""What every captioning decoder here shares: an LSTM that reads the words so far, and word scores from shared word vectors.

What is known of the picture joins the LSTM's output and does not feed back into it (late merging: Tanti et al. 2018, arXiv
1703.09137). So in training only the LSTM itself runs word by word; all else is one product over the whole batch.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from edge_runtime.bundle.vocabulary import Vocabulary

IMPOSSIBLE = -1e4
"""Added to the logits of words that are never said; exp of it is 0 in float32 and float16 alike."""

Picture = tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
"""Everything that depends on the picture alone: keys [P, R, D], values [P, R, D], state_h [P, D], state_c [P, D]."""


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
    """

    vocabulary_size: int
    channels: int
    width: int = 256
    embedding: int = 128
    heads: int = 4
    dropout: float = 0.4
    region_dropout: float = 0.1
    members: int = 1

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


class RecurrentDecoder(keras.Model):  # type: ignore[misc]
    """Decoder of grid features: what training, searching and the exports ask of one.

    Three ways in: `picture` turns features into everything that depends on the picture alone; `call` scores whole captions
    for training; `step` says one word. A kind of decoder adds its layers, `picture`, `_read` and `_output`.

    Args:
        config: Its sizes.
        words: Whether it has word vectors of its own; a member of an ensemble is given them.

    Attributes:
        config: Its sizes.
        cell: The LSTM.
    """

    cell: layers.LSTMCell

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

    def get_config(self) -> dict[str, Any]:
        """The configuration, as Keras asks for it."""
        return self.config.to_dict()

    def with_words(self, count: int) -> Self:
        """The same decoder with the first `count` words of its vocabulary alone."""
        smaller = type(self)(replace(self.config, vocabulary_size=count))
        for mine, other in zip(smaller.weights, self.weights, strict=True):
            mine.assign(other[: mine.shape[0]])
        return smaller

    def places(self, regions: int) -> int:
        """R, places that the decoder keeps of a grid of `regions` places."""
        return regions

    def picture(self, features: tf.Tensor, seed: tf.Tensor | None = None) -> Picture:
        """Everything that depends on the picture alone.

        Args:
            features: float32 [P, regions, C].
            seed: int32 [2] for dropout in training; None otherwise.

        Returns:
            keys [P, R, D], values [P, R, D], state_h [P, D], state_c [P, D].
        """
        raise NotImplementedError

    def call(self, features: tf.Tensor, tokens: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        """Output vectors at every place of captions; `logits` makes scores of them.

        Args:
            features: float32 [P, regions, C], one row a picture.
            tokens: int32 [P, K, T], the tokens before, K captions a picture.
            seed: int32 [2] for dropout in training; None otherwise.

        Returns:
            float32 [P, K, T, E].
        """
        pictures, captions, length = tokens.shape[0] or tf.shape(tokens)[0], tokens.shape[1], tokens.shape[2]
        keys, values, state_h, state_c = self.picture(features, seed)
        words = tf.gather(self.embedding, tf.reshape(tokens, (pictures * captions, length)))
        states = tf.repeat(state_h, captions, 0), tf.repeat(state_c, captions, 0)
        vectors = self.vectors(words, (keys, values, *states), seed)
        return tf.reshape(vectors, (pictures, captions, length, self.config.word_width))

    def vectors(self, words: tf.Tensor, picture: Picture, seed: tf.Tensor | None) -> tf.Tensor:
        """Output vectors at every place of captions.

        Args:
            words: float32 [P * K, T, E], the word vectors before, those of one picture together.
            picture: keys, values [P, R, D], and a row for each caption of state_h, state_c [P * K, D].
            seed: int32 [2] for dropout in training; None otherwise.

        Returns:
            float32 [P * K * T, E].
        """
        keys, values, state_h, state_c = picture
        words = self._dropout(words, self.config.dropout, seed, 1)
        outputs = self._unroll(words, state_h, state_c, words.shape[1])
        outputs = tf.reshape(outputs, (-1, self.config.width))
        return self._output(outputs, self._read(outputs, keys, values, seed), seed)

    def step(
        self, token: tf.Tensor, state_h: tf.Tensor, state_c: tf.Tensor, keys: tf.Tensor, values: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Say one word.

        Args:
            token: int32 [P * B], the token before; B hypotheses a picture, those of one picture together.
            state_h: [P * B, D].
            state_c: [P * B, D].
            keys: [P, R, D].
            values: [P, R, D].

        Returns:
            log_probs [P * B, V] of the next token, state_h, state_c.
        """
        word = tf.gather(self.embedding, token)
        vector, state_h, state_c = self.advance(word, state_h, state_c, keys, values)
        return tf.nn.log_softmax(self.logits(vector)), state_h, state_c

    def advance(
        self, word: tf.Tensor, state_h: tf.Tensor, state_c: tf.Tensor, keys: tf.Tensor, values: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """One step from a word vector [P * B, E] to an output vector; see `step`."""
        state_h, (_, state_c) = self.cell(word, [state_h, state_c])
        return self._output(state_h, self._read(state_h, keys, values, None), None), state_h, state_c

    def logits(self, vectors: tf.Tensor) -> tf.Tensor:
        """Scores [..., V] of output vectors [..., E]; `<pad>`, `<start>` and `<unk>` are out of reach."""
        return tf.matmul(vectors, self.embedding, transpose_b=True) + (self.output_bias + self._never)

    def _read(self, queries: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
        """What the LSTM's outputs [P * Q, D], those of one picture together, read of the picture, as `_output` takes it."""
        raise NotImplementedError

    def _output(self, state: tf.Tensor, read: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
        """Output vectors [P * Q, E] of the LSTM's outputs [P * Q, D] and what they read."""
        raise NotImplementedError

    def _unroll(self, words: tf.Tensor, state_h: tf.Tensor, state_c: tf.Tensor, length: int) -> tf.Tensor:
        """The LSTM over whole captions, its input product taken out of the loop; [B, T, E] -> [B, T, D]."""
        inputs = tf.unstack(tf.matmul(words, self.cell.kernel) + self.cell.bias, length, axis=1)
        outputs = []
        for product in inputs:
            gates = product + tf.matmul(state_h, self.cell.recurrent_kernel)
            into, forget, candidate, out = tf.split(gates, 4, axis=1)
            state_c = tf.sigmoid(forget) * state_c + tf.sigmoid(into) * tf.tanh(candidate)
            state_h = tf.sigmoid(out) * tf.tanh(state_c)
            outputs.append(state_h)
        return tf.stack(outputs, axis=1)

    @staticmethod
    def _dropout(x: tf.Tensor, rate: float, seed: tf.Tensor | None, salt: int) -> tf.Tensor:
        """Dropout whose mask depends on the seed alone, so that a resumed run repeats itself."""
        if seed is None or rate == 0:
            return x
        return tf.nn.experimental.stateless_dropout(x, rate, seed + [0, salt])
