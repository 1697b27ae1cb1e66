"""The weights of a float ONNX graph, rounded to the steps that they will be quantised to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import numpy_helper

from export.calibration.gptq import Layer, compensated, output_shift
from export.calibration.ranges import Observed
from export.onnx.pair_safe import STEPS, Floats, own_layout, pair_safe_scales, product_rows


@dataclass(frozen=True, eq=False)
class RoundedOnnx:
    """A float graph whose weights lie on the steps that they will be quantised to.

    Attributes:
        model: The graph; its convolutions have biases, moved by what is left of the weights' errors on average.
        scales: Name of a constant -> the value of one step of each output.
    """

    model: onnx.ModelProto
    scales: Mapping[str, Floats]


def rounded(
    model: onnx.ModelProto,
    layers: Iterable[Layer],
    observed: Mapping[str, Observed],
    float_layers: Collection[str] = (),
) -> RoundedOnnx:
    """Round the weights, each one making up for the errors of those before it; see `export.calibration.gptq`.

    Args:
        model: A float graph.
        layers: Of it.
        observed: What `export.onnx.quantise.observe_graph` saw.
        float_layers: Names of nodes that will stay in float.
    """
    result = gemm_to_matmul(model)
    constants = {tensor.name: tensor for tensor in result.graph.initializer}
    scales: dict[str, Floats] = {}
    chosen = {layer.name: layer for layer in layers if layer.name not in float_layers}
    for node in result.graph.node:
        name = node.input[1] if node.op_type in ("Conv", "MatMul") else ""
        if name not in constants or node.name in float_layers:
            continue
        weights = numpy_helper.to_array(constants[name])
        rows, _ = product_rows(node, weights)
        scale = scales[name] = pair_safe_scales(rows)
        if layer := chosen.get(node.name):
            groups, outputs, _ = layer.weights.shape
            steps = compensated(layer.weights, scale.reshape(groups, outputs), layer.factor, groups == 1)
            grid = steps.reshape(rows.shape).astype(np.float32)
        else:
            grid = np.clip(np.rint(rows / scale[:, None]), -STEPS, STEPS)
        new = (grid * scale[:, None]).astype(np.float32)
        constants[name].CopyFrom(numpy_helper.from_array(own_layout(node, new, weights.shape), name))
        if node.op_type == "Conv":
            error = (new - rows).reshape(len(rows), -1, weights.shape[1])
            shift = output_shift(error, observed[node.input[0]].mean, weights.shape[1] == 1)
            _move_bias(result.graph, node, shift.astype(np.float32))
    return RoundedOnnx(result, scales)


def _move_bias(graph: onnx.GraphProto, node: onnx.NodeProto, shift: Floats) -> None:
    """Take a shift off a convolution's bias, which becomes its own."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    # A bias may be shared, as where it is zero, or missing: a depthwise convolution before a pointwise one has none.
    before = numpy_helper.to_array(constants[node.input[2]]) if len(node.input) > 2 else np.zeros_like(shift)
    name = f"{node.output[0]}/bias"
    graph.initializer.append(numpy_helper.from_array((before - shift).astype(np.float32), name))
    node.input[:] = [*node.input[:2], name]


def weighted_layers(model: onnx.ModelProto) -> dict[str, int]:
    """Return names of the nodes that hold weights, in the order of the graph, and how many values each holds."""
    plain = gemm_to_matmul(model)
    sizes = {tensor.name: int(np.prod(tensor.dims)) for tensor in plain.graph.initializer}
    return {
        node.name: sizes[node.input[1]]
        for node in plain.graph.node
        if node.op_type in ("Conv", "MatMul") and node.input[1] in sizes
    }


def gemm_to_matmul(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the same graph with each Gemm as MatMul and Add, which the quantisers know."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    nodes = []
    for node in model.graph.node:
        plain = all(a.name not in ("transA", "transB") or not a.i for a in node.attribute)
        if node.op_type != "Gemm" or not plain:
            nodes.append(node)
            continue
        product = f"{node.output[0]}/product"
        nodes.append(onnx.helper.make_node("MatMul", node.input[:2], [product], f"{node.name}/product"))
        nodes.append(onnx.helper.make_node("Add", [product, node.input[2]], node.output, node.name))
    del result.graph.node[:]
    result.graph.node.extend(nodes)
    return result
