"""The study's plain decoder: pooled feature and LSTM, no attention.

The grid is averaged to one vector and projected; the LSTM reads the words alone, from a state of zeros; a dense layer takes both, and
the word scores come of it. It is the "merge" architecture of the Keras captioning tutorials (J. Brownlee, "How to Develop a
Deep Learning Photo Caption Generator from Scratch", 2017), which is that of Tanti, Gatt and Camilleri, "Where to put the image in an image
caption generator", 2018, arXiv 1703.09137. One thing is ours: the word vectors serve in the output layer too (Press and Wolf 2017, arXiv
1608.05859), as in the attention decoder, so that the exports store them once.
"""

import tensorflow as tf
from keras import layers

from train.decoders.base import DecoderConfig, Tensors
from train.decoders.recurrent import RecurrentDecoder


class LstmDecoder(RecurrentDecoder):
    """Decoder that knows the picture as one vector; see `RecurrentDecoder`.

    In a bundle's terms it has one place. Its values are the picture's share of the dense layer, which is the same for every word.
    Attention over one place is that place, whatever it is looked for by: so a step does not read the keys, which are the projected feature
    itself, and there are no weights to look with.
    """

    kind = "lstm"
    reads_mean = True

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__(config)
        width = config.width
        self.picture_projection = layers.Dense(width, "relu", name="picture_projection")
        self.picture_share = layers.Dense(width, use_bias=False, name="picture_share")
        self.cell = layers.LSTMCell(width, name="cell")
        self.state_share = layers.Dense(width, name="state_share")
        self.output_projection = layers.Dense(config.embedding, name="output_projection")
        self.picture_projection.build((None, None, config.channels))
        self.picture_share.build((None, None, width))
        self.cell.build((None, config.embedding))
        self.state_share.build((None, width))
        self.output_projection.build((None, width))
        self.built = True

    def places(self, regions: int) -> int:
        """One; see `CaptionDecoder.places`."""
        return 1

    def picture(self, features: tf.Tensor, seed: tf.Tensor | None = None) -> tuple[Tensors, Tensors]:
        """See `CaptionDecoder.picture`."""
        pooled = tf.reduce_mean(features, axis=1, keepdims=True)
        keys = self.picture_projection(self._dropout(pooled, self.config.dropout, seed, 0))
        values = self.picture_share(keys)
        state = tf.zeros_like(values[:, 0])
        return (keys, values), (state, state)

    def _read(self, queries: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
        """Nothing more than the values, which are added to all queries of their picture at once."""
        return values

    def _output(self, state: tf.Tensor, read: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
        width, pictures = self.config.width, read.shape[0] or tf.shape(read)[0]
        share = self.state_share(self._dropout(state, self.config.dropout, seed, 3))
        hidden = tf.reshape(tf.nn.relu(tf.reshape(share, (pictures, -1, width)) + read), (-1, width))
        return self.output_projection(self._dropout(hidden, self.config.dropout, seed, 4))
