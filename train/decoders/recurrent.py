"""What the decoders with an LSTM share: it reads the words so far, and what is known of the picture joins its output.

The picture does not feed back into it (late merging: Tanti et al. 2018, arXiv 1703.09137). So in training only the LSTM itself runs
word by word; all else is one product over the whole batch.
"""

import tensorflow as tf
from keras import layers

from edge_runtime.bundle.decoder_spec import DecoderSpec
from train.decoders.base import CaptionDecoder, Tensors


class RecurrentDecoder(CaptionDecoder):
    """Decoder whose context is keys and values [R, D] of the picture's places, and whose state is an LSTM's h and c [D].

    A kind of it adds its layers, `picture`, `_read` and `_output`.

    Attributes:
        cell: The LSTM.
    """

    cell: layers.LSTMCell

    def spec(self, regions: int) -> DecoderSpec:
        """See `CaptionDecoder.spec`."""
        return DecoderSpec.recurrent(self.kind, self.places(regions), self.config.state_width)

    def vectors(self, words: tf.Tensor, context: Tensors, state: Tensors, seed: tf.Tensor | None) -> tf.Tensor:
        """See `CaptionDecoder.vectors`."""
        words = self._dropout(words, self.config.dropout, seed, 1)
        keys, values = context
        state_h, state_c = state
        outputs = self._unroll(words, state_h, state_c, words.shape[1])
        outputs = tf.reshape(outputs, (-1, self.config.width))
        return self._output(outputs, self._read(outputs, keys, values, seed), seed)

    def advance(self, word: tf.Tensor, state: Tensors, context: Tensors) -> tuple[tf.Tensor, Tensors]:
        """See `CaptionDecoder.advance`."""
        keys, values = context
        state_h, (_, state_c) = self.cell(word, list(state))
        return self._output(state_h, self._read(state_h, keys, values, None), None), (state_h, state_c)

    def _read(self, queries: tf.Tensor, keys: tf.Tensor, values: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
        """Return what the LSTM's outputs [P * Q, D], those of one picture together, read of the picture, as `_output` takes it."""
        raise NotImplementedError

    def _output(self, state: tf.Tensor, read: tf.Tensor, seed: tf.Tensor | None) -> tf.Tensor:
        """Return output vectors [P * Q, E] of the LSTM's outputs [P * Q, D] and what they read."""
        raise NotImplementedError

    def _unroll(self, words: tf.Tensor, state_h: tf.Tensor, state_c: tf.Tensor, length: int) -> tf.Tensor:
        """Return the LSTM over whole captions, its input product taken out of the loop; [B, T, E] -> [B, T, D]."""
        inputs = tf.unstack(tf.matmul(words, self.cell.kernel) + self.cell.bias, length, axis=1)
        outputs = []
        for product in inputs:
            gates = product + tf.matmul(state_h, self.cell.recurrent_kernel)
            into, forget, candidate, out = tf.split(gates, 4, axis=1)
            state_c = tf.sigmoid(forget) * state_c + tf.sigmoid(into) * tf.tanh(candidate)
            state_h = tf.sigmoid(out) * tf.tanh(state_c)
            outputs.append(state_h)
        return tf.stack(outputs, axis=1)
