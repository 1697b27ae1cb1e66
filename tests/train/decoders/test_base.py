"""What every decoder does alike, and that the ones of old say what they always said."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from edge_runtime.bundle.decoder_spec import DecoderSpec
from train.decoders.base import CaptionDecoder, DecoderConfig
from train.decoders.registry import DECODERS, build_decoder

_CONFIG = DecoderConfig(vocabulary_size=9, channels=6, width=8, embedding=4, heads=2)


def _filled(decoder: CaptionDecoder) -> CaptionDecoder:
    """A decoder whose weights are drawn in their order, so that another order is another decoder."""
    rng = np.random.default_rng(5)
    decoder.set_weights([rng.normal(size=weight.shape).astype(np.float32) for weight in decoder.weights])
    return decoder


def _inputs() -> tuple[tf.Tensor, tf.Tensor]:
    rng = np.random.default_rng(6)
    features = tf.constant(rng.normal(size=(2, 5, 6)), tf.float32)
    return features, tf.constant(rng.integers(4, 9, (2, 3, 7)), tf.int32)


_BEFORE = {
    ("attention", 1): (
        [-2.4156680, -2.1653223, 1.9856277, 0.9057684],
        [-3.6394558, -0.7594631, 1.1566836, 0.7330010],
    ),
    ("attention", 2): (
        [1.8993433, 1.1302755, 0.3877093, -1.5067074, -0.9567152, -0.1243199, 2.1978717, -1.5375147],
        [2.5158386, 5.0748816, 0.8671972, -5.2773766, 0.8823796, 1.7194713, 1.5481672, -2.1443903],
    ),
    ("lstm", 1): (
        [-0.0385137, 0.0139449, 2.0166945, -0.9980498],
        [3.4804497, 3.3539257, -5.1279860, -2.7794456],
    ),
}
"""Output vectors without and with dropout, as they were before a decoder listed its tensors: runs of that time are still read."""


@pytest.mark.parametrize(("kind", "members"), _BEFORE)
def test_weights_of_before_say_what_they_said(kind: str, members: int) -> None:
    decoder = _filled(build_decoder(kind, replace(_CONFIG, members=members)))
    for wanted, seed in zip(_BEFORE[kind, members], (None, tf.constant([1, 2])), strict=True):
        np.testing.assert_allclose(decoder(*_inputs(), seed)[1, 2, 6], wanted, atol=1e-5)


@pytest.mark.parametrize(("kind", "members"), [("attention", 2), *((kind, 1) for kind in DECODERS)])
def test_tensors_are_as_they_are_listed(kind: str, members: int) -> None:
    """Of the picture and of a step, in shape and number; so that whoever reads the list can build on it."""
    decoder = build_decoder(kind, replace(_CONFIG, members=members))
    features, tokens = _inputs()
    spec = decoder.spec(5)
    assert spec.kind == kind == type(decoder).kind
    context, state = decoder.picture(features)
    assert [(2, *part.shape) for part in spec.context] == [tuple(part.shape) for part in context]
    assert [(2, *part.shape) for part in spec.state] == [tuple(part.shape) for part in state]
    names = [part.name for part in (*spec.context, *spec.state)]
    assert len(set(names)) == len(names)
    state = tuple(tf.repeat(part, 3, 0) for part in state)
    log_probs, state = decoder.step(tf.reshape(tokens[:, :, 0], (-1,)), state, context)
    assert log_probs.shape == (6, 9)
    assert [(6, *part.shape) for part in spec.state] == [tuple(part.shape) for part in state]


def test_a_plain_decoder_has_one_place() -> None:
    assert build_decoder("lstm", _CONFIG).spec(49) == DecoderSpec.recurrent("lstm", 1, 8)
    assert build_decoder("attention", replace(_CONFIG, members=3)).spec(49) == DecoderSpec.recurrent(
        "attention", 49, 24
    )
