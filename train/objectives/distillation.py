"""What several networks say together, taught to one."""

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from edge_runtime.bundle.vocabulary import Vocabulary
from train.features.augmentation import augment
from train.objectives.cross_entropy import smoothed_cross_entropy, weights_of_words, without_some
from train.objectives.network import TrainableNetwork
from train.objectives.teachers import Teachers
from train.scoring.token_scores import counted


class Distilled:
    """Cross-entropy against the teachers' probabilities of the next word, and against the true word.

    Hinton et al. 2015, arXiv 1503.02531; of words: Kim and Rush 2016, arXiv 1606.07947, section 3.1. Teachers look at the same cut of a
    picture as the student, and read the true words before; of the student's some are hidden.

    Args:
        teachers: Who teaches.
        share: Weight of what they say, 0 to 1; the rest is the true word's.
        smoothing: Of the true word, see `smoothed_cross_entropy`.
        word_dropout: Share of the words before that are hidden from the student.
        cut: Share of each side that a cut keeps at the least; the network's own.
        weights: float32 [V], how much a caption counts by its first token; 1 each where None.
    """

    def __init__(
        self,
        teachers: Teachers,
        share: float,
        smoothing: float,
        word_dropout: float,
        cut: float,
        weights: npt.NDArray[np.float32] | None = None,
    ) -> None:
        self._teachers, self._share, self._cut, self._weights = teachers, share, cut, weights
        self._smoothing, self._word_dropout = smoothing, word_dropout

    def __call__(
        self, network: TrainableNetwork, inputs: tf.Tensor, tokens: tf.Tensor, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """See `train.objectives.base.Objective`; `inputs` are pictures, or intermediate features and what each teacher has seen.

        Reports the cross-entropy of the true word.
        """
        before, targets = tokens[:, :, :-1], tokens[:, :, 1:]
        mask = counted(targets)
        # Teachers write like people, and know no other source's first token.
        plain_start = tf.concat([tf.fill(tf.shape(before[:, :, :1]), Vocabulary.start_id), before[:, :, 1:]], 2)
        if isinstance(inputs, tuple):
            inputs, seen = inputs
        else:
            seen = self._teachers.seen(augment(inputs, seed, self._cut))
        taught = tf.stop_gradient(self._teachers.log_probs(seen, plain_start, mask))
        read = without_some(before, self._word_dropout, seed)
        logits = network.decoder.logits(
            tf.boolean_mask(network.decoder(network.features(inputs, seed), read, seed), mask)
        )
        words = None if self._weights is None else weights_of_words(tokens, mask, self._weights)
        true, plain = smoothed_cross_entropy(logits, tf.boolean_mask(targets, mask), self._smoothing, words)
        each = tf.reduce_sum(tf.exp(taught) * tf.nn.log_softmax(logits), 1)
        by_teachers = -tf.reduce_mean(each if words is None else each * words)
        return self._share * by_teachers + (1 - self._share) * true, plain
