"""The captioning decoder: an LSTM that reads the words so far, and soft attention over the picture's grid.

The attention (several heads of scaled dot products, Vaswani et al. 2017, over the places of Xu et al. 2015, arXiv
1502.03044) reads the LSTM's output and does not feed back into it. So in training only the LSTM itself runs word by word;
all else is one product over the whole batch.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from edge_runtime.vocabulary import Vocabulary

_IMPOSSIBLE = -1e4
"""Added to the logits of words that are never said; exp of it is 0 in float32 and float16 alike."""


@dataclass(frozen=True)
class DecoderConfig:
    """The decoder's sizes.

    Attributes:
        vocabulary_size: Words, specials included.
        channels: Depth of the encoder's grid.
        width: Of the LSTM, the keys and the values.
        embedding: Of word vectors, shared with the output layer.
        heads: Of the attention; divides `width`.
        dropout: Rate on word vectors, features, and the output.
        region_dropout: Rate at which whole places of the grid are hidden in training.
    """

    vocabulary_size: int
    channels: int
    width: int = 256
    embedding: int = 128
    heads: int = 4
    dropout: float = 0.4
    region_dropout: float = 0.1

    def to_dict(self) -> dict[str, Any]:
        """As stored in a run's configuration."""
        return asdict(self)


class AttentionDecoder(keras.Model):  # type: ignore[misc]
    """Decoder of grid features.

    Three ways in: `picture` turns features into everything that depends on the picture alone; `call` scores whole captions
    for training; `step` says one word.
    """

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__(name="decoder")
        self.config = config
        width = config.width
        self.value_projection = layers.Dense(width, name="value_projection")
        self.key_projection = layers.Dense(width, use_bias=False, name="key_projection")
        self.state_h_projection = layers.Dense(width, "tanh", name="state_h_projection")
        self.state_c_projection = layers.Dense(width, name="state_c_projection")
        self.embedding = self.add_weight(
            (config.vocabulary_size, config.embedding),
            keras.initializers.RandomNormal(stddev=config.embedding**-0.5),
            name="embedding",
        )
        self.cell = layers.LSTMCell(width, name="cell")
        self.query_projection = layers.Dense(width, use_bias=False, name="query_projection")
        self.hidden = layers.Dense(width, "tanh", name="hidden")
        self.output_projection = layers.Dense(config.embedding, name="output_projection")
        self.output_bias = self.add_weight((config.vocabulary_size,), "zeros", name="output_bias")
        self._never = np.zeros(config.vocabulary_size, np.float32)
        self._never[[Vocabulary.pad_id, Vocabulary.start_id, Vocabulary.unknown_id]] = _IMPOSSIBLE
        self._build()

    def get_config(self) -> dict[str, Any]:
        """The configuration, as Keras asks for it."""
        return self.config.to_dict()

    def with_words(self, count: int) -> "AttentionDecoder":
        """The same decoder with the first `count` words of its vocabulary alone."""
        smaller = AttentionDecoder(replace(self.config, vocabulary_size=count))
        for mine, other in zip(smaller.weights, self.weights, strict=True):
            mine.assign(other[: mine.shape[0]])
        return smaller

    def _build(self) -> None:
        config = self.config
        self.value_projection.build((None, None, config.channels))
        self.key_projection.build((None, None, config.width))
        self.state_h_projection.build((None, config.width))
        self.state_c_projection.build((None, config.width))
        self.cell.build((None, config.embedding))
        self.query_projection.build((None, config.width))
        self.hidden.build((None, 2 * config.width))
        self.output_projection.build((None, config.width))
        self.built = True

    def picture(
        self, features: tf.Tensor, seed: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
        """Everything that depends on the picture alone.

        Args:
            features: float32 [B, R, C].
            seed: int32 [2] for dropout in training; None otherwise.

        Returns:
            keys [B, R, D], values [B, R, D], state_h [B, D], state_c [B, D]; keys and values lie head by head, [H, R, D / H] in
            one picture's memory, so that no step has to turn them.
        """
        features = self._dropout(features, self.config.dropout, seed, 0)
        values = self.value_projection(features)
        keys = self.key_projection(values)
        mean = tf.reduce_mean(values, axis=1)
        return self._by_head(keys), self._by_head(values), self.state_h_projection(mean), self.state_c_projection(mean)

    def _by_head(self, x: tf.Tensor) -> tf.Tensor:
        """[B, R, D] with D head by head -> the same shape with each head's [R, D / H] together."""
        heads, depth = self.config.heads, self.config.width // self.config.heads
        split = tf.transpose(tf.reshape(x, (-1, x.shape[1], heads, depth)), (0, 2, 1, 3))
        return tf.reshape(split, (-1, x.shape[1], self.config.width))

    def call(self, features: tf.Tensor, tokens: tf.Tensor, seed: tf.Tensor | None = None) -> tf.Tensor:
        """Output vectors at every place of captions; `logits` makes scores of them.

        Args:
            features: float32 [P, R, C], one row a picture.
            tokens: int32 [P, K, T], the tokens before, K captions a picture.
            seed: int32 [2] for dropout in training; None otherwise.

        Returns:
            float32 [P, K, T, E].
        """
        width = self.config.width
        pictures, captions, length = tokens.shape[0] or tf.shape(tokens)[0], tokens.shape[1], tokens.shape[2]
        keys, values, state_h, state_c = self.picture(features, seed)
        words = tf.gather(self.embedding, tf.reshape(tokens, (pictures * captions, length)))
        words = self._dropout(words, self.config.dropout, seed, 1)
        outputs = self._unroll(words, tf.repeat(state_h, captions, 0), tf.repeat(state_c, captions, 0), length)
        outputs = tf.reshape(outputs, (pictures * captions * length, width))
        context = self._attend(outputs, keys, values, seed)
        vectors = self._output(outputs, context, seed)
        return tf.reshape(vectors, (pictures, captions, length, self.config.embedding))

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
        state_h, (_, state_c) = self.cell(word, [state_h, state_c])
        context = self._attend(state_h, keys, values, None)
        return tf.nn.log_softmax(self.logits(self._output(state_h, context, None))), state_h, state_c

    def logits(self, vectors: tf.Tensor) -> tf.Tensor:
        """Scores [..., V] of output vectors [..., E]; `<pad>`, `<start>` and `<unk>` are out of reach."""
        return tf.matmul(vectors, self.embedding, transpose_b=True) + (self.output_bias + self._never)

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

    def _attend(self, queries: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
        """[P * Q, D] queries, those of one picture together, over [P, R, D] places -> context [P * Q, D]."""
        heads, depth = self.config.heads, self.config.width // self.config.heads
        pictures = keys.shape[0] or tf.shape(keys)[0]

        def places(x: tf.Tensor) -> tf.Tensor:
            return tf.reshape(x, (pictures, heads, -1, depth))

        query = tf.matmul(queries, self.query_projection.kernel * depth**-0.5)
        query = tf.transpose(tf.reshape(query, (pictures, -1, heads, depth)), (0, 2, 1, 3))
        scores = tf.matmul(query, places(keys), transpose_b=True)
        if seed is not None and self.config.region_dropout:
            shape = (tf.shape(keys)[0], 1, 1, keys.shape[1])
            hidden = tf.random.stateless_uniform(shape, seed + [0, 2]) < self.config.region_dropout
            scores += tf.where(hidden, _IMPOSSIBLE, 0.0)
        context = tf.matmul(tf.nn.softmax(scores), places(values))
        return tf.reshape(tf.transpose(context, (0, 2, 1, 3)), (-1, self.config.width))

    def _output(self, state: tf.Tensor, context: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
        both = self._dropout(tf.concat([state, context], -1), self.config.dropout, seed, 3)
        return self.output_projection(self._dropout(self.hidden(both), self.config.dropout, seed, 4))

    @staticmethod
    def _dropout(x: tf.Tensor, rate: float, seed: tf.Tensor | None, salt: int) -> tf.Tensor:
        """Dropout whose mask depends on the seed alone, so that a resumed run repeats itself."""
        if seed is None or rate == 0:
            return x
        return tf.nn.experimental.stateless_dropout(x, rate, seed + [0, salt])
