"""Eight-bit variants of the graphs that are right on every processor.

Activations uint8, weights int8 with a scale for each output channel; static, with ranges that `export.calibration.ranges` measured,
or dynamic, with activations quantised as they come. A static graph is written in ONNX Runtime's own integer operators: no pair of
quantise and dequantise is left in it, nor the float scale of each bias that such pairs carry. Weights are pair-safe (see
`export.onnx.pair_safe`).
"""

import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from edge_runtime.backends.onnx_runtime import onnx_runtime
from export.calibration.onnx_session import graph_session
from export.calibration.ranges import METHODS, Feeds, Method, Observed, Range, observe
from export.onnx.canonical import readers
from export.onnx.convert import rewritten
from export.onnx.pair_safe import Floats, product_rows
from export.onnx.qoperator import IntegerGraph
from export.onnx.rounded_weights import RoundedOnnx


def observe_graph(
    model: onnx.ModelProto, examples: Iterable[Feeds], methods: Collection[Method] = METHODS
) -> dict[str, Observed]:
    """Return what every inner float tensor of a graph that may be quantised, and every float input, holds on examples.

    Args:
        model: A float graph.
        examples: Its inputs.
        methods: By which ranges will be taken.
    """
    probed = onnx.shape_inference.infer_shapes(model)
    graph = probed.graph
    floats = {v.name for v in graph.value_info if v.type.tensor_type.elem_type == onnx.TensorProto.FLOAT}
    outputs = {value.name for value in graph.output}
    # What a rectifier alone reads never becomes steps: the node before gives the rectifier's.
    reads = readers(graph)
    hidden = {node.input[0] for node in graph.node if node.op_type in ("Relu", "Clip") and reads[node.input[0]] == 1}
    inner = [name for node in graph.node for name in node.output if name in floats - outputs - hidden]
    graph.output.extend(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in inner)
    session = graph_session(probed)
    names = [output.name for output in session.get_outputs() if output.type == "tensor(float)"]

    def run(feeds: Feeds) -> Mapping[str, Floats]:
        found = dict(zip(names, session.run(names, dict(feeds)), strict=True))
        return found | {name: value for name, value in feeds.items() if value.dtype == np.float32}

    return observe(run, examples, True, methods)


def static_encoder(
    weights: RoundedOnnx, ranges: Mapping[str, Range], float_layers: Collection[str] = ()
) -> onnx.ModelProto:
    """Return static int8 graph of an encoder graph.

    The projections behind the last convolution take uint8 and give float32: a quantised output would cost a third of the whole
    loss (docs/decisions/003).

    The first convolution reads the uint8 picture itself: a pixel is its quantised value, at the scale and zero point that
    the float graph computes.

    Args:
        weights: What `export.onnx.rounded_weights.rounded` made of the encoder's graph.
        ranges: Of its tensors.
        float_layers: Names of nodes that stay in float.

    Raises:
        ExportError: The graph does not begin with the normalisation of its picture.
    """
    return IntegerGraph(weights, ranges, float_layers).model()


def static_step(
    weights: RoundedOnnx, ranges: Mapping[str, Range], float_layers: Collection[str] = ()
) -> onnx.ModelProto:
    """Return static int8 graph of a decoder step: the products with weights take uint8 activations and give float32.

    Args:
        weights: What `export.onnx.rounded_weights.rounded` made of the step's graph.
        ranges: Of its tensors.
        float_layers: Names of nodes that stay in float.
    """
    plain = weights.model
    overrides = _weight_overrides(plain, weights.scales) | _activation_overrides(ranges)
    constants = {tensor.name for tensor in plain.graph.initializer}
    excluded = {n.name for n in plain.graph.node if n.op_type == "MatMul" and n.input[1] not in constants}
    return tied(_fused(_static(plain, overrides, excluded | set(float_layers), ["MatMul"])))


def dynamic_step(weights: RoundedOnnx) -> onnx.ModelProto:
    """Return dynamic int8 graph of a decoder step."""
    return tied(_dynamic(weights.model, weights.scales))


def dynamic_encoder(weights: RoundedOnnx) -> onnx.ModelProto:
    """Return dynamic int8 graph of an encoder: products of integers, their activations quantised as they come.

    The convolutions keep int8 weights and compute in float: ONNX Runtime's dynamic kernel knows one scale for all channels alone.

    Args:
        weights: What `export.onnx.rounded_weights.rounded` made of the encoder's graph.
    """
    result = onnx.ModelProto()
    result.CopyFrom(weights.model)
    constants = {tensor.name: tensor for tensor in result.graph.initializer}
    stored = []
    for node in result.graph.node:
        if node.op_type != "Conv":
            continue
        name = node.input[1]
        scale = weights.scales[name]
        steps = np.rint(numpy_helper.to_array(constants[name]) / scale[:, None, None, None]).astype(np.int8)
        constants[name].CopyFrom(numpy_helper.from_array(steps, f"{name}/int8"))
        result.graph.initializer.append(numpy_helper.from_array(scale, f"{name}/scale"))
        inputs = [f"{name}/int8", f"{name}/scale"]
        stored.append(onnx.helper.make_node("DequantizeLinear", inputs, [name], f"{name}/float", axis=0))
    nodes = [*stored, *result.graph.node]
    del result.graph.node[:]
    result.graph.node.extend(nodes)
    return _dynamic(result, weights.scales)


def _dynamic(model: onnx.ModelProto, scales: Mapping[str, Floats]) -> onnx.ModelProto:
    """Return products with constant weights in integers, a scale for each output; activations quantised as they come."""
    quantization = onnx_runtime("quantization")

    def quantise(source: Path, target: Path) -> None:
        quantization.quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=quantization.QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True, "TensorQuantOverrides": _weight_overrides(model, scales)},
        )

    quantised = _through_files(model, quantise)
    onnx.checker.check_model(quantised, full_check=True)
    return quantised


def _static(
    model: onnx.ModelProto,
    overrides: dict[str, list[dict[str, Any]]],
    excluded: Collection[str],
    kinds: list[str],
) -> onnx.ModelProto:
    quantization = onnx_runtime("quantization")

    def quantise(source: Path, target: Path) -> None:
        quantization.quantize_static(
            source,
            target,
            _reader(model),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=kinds,
            nodes_to_exclude=sorted(excluded),
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            extra_options={
                "TensorQuantOverrides": overrides,
                "OpTypesToExcludeOutputQuantization": ["MatMul"],
            },
        )

    return _through_files(model, quantise)


def _through_files(model: onnx.ModelProto, quantise: Callable[[Path, Path], None]) -> onnx.ModelProto:
    """Return the graph that ONNX Runtime's quantiser makes of one: it goes from file to file."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        onnx.save(_prepared(model), source)
        quantise(source, target)
        quantised: onnx.ModelProto = onnx.load(target)
    return quantised


def _fused(model: onnx.ModelProto) -> onnx.ModelProto:
    """Quantise/dequantise pairs become integer operators, by ONNX Runtime's own rewriting for every kind of processor."""
    onnxruntime = onnx_runtime()

    return rewritten(model, onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED)


def tied(model: onnx.ModelProto) -> onnx.ModelProto:
    """Look words up in the int8 weights of the output layer instead of a float copy of them; where that layer is float, nothing changes."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    lookup = next(node for node in graph.node if node.op_type == "Gather" and node.input[0] in constants)
    rows, columns = constants[lookup.input[0]].dims
    product = next(
        node
        for node in graph.node
        if "MatMul" in node.op_type
        and node.input[1] in constants
        and list(constants[node.input[1]].dims) == [columns, rows]
    )
    if constants[product.input[1]].data_type != onnx.TensorProto.INT8:
        return result
    weights = product.input[1]
    scale = next(
        name
        for name in _scales_of(product, graph)
        if name in constants
        and list(constants[name].dims) == [rows]
        and constants[name].data_type == onnx.TensorProto.FLOAT
    )
    word, out = lookup.input[1], lookup.output[0]
    helper = onnx.helper
    nodes = [
        helper.make_node("Gather", [weights, word], ["word/columns"], "word/columns", axis=1),
        helper.make_node("Transpose", ["word/columns"], ["word/steps"], "word/steps", perm=[1, 0]),
        helper.make_node("Cast", ["word/steps"], ["word/float"], "word/float", to=onnx.TensorProto.FLOAT),
        helper.make_node("Gather", [scale, word], ["word/scale"], "word/scale"),
        helper.make_node("Unsqueeze", ["word/scale", "word/axis"], ["word/scale_column"], "word/scale_column"),
        helper.make_node("Mul", ["word/float", "word/scale_column"], [out], "word/vector"),
    ]
    kept = [node for node in graph.node if node is not lookup]
    del graph.node[:]
    graph.node.extend([*nodes, *kept])
    graph.initializer.append(numpy_helper.from_array(np.array([1], np.int64), "word/axis"))
    return result


def _scales_of(product: onnx.NodeProto, graph: onnx.GraphProto) -> list[str]:
    """Return names that may be the scale of a product's weights: its own inputs, and those of what multiplies its result."""
    names = list(product.input)
    for node in graph.node:
        if node.op_type == "Mul" and "scale" in node.name.lower():
            names += node.input
    return names


def _activation(scale: float, zero_point: int) -> dict[str, Any]:
    quantization = onnx_runtime("quantization")

    return {
        "scale": np.array(scale, np.float32),
        "zero_point": np.array(zero_point, np.uint8),
        "quant_type": quantization.QuantType.QUInt8,
    }


def _activation_overrides(ranges: Mapping[str, Range]) -> dict[str, list[dict[str, Any]]]:
    """Measured ranges, as ONNX Runtime's quantiser takes them."""
    found = {}
    for name, (low, high) in ranges.items():
        scale = (high - low) / 255 or 1.0
        found[name] = [_activation(scale, round(-low / scale))]
    return found


def _prepared(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model, marked as simplified already, which `export.onnx.convert` has done."""
    quant_utils = onnx_runtime("quantization.quant_utils")

    marked = onnx.ModelProto()
    marked.CopyFrom(model)
    quant_utils.add_pre_process_metadata(marked)
    return marked


def _reader(model: onnx.ModelProto) -> Any:
    """Return one example of zeros: ONNX Runtime's quantiser wants to calibrate, though every range is given."""
    quantization = onnx_runtime("quantization")

    class Reader(quantization.CalibrationDataReader):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            self._examples = iter([{value.name: _zeros(value) for value in model.graph.input}])

        def get_next(self) -> dict[str, npt.NDArray[Any]] | None:
            return next(self._examples, None)

    return Reader()


def _zeros(value: onnx.ValueInfoProto) -> npt.NDArray[Any]:
    tensor = value.type.tensor_type
    shape = [axis.dim_value or 1 for axis in tensor.shape.dim]
    return np.zeros(shape, onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type))


def _weight_overrides(model: onnx.ModelProto, scales: Mapping[str, Floats]) -> dict[str, list[dict[str, Any]]]:
    """Return the scales of every constant weight, as ONNX Runtime's quantiser takes them."""
    quantization = onnx_runtime("quantization")

    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    overrides: dict[str, list[dict[str, Any]]] = {}
    for node in model.graph.node:
        if node.op_type not in ("Conv", "MatMul") or node.input[1] not in scales or node.input[1] not in constants:
            continue
        axis = product_rows(node, numpy_helper.to_array(constants[node.input[1]]))[1]
        overrides[node.input[1]] = [
            {
                "scale": np.array(scale, np.float32),
                "zero_point": np.array(0, np.int8),
                "quant_type": quantization.QuantType.QInt8,
                "axis": axis,
            }
            for scale in scales[node.input[1]]
        ]
    return overrides
