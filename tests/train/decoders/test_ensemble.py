import numpy as np
import pytest
import tensorflow as tf

from train.decoders.attention import AttentionDecoder
from train.decoders.base import DecoderConfig
from train.decoders.ensemble import EnsembleDecoder
from train.decoders.registry import build_decoder
from train.errors import RunError

_CONFIG = DecoderConfig(vocabulary_size=12, channels=10, width=16, embedding=8, heads=4)


@pytest.fixture(scope="module")
def decoders() -> list[AttentionDecoder]:
    tf.keras.utils.set_random_seed(3)
    return [AttentionDecoder(_CONFIG) for _ in range(3)]


@pytest.fixture(scope="module")
def whole(decoders: list[AttentionDecoder]) -> EnsembleDecoder:
    return EnsembleDecoder.of(decoders)


@pytest.fixture(scope="module")
def features() -> tf.Tensor:
    return tf.constant(np.random.default_rng(0).normal(size=(3, 9, 10)), tf.float32)


def test_scores_are_the_mean_of_the_members(
    decoders: list[AttentionDecoder], whole: EnsembleDecoder, features: tf.Tensor
) -> None:
    tokens = tf.constant(np.random.default_rng(1).integers(2, 12, (3, 2, 7)), tf.int32)
    wanted = np.mean([decoder.logits(decoder(features, tokens)).numpy() for decoder in decoders], 0)
    np.testing.assert_allclose(whole.logits(whole(features, tokens)), wanted, atol=1e-4)


def test_words_one_by_one_score_as_whole_captions(whole: EnsembleDecoder, features: tf.Tensor) -> None:
    tokens = tf.constant(np.random.default_rng(2).integers(2, 12, (3, 2, 7)), tf.int32)
    at_once = tf.nn.log_softmax(whole.logits(whole(features, tokens)))
    (keys, values), (state_h, state_c) = whole.picture(features)
    assert keys.shape == values.shape == (3, 9, 48)
    assert state_h.shape == state_c.shape == (3, 48)
    state = tf.repeat(state_h, 2, 0), tf.repeat(state_c, 2, 0)
    for place in range(7):
        log_probs, state = whole.step(tf.reshape(tokens[:, :, place], (-1,)), state, (keys, values))
        np.testing.assert_allclose(log_probs, tf.reshape(at_once[:, :, place], (6, -1)), atol=1e-4)


def test_fewer_words_score_as_before(whole: EnsembleDecoder, features: tf.Tensor) -> None:
    tokens = tf.constant(np.random.default_rng(3).integers(2, 9, (3, 1, 5)), tf.int32)
    smaller = whole.with_words(9)
    wanted = whole.logits(whole(features, tokens)).numpy()[..., :9]
    np.testing.assert_allclose(smaller.logits(smaller(features, tokens)), wanted, atol=1e-5)


def test_members_drop_out_apart(whole: EnsembleDecoder, features: tf.Tensor) -> None:
    twins = EnsembleDecoder.of([AttentionDecoder(_CONFIG)] * 2)
    tokens = tf.ones((3, 1, 4), tf.int32)
    one, other = np.split(twins(features, tokens, tf.constant([1, 2])).numpy(), 2, -1)
    assert not np.allclose(one, other)
    again = twins(features, tokens, tf.constant([1, 2])).numpy()
    assert np.array_equal(np.concatenate([one, other], -1), again)


def test_members_of_other_sizes_or_kinds_are_refused(decoders: list[AttentionDecoder]) -> None:
    wide = AttentionDecoder(DecoderConfig(12, 10, width=32, embedding=8))
    with pytest.raises(ValueError, match="several sizes"):
        EnsembleDecoder.of([decoders[0], wide])
    with pytest.raises(RunError, match="only attention decoders are joined"):
        build_decoder("lstm", DecoderConfig(12, 10, members=2))
