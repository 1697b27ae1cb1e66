"""One form for what converters write in several: what the quantisers look for, and what runs in fewer passes over memory."""

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

Constants = dict[str, npt.NDArray[Any]]


def normalised(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the same graph with its hard sigmoids as one operator each, and without reshapes and paddings that do nothing.

    Args:
        model: A float graph with inferred shapes.
    """
    result = onnx.ModelProto()
    result.CopyFrom(model)
    _hard_sigmoids(result.graph)
    _pads_of_pools(result.graph)
    _idle_reshapes(result.graph)
    return result


def readers(graph: onnx.GraphProto) -> Counter[str]:
    """Return how often each tensor is read, by nodes or as an output."""
    found = Counter(name for node in graph.node for name in node.input)
    found.update(value.name for value in graph.output)
    return found


def constants_of(graph: onnx.GraphProto) -> Constants:
    """Return values of the constants."""
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}


def only_reader(graph: onnx.GraphProto, tensor: str, kind: str) -> onnx.NodeProto | None:
    """Return the node of a kind that alone reads a tensor, if that is so."""
    if readers(graph)[tensor] != 1:
        return None
    return next((node for node in graph.node if node.op_type == kind and tensor in node.input), None)


def _hard_sigmoids(graph: onnx.GraphProto) -> None:
    """`Clip(x + 3, 0, 6) / 6` becomes `HardSigmoid`: one pass over memory instead of three."""
    constants = constants_of(graph)
    for add in [node for node in graph.node if node.op_type == "Add" and _scalar(node, constants) == 3]:
        clip = only_reader(graph, add.output[0], "Clip")
        if clip is None or [float(constants[name]) for name in clip.input[1:] if name in constants] != [0, 6]:
            continue
        mul = only_reader(graph, clip.output[0], "Mul")
        if mul is None or not np.isclose(_scalar(mul, constants) or 0, 1 / 6):
            continue
        (source,) = (name for name in add.input if name not in constants)
        mul.CopyFrom(onnx.helper.make_node("HardSigmoid", [source], mul.output, mul.name, alpha=1 / 6, beta=0.5))
        _remove(graph, add, clip)


def _scalar(node: onnx.NodeProto, constants: Constants) -> float | None:
    """Return the one number that a node adds or multiplies by, if it is one number."""
    found = [constants[name] for name in node.input if name in constants]
    return float(found[0].item()) if len(found) == 1 and found[0].size == 1 else None


def _pads_of_pools(graph: onnx.GraphProto) -> None:
    """Zeros around what is never negative do not change its largest values: a pool may leave them out, as its own padding does."""
    constants = constants_of(graph)
    makers = {output: node for node in graph.node for output in node.output}
    for pad in [node for node in graph.node if node.op_type == "Pad"]:
        pool, maker = only_reader(graph, pad.output[0], "MaxPool"), makers.get(pad.input[0])
        zeros = len(pad.input) < 3 or not pad.input[2] or not constants.get(pad.input[2], np.ones(1)).any()
        if pool is None or maker is None or maker.op_type != "Relu" or not zeros or pad.input[1] not in constants:
            continue
        amounts = constants[pad.input[1]].reshape(2, 4)
        kept = [attribute for attribute in pool.attribute if attribute.name not in ("pads", "auto_pad")]
        before = next((list(a.ints) for a in pool.attribute if a.name == "pads"), [0, 0, 0, 0])
        if amounts[:, :2].any() or (amounts < 0).any():
            continue
        del pool.attribute[:]
        sums = [int(sum(pair)) for pair in zip(before, amounts[:, 2:].ravel(), strict=True)]
        pool.attribute.extend([*kept, onnx.helper.make_attribute("pads", sums)])
        pool.input[0] = pad.input[0]
        _remove(graph, pad)


def _idle_reshapes(graph: onnx.GraphProto) -> None:
    """A reshape to the shape that is there already goes."""
    constants = constants_of(graph)
    shapes = {v.name: [axis.dim_value for axis in v.type.tensor_type.shape.dim] for v in graph.value_info}
    public = {value.name for value in graph.output}
    for node in [node for node in graph.node if node.op_type == "Reshape"]:
        wanted = constants.get(node.input[1])
        if wanted is None or wanted.tolist() != shapes.get(node.input[0]) or node.output[0] in public:
            continue
        for other in graph.node:
            other.input[:] = [node.input[0] if name == node.output[0] else name for name in other.input]
        _remove(graph, node)


def _remove(graph: onnx.GraphProto, *nodes: onnx.NodeProto) -> None:
    names = {node.output[0] for node in nodes}
    kept = [node for node in graph.node if node.output[0] not in names]
    del graph.node[:]
    graph.node.extend(kept)
