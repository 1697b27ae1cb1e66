"""How to add a decoder: a GRU that begins with the mean of the picture.

Two things are needed: a class with what stands below, and one line that gives it a name,

    DECODERS["gru"] = "examples.adding.decoder:GruDecoder"

in your own program before it trains, or as an entry of `train/decoders/registry.py`. Then `--decoder gru` trains it,
beam search says sentences with it, and the exporters write its tensors into the manifest, from which the device reads
them.
"""

import tensorflow as tf
from keras import layers

from edge_runtime.bundle.decoder_spec import DecoderSpec, TensorSpec
from train.decoders.base import CaptionDecoder, DecoderConfig, Tensors


class GruDecoder(CaptionDecoder):
    """Reads the words so far with a GRU; see `CaptionDecoder` for what each part is asked for."""

    kind = "gru"
    reads_mean = True  # it looks at no single place of the grid, so training keeps the mean alone

    def __init__(self, config: DecoderConfig, words: bool = True) -> None:
        super().__init__(config, words)
        self.shown = layers.Dense(config.width, "tanh", name="shown")
        self.cell = layers.GRUCell(config.width, name="cell")
        self.output_projection = layers.Dense(config.embedding, name="output_projection")
        # Built here, so that the weights are there before the first picture: a run's weights are read by their order.
        self.shown.build((None, config.channels))
        self.cell.build((None, config.embedding))
        self.output_projection.build((None, config.width))
        self.built = True

    def places(self, regions: int) -> int:
        """One: the mean."""
        return 1

    def spec(self, regions: int) -> DecoderSpec:
        """What depends on the picture alone, and what goes from word to word; shapes without the first axis."""
        width = self.config.width
        return DecoderSpec(self.kind, (TensorSpec("values", (width,)),), (TensorSpec("memory", (width,)),))

    def picture(self, features: tf.Tensor, seed: tf.Tensor | None = None) -> tuple[Tensors, Tensors]:
        """Turn features [P, R, C] into context and first state, as `spec` lists them; dropout where there is a seed."""
        mean = tf.reduce_mean(features, axis=1)
        values = self.shown(self._dropout(mean, self.config.dropout, seed, 0))
        return (values,), (values,)

    def advance(self, word: tf.Tensor, state: Tensors, context: Tensors) -> tuple[tf.Tensor, Tensors]:
        """One word vector [P * B, E], B hypotheses of each of P pictures, to an output vector [P * B, E]."""
        (values,), (memory,) = context, state
        memory, _ = self.cell(word, [memory])
        pictures = values.shape[0] or tf.shape(values)[0]
        # Hypotheses of one picture lie together: all of them see that picture's values.
        seen = tf.reshape(memory, (pictures, -1, self.config.width)) + values[:, None]
        return self.output_projection(tf.reshape(seen, (-1, self.config.width))), (memory,)
