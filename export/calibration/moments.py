"""What the layers of a float ONNX graph read on calibration data: the second moments that `export.calibration.gptq` needs."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from export.calibration.gptq import Layer, Moments, compensation
from export.calibration.onnx_session import graph_session
from export.calibration.ranges import Feeds

_MOST_PLACES = 1600
"""Places of one picture's grid that are looked at, at the most."""


def layers(model: onnx.ModelProto, examples: Iterable[Feeds]) -> list[Layer]:
    """Return layers whose rounding can be compensated: convolutions of one group or depthwise, and products with constant weights.

    Args:
        model: A float graph, its Gemms as products and sums.
        examples: Its inputs.
    """
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    nodes = [node for node in model.graph.node if _weights(node, constants) is not None]
    probed = onnx.ModelProto()
    probed.CopyFrom(model)
    known = {value.name for value in (*probed.graph.output, *probed.graph.input)}
    read = list(dict.fromkeys(node.input[0] for node in nodes))
    for name in read:
        if name not in known:
            probed.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = graph_session(probed)
    inner = [name for name in read if name not in {value.name for value in probed.graph.input}]
    sums = {node.name: _Sum() for node in nodes}
    count = 0
    for feeds in examples:
        count += 1
        found = {**feeds, **dict(zip(inner, session.run(inner, dict(feeds)), strict=True))}
        for node in nodes:
            sums[node.name].add(_rows(node, np.asarray(found[node.input[0]])))
    result = []
    for node in nodes:
        weights = _weights(node, constants)
        if weights is not None:
            result.append(Layer(node.name, weights, compensation(sums.pop(node.name).total() / count)))
    return result


class _Sum:
    """Sum of second moments over examples; several wait for each other, so that a product is worth its matrix."""

    def __init__(self) -> None:
        self._total: Moments | float = 0.0
        self._waiting: list[npt.NDArray[np.float32]] = []

    def add(self, rows: npt.NDArray[np.float32]) -> None:
        """Look at one example, [groups, places, K]; it counts as one whatever its number of places."""
        self._waiting.append(rows / np.float32(np.sqrt(rows.shape[1])))
        if sum(each.shape[1] for each in self._waiting) >= rows.shape[2]:
            self._total = self.total()
            self._waiting = []

    def total(self) -> Moments:
        """[groups, K, K]."""
        if not self._waiting:
            return np.asarray(self._total)
        rows = np.concatenate(self._waiting, 1)
        moments: Moments = (rows.transpose(0, 2, 1) @ rows).astype(np.float64) + self._total
        return moments


def _weights(node: onnx.NodeProto, constants: dict[str, npt.NDArray[Any]]) -> npt.NDArray[np.float32] | None:
    """Return a layer's weights as [groups, outputs, K], or None for a node that is no such layer."""
    if node.op_type not in ("Conv", "MatMul") or node.input[1] not in constants:
        return None
    weights = constants[node.input[1]]
    if node.op_type == "MatMul":
        return weights.T[None].astype(np.float32) if weights.ndim == 2 else None
    rows = weights.transpose(0, 2, 3, 1).reshape(len(weights), -1).astype(np.float32)
    return rows[:, None] if weights.shape[1] == 1 else rows[None]


def _rows(node: onnx.NodeProto, values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return what a layer reads as [groups, places, K]; a convolution's K runs through rows, columns and channels."""
    if node.op_type == "MatMul":
        return values.reshape(1, -1, values.shape[-1])
    attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    height, width = attributes["kernel_shape"]
    top, left, bottom, right = _pads(attributes, values.shape[2:])
    down, across = attributes.get("strides", [1, 1])
    padded = np.pad(values[0], ((0, 0), (top, bottom), (left, right)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), (1, 2))[:, ::down, ::across]
    # [channels, rows, columns, height, width]
    flat = windows.reshape(len(padded), -1, height, width)
    flat = flat[:, :: max(1, flat.shape[1] // _MOST_PLACES)]
    if attributes.get("group", 1) > 1:
        return flat.reshape(*flat.shape[:2], -1)
    return flat.transpose(1, 2, 3, 0).reshape(1, flat.shape[1], -1)


def _pads(attributes: dict[str, Any], size: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Top, left, bottom and right padding of a convolution."""
    if attributes.get("auto_pad", b"NOTSET") in (b"NOTSET", b"VALID"):
        top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
        return top, left, bottom, right
    kernel, strides = attributes["kernel_shape"], attributes.get("strides", [1, 1])
    whole = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in zip(size, strides, kernel, strict=True)]
    before = [total // 2 for total in whole]
    return before[0], before[1], whole[0] - before[0], whole[1] - before[1]
