"""Cross-entropy of the next word, smoothed; padding never counts."""

import tensorflow as tf

from edge_runtime.bundle.vocabulary import Vocabulary
from train.objectives.network import TrainableNetwork
from train.scoring.token_scores import counted


def smoothed_cross_entropy(logits: tf.Tensor, targets: tf.Tensor, smoothing: float) -> tuple[tf.Tensor, tf.Tensor]:
    """Mean cross-entropy against smoothed targets (Szegedy et al. 2016, arXiv 1512.00567).

    Args:
        logits: float32 [N, V]; the first `end_id` ids and `<unk>` are out of reach and get no share of the smoothing.
        targets: int32 [N].
        smoothing: Share of a target's probability that is spread over all words that can be said.

    Returns:
        The smoothed loss, and the plain one, in nats.
    """
    log_probs = tf.nn.log_softmax(logits)
    plain = -tf.reduce_mean(tf.gather(log_probs, targets, axis=1, batch_dims=1))
    if smoothing == 0:
        return plain, plain
    sayable = log_probs[:, Vocabulary.unknown_id + 1 :]
    count = tf.cast(tf.shape(sayable)[1] + 1, tf.float32)
    spread = -tf.reduce_mean((tf.reduce_sum(sayable, 1) + log_probs[:, Vocabulary.end_id]) / count)
    return (1 - smoothing) * plain + smoothing * spread, plain


class CrossEntropy:
    """Smoothed cross-entropy of the next word, given the true words before it.

    Args:
        smoothing: See `smoothed_cross_entropy`.
        word_dropout: Share of the words before that are hidden.
    """

    def __init__(self, smoothing: float, word_dropout: float) -> None:
        self._smoothing, self._word_dropout = smoothing, word_dropout

    def __call__(
        self, network: TrainableNetwork, inputs: tf.Tensor, tokens: tf.Tensor, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """See `train.objectives.base.Objective`."""
        before, targets = without_some(tokens[:, :, :-1], self._word_dropout, seed), tokens[:, :, 1:]
        vectors = network.decoder(network.features(inputs, seed), before, seed)
        mask = counted(targets)
        logits = network.decoder.logits(tf.boolean_mask(vectors, mask))
        return smoothed_cross_entropy(logits, tf.boolean_mask(targets, mask), self._smoothing)


def without_some(before: tf.Tensor, share: float, seed: tf.Tensor) -> tf.Tensor:
    """Return captions with a share of their words hidden, drawn by the seed."""
    if share == 0:
        return before
    drop = tf.random.stateless_uniform(tf.shape(before), seed + [0, 9]) < share
    return tf.where(drop & (before != Vocabulary.start_id), Vocabulary.unknown_id, before)
