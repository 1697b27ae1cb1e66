from collections.abc import Callable

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf

from train.encoders.registry import encoder_spec
from train.features.folded import folded
from train.features.intermediate_cache import split_encoder


def _unlike_its_first_weights(network: keras.Model) -> keras.Model:
    """The normalisation of a network that was trained: no statistic is 0 or 1."""
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights(
                [np.abs(weight + rng.normal(0, 0.2, weight.shape)) + 0.1 for weight in layer.get_weights()]
            )
    return network


def _gradients(
    network: keras.Model, say: Callable[[tf.Tensor], tf.Tensor], inputs: tf.Tensor
) -> list[npt.NDArray[np.float32]]:
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(say(inputs)))
    return [np.asarray(gradient) for gradient in tape.gradient(loss, network.trainable_variables)]


def _unlike(found: npt.NDArray[np.float32], expected: npt.NDArray[np.float32]) -> float:
    """Return by how much gradients differ, as a share of their length.

    Number by number they may not be held: rounding puts a unit at the kink of its activation now on this side, now on that.
    """
    return float(np.linalg.norm(found - expected) / max(float(np.linalg.norm(expected)), 1e-9))


@pytest.mark.parametrize("name", ["efficientnet_lite0", "mobilenet_v3_small", "resnet50"])
def test_the_numbers_and_gradients_are_the_network_s_own(name: str) -> None:
    network = _unlike_its_first_weights(encoder_spec(name).build(64, 64, False))
    pixels = tf.constant(np.random.default_rng(1).integers(0, 256, (2, 64, 64, 3), np.uint8))
    wanted = network(pixels, training=False).numpy()
    np.testing.assert_allclose(folded(network, pixels), wanted, rtol=1e-3, atol=1e-4 * np.abs(wanted).max())
    plain = _gradients(network, lambda x: network(x, training=False), pixels)
    for found, expected in zip(_gradients(network, lambda x: folded(network, x), pixels), plain, strict=True):
        assert _unlike(found, expected) < 1e-2


def test_a_part_of_a_network_is_folded_too() -> None:
    _, upper = split_encoder(
        _unlike_its_first_weights(encoder_spec("efficientnet_lite0").build(64, 64, False)), "block6_"
    )
    maps = tf.random.stateless_normal((2, 4, 4, 80), [0, 1])
    np.testing.assert_allclose(folded(upper, maps), upper(maps, training=False), rtol=1e-3, atol=1e-4)
    assert not _products_over_maps(lambda x: folded(upper, x), maps)
    assert _products_over_maps(lambda x: upper(x, training=False), maps)


def _products_over_maps(say: Callable[[tf.Tensor], tf.Tensor], maps: tf.Tensor) -> list[tf.Operation]:
    """Where a graph multiplies every value of a map, as normalisation does."""
    operators = tf.function(say).get_concrete_function(maps).graph.get_operations()
    return [
        op for op in operators if op.type == "Mul" and op.outputs[0].shape.rank == 4 and op.outputs[0].shape[0] == 2
    ]
