"""An encoder's forward pass with batch normalisation folded into the convolutions before it, in training.

Where the statistics stay as they are, normalising is one more product and sum for every value of every map. Folded, it is one for every
weight; and a convolution of one pixel is a plain matrix product, whose gradient is two more.
"""

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

_CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)


def folded(network: keras.Model, inputs: tf.Tensor) -> tf.Tensor:
    """Return what a network says with the statistics that its normalisation holds.

    The numbers are those of `network(inputs, training=False)` up to rounding, and so are the gradients of all its weights.

    Args:
        network: Of one input and one output.
        inputs: As the network takes them.

    Returns:
        The network's output.
    """
    known: dict[int, Any] = {id(network.inputs[0]): inputs}
    nodes = _in_order(network)
    readers: dict[int, list[Any]] = {}
    for node in nodes:
        for tensor in node.input_tensors:
            readers.setdefault(id(tensor), []).append(node)
    for node in nodes:
        output = id(node.outputs[0])
        if node.is_input or output in known:
            continue
        if (norm := _norm_behind(node, readers)) is not None:
            known[id(norm.outputs[0])] = _convolved(node.operation, norm.operation, known[id(node.input_tensors[0])])
        else:
            arguments, named = node.arguments.fill_in(known)
            known[output] = node.operation(*arguments, **named)
    return known[id(network.outputs[0])]


def _in_order(network: keras.Model) -> list[Any]:
    """Return the calls that a network is made of, each behind those whose outputs it reads."""
    by_depth = network._nodes_by_depth
    return [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth]]


def _norm_behind(node: Any, readers: Mapping[int, list[Any]]) -> Any:
    """Return the normalisation that alone reads a convolution, None where there is none."""
    behind = readers.get(id(node.outputs[0]), [])
    if len(behind) != 1 or type(node.operation) not in _CONVOLUTIONS:
        return None
    plain = node.operation.activation is keras.activations.linear and node.operation.data_format == "channels_last"
    return behind[0] if plain and isinstance(behind[0].operation, keras.layers.BatchNormalization) else None


def _convolved(layer: Any, norm: Any, x: tf.Tensor) -> tf.Tensor:
    factor = tf.math.rsqrt(norm.moving_variance + norm.epsilon)
    factor = factor * norm.gamma if norm.scale else factor
    bias = (norm.beta if norm.center else 0.0) - norm.moving_mean * factor
    if layer.use_bias:
        bias += layer.bias * factor
    return tf.nn.bias_add(_product(layer, x, factor), bias)


def _product(layer: Any, x: tf.Tensor, factor: tf.Tensor) -> tf.Tensor:
    """Return a convolution whose kernel is multiplied by a factor for each channel that comes out."""
    kernel, strides, padding = layer.kernel, [1, *layer.strides, 1], layer.padding.upper()
    dilations = list(layer.dilation_rate)
    if isinstance(layer, keras.layers.DepthwiseConv2D):
        by_channel = tf.reshape(factor, kernel.shape[2:])
        return tf.nn.depthwise_conv2d(x, kernel * by_channel, strides, padding, dilations=dilations)
    if kernel.shape[:2] == (1, 1) and strides == [1, 1, 1, 1] and layer.groups == 1:
        shape = tf.concat([tf.shape(x)[:3], kernel.shape[3:]], 0)
        return tf.reshape(tf.matmul(tf.reshape(x, (-1, kernel.shape[2])), kernel[0, 0] * factor), shape)
    return tf.nn.conv2d(x, kernel * factor, strides, padding, dilations=dilations)
