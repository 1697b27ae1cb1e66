from typing import cast

import numpy as np
import pytest
import tensorflow as tf

from edge_runtime.bundle.vocabulary import Vocabulary
from train.decoders.attention import AttentionDecoder
from train.decoders.base import DecoderConfig
from train.objectives.network import TrainableNetwork
from train.objectives.self_critical import SelfCritical, _mean_log_prob, draw, words_said_once

_SEED = tf.constant([0, 5])
_MAY_REPEAT = (4, 5)


class _DecoderAlone:
    def __init__(self, decoder: AttentionDecoder) -> None:
        self.decoder = decoder

    def features(self, inputs: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
        return inputs


@pytest.fixture(scope="module")
def decoder() -> AttentionDecoder:
    tf.keras.utils.set_random_seed(3)
    return AttentionDecoder(DecoderConfig(vocabulary_size=12, channels=10, width=16, embedding=8, heads=4))


@pytest.fixture(scope="module")
def features() -> tf.Tensor:
    return tf.constant(np.random.default_rng(0).normal(size=(8, 9, 10)), tf.float32)


def _most_often(captions: np.ndarray, word: int) -> int:
    return int((captions == word).sum(2).max())


def test_words_are_drawn_once_but_for_those_that_may_repeat(decoder: AttentionDecoder, features: tf.Tensor) -> None:
    free = draw(decoder, features, 20, 14, _SEED).numpy()
    ruled = draw(decoder, features, 20, 14, _SEED, words_said_once(12, _MAY_REPEAT)).numpy()
    assert max(_most_often(free, word) for word in range(6, 12)) > 1
    assert max(_most_often(ruled, word) for word in range(6, 12)) == 1
    assert max(_most_often(ruled, word) for word in _MAY_REPEAT) > 1
    assert (ruled[:, :, 0] == Vocabulary.start_id).all()
    assert (ruled == Vocabulary.end_id).sum(2).max() == 1


def test_what_could_not_be_drawn_does_not_learn(decoder: AttentionDecoder, features: tf.Tensor) -> None:
    """With the rule, the log-probability of a caption is of the words left: a score that was out of reach has no gradient."""
    drawn = np.full((8, 2, 4), Vocabulary.end_id, np.int32)
    drawn[:, :, :3] = [Vocabulary.start_id, 7, 8]
    bias = decoder.output_bias
    gradients = []
    for once in (None, words_said_once(12, _MAY_REPEAT)):
        with tf.GradientTape() as tape:
            loss = _mean_log_prob(decoder, features, tf.constant(drawn)[:, :, 1:], None, once, None)
        gradients.append(tape.gradient(loss, bias).numpy())
    assert abs(gradients[0][7]) > 1e-3
    assert abs(gradients[1][7]) < 1e-6


def test_better_samples_become_likelier(decoder: AttentionDecoder, features: tf.Tensor) -> None:
    def reward(captions: np.ndarray, references: np.ndarray) -> np.ndarray:
        return (captions == 9).any(2).astype(np.float32)

    once = words_said_once(12, _MAY_REPEAT)
    objective = SelfCritical(reward, 8, 0.0, once)
    network = cast(TrainableNetwork, _DecoderAlone(decoder))
    tokens = tf.constant(np.full((8, 1, 10), Vocabulary.end_id, np.int32))
    optimizer = tf.keras.optimizers.Adam(0.02)
    means = []
    for step in range(25):
        with tf.GradientTape() as tape:
            loss, mean = objective(network, features, tokens, tf.constant([0, step * 16]))
        means.append(float(mean))
        variables = decoder.trainable_variables
        found = zip(tape.gradient(loss, variables), variables, strict=True)
        optimizer.apply_gradients((gradient, variable) for gradient, variable in found if gradient is not None)
    assert np.mean(means[-5:]) > np.mean(means[:5]) + 0.2
