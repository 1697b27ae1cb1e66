import numpy as np
import tensorflow as tf

from export.calibration.equalisation import equalised, value_extents
from train.decoders.attention import AttentionDecoder
from train.decoders.base import DecoderConfig


def test_it_says_the_same_from_values_within_one() -> None:
    decoder = AttentionDecoder(DecoderConfig(vocabulary_size=30, channels=12, width=16, embedding=8, heads=4))
    rng = np.random.default_rng(0)
    features = (rng.normal(size=(2, 9, 12)) * np.exp(rng.normal(size=12) * 2)).astype(np.float32)
    extents = value_extents(decoder, features.reshape(-1, 12))
    other = equalised(decoder, extents)
    assert extents.max() > 3 * extents.min()
    tokens = tf.constant(rng.integers(4, 30, (2, 1, 6)), tf.int32)
    before, after = (each.logits(each(tf.constant(features), tokens)).numpy() for each in (decoder, other))
    np.testing.assert_allclose(before, after, atol=1e-3)
    values = other.picture(tf.constant(features))[0][1].numpy()
    assert 0.9 < np.abs(values).max() < 2
