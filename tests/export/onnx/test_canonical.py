from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from export.calibration.runners import onnx_runner
from export.onnx.canonical import normalised


def _constant(name: str, values: Any) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(values), name)


def _model(nodes: list[onnx.NodeProto], *constants: onnx.TensorProto) -> onnx.ModelProto:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2, 6, 6])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [x], [y], list(constants))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return onnx.shape_inference.infer_shapes(model)


def _same(model: onnx.ModelProto, kinds: list[str]) -> None:
    """The normal form has these operators and gives what the graph gives."""
    found = normalised(model)
    onnx.checker.check_model(found, full_check=True)
    assert [node.op_type for node in found.graph.node] == kinds
    x = {"x": np.random.default_rng(0).normal(scale=4, size=(1, 2, 6, 6)).astype(np.float32)}
    one, other = (onnx_runner(each.SerializeToString())(x)[0] for each in (model, found))
    assert one.shape == other.shape
    assert np.abs(one - other).max() < 1e-6


def _hard_swish(offset: float) -> onnx.ModelProto:
    nodes = [
        helper.make_node("Add", ["x", "offset"], ["a"]),
        helper.make_node("Clip", ["a", "zero", "six"], ["b"]),
        helper.make_node("Mul", ["sixth", "b"], ["c"]),
        helper.make_node("Mul", ["x", "c"], ["y"]),
    ]
    numbers: dict[str, Any] = {"offset": [[[[offset]]]], "zero": 0.0, "six": 6.0, "sixth": 1 / 6}
    return _model(nodes, *(_constant(name, np.array(value, np.float32)) for name, value in numbers.items()))


def test_a_hard_sigmoid_is_one_operator() -> None:
    _same(_hard_swish(3.0), ["HardSigmoid", "Mul"])


def test_what_only_looks_like_one_stays() -> None:
    _same(_hard_swish(2.0), ["Add", "Clip", "Mul", "Mul"])


def _padded_pool(maker: str) -> onnx.ModelProto:
    nodes = [
        helper.make_node(maker, ["x"], ["a"]),
        helper.make_node("Pad", ["a", "pads"], ["b"]),
        helper.make_node("MaxPool", ["b"], ["y"], kernel_shape=[3, 3], strides=[2, 2]),
    ]
    return _model(nodes, _constant("pads", np.array([0, 0, 1, 1, 0, 0, 1, 1])))


def test_zeros_around_what_is_never_negative_are_the_pools_own() -> None:
    _same(_padded_pool("Relu"), ["Relu", "MaxPool"])


def test_zeros_around_anything_else_stay() -> None:
    _same(_padded_pool("Neg"), ["Neg", "Pad", "MaxPool"])


def test_a_reshape_to_the_same_shape_goes() -> None:
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("Reshape", ["a", "same"], ["b"]),
        helper.make_node("Neg", ["b"], ["c"]),
        helper.make_node("Reshape", ["c", "other"], ["y"]),
    ]
    _same(_model(nodes, _constant("same", [1, 2, 6, 6]), _constant("other", [1, 2, 36])), ["Relu", "Neg", "Reshape"])
