"""A small Transformer decoder: attention over the words so far and over the picture's grid (Vaswani et al. 2017, arXiv 1706.03762).

Pre-norm (Xiong et al. 2020, arXiv 2002.04745); the norm is the root mean square (Zhang and Sennrich 2019, arXiv 1910.07467), without
a gain, which the product behind it has. A step keeps the keys and values of the words before in a window of fixed length that moves
on by one word, so that no index depends on the word's place: ONNX and LiteRT need slices and concatenations alone. Whole captions are
scored with the same window, so both say the same of a caption of any length.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf
from keras import layers

from edge_runtime.bundle.decoder_spec import DecoderSpec, TensorSpec
from train.decoders.base import IMPOSSIBLE, CaptionDecoder, DecoderConfig, Tensors

_INNER = 2
"""Width of the inner layer of the feed-forward part, in widths; 4 is usual, and half of it costs a device half."""
_SMALLEST = 1e-6
"""Added to the mean square before its root is divided by."""

_Window = Callable[[int, tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]
"""(layer, new keys, new values) -> keys and values [G, T, D] of all words that the new ones attend to."""


class _Layer(layers.Layer):  # type: ignore[misc]
    """The products of one layer."""

    def __init__(self, width: int, name: str) -> None:
        super().__init__(name=name)
        self.self_projection = layers.Dense(3 * width, use_bias=False, name="self_projection")
        self.self_output = layers.Dense(width, name="self_output")
        self.cross_query = layers.Dense(width, use_bias=False, name="cross_query")
        self.cross_output = layers.Dense(width, name="cross_output")
        self.inner = layers.Dense(_INNER * width, "relu", name="inner")
        self.outer = layers.Dense(width, name="outer")
        for layer in (self.self_projection, self.self_output, self.cross_query, self.cross_output, self.inner):
            layer.build((None, width))
        self.outer.build((None, _INNER * width))
        self.built = True


class TransformerDecoder(CaptionDecoder):
    """Decoder that attends to the words so far and to the grid, `config.layers` times; see `CaptionDecoder`.

    Its context are the keys and values of all layers at the picture's places, its state those of the last `config.length` words, and which
    of them are words: 1 where one stands, at the end; 0 before. A word's place in the caption is how many stand before it.
    """

    kind = "transformer"
    has_heads = True

    def __init__(self, config: DecoderConfig, words: bool = True) -> None:
        super().__init__(config, words)
        width, of_all = config.width, config.layers * config.width
        self.input_projection = layers.Dense(width, name="input_projection")
        # Row T - 1 - n is that of a word with n before it, so that the window's own order finds it.
        self.positions = self.add_weight((config.length, width), "glorot_uniform", name="positions")
        self.memory_projection = layers.Dense(width, name="memory_projection")
        self.key_projection = layers.Dense(of_all, use_bias=False, name="key_projection")
        self.value_projection = layers.Dense(of_all, use_bias=False, name="value_projection")
        self.decoder_layers = [_Layer(width, f"layer_{number}") for number in range(config.layers)]
        self.output_projection = layers.Dense(config.embedding, name="output_projection")
        self.input_projection.build((None, config.embedding))
        self.memory_projection.build((None, None, config.channels))
        self.key_projection.build((None, None, width))
        self.value_projection.build((None, None, width))
        self.output_projection.build((None, width))
        self._newest = np.eye(config.length, dtype=np.float32)[-1]
        self._not_first = np.arange(config.length).clip(0, 1).astype(np.float32)
        self.built = True

    def spec(self, regions: int) -> DecoderSpec:
        """See `CaptionDecoder.spec`."""
        length, of_all = self.config.length, self.config.layers * self.config.width
        grid, cache = (regions, of_all), (length, of_all)
        return DecoderSpec(
            self.kind,
            (TensorSpec("keys", grid), TensorSpec("values", grid)),
            (TensorSpec("cache_keys", cache), TensorSpec("cache_values", cache), TensorSpec("filled", (length,))),
        )

    def picture(self, features: tf.Tensor, seed: tf.Tensor | None = None) -> tuple[Tensors, Tensors]:
        """See `CaptionDecoder.picture`; keys and values lie head by head, so that no step has to turn them; no word is there yet."""
        memory = self.memory_projection(self._dropout(features, self.config.dropout, seed, 0))
        context = tuple(
            tf.reshape(self._by_head(part, memory.shape[1]), (-1, memory.shape[1], part.shape[2]))
            for part in (self.key_projection(memory), self.value_projection(memory))
        )
        pictures, length = features.shape[0] or tf.shape(features)[0], self.config.length
        cache = tf.zeros((pictures, length, self.config.layers * self.config.width))
        return context, (cache, cache, tf.zeros((pictures, length)))

    def advance(self, word: tf.Tensor, state: Tensors, context: Tensors) -> tuple[tf.Tensor, Tensors]:
        """See `CaptionDecoder.advance`; the oldest word leaves the window, the new one enters at its end."""
        cache_keys, cache_values, filled = state
        width = self.config.width
        filled = tf.maximum(tf.concat([filled[:, 1:], filled[:, :1]], 1), self._newest)
        # 1 at the first word of the window alone, which lies as far from its end as there are words.
        before = tf.concat([filled[:, -1:], filled[:, :-1]], 1) * self._not_first
        place = tf.matmul(filled - before, self.positions)
        grown: list[tuple[tf.Tensor, tf.Tensor]] = []

        def window(layer: int, key: tf.Tensor, value: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            own = slice(layer * width, (layer + 1) * width)
            keys = tf.concat([cache_keys[:, 1:, own], tf.reshape(key, (-1, 1, width))], 1)
            values = tf.concat([cache_values[:, 1:, own], tf.reshape(value, (-1, 1, width))], 1)
            grown.append((keys, values))
            return keys, values

        hidden = tf.reshape((filled - 1) * -IMPOSSIBLE, (-1, 1, 1, self.config.length))
        vector = self._through_layers(self.input_projection(word) + place, 1, window, hidden, context, None)
        new_keys, new_values = (tf.concat(part, -1) for part in zip(*grown, strict=True))
        return vector, (new_keys, new_values, filled)

    def vectors(self, words: tf.Tensor, context: Tensors, state: Tensors, seed: tf.Tensor | None) -> tf.Tensor:
        """See `CaptionDecoder.vectors`; a word attends to itself and to those before it, as far as the window of a step goes."""
        width, most, length = self.config.width, self.config.length, words.shape[1]
        ago = np.arange(length)[:, None] - np.arange(length)
        hidden = np.where((ago >= 0) & (ago < most), 0, IMPOSSIBLE).astype(np.float32)
        places = tf.gather(self.positions, np.maximum(most - 1 - np.arange(length), 0))
        words = self.input_projection(self._dropout(words, self.config.dropout, seed, 1)) + places

        def window(_: int, key: tf.Tensor, value: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return tf.reshape(key, (-1, length, width)), tf.reshape(value, (-1, length, width))

        return self._through_layers(tf.reshape(words, (-1, width)), length, window, hidden, context, seed)

    def _through_layers(
        self,
        x: tf.Tensor,
        length: int,
        window: _Window,
        hidden: tf.Tensor,
        context: Tensors,
        seed: tf.Tensor | None,
    ) -> tf.Tensor:
        """Return all layers.

        Args:
            x: float32 [G * length, D], words with their places, those of one caption together.
            length: Words of each caption.
            window: What they attend to.
            hidden: Added to the scores of words, [G or 1, 1, length, T] or less: `IMPOSSIBLE` where one is out of sight.
            context: Of the pictures.
            seed: For dropout in training; None otherwise.

        Returns:
            Output vectors float32 [G * length, E].
        """
        config = self.config
        keys, values = (self._places(part) for part in context)
        pictures = context[0].shape[0] or tf.shape(context[0])[0]
        unseen = self._unseen_places(context[0], seed)
        for number, layer in enumerate(self.decoder_layers):
            query, key, value = tf.split(layer.self_projection(_normed(x)), 3, axis=-1)
            own_keys, own_values = (self._by_head(part, part.shape[1]) for part in window(number, key, value))
            x += layer.self_output(self._attend(query, (-1, length), own_keys, own_values, hidden))
            heads = slice(number * config.heads, (number + 1) * config.heads)
            query = layer.cross_query(_normed(x))
            x += layer.cross_output(self._attend(query, (pictures, -1), keys[:, heads], values[:, heads], unseen))
            inner = self._dropout(layer.inner(_normed(x)), config.dropout, seed, 10 + number)
            x += layer.outer(inner)
        return self.output_projection(self._dropout(_normed(x), config.dropout, seed, 4))

    def _attend(
        self,
        queries: tf.Tensor,
        shape: tuple[int | tf.Tensor, int],
        keys: tf.Tensor,
        values: tf.Tensor,
        hidden: tf.Tensor | None,
    ) -> tf.Tensor:
        """[G * Q, D] queries, of shape [G, Q], over keys and values [G, H, K, D / H] -> [G * Q, D]."""
        heads, depth = self.config.heads, self.config.width // self.config.heads
        query = tf.transpose(tf.reshape(queries * depth**-0.5, (*shape, heads, depth)), (0, 2, 1, 3))
        scores = tf.matmul(query, keys, transpose_b=True)
        if hidden is not None:
            scores += hidden
        found = tf.transpose(tf.matmul(tf.nn.softmax(scores), values), (0, 2, 1, 3))
        return tf.reshape(found, (-1, self.config.width))

    def _by_head(self, x: tf.Tensor, length: int) -> tf.Tensor:
        """[G, length, n * D] -> [G, n * H, length, D / H]."""
        depth = self.config.width // self.config.heads
        return tf.transpose(tf.reshape(x, (-1, length, x.shape[2] // depth, depth)), (0, 2, 1, 3))

    def _places(self, part: tf.Tensor) -> tf.Tensor:
        """Return a part of the context [P, R, L * D] as it lies: [P, L * H, R, D / H]."""
        depth = self.config.width // self.config.heads
        return tf.reshape(part, (-1, self.config.layers * self.config.heads, part.shape[1], depth))

    def _unseen_places(self, keys: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor | None:
        """Return what hides whole places of the grid in training."""
        if seed is None or not self.config.region_dropout:
            return None
        drawn = tf.random.stateless_uniform((tf.shape(keys)[0], 1, 1, keys.shape[1]), seed + [0, 2])
        return tf.where(drawn < self.config.region_dropout, IMPOSSIBLE, 0.0)


def _normed(x: tf.Tensor) -> tf.Tensor:
    """Return each row divided by the root of the mean of its squares."""
    return x * tf.math.rsqrt(tf.reduce_mean(tf.square(x), axis=-1, keepdims=True) + _SMALLEST)
