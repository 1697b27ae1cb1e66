import numpy as np
import pytest
import tensorflow as tf

from edge_runtime.bundle.vocabulary import Vocabulary
from train.decoders.attention import AttentionDecoder
from train.decoders.base import DecoderConfig
from train.objectives.cross_entropy import smoothed_cross_entropy

_CONFIG = DecoderConfig(vocabulary_size=12, channels=10, width=16, embedding=8, heads=4)


@pytest.fixture(scope="module")
def decoder() -> AttentionDecoder:
    tf.keras.utils.set_random_seed(3)
    return AttentionDecoder(_CONFIG)


def test_words_one_by_one_score_as_whole_captions(decoder: AttentionDecoder) -> None:
    rng = np.random.default_rng(0)
    features = tf.constant(rng.normal(size=(3, 9, 10)), tf.float32)
    tokens = tf.constant(rng.integers(2, 12, (3, 2, 7)), tf.int32)
    whole = tf.nn.log_softmax(decoder.logits(decoder(features, tokens)))
    context, first = decoder.picture(features)
    state = tuple(tf.repeat(part, 2, 0) for part in first)
    for place in range(7):
        log_probs, state = decoder.step(tf.reshape(tokens[:, :, place], (-1,)), state, context)
        assert np.allclose(log_probs, tf.reshape(whole[:, :, place], (6, -1)), atol=1e-5)


def test_special_words_are_never_said(decoder: AttentionDecoder) -> None:
    rng = np.random.default_rng(1)
    context, state = decoder.picture(tf.constant(rng.normal(size=(1, 9, 10)) * 50, tf.float32))
    log_probs, _ = decoder.step(tf.constant([1]), state, context)
    assert max(log_probs.numpy()[0, [Vocabulary.pad_id, Vocabulary.start_id, Vocabulary.unknown_id]]) < -5000
    assert np.exp(log_probs.numpy()).sum() == pytest.approx(1, abs=1e-5)


def test_attention_looks_at_the_place_that_fits() -> None:
    tf.keras.utils.set_random_seed(0)
    decoder = AttentionDecoder(DecoderConfig(12, 10, width=16, embedding=8, heads=1))
    keys = tf.one_hot([[0, 1, 2]], 16) * 100
    values = tf.one_hot([[5, 6, 7]], 16)
    decoder.query_projection.set_weights([np.eye(16, dtype=np.float32)])
    context = decoder._read(tf.one_hot([1], 16) * 10, keys, values, None)
    assert np.argmax(context[0]) == 6
    assert context[0, 6] > 0.99


def test_dropout_depends_on_the_seed_alone(decoder: AttentionDecoder) -> None:
    features = tf.ones((1, 9, 10))
    tokens = tf.ones((1, 1, 4), tf.int32)
    one, same, other = (decoder(features, tokens, tf.constant(seed)).numpy() for seed in ([1, 2], [1, 2], [1, 18]))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_smoothing_spreads_over_the_words_that_can_be_said() -> None:
    logits = tf.constant([[0.0, 0, 0, 0, 0, 0]]) + tf.constant([-1e4, -1e4, 0, -1e4, 0, 0])
    smoothed, plain = smoothed_cross_entropy(logits, tf.constant([4]), 0.1)
    assert float(plain) == pytest.approx(np.log(3), abs=1e-5)
    assert float(smoothed) == pytest.approx(np.log(3), abs=1e-5)
    sure = tf.constant([[-1e4, -1e4, 0, -1e4, 10, 0]])
    smoothed, plain = smoothed_cross_entropy(sure, tf.constant([4]), 0.3)
    assert float(smoothed) > float(plain)
    assert float(smoothed) == pytest.approx(
        0.7 * float(plain) + 0.1 * (2 * (float(plain) + 10) + float(plain)), abs=1e-4
    )
