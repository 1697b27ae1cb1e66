"""Eight-bit forms of the graphs that are right on every processor.

Activations uint8, weights int8 with a scale for each output channel; static, with ranges that `export.calibration` measured,
or dynamic, with activations quantised as they come. A static graph is written in ONNX Runtime's own integer operators: no pair of
quantise and dequantise is left in it, nor the float scale of each bias that such pairs carry.

ONNX Runtime's u8 x s8 product on x86 processors without VNNI adds two neighbouring products in 16 bits and saturates:
255 * 127 + 255 * 127 > 32767. ARM and VNNI processors add in 32 bits. Here each output channel's scale is chosen so that no
two neighbours can saturate, whatever the activations: with |a| + |b| <= 127 quantised steps for neighbours of one sign the
sum stays below 255 * 128 = 32640. It costs a quarter of a bit on the mean, against a whole one for `reduce_range`, and
the integer sums are the same everywhere. See docs/decisions/003-pair-safe-weights.md.
"""

import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from export.calibration import Feeds, Observed, Range, observe
from export.errors import ExportError
from export.graphs import rewritten
from export.rounding import Layer, compensated, output_shift

Floats = npt.NDArray[np.float32]

_STEPS = 127
"""Quantised steps that a weight, or two neighbours of one sign together, may have."""


def pair_safe_scales(weights: Floats) -> Floats:
    """The finest scales at which no two neighbouring products can saturate in 16 bits.

    Args:
        weights: [outputs, K], K in the order in which the product runs through it.

    Returns:
        [outputs], the value of one quantised step.
    """
    even = np.pad(weights, ((0, 0), (0, weights.shape[1] % 2)))
    first, second = even[:, 0::2], even[:, 1::2]
    pair = np.where(first * second > 0, np.abs(first + second), 0).max(1)
    largest: Floats = np.maximum(np.abs(weights).max(1), pair) / _STEPS
    return np.where(largest > 0, largest, 1.0).astype(np.float32)


def observe_graph(model: onnx.ModelProto, examples: Iterable[Feeds]) -> dict[str, Observed]:
    """What every inner float tensor of a graph, and every float input, holds on examples.

    Args:
        model: A float graph.
        examples: Its inputs.
    """
    import onnxruntime

    probed = onnx.shape_inference.infer_shapes(model)
    graph = probed.graph
    floats = {v.name for v in graph.value_info if v.type.tensor_type.elem_type == onnx.TensorProto.FLOAT}
    outputs = {value.name for value in graph.output}
    inner = [name for node in graph.node for name in node.output if name in floats - outputs]
    graph.output.extend(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in inner)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(probed.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs() if output.type == "tensor(float)"]

    def run(feeds: Feeds) -> Mapping[str, Floats]:
        found = dict(zip(names, session.run(names, dict(feeds)), strict=True))
        return found | {name: value for name, value in feeds.items() if value.dtype == np.float32}

    return observe(run, examples, channels_first=True)


def weighted_layers(model: onnx.ModelProto) -> dict[str, int]:
    """Names of the nodes that hold weights, in the order of the graph, and how many values each holds."""
    plain = gemm_to_matmul(model)
    sizes = {tensor.name: int(np.prod(tensor.dims)) for tensor in plain.graph.initializer}
    return {
        node.name: sizes[node.input[1]]
        for node in plain.graph.node
        if node.op_type in ("Conv", "MatMul") and node.input[1] in sizes
    }


@dataclass(frozen=True, eq=False)
class Rounded:
    """A float graph whose weights lie on the steps that they will be quantised to.

    Attributes:
        model: The graph, the biases of its convolutions moved by what is left of the weights' errors on average.
        scales: Name of a constant -> the value of one step of each output.
    """

    model: onnx.ModelProto
    scales: Mapping[str, Floats]


def rounded(
    model: onnx.ModelProto,
    layers: Iterable[Layer],
    observed: Mapping[str, Observed],
    float_layers: Collection[str] = (),
) -> Rounded:
    """Round the weights, each one making up for the errors of those before it; see `export.rounding`.

    Args:
        model: A float graph.
        layers: Of it.
        observed: What `observe_graph` saw.
        float_layers: Names of nodes that will stay in float.
    """
    result = gemm_to_matmul(model)
    constants = {tensor.name: tensor for tensor in result.graph.initializer}
    nodes = {node.name: node for node in result.graph.node}
    scales: dict[str, Floats] = {}
    chosen = {layer.name: layer for layer in layers if layer.name not in float_layers}
    for node in nodes.values():
        name = node.input[1] if node.op_type in ("Conv", "MatMul") else ""
        if name not in constants or node.name in float_layers:
            continue
        weights = numpy_helper.to_array(constants[name])
        rows, _ = _product_rows(node, weights)
        scale = scales[name] = pair_safe_scales(rows)
        if layer := chosen.get(node.name):
            groups, outputs, _ = layer.weights.shape
            steps = compensated(layer.weights, scale.reshape(groups, outputs), layer.moments, groups == 1)
            grid = steps.reshape(rows.shape).astype(np.float32)
        else:
            grid = np.clip(np.rint(rows / scale[:, None]), -_STEPS, _STEPS)
        new = (grid * scale[:, None]).astype(np.float32)
        constants[name].CopyFrom(numpy_helper.from_array(_own_layout(node, new, weights.shape), name))
        if node.op_type == "Conv" and len(node.input) > 2:
            error = (new - rows).reshape(len(rows), -1, weights.shape[1])
            bias = numpy_helper.to_array(constants[node.input[2]])
            means = observed[node.input[0]].mean
            moved = (bias - output_shift(error, means, weights.shape[1] == 1)).astype(np.float32)
            constants[node.input[2]].CopyFrom(numpy_helper.from_array(moved, node.input[2]))
    return Rounded(result, scales)


def static_encoder(
    weights: Rounded, ranges: Mapping[str, Range], float_layers: Collection[str] = ()
) -> onnx.ModelProto:
    """Static int8 form of an encoder graph.

    The projections behind the last convolution take uint8 and give float32: a quantised output would cost a third of the whole
    loss (docs/decisions/003).

    The first convolution reads the uint8 picture itself: a pixel is its quantised value, at the scale and zero point that
    the float graph computes.

    Args:
        weights: What `rounded` made of the encoder's graph.
        ranges: Of its tensors.
        float_layers: Names of nodes that stay in float.

    Raises:
        ExportError: The graph does not begin with the normalisation of its picture.
    """
    plain = weights.model
    stem = _Stem(plain)
    overrides = _weight_overrides(plain, weights.scales) | _activation_overrides(ranges)
    overrides[stem.tensor] = [_activation(stem.scale, stem.zero_point)]
    excluded = stem.nodes | _behind_convolutions(plain) | _with_followers(plain, float_layers)
    quantised = _static(plain, overrides, excluded, ["Conv", "Add", "Clip", "MatMul"])
    if stem.first not in float_layers:
        stem.feed_pixels(quantised)
    return _fused(quantised)


def static_step(weights: Rounded, ranges: Mapping[str, Range], float_layers: Collection[str] = ()) -> onnx.ModelProto:
    """Static int8 form of a decoder step: the products with weights take uint8 activations and give float32.

    Args:
        weights: What `rounded` made of the step's graph.
        ranges: Of its tensors.
        float_layers: Names of nodes that stay in float.
    """
    plain = weights.model
    overrides = _weight_overrides(plain, weights.scales) | _activation_overrides(ranges)
    constants = {tensor.name for tensor in plain.graph.initializer}
    excluded = {n.name for n in plain.graph.node if n.op_type == "MatMul" and n.input[1] not in constants}
    return tied(_fused(_static(plain, overrides, excluded | set(float_layers), ["MatMul"])))


def dynamic_step(weights: Rounded) -> onnx.ModelProto:
    """Dynamic int8 form of a decoder step."""
    return tied(_dynamic(weights.model, weights.scales))


def dynamic_encoder(weights: Rounded) -> onnx.ModelProto:
    """Dynamic int8 form of an encoder: products of integers, their activations quantised as they come.

    The convolutions keep int8 weights and compute in float: ONNX Runtime's dynamic kernel knows one scale for all channels alone.

    Args:
        weights: What `rounded` made of the encoder's graph.
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
    """Products with constant weights in integers, a scale for each output; activations quantised as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        onnx.save(_prepared(model), source)
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True, "TensorQuantOverrides": _weight_overrides(model, scales)},
        )
        quantised = onnx.load(target)
    onnx.checker.check_model(quantised, full_check=True)
    return quantised


def _static(
    model: onnx.ModelProto,
    overrides: dict[str, list[dict[str, Any]]],
    excluded: Collection[str],
    kinds: list[str],
) -> onnx.ModelProto:
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        onnx.save(_prepared(model), source)
        quantize_static(
            source,
            target,
            _reader(model),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=kinds,
            nodes_to_exclude=sorted(excluded),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={
                "TensorQuantOverrides": overrides,
                "OpTypesToExcludeOutputQuantization": ["MatMul"],
            },
        )
        quantised: onnx.ModelProto = onnx.load(target)
    return quantised


def _fused(model: onnx.ModelProto) -> onnx.ModelProto:
    """Quantise/dequantise pairs become integer operators, by ONNX Runtime's own rewriting for every kind of processor."""
    import onnxruntime

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
    """Names that may be the scale of a product's weights: its own inputs, and those of what multiplies its result."""
    names = list(product.input)
    for node in graph.node:
        if node.op_type == "Mul" and "scale" in node.name.lower():
            names += node.input
    return names


def _activation(scale: float, zero_point: int) -> dict[str, Any]:
    from onnxruntime.quantization import QuantType

    return {
        "scale": np.array(scale, np.float32),
        "zero_point": np.array(zero_point, np.uint8),
        "quant_type": QuantType.QUInt8,
    }


def _activation_overrides(ranges: Mapping[str, Range]) -> dict[str, list[dict[str, Any]]]:
    """Measured ranges, as ONNX Runtime's quantiser takes them."""
    found = {}
    for name, (low, high) in ranges.items():
        scale = (high - low) / 255 or 1.0
        found[name] = [_activation(scale, round(-low / scale))]
    return found


def _with_followers(model: onnx.ModelProto, layers: Collection[str]) -> set[str]:
    """The layers, and the clips and sums that read what one of them gives: without it in int8 they gain nothing from it either."""
    found = set(layers)
    outputs = {output for node in model.graph.node if node.name in found for output in node.output}
    for node in model.graph.node:
        if node.op_type in ("Clip", "Add") and outputs & set(node.input):
            found.add(node.name)
            if node.op_type == "Clip":
                outputs |= set(node.output)
    return found


def _behind_convolutions(model: onnx.ModelProto) -> set[str]:
    """Names of the nodes that no convolution follows, but for products: the float ends of the projections."""
    nodes = list(model.graph.node)
    last = max(index for index, node in enumerate(nodes) if node.op_type == "Conv")
    reached = set(nodes[last].output)
    names: set[str] = set()
    for node in nodes[last + 1 :]:
        if reached & set(node.input):
            reached |= set(node.output)
            if node.op_type not in ("Clip", "MatMul"):
                names.add(node.name)
    return names


def _prepared(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model, marked as simplified already, which `export.graphs` has done."""
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata

    marked = onnx.ModelProto()
    marked.CopyFrom(model)
    add_pre_process_metadata(marked)
    return marked


def _reader(model: onnx.ModelProto) -> Any:
    """One example of zeros: ONNX Runtime's quantiser wants to calibrate, though every range is given."""
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]
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
    """The scales of every constant weight, as ONNX Runtime's quantiser takes them."""
    from onnxruntime.quantization import QuantType

    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    overrides: dict[str, list[dict[str, Any]]] = {}
    for node in model.graph.node:
        if node.op_type not in ("Conv", "MatMul") or node.input[1] not in scales or node.input[1] not in constants:
            continue
        axis = _product_rows(node, numpy_helper.to_array(constants[node.input[1]]))[1]
        overrides[node.input[1]] = [
            {
                "scale": np.array(scale, np.float32),
                "zero_point": np.array(0, np.int8),
                "quant_type": QuantType.QInt8,
                "axis": axis,
            }
            for scale in scales[node.input[1]]
        ]
    return overrides


def _product_rows(node: onnx.NodeProto, weights: npt.NDArray[Any]) -> tuple[Floats, int]:
    """Weights as [outputs, K], in the order in which ONNX Runtime's products run through K, and the axis of the outputs."""
    if node.op_type == "Conv":
        # The runtime lays the pixels under a kernel out by rows, columns and channels.
        return weights.transpose(0, 2, 3, 1).reshape(len(weights), -1), 0
    return weights.T, 1


def _own_layout(node: onnx.NodeProto, rows: Floats, shape: tuple[int, ...]) -> Floats:
    """The way back from `_product_rows`."""
    if node.op_type != "Conv":
        return np.ascontiguousarray(rows.T)
    outputs, inputs, height, width = shape
    return np.ascontiguousarray(rows.reshape(outputs, height, width, inputs).transpose(0, 3, 1, 2))


class _Stem:
    """The path of a float graph from its picture to the first convolution: cast, scale, shift, transpose."""

    def __init__(self, model: onnx.ModelProto) -> None:
        constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        producers = {output: node for node in model.graph.node for output in node.output}
        first = next(node for node in model.graph.node if node.op_type == "Conv")
        self.first: str = first.name
        self.tensor: str = first.input[0]
        chain = []
        tensor = self.tensor
        while tensor in producers:
            node = producers[tensor]
            chain.append(node)
            tensor = node.input[0]
        kinds = [node.op_type for node in reversed(chain)]
        if kinds != ["Cast", "Mul", "Add", "Transpose"]:
            raise ExportError(
                f"the encoder begins with {' '.join(kinds)}, not with cast, scale, shift; int8 needs a uint8 picture"
            )
        self.nodes = {node.name for node in chain}
        transpose, add, mul, _ = chain
        self._permutation = next(list(a.ints) for a in transpose.attribute if a.name == "perm")
        self.scale = float(constants[mul.input[1]])
        self.zero_point = round(-float(constants[add.input[1]]) / self.scale)

    def feed_pixels(self, quantised: onnx.ModelProto) -> None:
        """Put the picture itself in the place of its quantised, normalised self."""
        graph = quantised.graph
        nodes = [node for node in graph.node if node.name not in self.nodes]
        quantiser = next(n for n in nodes if n.op_type == "QuantizeLinear" and n.input[0] == self.tensor)
        pixels = onnx.helper.make_node("Transpose", ["image"], [quantiser.output[0]], "pixels", perm=self._permutation)
        kept = [node for node in nodes if node is not quantiser]
        del graph.node[:]
        graph.node.extend([pixels, *kept])
        used = {name for node in graph.node for name in node.input}
        constants = [tensor for tensor in graph.initializer if tensor.name in used]
        del graph.initializer[:]
        graph.initializer.extend(constants)
        del graph.value_info[:]


def gemm_to_matmul(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with each Gemm as MatMul and Add, which the quantisers know."""
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
