"""The last step before a graph is written: short names, no zero points that are zero, nothing that nobody reads."""

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper


def compacted(model: onnx.ModelProto) -> bytes:
    """Return a graph as bytes, the same for the same graph, its inner tensors named shortly.

    Args:
        model: Checked graph; it is not changed. Names of inputs, outputs and nodes stay.
    """
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    _drop_zero_zero_points(graph)
    _shorten_zero_points(graph)
    public = {value.name for value in (*graph.input, *graph.output)}
    names: dict[str, str] = {}

    def short(name: str) -> str:
        return name if not name or name in public else names.setdefault(name, f"t{len(names)}")

    constants = {tensor.name: tensor for tensor in graph.initializer}
    nodes = _in_order(graph)
    del graph.node[:]
    graph.node.extend(nodes)
    read = [name for node in graph.node for name in node.input] + [value.name for value in graph.output]
    used = dict.fromkeys(name for name in read if name in constants)
    ordered = [constants[name] for name in used]
    for index, node in enumerate(graph.node):
        node.input[:] = [short(name) for name in node.input]
        node.output[:] = [short(name) for name in node.output]
        node.name = f"{node.op_type}_{index}"
        node.doc_string = ""
    for tensor in ordered:
        tensor.name = short(tensor.name)
        tensor.doc_string = ""
    del graph.initializer[:]
    graph.initializer.extend(ordered)
    for value in (*graph.input, *graph.output):
        for axis in value.type.tensor_type.shape.dim:
            if axis.HasField("dim_param"):
                axis.dim_param = "hypotheses"
    del graph.value_info[:]
    graph.name, graph.doc_string, result.doc_string = "graph", "", ""
    result.producer_name, result.producer_version = "edge-caption", ""
    del result.metadata_props[:]
    onnx.checker.check_model(result, full_check=True)
    content: bytes = result.SerializeToString(deterministic=True)
    return content


def _in_order(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """Return nodes in the order that the outputs need them, whatever order they were listed in."""
    producers = {output: node for node in graph.node for output in node.output}
    ordered: list[onnx.NodeProto] = []
    done: set[str] = set()
    waiting = [output.name for output in reversed(graph.output)]
    while waiting:
        node = producers.get(waiting[-1])
        if node is None or node.output[0] in done:
            waiting.pop()
            continue
        missing = [name for name in node.input if name in producers and producers[name].output[0] not in done]
        if missing:
            waiting += reversed(missing)
            continue
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        ordered.append(copy)
        done.add(node.output[0])
    return ordered


def _drop_zero_zero_points(graph: onnx.GraphProto) -> None:
    """A missing zero point is zero, of the input's type where that is the weight's own (int8, int32)."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type != "DequantizeLinear" or len(node.input) < 3 or node.input[0] not in constants:
            continue
        if node.input[2] in constants and not numpy_helper.to_array(constants[node.input[2]]).any():
            del node.input[2]


_WEIGHT_ZERO_POINT = {"QLinearConv": 5, "MatMulIntegerToFloat": 5, "DynamicQuantizeMatMul": 3}
"""Which input of an integer operator is the zero point of its weights."""


def _shorten_zero_points(graph: onnx.GraphProto) -> None:
    """One zero stands for the zeros of all channels; where it may be missing, it is."""
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        place = _WEIGHT_ZERO_POINT.get(node.op_type, len(node.input))
        if place >= len(node.input) or node.input[place] not in constants:
            continue
        zeros = numpy_helper.to_array(constants[node.input[place]])
        if zeros.any() or zeros.dtype != np.int8:
            continue
        if node.op_type == "QLinearConv":
            node.input[place] = "zero/int8"
            if "zero/int8" not in constants:
                constants["zero/int8"] = numpy_helper.from_array(np.array(0, np.int8), "zero/int8")
                graph.initializer.append(constants["zero/int8"])
        else:
            node.input[place] = ""


_INLINE = 1024
"""Bytes below which a constant stays in its graph."""


def shared_weights(step: onnx.ModelProto, loop: onnx.ModelProto, name: str) -> tuple[bytes, bytes, bytes]:
    """Return a step graph and the loop over it with their large constants in one file beside them.

    Args:
        step: Compacted step graph; it is changed.
        loop: What `export.onnx.greedy_loop.looped` made of it; it is changed.
        name: Of the file.

    Returns:
        The step graph, the loop graph, and the file's content.
    """
    (around,) = (node for node in loop.graph.node if node.op_type == "Loop")
    (body,) = (attribute.g for attribute in around.attribute if attribute.name == "body")
    loop.graph.initializer.extend(body.initializer)
    del body.initializer[:]
    content = bytearray()
    places: dict[bytes, int] = {}
    for graph in (step.graph, loop.graph):
        for tensor in graph.initializer:
            raw = numpy_helper.to_array(tensor).tobytes()
            if len(raw) < _INLINE:
                continue
            if raw not in places:
                places[raw] = len(content)
                content += raw + bytes(-len(raw) % 64)
            for field in ("raw_data", "float_data", "int32_data", "int64_data"):
                tensor.ClearField(field)
            tensor.data_location = TensorProto.EXTERNAL
            del tensor.external_data[:]
            for key, value in (("location", name), ("offset", places[raw]), ("length", len(raw))):
                entry = tensor.external_data.add()
                entry.key, entry.value = key, str(value)
    step_bytes, loop_bytes = (model.SerializeToString(deterministic=True) for model in (step, loop))
    return step_bytes, loop_bytes, bytes(content)
