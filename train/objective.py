"""What training minimises, and what evaluation reports of it: word by word, padding never counted unless named so."""

from dataclasses import dataclass

import tensorflow as tf

from edge_runtime.vocabulary import Vocabulary


@dataclass(frozen=True)
class TokenScores:
    """How well the next word is told, given the words before.

    Attributes:
        loss_masked: Cross-entropy a word in nats; words and the end of a sentence count, padding and `<unk>` do not.
        accuracy_masked: Share of those places at which the most probable word is the right one.
        loss_padded: The same sum over all places of captions padded to `padded_length`, a padded place counting 0.
        accuracy_padded: The same share over all those places, a padded one counting as right: what a tutorial prints
            whose loss and accuracy do not leave the padding out.
        padded_length: Places a caption is padded to, the longest one's if not asked otherwise.
        unknown: Share of words outside the vocabulary.
    """

    loss_masked: float
    accuracy_masked: float
    loss_padded: float
    accuracy_padded: float
    padded_length: int
    unknown: float


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


def counted(targets: tf.Tensor) -> tf.Tensor:
    """Whether a target counts: a known word or the end, not padding and not `<unk>`."""
    return (targets != Vocabulary.pad_id) & (targets != Vocabulary.unknown_id)
