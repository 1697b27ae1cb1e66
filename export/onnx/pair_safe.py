"""Weights in eight bits whose sums no processor can overflow.

ONNX Runtime's u8 x s8 product on x86 processors without VNNI adds two neighbouring products in 16 bits and saturates:
255 * 127 + 255 * 127 > 32767. ARM and VNNI processors add in 32 bits. Here each output channel's scale is chosen so that no
two neighbours can saturate, whatever the activations: with |a| + |b| <= 127 quantised steps for neighbours of one sign the
sum stays below 255 * 128 = 32640. It costs a quarter of a bit on the mean, against a whole one for `reduce_range`, and
the integer sums are the same everywhere. See docs/decisions/003-pair-safe-weights.md.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

Floats = npt.NDArray[np.float32]

STEPS = 127
"""Quantised steps that a weight, or two neighbours of one sign together, may have."""


def pair_safe_scales(weights: Floats) -> Floats:
    """Return the finest scales at which no two neighbouring products can saturate in 16 bits.

    Args:
        weights: [outputs, K], K in the order in which the product runs through it.

    Returns:
        [outputs], the value of one quantised step.
    """
    even = np.pad(weights, ((0, 0), (0, weights.shape[1] % 2)))
    first, second = even[:, 0::2], even[:, 1::2]
    pair = np.where(first * second > 0, np.abs(first + second), 0).max(1)
    largest: Floats = np.maximum(np.abs(weights).max(1), pair) / STEPS
    return np.where(largest > 0, largest, 1.0).astype(np.float32)


def product_rows(node: onnx.NodeProto, weights: npt.NDArray[Any]) -> tuple[Floats, int]:
    """Return weights as [outputs, K], in the order in which ONNX Runtime's products run through K, and the axis of the outputs."""
    if node.op_type == "Conv":
        # The runtime lays the pixels under a kernel out by rows, columns and channels.
        return weights.transpose(0, 2, 3, 1).reshape(len(weights), -1), 0
    return weights.T, 1


def own_layout(node: onnx.NodeProto, rows: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Return the way back from `product_rows`."""
    if node.op_type != "Conv":
        return np.ascontiguousarray(rows.T)
    outputs, inputs, height, width = shape
    return np.ascontiguousarray(rows.reshape(outputs, height, width, inputs).transpose(0, 3, 1, 2))
