"""The path of a float ONNX graph from its picture to the first convolution: cast, scale, shift, transpose."""

import onnx
from onnx import numpy_helper

from export.errors import ExportError

_LEFT_OUT = (("Mul", 1.0), ("Add", 0.0))


class Stem:
    """What a uint8 picture is as a quantised tensor, see docs/decisions/004.

    Args:
        model: A float graph.

    Attributes:
        first: Name of the first convolution.
        tensor: What that reads.
        nodes: Names of the nodes between the picture and it.
        permutation: Of the axes on the way.
        scale: Value of one pixel step.
        zero_point: Pixel value that is 0.

    Raises:
        ExportError: The graph does not begin with the normalisation of its picture.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        producers = {output: node for node in model.graph.node for output in node.output}
        first = next(node for node in model.graph.node if node.op_type == "Conv")
        self.first: str = first.name
        self.tensor: str = first.input[0]
        chain: list[onnx.NodeProto] = []
        tensor = self.tensor
        while tensor in producers:
            node = producers[tensor]
            chain.insert(0, node)
            tensor = node.input[0]
        kinds = [node.op_type for node in chain]
        numbers = {node.op_type: constants[node.input[1]] for node in chain if node.op_type in ("Mul", "Add")}
        # A scale of 1 or a shift of 0 is left out by the converter.
        plain = [kind for kind in kinds if kind not in numbers] == ["Cast", "Transpose"] and kinds[-1] == "Transpose"
        if not plain or any(number.size != 1 for number in numbers.values()):
            raise ExportError(
                f"the encoder begins with {' '.join(kinds)}, not with cast, scale, shift; int8 needs a uint8 picture"
            )
        self.nodes = {node.name for node in chain}
        self.permutation = next(list(a.ints) for a in chain[-1].attribute if a.name == "perm")
        self.scale, shift = (float(numbers[kind].item()) if kind in numbers else number for kind, number in _LEFT_OUT)
        self.zero_point = round(-shift / self.scale)
