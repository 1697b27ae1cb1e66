"""The captioning decoder that ships: an LSTM that reads the words so far, and soft attention over the picture's grid.

The attention (several heads of scaled dot products, Vaswani et al. 2017, over the places of Xu et al. 2015, arXiv
1502.03044) reads the LSTM's output and does not feed back into it; see `train.decoders.recurrent`.
"""

from collections.abc import Sequence

import tensorflow as tf
from keras import layers

from train.decoders.base import IMPOSSIBLE, DecoderConfig, Tensors
from train.decoders.recurrent import RecurrentDecoder


class AttentionDecoder(RecurrentDecoder):
    """Decoder that looks at the whole grid before each word; see `RecurrentDecoder`."""

    kind = "attention"
    has_heads = True

    def __init__(self, config: DecoderConfig, words: bool = True) -> None:
        super().__init__(config, words)
        width = config.width
        self.value_projection = layers.Dense(width, name="value_projection")
        self.key_projection = layers.Dense(width, use_bias=False, name="key_projection")
        self.state_h_projection = layers.Dense(width, "tanh", name="state_h_projection")
        self.state_c_projection = layers.Dense(width, name="state_c_projection")
        self.cell = layers.LSTMCell(width, name="cell")
        self.query_projection = layers.Dense(width, use_bias=False, name="query_projection")
        self.hidden = layers.Dense(width, "tanh", name="hidden")
        self.output_projection = layers.Dense(config.embedding, name="output_projection")
        self._build()

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

    def picture_layers(self) -> Sequence[layers.Layer]:
        """See `CaptionDecoder.picture_layers`."""
        return self.value_projection, self.key_projection, self.state_h_projection, self.state_c_projection

    def picture(self, features: tf.Tensor, seed: tf.Tensor | None = None) -> tuple[Tensors, Tensors]:
        """See `CaptionDecoder.picture`; keys and values lie head by head, as `_by_head` puts them, so that no step has to turn them."""
        values = self.value_projection(self._dropout(features, self.config.dropout, seed, 0))
        keys = self.key_projection(values)
        mean = tf.reduce_mean(values, axis=1)
        context = self._by_head(keys), self._by_head(values)
        return context, (self.state_h_projection(mean), self.state_c_projection(mean))

    def _by_head(self, x: tf.Tensor) -> tf.Tensor:
        """[B, R, D] with D head by head -> the same shape with each head's [R, D / H] together."""
        heads, depth = self.config.heads, self.config.width // self.config.heads
        split = tf.transpose(tf.reshape(x, (-1, x.shape[1], heads, depth)), (0, 2, 1, 3))
        return tf.reshape(split, (-1, x.shape[1], self.config.width))

    def _read(self, queries: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
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
            scores += tf.where(hidden, IMPOSSIBLE, 0.0)
        context = tf.matmul(tf.nn.softmax(scores), places(values))
        return tf.reshape(tf.transpose(context, (0, 2, 1, 3)), (-1, self.config.width))

    def _output(self, state: tf.Tensor, read: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
        both = self._dropout(tf.concat([state, read], -1), self.config.dropout, seed, 3)
        return self.output_projection(self._dropout(self.hidden(both), self.config.dropout, seed, 4))
