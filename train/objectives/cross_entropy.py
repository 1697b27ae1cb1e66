"""Cross-entropy of the next word, smoothed; padding never counts."""

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from edge_runtime.bundle.vocabulary import Vocabulary
from train.decoders.base import IMPOSSIBLE
from train.objectives.network import TrainableNetwork
from train.scoring.token_scores import counted


def smoothed_cross_entropy(
    logits: tf.Tensor, targets: tf.Tensor, smoothing: float, weights: tf.Tensor | None = None
) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean cross-entropy against smoothed targets (Szegedy et al. 2016, arXiv 1512.00567).

    Args:
        logits: float32 [N, V]; the first `end_id` ids and `<unk>` are out of reach and get no share of the smoothing.
        targets: int32 [N].
        smoothing: Share of a target's probability that is spread over all words that can be said.
        weights: float32 [N]; 1 each where None.

    Returns:
        The smoothed loss, weighted, and the plain one, unweighted, in nats.
    """
    log_probs = tf.nn.log_softmax(logits)
    each = -tf.gather(log_probs, targets, axis=1, batch_dims=1)
    plain, loss = tf.reduce_mean(each), each
    if smoothing:
        sayable = logits[:, Vocabulary.unknown_id + 1 :] > IMPOSSIBLE / 2
        count = tf.reduce_sum(tf.cast(sayable, tf.float32), 1) + 1
        spread = tf.reduce_sum(tf.where(sayable, log_probs[:, Vocabulary.unknown_id + 1 :], 0.0), 1)
        loss = (1 - smoothing) * each - smoothing * (spread + log_probs[:, Vocabulary.end_id]) / count
    return tf.reduce_mean(loss if weights is None else loss * weights), plain


def weights_of_words(tokens: tf.Tensor, mask: tf.Tensor, weights: npt.NDArray[np.float32]) -> tf.Tensor:
    """Return the weight of each counted word: that of its caption, which the caption's first token tells.

    Args:
        tokens: int32 [P, K, T].
        mask: bool [P, K, T - 1], the words that count.
        weights: float32 [V].
    """
    each = tf.gather(weights, tokens[:, :, 0])[:, :, None]
    return tf.boolean_mask(tf.broadcast_to(each, tf.shape(mask)), mask)


class CrossEntropy:
    """Smoothed cross-entropy of the next word, given the true words before it.

    Args:
        smoothing: See `smoothed_cross_entropy`.
        word_dropout: Share of the words before that are hidden.
        weights: float32 [V], how much a caption counts by its first token.
    """

    def __init__(self, smoothing: float, word_dropout: float, weights: npt.NDArray[np.float32]) -> None:
        self._smoothing, self._word_dropout, self._weights = smoothing, word_dropout, weights

    def __call__(
        self, network: TrainableNetwork, inputs: tf.Tensor, tokens: tf.Tensor, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """See `train.objectives.base.Objective`."""
        before, targets = without_some(tokens[:, :, :-1], self._word_dropout, seed), tokens[:, :, 1:]
        vectors = network.decoder(network.features(inputs, seed), before, seed)
        mask = counted(targets)
        logits = network.decoder.logits(tf.boolean_mask(vectors, mask))
        words = weights_of_words(tokens, mask, self._weights)
        return smoothed_cross_entropy(logits, tf.boolean_mask(targets, mask), self._smoothing, words)


def without_some(before: tf.Tensor, share: float, seed: tf.Tensor) -> tf.Tensor:
    """Return captions with a share of their words hidden, drawn by the seed; never what they begin after."""
    if share == 0:
        return before
    drop = tf.random.stateless_uniform(tf.shape(before), seed + [0, 9]) < share
    drop = tf.concat([tf.zeros_like(drop[:, :, :1]), drop[:, :, 1:]], 2)
    return tf.where(drop, Vocabulary.unknown_id, before)
