"""Self-critical training: captions that the network draws itself, judged by their reward."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from edge_runtime.bundle.vocabulary import Vocabulary
from train.decoders.base import IMPOSSIBLE, CaptionDecoder
from train.objectives.network import TrainableNetwork
from train.objectives.rewards import Reward
from train.scoring.token_scores import counted


class SelfCritical:
    """Self-critical sequence training (Rennie et al. 2017, arXiv 1612.00563).

    Each picture's samples are judged by CIDEr-D against the mean of its other samples (Luo 2020, arXiv 2003.09971), and a share of
    plain cross-entropy keeps the language from collapsing. Samples are drawn without dropout and learnt from with it: a few thousand
    pictures are soon known by heart.

    Args:
        reward: From samples and references to scores.
        samples: Captions drawn for each picture, at least 2.
        share: Weight of the cross-entropy.
        once: bool [V], words that a sample holds once at the most, as the search has it (see `words_said_once`); None for no such
            rule. The log-probabilities that learn are those of the words that could be drawn.
    """

    def __init__(self, reward: Reward, samples: int, share: float, once: npt.NDArray[np.bool_] | None = None) -> None:
        self._reward, self._samples, self._share, self._once = reward, samples, share, once

    def __call__(
        self, network: TrainableNetwork, inputs: tf.Tensor, tokens: tf.Tensor, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """See `train.objectives.base.Objective`."""
        decoder, count = network.decoder, self._samples
        features = network.features(inputs, seed)
        drawn = draw(decoder, tf.stop_gradient(features), count, tokens.shape[2], seed, self._once)
        drawn = tf.stop_gradient(drawn)
        rewards = tf.numpy_function(self._reward, [drawn, tokens], tf.float32)
        rewards.set_shape(drawn.shape[:2])
        others = (tf.reduce_sum(rewards, 1, keepdims=True) - rewards) / (count - 1)
        advantage = tf.repeat((rewards - others)[:, :, None], tokens.shape[2] - 1, 2)
        loss = -_mean_log_prob(decoder, features, drawn, advantage, self._once, seed)
        if self._share:
            loss -= self._share * _mean_log_prob(decoder, features, tokens, None, None, seed)
        return loss, tf.reduce_mean(rewards)


def words_said_once(words: int, repeatable: Collection[int]) -> npt.NDArray[np.bool_]:
    """Return which tokens a sentence holds once at the most; never its end, which is no word.

    Args:
        words: V, all tokens.
        repeatable: Those that it may hold more often; see `edge_runtime.backends.decoding.Search`.

    Returns:
        bool [V].
    """
    once = np.ones(words, np.bool_)
    once[[Vocabulary.pad_id, Vocabulary.end_id, *repeatable]] = False
    return once


def _mean_log_prob(
    decoder: CaptionDecoder,
    features: tf.Tensor,
    tokens: tf.Tensor,
    weights: tf.Tensor | None,
    once: npt.NDArray[np.bool_] | None,
    seed: tf.Tensor | None,
) -> tf.Tensor:
    """Mean over words of their log-probability, weighted; among the words that were not said before, where some are said once."""
    before, targets = tokens[:, :, :-1], tokens[:, :, 1:]
    mask = counted(targets)
    logits = decoder.logits(tf.boolean_mask(decoder(features, before, seed), mask))
    if once is not None:
        said = tf.cumsum(tf.one_hot(before, len(once), dtype=tf.float32) * once.astype(np.float32), axis=2)
        logits += IMPOSSIBLE * tf.minimum(tf.boolean_mask(said, mask), 1.0)
    chosen = tf.gather(tf.nn.log_softmax(logits), tf.boolean_mask(targets, mask), axis=1, batch_dims=1)
    return tf.reduce_mean(chosen if weights is None else chosen * tf.boolean_mask(weights, mask))


def draw(
    decoder: CaptionDecoder,
    features: tf.Tensor,
    count: int,
    length: int,
    seed: tf.Tensor,
    once: npt.NDArray[np.bool_] | None = None,
) -> tf.Tensor:
    """Return captions drawn word by word from the decoder's own distribution.

    Args:
        decoder: The decoder, without dropout.
        features: float32 [P, R, C].
        count: Captions a picture.
        length: Places of a caption, start and end included.
        seed: int32 [2].
        once: bool [V], words that a caption holds once at the most; None for no such rule.

    Returns:
        int32 [P, count, length]: start, words, end, padding.
    """
    context, first = decoder.picture(features)
    state = tuple(tf.repeat(part, count, 0) for part in first)
    token = tf.fill((features.shape[0] * count,), Vocabulary.start_id)
    ended = tf.zeros(token.shape, tf.bool)
    tokens = [token]
    banned = tf.zeros((), tf.float32)
    for place in range(1, length):
        log_probs, state = decoder.step(token, state, context)
        chosen = tf.random.stateless_categorical(log_probs + banned, 1, seed + [place, 11], tf.int32)[:, 0]
        token = tf.where(ended, Vocabulary.pad_id, chosen)
        ended |= token == Vocabulary.end_id
        tokens.append(token)
        if once is not None:
            banned += tf.one_hot(token, len(once), dtype=tf.float32) * (IMPOSSIBLE * once.astype(np.float32))
    return tf.reshape(tf.stack(tokens, 1), (features.shape[0], count, length))
