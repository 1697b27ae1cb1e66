"""Rounding of weights in which each one makes up for the errors of those before it.

Rounding to the nearest step treats every weight alone. What counts is the layer's output: with H = E[x x^T] of its inputs, the output's
squared error is e H e^T for weight errors e. Weights are rounded one input after another, and the ones still to come take up the error in
the way that keeps e H e^T smallest (Frantar et al. 2023, "GPTQ", arXiv 2210.17323, after optimal brain surgery).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Moments = npt.NDArray[np.float64]

_DAMPING = 0.01
"""Share of the mean diagonal that is added to H, so that inputs which hardly vary do not take up everything."""
_BLOCK = 64
"""Inputs after which the rest of the row is brought up to date, in one product."""
_LIMIT = 127
_PAIR_LIMIT = 128
"""Steps that two neighbours of one sign may have together: 255 * 128 fits into 16 bits; see `export.onnx.quantise`."""


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer with weights.

    Attributes:
        name: Of its node in the float ONNX graph.
        weights: float32 [groups, outputs, K]: one group, or of a depthwise convolution a group a channel.
        factor: [groups, K, K], what `compensation` makes of E[x x^T] of what each group's outputs read.
    """

    name: str
    weights: Floats
    factor: Moments


def compensation(moments: Moments) -> Moments:
    """Return how the inputs still to come make up for an error, row by row: the upper Cholesky factor of the moments' inverse.

    Args:
        moments: [groups, K, K], E[x x^T] of the inputs.

    Returns:
        [groups, K, K].
    """
    count = moments.shape[1]
    diagonal = np.trace(moments, axis1=1, axis2=2) / count
    damped = moments + np.eye(count) * (_DAMPING * diagonal + 1e-12)[:, None, None]
    # With the inputs in reverse, the inverse of the lower factor is the upper factor of the inverse: a third of the work of
    # inverting first, which for the 4,608 inputs of a 3 x 3 convolution counts.
    lower = np.linalg.cholesky(damped[:, ::-1, ::-1])
    return np.ascontiguousarray(_inverse_of_lower(lower)[:, ::-1, ::-1])


def _inverse_of_lower(lower: Moments) -> Moments:
    """Return inverse of lower triangular matrices, by halves."""
    count = lower.shape[1]
    if count <= _BLOCK:
        return np.tril(np.linalg.inv(lower))
    half = count // 2
    result = np.zeros_like(lower)
    first = result[:, :half, :half] = _inverse_of_lower(lower[:, :half, :half])
    second = result[:, half:, half:] = _inverse_of_lower(lower[:, half:, half:])
    result[:, half:, :half] = -second @ (lower[:, half:, :half] @ first)
    return result


def compensated(weights: Floats, scales: Floats, factor: Moments, pair_safe: bool) -> npt.NDArray[np.int8]:
    """Return quantised steps of weights.

    Args:
        weights: [groups, outputs, K].
        scales: [groups, outputs], the value of one step.
        factor: [groups, K, K], of `compensation`.
        pair_safe: Keep neighbours (2k, 2k + 1) within what 16-bit sums can hold.

    Returns:
        int8 [groups, outputs, K], each within -127 and 127.
    """
    count = weights.shape[2]
    wanted = weights.astype(np.float64) / scales.astype(np.float64)[:, :, None]
    steps = np.zeros(weights.shape, np.int8)
    for begin in range(0, count, _BLOCK):
        end = min(begin + _BLOCK, count)
        errors = np.zeros((*weights.shape[:2], end - begin))
        for place in range(begin, end):
            rounded = np.clip(np.rint(wanted[:, :, place]), -_LIMIT, _LIMIT)
            if pair_safe and place % 2:
                before = steps[:, :, place - 1].astype(np.float64)
                lowest, highest = np.minimum(-_PAIR_LIMIT - before, 0), np.maximum(_PAIR_LIMIT - before, 0)
                rounded = np.clip(np.clip(rounded, lowest, highest), -_LIMIT, _LIMIT)
            steps[:, :, place] = rounded
            error = (wanted[:, :, place] - rounded) / factor[:, place, place][:, None]
            wanted[:, :, place + 1 : end] -= error[:, :, None] * factor[:, None, place, place + 1 : end]
            errors[:, :, place - begin] = error
        wanted[:, :, end:] -= errors @ factor[:, begin:end, end:]
    return steps


def output_shift(errors: Floats, means: Moments, depthwise: bool) -> npt.NDArray[np.float64]:
    """Return how far errors of the weights shift each output on average (Nagel et al. 2019, arXiv 1906.04721, section 4.2).

    Args:
        errors: [outputs, taps, inputs]; of a depthwise convolution [channels, taps, 1].
        means: [inputs], mean of each input channel; of a depthwise convolution [channels].
        depthwise: Whether each output reads its own channel alone.

    Returns:
        [outputs], to be taken off the bias.
    """
    error = errors.astype(np.float64).sum(1)
    shift: npt.NDArray[np.float64] = error[:, 0] * means if depthwise else error @ means
    return shift
