"""Eight-bit forms of the graphs that are right on every processor.

Encoder: static, in quantise/dequantise pairs; activations uint8, weights int8 with a scale for each output channel.
Decoder step: weights int8, activations quantised as they come.

ONNX Runtime's u8 x s8 product on x86 processors without VNNI adds two neighbouring products in 16 bits and saturates:
255 * 127 + 255 * 127 > 32767. ARM and VNNI processors add in 32 bits. Here each output channel's scale is chosen so that no
two neighbours can saturate, whatever the activations: with |a| + |b| <= 127 quantised steps for neighbours of one sign the
sum stays below 255 * 128 = 32640. It costs a quarter of a bit on the mean, against a whole one for `reduce_range`, and
the integer sums are the same everywhere. See docs/decisions/003-pair-safe-weights.md.
"""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from export.errors import ExportError

Floats = npt.NDArray[np.float32]

_STEPS = 127
"""Quantised steps that a weight, or two neighbours of one sign together, may have."""
_STATIC_OPS = ["Conv", "MatMul", "Gemm", "Add", "Clip", "Transpose", "Reshape"]


def pair_safe_scales(weights: Floats, any_order: bool = False) -> Floats:
    """The finest scales at which no two neighbouring products can saturate in 16 bits.

    Args:
        weights: [outputs, K], K in the order in which the product runs through it.
        any_order: Guard every two weights of a row, where the order is not known.

    Returns:
        [outputs], the value of one quantised step.
    """
    length = weights.shape[1]
    if any_order and length > 1:
        highest = np.partition(np.maximum(weights, 0), -2, axis=1)[:, -2:].sum(1)
        lowest = np.partition(np.maximum(-weights, 0), -2, axis=1)[:, -2:].sum(1)
        pair = np.maximum(highest, lowest)
    else:
        even = np.pad(weights, ((0, 0), (0, length % 2)))
        first, second = even[:, 0::2], even[:, 1::2]
        pair = np.where(first * second > 0, np.abs(first + second), 0).max(1)
    largest: Floats = np.maximum(np.abs(weights).max(1), pair) / _STEPS
    return np.where(largest > 0, largest, 1.0).astype(np.float32)


def quantise_encoder(model: onnx.ModelProto, pictures: Iterable[npt.NDArray[np.uint8]]) -> onnx.ModelProto:
    """Static int8 form of an encoder graph.

    The projections behind the last convolution take the features as they come and give float32: a quantised output would cost
    a third of the whole loss (docs/decisions/003).

    The first convolution reads the uint8 picture itself: a pixel is its quantised value, at the scale and zero point that
    the float graph computes.

    Args:
        model: What `export.graphs.encoder_graph` returned.
        pictures: Calibration pictures uint8 [1, H, W, 3]; the range of each activation is the moving average of its lowest and
            highest value on them.

    Raises:
        ExportError: The graph does not begin with the normalisation of its picture.
    """
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

    stem = _Stem(model)
    overrides = _weight_overrides(model)
    overrides[stem.tensor] = [
        {
            "scale": np.array(stem.scale, np.float32),
            "zero_point": np.array(stem.zero_point, np.uint8),
            "quant_type": QuantType.QUInt8,
        }
    ]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        onnx.save(_prepared(model), source)
        quantize_static(
            source,
            target,
            _reader(pictures),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=_STATIC_OPS,
            nodes_to_exclude=sorted(stem.nodes | _after_convolutions(model)),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={
                "TensorQuantOverrides": overrides,
                "CalibMovingAverage": True,
                "CalibMovingAverageConstant": 0.01,
            },
        )
        quantised = onnx.load(target)
    stem.feed_pixels(quantised)
    quantised = quantise_step(quantised)
    onnx.checker.check_model(quantised, full_check=True)
    return quantised


def quantise_step(model: onnx.ModelProto) -> onnx.ModelProto:
    """Dynamic int8 form of a decoder step: weights int8, a scale for each output; activations quantised as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        plain = _gemm_to_matmul(model)
        onnx.save(_prepared(plain), source)
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={
                "MatMulConstBOnly": True,
                "TensorQuantOverrides": _weight_overrides(plain),
            },
        )
        quantised = onnx.load(target)
    onnx.checker.check_model(quantised, full_check=True)
    return quantised


def _after_convolutions(model: onnx.ModelProto) -> set[str]:
    """Names of the nodes that no convolution follows: the projections of the features."""
    nodes = list(model.graph.node)
    last = max(index for index, node in enumerate(nodes) if node.op_type == "Conv")
    reached = set(nodes[last].output)
    names: set[str] = set()
    for node in nodes[last + 1 :]:
        if reached & set(node.input):
            reached |= set(node.output)
            if node.op_type != "Clip":
                names.add(node.name)
    return names


def _prepared(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model, marked as simplified already, which `export.graphs` has done."""
    from onnxruntime.quantization.quant_utils import add_pre_process_metadata

    marked = onnx.ModelProto()
    marked.CopyFrom(model)
    add_pre_process_metadata(marked)
    return marked


def _reader(pictures: Iterable[npt.NDArray[np.uint8]]) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._pictures: Iterator[npt.NDArray[np.uint8]] = iter(pictures)

        def get_next(self) -> dict[str, npt.NDArray[np.uint8]] | None:
            picture = next(self._pictures, None)
            return None if picture is None else {"image": picture}

    return Reader()


def _weight_overrides(model: onnx.ModelProto) -> dict[str, list[dict[str, Any]]]:
    """Pair-safe scales for every constant weight, as ONNX Runtime's quantiser takes them."""
    from onnxruntime.quantization import QuantType

    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    overrides: dict[str, list[dict[str, Any]]] = {}
    for node in model.graph.node:
        if node.op_type not in ("Conv", "MatMul", "Gemm") or node.input[1] not in constants:
            continue
        weights = numpy_helper.to_array(constants[node.input[1]])
        rows, axis, any_order = _product_rows(node, weights)
        overrides[node.input[1]] = [
            {
                "scale": np.array(scale, np.float32),
                "zero_point": np.array(0, np.int8),
                "quant_type": QuantType.QInt8,
                "axis": axis,
            }
            for scale in pair_safe_scales(rows, any_order)
        ]
    return overrides


def _product_rows(node: onnx.NodeProto, weights: npt.NDArray[Any]) -> tuple[Floats, int, bool]:
    """Weights as [outputs, K], the axis of the outputs, and whether the runtime's order of K is unknown."""
    if node.op_type == "Conv":
        flat = weights.transpose(0, 2, 3, 1).reshape(len(weights), -1)
        return flat, 0, weights.shape[1] > 1 and flat.shape[1] > weights.shape[1]
    transposed = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
    return (weights, 0, False) if transposed else (weights.T, 1, False)


class _Stem:
    """The path of a float graph from its picture to the first convolution: cast, scale, shift, transpose."""

    def __init__(self, model: onnx.ModelProto) -> None:
        constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        producers = {output: node for node in model.graph.node for output in node.output}
        first = next(node for node in model.graph.node if node.op_type == "Conv")
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


def _gemm_to_matmul(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same graph with each Gemm as MatMul and Add, which the dynamic quantiser knows."""
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
