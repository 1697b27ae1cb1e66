"""A float ONNX graph in ONNX Runtime's own integer operators, written node by node.

Every tensor may be there as floats, as uint8 steps, or as both; what is missing is made where it is first read. Convolutions and
products with constant weights read steps; sums, pools and activations stay among the steps where all that they read is there as steps.
So nothing is quantised or dequantised but where a float operator meets an integer one.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from export.calibration.ranges import Range
from export.onnx.canonical import constants_of, readers
from export.onnx.pair_safe import STEPS, own_layout, product_rows
from export.onnx.rounded_weights import RoundedOnnx
from export.onnx.stem import Stem

_RUNTIME = "com.microsoft"
_LARGEST_BIAS = 2.0**30


class Steps(NamedTuple):
    """What the steps of a tensor mean.

    Attributes:
        scale: Value of one step.
        zero_point: Step that is 0.
    """

    scale: float
    zero_point: int

    @classmethod
    def of(cls, low: float, high: float) -> "Steps":
        """256 steps from `low`, at most 0, to `high`, at least 0."""
        scale = (high - low) / 255 or 1.0
        return cls(scale, round(-low / scale))


class IntegerGraph:
    """Writer of the integer form of an encoder.

    Args:
        weights: Float graph, its weights rounded.
        ranges: Of its tensors.
        float_layers: Names of convolutions and products that stay in float.

    Raises:
        ExportError: The graph does not begin with the normalisation of its picture.
    """

    def __init__(self, weights: RoundedOnnx, ranges: Mapping[str, Range], float_layers: Collection[str]) -> None:
        self._source, self._scales = weights.model.graph, weights.scales
        self._opsets = weights.model.opset_import
        self._ir_version = weights.model.ir_version
        self._ranges, self._float_layers = ranges, set(float_layers)
        self._constants = constants_of(self._source)
        self._reads = readers(self._source)
        self._readers: dict[str, list[onnx.NodeProto]] = {}
        for node in self._source.node:
            for name in node.input:
                self._readers.setdefault(name, []).append(node)
        self._nodes: list[onnx.NodeProto] = []
        self._made: dict[str, onnx.TensorProto] = {}
        self._floats = {value.name for value in self._source.input}
        self._integers: dict[str, str] = {}
        self._steps: dict[str, Steps] = {}
        self._done: set[str] = set()
        self._stem = Stem(weights.model)
        self._writers: dict[str, Callable[[onnx.NodeProto], bool]] = {
            "Conv": self._convolution,
            "MatMul": self._product,
            "Add": lambda node: self._binary(node, "QLinearAdd"),
            "Mul": lambda node: self._binary(node, "QLinearMul"),
            "GlobalAveragePool": self._mean,
            "HardSigmoid": self._hard_sigmoid,
            "MaxPool": self._same_steps,
            "Transpose": self._same_steps,
            "Reshape": self._same_steps,
            "Relu": self._clip,
            "Clip": self._clip,
        }

    def model(self) -> onnx.ModelProto:
        """Return the integer graph; its inputs and outputs are the float graph's."""
        if self._stem.first not in self._float_layers:
            self._pixels()
        for node in self._source.node:
            writer = self._writers.get(node.op_type)
            if node.output[0] not in self._done and not (writer and writer(node)):
                self._as_it_is(node)
        for value in self._source.output:
            self._real(value.name)
        graph = onnx.helper.make_graph(
            self._nodes, "graph", self._source.input, self._source.output, list(self._made.values())
        )
        kept = [opset for opset in self._opsets if opset.domain != _RUNTIME]
        opsets = [*kept, onnx.helper.make_opsetid(_RUNTIME, 1)]
        return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=self._ir_version)

    def _pixels(self) -> None:
        """The picture itself is what the first convolution reads."""
        stem = self._stem
        self._done |= {node.output[0] for node in self._source.node if node.name in stem.nodes}
        name = f"{stem.tensor}/steps"
        self._nodes.append(onnx.helper.make_node("Transpose", ["image"], [name], "pixels", perm=stem.permutation))
        self._integers[stem.tensor] = name
        self._steps[stem.tensor] = Steps(stem.scale, stem.zero_point)

    # What a node reads and gives.

    def _constant(self, name: str, values: npt.NDArray[Any]) -> str:
        if name not in self._made:
            self._made[name] = numpy_helper.from_array(np.asarray(values, order="C"), name)
        return name

    def _parameters(self, steps: Steps) -> list[str]:
        """Return names of a scale and a zero point."""
        scale = self._constant(f"scale/{np.float32(steps.scale)!r}", np.array(steps.scale, np.float32))
        return [scale, self._constant(f"zero/{steps.zero_point}", np.array(steps.zero_point, np.uint8))]

    def _real(self, name: str) -> str:
        """Return a tensor as floats."""
        if name in self._constants:
            return self._constant(name, self._constants[name])
        if name and name not in self._floats:
            inputs = [self._integers[name], *self._parameters(self._steps[name])]
            self._nodes.append(onnx.helper.make_node("DequantizeLinear", inputs, [name], f"{name}/dequantise"))
            self._floats.add(name)
        return name

    def _whole(self, name: str) -> list[str]:
        """Return a tensor as steps: its name, its scale's and its zero point's."""
        if name not in self._integers:
            steps = self._steps_of(name)
            self._new(name, steps, "QuantizeLinear", [name, *self._parameters(steps)], domain="")
        return [self._integers[name], *self._parameters(self._steps[name])]

    def _new(
        self, name: str, steps: Steps, kind: str, inputs: list[str], domain: str = _RUNTIME, **options: Any
    ) -> None:
        """A node that gives a tensor's steps."""
        output = f"{name}/steps"
        self._nodes.append(onnx.helper.make_node(kind, inputs, [output], f"{name}/{kind}", domain=domain, **options))
        self._integers[name], self._steps[name] = output, steps
        self._done.add(name)

    def _steps_of(self, name: str) -> Steps:
        low, high = self._ranges[name]
        if self._readers.get(name) and all(self._is_hard(node, name) for node in self._readers[name]):
            # Below -3 a hard-swish, and a hard sigmoid anyway, is 0.
            low = max(low, -3.0)
        return Steps.of(min(low, 0.0), max(high, 0.0))

    def _is_hard(self, node: onnx.NodeProto, name: str) -> bool:
        """Return whether a node is a hard sigmoid of a tensor, or multiplies the tensor by it: a hard-swish."""
        if node.op_type == "Mul":
            others = [other for other in self._readers[name] if other.op_type == "HardSigmoid"]
            return any(set(node.input) == {name, other.output[0]} for other in others)
        return node.op_type == "HardSigmoid"

    def _result(self, node: onnx.NodeProto) -> tuple[str, Steps]:
        """Return the tensor that an integer node gives: that of a rectifier that alone reads it, since steps end at its bounds anyway."""
        name = node.output[0]
        if self._reads[name] == 1 and len(self._readers.get(name, [])) == 1:
            (reader,) = self._readers[name]
            if reader.op_type in ("Relu", "Clip"):
                steps = self._steps_of(reader.output[0])
                lowest, highest = self._bounds(reader)
                if (0 - steps.zero_point) * steps.scale >= lowest and (
                    255 - steps.zero_point
                ) * steps.scale <= highest + steps.scale / 2:
                    self._done.add(reader.output[0])
                    return reader.output[0], steps
        return name, self._steps_of(name)

    def _bounds(self, node: onnx.NodeProto) -> tuple[float, float]:
        """Return lowest and highest value that a rectifier lets through."""
        if node.op_type == "Relu":
            return 0.0, np.inf
        lowest, highest = (float(self._constants[name]) for name in node.input[1:3])
        return lowest, highest

    def _among_steps(self, node: onnx.NodeProto, count: int = 1) -> bool:
        return all(name in self._integers for name in node.input[:count])

    # One kind of node each: whether it has been written in integers.

    def _convolution(self, node: onnx.NodeProto) -> bool:
        if node.name in self._float_layers or node.input[1] not in self._constants:
            return False
        source = self._whole(node.input[0])
        steps, scale, bias = self._weights(node, self._steps[node.input[0]].scale)
        name, result = self._result(node)
        weights = [
            self._constant(f"{node.output[0]}/weights", steps),
            self._constant(f"{node.output[0]}/scale", scale),
            self._constant("zero/weights", np.array(0, np.int8)),
        ]
        inputs = [*source, *weights, *self._parameters(result), self._constant(f"{node.output[0]}/bias", bias)]
        options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        self._new(name, result, "QLinearConv", inputs, domain="", **options)
        self._done.add(node.output[0])
        return True

    def _weights(self, node: onnx.NodeProto, source: float) -> tuple[npt.NDArray[Any], ...]:
        """Return steps, scales and bias of a convolution."""
        weights = self._constants[node.input[1]]
        rows, _ = product_rows(node, weights)
        bias = np.zeros(len(rows))
        if len(node.input) > 2:
            bias = self._constants[node.input[2]].astype(np.float64)
        # Where the weights are next to nothing beside the bias, as in a channel that has died, the bias would not fit into 32 bits.
        scale = np.maximum(self._scales[node.input[1]], (np.abs(bias) / _LARGEST_BIAS / source).astype(np.float32))
        grid = np.clip(np.rint(rows / scale[:, None]), -STEPS, STEPS).astype(np.int8)
        whole = np.rint(bias / (scale.astype(np.float64) * np.float32(source))).astype(np.int32)
        return own_layout(node, grid, weights.shape), scale, whole

    def _product(self, node: onnx.NodeProto) -> bool:
        weights = self._constants.get(node.input[1])
        if node.name in self._float_layers or weights is None or weights.ndim != 2:
            return False
        source, scale, zero_point = self._whole(node.input[0])
        step = self._scales[node.input[1]]
        grid = np.clip(np.rint(weights / step), -STEPS, STEPS).astype(np.int8)
        inputs = [
            source,
            self._constant(f"{node.input[1]}/weights", grid),
            scale,
            self._constant(f"{node.input[1]}/scale", step),
            zero_point,
        ]
        name = node.output[0]
        readers = self._readers.get(name, [])
        if self._reads[name] == 1 and len(readers) == 1 and readers[0].op_type == "Add":
            (add,) = readers
            bias = next((self._constants[other] for other in add.input if other in self._constants), None)
            if bias is not None and bias.size == weights.shape[1] and bias.shape[-1] == bias.size:
                inputs += ["", self._constant(f"{name}/bias", bias.reshape(-1))]
                name = add.output[0]
        self._nodes.append(
            onnx.helper.make_node("MatMulIntegerToFloat", inputs, [name], f"{name}/product", domain=_RUNTIME)
        )
        self._floats.add(name)
        self._done |= {name, node.output[0]}
        return True

    def _binary(self, node: onnx.NodeProto, kind: str) -> bool:
        if not self._among_steps(node, 2):
            return False
        name, result = self._result(node)
        inputs = [*self._whole(node.input[0]), *self._whole(node.input[1]), *self._parameters(result)]
        self._new(name, result, kind, inputs)
        return True

    def _mean(self, node: onnx.NodeProto) -> bool:
        if not self._among_steps(node):
            return False
        name, result = self._result(node)
        inputs = [*self._whole(node.input[0]), *self._parameters(result)]
        self._new(name, result, "QLinearGlobalAveragePool", inputs, channels_last=0)
        return True

    def _hard_sigmoid(self, node: onnx.NodeProto) -> bool:
        """`Clip(x / 6 + 1/2, 0, 1)`: a sum whose first part is x with a sixth of its scale, and whose steps end at 0 and 1."""
        if not self._among_steps(node):
            return False
        source, _, zero_point = self._whole(node.input[0])
        scale = self._parameters(Steps(self._steps[node.input[0]].scale / 6, 0))[0]
        half = [self._constant("half", np.array(255, np.uint8)), *self._parameters(Steps(0.5 / 255, 0))]
        result = Steps.of(0.0, 1.0)
        self._new(node.output[0], result, "QLinearAdd", [source, scale, zero_point, *half, *self._parameters(result)])
        return True

    def _same_steps(self, node: onnx.NodeProto) -> bool:
        """Return what moves values or picks some of them out leaves their meaning alone."""
        if not self._among_steps(node):
            return False
        rest = [self._real(name) for name in node.input[1:]]
        options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        inputs = [self._integers[node.input[0]], *rest]
        self._new(node.output[0], self._steps[node.input[0]], node.op_type, inputs, domain="", **options)
        return True

    def _clip(self, node: onnx.NodeProto) -> bool:
        if not self._among_steps(node):
            return False
        steps = self._steps[node.input[0]]
        bounds = [
            self._constant(f"step/{step}", np.array(step, np.uint8))
            for bound in self._bounds(node)
            for step in [int(np.clip(np.rint(bound / steps.scale) + steps.zero_point, 0, 255))]
        ]
        self._new(node.output[0], steps, "Clip", [self._integers[node.input[0]], *bounds], domain="")
        return True

    def _as_it_is(self, node: onnx.NodeProto) -> None:
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        copy.input[:] = [self._real(name) for name in node.input]
        self._nodes.append(copy)
        self._floats |= set(node.output)
