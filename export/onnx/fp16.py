"""Sixteen-bit form of an ONNX graph: weights stored in half, arithmetic in float32."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_WORTH = 1024
"""Values below which a constant stays as it is."""


def half(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the same graph with its larger weights as float16, each behind a cast to float32.

    ONNX Runtime's processors compute in float32: it turns the weights back once, when it loads the graph.

    Args:
        model: A float graph.
    """
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < _WORTH:
            continue
        name = tensor.name
        values = np.clip(numpy_helper.to_array(tensor), np.finfo(np.float16).min, np.finfo(np.float16).max)
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}/half"))
        casts.append(helper.make_node("Cast", [f"{name}/half"], [name], f"{name}/cast", to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(result, full_check=True)
    return result
