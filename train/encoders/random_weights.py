"""Random weights for an encoder that has none: what is left where neither a network nor a file is at hand."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import keras

_BRANCH = 0.2
"""Scale of what a residual branch adds to its shortcut."""
_PICTURES = 8
_PATCHES = (1, 4, 16, 64)
"""Sides in pixels of the squares of noise that the pictures are made of."""


def draw_weights(model: "keras.Model", seed: int) -> None:
    """Fill an encoder with random weights, the same ones for the same seed, network and size.

    Kernels are normal with the deviation sqrt(2 / fan-in) (K. He et al., "Delving Deep into Rectifiers", ICCV 2015). The
    encoder's batch normalisation does not learn its statistics in training, so they are taken here, from one batch of
    noise: without them, features would vanish or grow with every layer. Residual branches begin small (P. Goyal et al.,
    "Accurate, Large Minibatch SGD", 2017, begin at 0), so that a slight change of the picture, or its rounding to eight bits,
    stays slight through fifty layers.

    Args:
        model: From uint8 [B, H, W, 3].
        seed: Of the draw, at least 0.
    """
    random = np.random.default_rng(seed)
    norms = []
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            norms.append(layer)
        else:
            layer.set_weights([_draw(weight, random) for weight in layer.weights])
    _, height, width, _ = model.input_shape
    branches = _branch_ends(model)
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        gamma, beta, mean, variance = (np.asarray(weight) for weight in norm.weights)
        scale = _BRANCH if norm.name in branches else 1.0
        norm.set_weights([np.full_like(gamma, scale), np.zeros_like(beta), np.zeros_like(mean), np.ones_like(variance)])
        norm.momentum = 0.0
    model(_noise(height, width, random), training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


def _branch_ends(model: "keras.Model") -> set[str]:
    """Return names of the layers that end residual branches: of what an addition is given, the longer way from where the ways part."""
    import keras

    additions = [layer for layer in model.layers if isinstance(layer, keras.layers.Add)]
    ends = [max(addition.input, key=_way) for addition in additions]
    return {end._keras_history.operation.name for end in ends}


def _way(tensor: Any) -> int:
    """Return layers back to one that two others use, or that uses two."""
    layer, length = tensor._keras_history.operation, 0
    while len(layer._outbound_nodes) == 1 and isinstance(layer.input, type(tensor)):
        layer, length = layer.input._keras_history.operation, length + 1
    return length


def _draw(weight: Any, random: np.random.Generator) -> npt.NDArray[np.float32]:
    shape = tuple(weight.shape)
    if len(shape) < 2:
        return np.zeros(shape, np.float32)
    # A depthwise kernel, [height, width, channels, 1], sees one channel.
    inputs = np.prod(shape[:2]) if len(shape) == 4 and shape[3] == 1 else np.prod(shape[:-1])
    return random.standard_normal(shape, np.float32) * np.float32(np.sqrt(2 / inputs))


def _noise(height: int, width: int, random: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return pictures of coloured squares, large and small, as uint8 [B, H, W, 3]: noise with a picture's range of scales."""
    total = np.zeros((_PICTURES, height, width, 3))
    for side in _PATCHES:
        coarse = random.uniform(-1, 1, (_PICTURES, -(-height // side), -(-width // side), 3))
        total += coarse.repeat(side, 1).repeat(side, 2)[:, :height, :width]
    return np.clip(127.5 + 64 * total, 0, 255).astype(np.uint8)
