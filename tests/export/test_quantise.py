from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edge_runtime.bundle import Bundle
from export.quantise import pair_safe_scales


def _steps(weights: Any, scales: Any) -> Any:
    return np.clip(np.rint(weights / scales[:, None]), -128, 127)


@pytest.mark.parametrize("length", [1, 2, 7, 64, 1152])
@pytest.mark.parametrize("any_order", [False, True])
def test_no_two_neighbours_can_saturate(length: int, any_order: bool) -> None:
    weights = np.random.default_rng(0).normal(size=(50, length)).astype(np.float32)
    steps = _steps(weights, pair_safe_scales(weights, any_order))
    if any_order:
        steps = np.sort(steps, axis=1)
        pairs = [steps[:, -2:].sum(1), steps[:, :2].sum(1)] if length > 1 else [steps[:, 0]]
    else:
        even = np.pad(steps, ((0, 0), (0, length % 2)))
        pairs = [(even[:, 0::2] + even[:, 1::2]).ravel()]
    sums = np.concatenate(pairs)
    assert 255 * sums.max() <= 32767
    assert 255 * sums.min() >= -32768


def test_scales_are_as_fine_as_they_can_be() -> None:
    weights = np.array([[1.0, -1.0, 0.25, 0.5], [1.0, 1.0, 0, 0], [0, 0, 0, 0]], np.float32)
    assert pair_safe_scales(weights).tolist() == pytest.approx([1 / 127, 2 / 127, 1.0])


def test_the_bundle_that_ships_cannot_saturate() -> None:
    """Every constant int8 weight of every product: neighbours of one sign stay within 128 steps."""
    bundle = Bundle()
    seen = 0
    for file in bundle.variant("onnx-int8")[1].files.values():
        graph = onnx.load_from_string(bundle.read(file)).graph
        constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        producers = {output: node for node in graph.node for output in node.output}
        for node in graph.node:
            if node.op_type not in ("Conv", "MatMul", "Gemm", "MatMulInteger"):
                continue
            source = producers[node.input[1]].input[0] if node.input[1] in producers else node.input[1]
            weights = constants.get(source)
            if weights is None or weights.dtype != np.int8:
                continue
            seen += 1
            depthwise = node.op_type == "Conv" and weights.shape[1] == 1
            transposed = any(a.name == "transB" and a.i for a in node.attribute)
            rows = weights.transpose(0, 2, 3, 1).reshape(len(weights), -1) if node.op_type == "Conv" else weights.T
            rows = (weights if transposed else rows).astype(int)
            even = np.pad(rows, ((0, 0), (0, rows.shape[1] % 2)))
            if not depthwise:
                assert np.abs(even[:, 0::2] + even[:, 1::2]).max() <= 128
    assert seen > 50


def test_an_encoder_that_does_not_begin_with_its_picture_is_refused() -> None:
    from export.errors import ExportError
    from export.quantise import quantise_encoder

    x = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 8, 8])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    weights = numpy_helper.from_array(np.ones((1, 3, 1, 1), np.float32), "w")
    graph = helper.make_graph([helper.make_node("Conv", ["image", "w"], ["y"])], "g", [x], [y], [weights])
    with pytest.raises(ExportError, match="not with cast, scale, shift"):
        quantise_encoder(helper.make_model(graph), [])
