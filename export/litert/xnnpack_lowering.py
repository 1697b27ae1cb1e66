"""A float LiteRT graph with operators that XNNPACK has no integer kernels for put in terms of those it has; see docs/decisions/013.

A sum with 3, held between 0 and 6, times the value itself is six times the hard-swish. The sixth is multiplied by nowhere: it goes into
the weights of what reads the result, as do other products with one number; where there are none, as before a sum, it is multiplied by
after all. A rectifier of a sum that others read too becomes a second sum that ends at 0, with steps of its own.
"""

from collections.abc import Mapping
from copy import copy, deepcopy
from typing import Any

import numpy as np

from export.calibration.ranges import Range
from export.litert.flatbuffer import Model, constant, operator

_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
_PASSING = ("MEAN", "RESHAPE", "TRANSPOSE", "MAX_POOL_2D", "AVERAGE_POOL_2D", "PAD")
"""Operators that give a multiple of what they give when they are given that multiple."""


def integer_form(model: Model, ranges: Mapping[str, Range]) -> tuple[Model, dict[str, Range]]:
    """Return a graph that says the same, and its ranges.

    Args:
        model: Float graph, its tensors named; it is not changed.
        ranges: Of its tensors.
    """
    changed = deepcopy(model)
    _split_rectified_sums(changed)
    form = _Factors(changed, ranges)
    form.fold()
    return changed, form.ranges


def _readers(graph: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for node in graph.operators:
        for place in node.inputs:
            found.setdefault(place, []).append(node)
    return found


def _split_rectified_sums(model: Model) -> None:
    from ai_edge_litert import schema_py_generated as schema

    graph = model.subgraphs[0]
    makers = {place: node for node in graph.operators for place in node.outputs}
    for index, node in enumerate(graph.operators):
        maker = makers.get(node.inputs[0]) if operator(model, node) == "RELU" else None
        if maker is None or operator(model, maker) != "ADD" or maker.builtinOptions.fusedActivationFunction:
            continue
        added = copy(maker)
        added.builtinOptions = copy(maker.builtinOptions)
        added.builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.RELU
        added.inputs, added.outputs = list(maker.inputs), list(node.outputs)
        graph.operators[index] = added


class _Factors:
    """Goes through a graph with what each tensor must be multiplied by to be what it was.

    Args:
        model: Float graph; it is changed.
        ranges: Of its tensors.
    """

    def __init__(self, model: Model, ranges: Mapping[str, Range]) -> None:
        self.model, self.ranges = model, dict(ranges)
        self._graph = model.subgraphs[0]
        self._readers = _readers(self._graph)
        self._standing: dict[int, tuple[int, float]] = {}
        self._settlements: dict[int, int] = {}

    def fold(self) -> None:
        """Put hard-swishes as sums and products, and let what can take factors up do so."""
        nodes = list(self._graph.operators)
        self._graph.operators = []
        for node in nodes:
            kind = operator(self.model, node)
            if kind == "HARD_SWISH" and node.outputs[0] not in self._graph.outputs:
                self._hard_swish(node)
            elif kind == "MUL" and (number := self._number(node)) is not None:
                place, factor = self._stand_in(node.inputs[0])
                self._standing[node.outputs[0]] = (place, factor * number)
            else:
                taken = self._take_up(node, kind)
                node.inputs = [self._stand_in(place)[0] if taken else self._settled(place) for place in node.inputs]
                self._graph.operators.append(node)
        for place, (tensor, factor) in self._standing.items():
            if place == tensor:
                name = self._name(place)
                low, high = self.ranges[name]
                self.ranges[name] = (low / factor, high / factor)

    def _name(self, place: int) -> str:
        name: str = self._graph.tensors[place].name.decode()
        return name

    def _settled(self, place: int) -> int:
        """Return the tensor that is what one was, its factor multiplied by."""
        tensor, factor = self._stand_in(place)
        if factor == 1 or place in self._settlements:
            return self._settlements.get(place, tensor)
        name = f"{self._name(place)}/settled"
        new = self._tensor(name, self._graph.tensors[place].shape, 0)
        self.ranges[name] = self.ranges[self._name(place)]
        self._multiply(tensor, self._number_tensor(f"{name}/factor", factor), new)
        self._settlements[place] = new
        return new

    def _stand_in(self, place: int) -> tuple[int, float]:
        """Return the tensor that stands for one, and its factor."""
        return self._standing.get(place, (place, 1.0))

    def _factor(self, place: int) -> float:
        return self._stand_in(place)[1]

    def _number(self, node: Any) -> float | None:
        """Return the positive number that a node multiplies by, if that is all it does and the picture is not what is multiplied."""
        tensor = self._graph.tensors[node.inputs[1]]
        data = self.model.buffers[tensor.buffer].data
        if data is None or int(np.prod(tensor.shape)) != 1 or node.builtinOptions.fusedActivationFunction:
            return None
        if node.outputs[0] in self._graph.outputs:
            return None
        number = float(constant(self.model, tensor, np.float32)[0])
        made = any(
            node.inputs[0] in other.outputs and operator(self.model, other) == "CAST" for other in self._graph.operators
        )
        return number if number > 0 and not made else None

    def _take_up(self, node: Any, kind: str) -> bool:
        """Let a node do with its inputs' factors what it can; whether it could."""
        factors = [self._factor(place) for place in node.inputs]
        if all(factor == 1 for factor in factors):
            return True
        if kind in _WEIGHTED:
            weights = self._graph.tensors[node.inputs[1]]
            if len(self._readers[node.inputs[1]]) > 1:
                return False
            scaled = constant(self.model, weights, np.float32) * np.float32(factors[0])
            weights.buffer = self._buffer(scaled)
            return True
        plain = getattr(node.builtinOptions, "fusedActivationFunction", 0) == 0
        if not plain or kind not in (*_PASSING, "MUL") or node.outputs[0] in self._graph.outputs:
            return False
        self._standing[node.outputs[0]] = (node.outputs[0], float(np.prod(factors)))
        return True

    def _hard_swish(self, node: Any) -> None:
        from ai_edge_litert import schema_py_generated as schema

        (place,), (output,) = node.inputs, node.outputs
        if all(operator(self.model, reader) == "HARD_SWISH" for reader in self._readers[place]):
            # Below -3 it is 0.
            low, high = self.ranges[self._name(place)]
            self.ranges[self._name(place)] = (max(low, -3.0), high)
        source = self._settled(place)
        name = f"{self._name(output)}/gate"
        gate = self._tensor(name, self._graph.tensors[output].shape, 0)
        self.ranges[name] = (0.0, 6.0)
        options = schema.AddOptionsT()
        options.fusedActivationFunction = schema.ActivationFunctionType.RELU6
        inputs = [source, self._number_tensor(f"{name}/three", 3)]
        self._write(schema.BuiltinOperator.ADD, schema.BuiltinOptions.AddOptions, options, inputs, gate)
        self._multiply(source, gate, output)
        self._standing[output] = (output, 1 / 6)

    def _multiply(self, one: int, other: int, output: int) -> None:
        from ai_edge_litert import schema_py_generated as schema

        kind = schema.BuiltinOptions.MulOptions
        self._write(schema.BuiltinOperator.MUL, kind, schema.MulOptionsT(), [one, other], output)

    def _number_tensor(self, name: str, number: float) -> int:
        return self._tensor(name, [], self._buffer(np.array([number], np.float32)))

    def _write(self, code: int, kind: int, options: Any, inputs: list[int], output: int) -> None:
        from ai_edge_litert import schema_py_generated as schema

        codes = [each.builtinCode for each in self.model.operatorCodes]
        if code not in codes:
            new = schema.OperatorCodeT()
            new.builtinCode = new.deprecatedBuiltinCode = code
            new.version = 1
            self.model.operatorCodes.append(new)
            codes.append(code)
        node = schema.OperatorT()
        node.opcodeIndex, node.inputs, node.outputs = codes.index(code), inputs, [output]
        node.builtinOptionsType, node.builtinOptions = kind, options
        self._graph.operators.append(node)

    def _tensor(self, name: str, shape: Any, buffer: int) -> int:
        from ai_edge_litert import schema_py_generated as schema

        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type = name.encode(), np.array(shape, np.int32), schema.TensorType.FLOAT32
        tensor.buffer = buffer
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def _buffer(self, values: Any) -> int:
        from ai_edge_litert import schema_py_generated as schema

        buffer = schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(values, np.float32).tobytes(), np.uint8)
        self.model.buffers.append(buffer)
        return len(self.model.buffers) - 1
