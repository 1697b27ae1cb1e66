"""A small network with what the encoders have: a rectified sum that is read twice, a pool, squeeze-and-excite, hard-swish."""

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from export.calibration.ranges import ranges
from export.calibration.runners import onnx_runner
from export.onnx.quantise import observe_graph, static_encoder
from export.onnx.rounded_weights import rounded
from export.parity.measure import cosine


def _graph(bias: float = 0.1) -> onnx.ModelProto:
    rng = np.random.default_rng(0)
    constants: dict[str, npt.NDArray[Any]] = {
        "scale": np.array(1 / 60, np.float32),
        "shift": np.array(-2, np.float32),
        "first": rng.normal(size=(8, 3, 3, 3)).astype(np.float32) / 4,
        "depthwise": rng.normal(size=(8, 1, 3, 3)).astype(np.float32) / 2,
        "narrow": rng.normal(size=(4, 8, 1, 1)).astype(np.float32),
        "wide": rng.normal(size=(8, 4, 1, 1)).astype(np.float32) / 2,
        "shape": np.array([16, 8]),
        "projection": rng.normal(size=(8, 5)).astype(np.float32),
    }
    # A channel that has died: next to no weights, and all the bias that there is.
    constants["first"][2] *= 1e-13
    constants["bias"] = np.full(8, bias, np.float32)
    node = helper.make_node
    nodes = [
        node("Cast", ["image"], ["cast"], "cast", to=TensorProto.FLOAT),
        node("Mul", ["cast", "scale"], ["scaled"], "scaled"),
        node("Add", ["scaled", "shift"], ["shifted"], "shifted"),
        node("Transpose", ["shifted"], ["turned"], "turned", perm=[0, 3, 1, 2]),
        node(
            "Conv", ["turned", "first", "bias"], ["a"], "conv_a", pads=[1, 1, 1, 1], strides=[2, 2], kernel_shape=[3, 3]
        ),
        node("Conv", ["a", "depthwise"], ["b"], "conv_b", pads=[1, 1, 1, 1], group=8, kernel_shape=[3, 3]),
        node("Add", ["a", "b"], ["sum"], "sum"),
        node("Relu", ["sum"], ["rectified"], "rectified"),
        node("Add", ["sum", "rectified"], ["again"], "again"),
        node("MaxPool", ["again"], ["pooled"], "pooled", kernel_shape=[2, 2], strides=[2, 2]),
        node("HardSigmoid", ["pooled"], ["gate"], "gate", alpha=1 / 6, beta=0.5),
        node("Mul", ["pooled", "gate"], ["swish"], "swish"),
        node("GlobalAveragePool", ["swish"], ["mean"], "mean"),
        node("Conv", ["mean", "narrow"], ["c"], "conv_c", kernel_shape=[1, 1]),
        node("Relu", ["c"], ["d"], "relu_d"),
        node("Conv", ["d", "wide"], ["e"], "conv_e", kernel_shape=[1, 1]),
        node("HardSigmoid", ["e"], ["excite"], "excite", alpha=1 / 6, beta=0.5),
        node("Mul", ["swish", "excite"], ["excited"], "excited"),
        node("Transpose", ["excited"], ["back"], "back", perm=[0, 2, 3, 1]),
        node("Reshape", ["back", "shape"], ["flat"], "flat"),
        node("MatMul", ["flat", "projection"], ["y"], "product"),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, [1, 16, 16, 3])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [16, 5])
    initialisers = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "g", [image], [y], initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return onnx.shape_inference.infer_shapes(model)


def _pictures(count: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    return [{"image": rng.integers(0, 256, (1, 16, 16, 3), np.uint8)} for _ in range(count)]


def _quantised(model: onnx.ModelProto, float_layers: tuple[str, ...] = ()) -> onnx.ModelProto:
    observed = observe_graph(model, _pictures(20))
    weights = rounded(model, [], observed, float_layers)
    return static_encoder(weights, ranges(observed, "min-max"), float_layers)


@pytest.mark.parametrize("float_layers", [(), ("conv_a",), ("conv_b", "conv_e"), ("product",)])
def test_it_says_what_the_float_graph_says(float_layers: tuple[str, ...]) -> None:
    model = _graph()
    run, other = (onnx_runner(each.SerializeToString()) for each in (model, _quantised(model, float_layers)))
    assert np.mean([cosine(run(feeds)[0], other(feeds)[0]) for feeds in _pictures(8)]) > 0.998


def test_all_of_it_is_integers() -> None:
    found = Counter(node.op_type for node in _quantised(_graph()).graph.node)
    assert found == {
        **{"QLinearConv": 4, "QLinearAdd": 4, "QLinearMul": 2, "QLinearGlobalAveragePool": 1, "MaxPool": 1},
        **{"Clip": 1, "Transpose": 2, "Reshape": 1, "MatMulIntegerToFloat": 1},
    }


def test_a_bias_without_weights_keeps_its_value() -> None:
    """Its steps would be 10^11 of the weights' steps, which no 32 bits hold."""
    model = _graph(bias=3.0)
    run, other = (onnx_runner(each.SerializeToString()) for each in (model, _quantised(model)))
    assert np.mean([cosine(run(feeds)[0], other(feeds)[0]) for feeds in _pictures(8)]) > 0.998


def test_a_picture_of_nothing_is_exactly_zero_inside() -> None:
    """The zero point fills the border of the first convolution, so a picture of that colour looks the same at its edge and within."""
    model = _quantised(_graph())
    first = next(node for node in model.graph.node if node.op_type == "QLinearConv")
    probed = onnx.ModelProto()
    probed.CopyFrom(model)
    probed.graph.output.append(helper.make_tensor_value_info(first.output[0], TensorProto.UINT8, None))
    steps = onnx_runner(probed.SerializeToString())({"image": np.full((1, 16, 16, 3), 120, np.uint8)})[1]
    assert (steps == steps[:, :, :1, :1]).all()
