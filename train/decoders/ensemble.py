"""Several decoders of one picture that choose each word together.

Trained apart, from different seeds on one encoder, they err in different places. The mean of their scores is a better guide than any one's
(for captions: Vinyals et al. 2015, arXiv 1411.4555, section 4.3.3), and the encoder, which costs a device most, is run once.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import tensorflow as tf

from train.decoders.attention import AttentionDecoder
from train.decoders.base import DecoderConfig, Tensors
from train.decoders.recurrent import RecurrentDecoder


class EnsembleDecoder(RecurrentDecoder):
    """Attention decoders whose word scores are averaged before the softmax: a geometric mean of their probabilities.

    Keys, values, states, word and output vectors are the members' side by side, so that whoever runs it sees one decoder of `members`
    times the width, with one table of words.

    Attributes:
        decoders: The members, of one size, without words of their own.
    """

    kind = AttentionDecoder.kind
    has_heads = True

    def __init__(self, config: DecoderConfig) -> None:
        super().__init__(config)
        alone = replace(config, members=1)
        self.decoders = [AttentionDecoder(alone, words=False) for _ in range(config.members)]
        self.built = True

    @classmethod
    def of(cls, decoders: Sequence[AttentionDecoder]) -> "EnsembleDecoder":
        """Trained decoders of one size, together.

        Raises:
            ValueError: They are of several sizes.
        """
        if len({decoder.config for decoder in decoders}) > 1:
            raise ValueError("the decoders are of several sizes")
        whole = cls(replace(decoders[0].config, members=len(decoders)))
        for mine, other in zip(whole.decoders, decoders, strict=True):
            for layer, trained in zip(mine.layers, other.layers, strict=True):
                layer.set_weights(trained.get_weights())
            # The mean of the scores is the sum of a share of each.
            mine.output_projection.set_weights(
                [weight / len(decoders) for weight in mine.output_projection.get_weights()]
            )
        whole.embedding.assign(np.concatenate([decoder.embedding.numpy() for decoder in decoders], 1))
        whole.output_bias.assign(np.mean([decoder.output_bias.numpy() for decoder in decoders], 0))
        return whole

    def picture(self, features: tf.Tensor, seed: tf.Tensor | None = None) -> tuple[Tensors, Tensors]:
        """See `CaptionDecoder.picture`; each member's part after the other's in the last axis."""
        seen = [decoder.picture(features, _seed(seed, place)) for place, decoder in enumerate(self.decoders)]
        contexts, states = zip(*seen, strict=True)
        return _together(contexts), _together(states)

    def vectors(self, words: tf.Tensor, context: Tensors, state: Tensors, seed: tf.Tensor | None) -> tf.Tensor:
        """See `CaptionDecoder.vectors`."""
        parts = zip(self.decoders, self._parts(words), self._each(context), self._each(state), strict=True)
        return tf.concat(
            [
                decoder.vectors(mine, seen, first, _seed(seed, place))
                for place, (decoder, mine, seen, first) in enumerate(parts)
            ],
            -1,
        )

    def advance(self, word: tf.Tensor, state: Tensors, context: Tensors) -> tuple[tf.Tensor, Tensors]:
        """See `CaptionDecoder.advance`."""
        parts = zip(self.decoders, self._parts(word), self._each(state), self._each(context), strict=True)
        vectors, states = zip(*(decoder.advance(*mine) for decoder, *mine in parts), strict=True)
        return tf.concat(vectors, -1), _together(states)

    def _each(self, tensors: Tensors) -> list[Tensors]:
        """Return each member's share of a context or a state."""
        return list(zip(*map(self._parts, tensors), strict=True))

    def _parts(self, x: tf.Tensor) -> list[tf.Tensor]:
        found: list[tf.Tensor] = tf.split(x, self.config.members, -1)
        return found


def _together(members: Sequence[Tensors]) -> Tensors:
    """Return the members' contexts or states as one, side by side."""
    return tuple(tf.concat(part, -1) for part in zip(*members, strict=True))


def _seed(seed: tf.Tensor | None, place: int) -> tf.Tensor | None:
    """For each member a dropout of its own."""
    return None if seed is None else seed + [7919 * place, 0]


Attention = AttentionDecoder | EnsembleDecoder


def attention_members(decoder: Attention) -> list[AttentionDecoder]:
    """Return the members of an ensemble, or the one decoder."""
    return decoder.decoders if isinstance(decoder, EnsembleDecoder) else [decoder]
