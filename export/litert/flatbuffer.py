"""Changes to a LiteRT graph that its converters cannot make, on the graph's own object form."""

import copy
from typing import Any

import numpy as np

from export.errors import ExportError

Model = Any
"""`ModelT` of the TFLite schema."""


def unpacked(graph: bytes) -> Model:
    """Return a graph's object form."""
    from ai_edge_litert.tools import flatbuffer_utils

    return flatbuffer_utils.read_model_from_bytearray(bytearray(graph))


def packed(model: Model, keep_names: bool = False) -> bytes:
    """Return a graph as bytes, the same for the same graph: short names unless they are kept, nothing that nobody reads."""
    import flatbuffers

    model.metadata, model.metadataBuffer, model.description = None, None, b"edge-caption"
    for place, graph in enumerate(model.subgraphs):
        signatures = [signature for signature in model.signatureDefs or [] if signature.subgraphIndex == place]
        _drop_unused(graph, signatures, keep_names)
    _keep_used(model)

    class SharingBuilder(flatbuffers.Builder):  # type: ignore[misc]
        """Writes equal vectors once: the zero points of thousands of channels, all 0, are a tenth of a graph otherwise."""

        def __init__(self) -> None:
            super().__init__(1024)
            self._written: dict[tuple[str, bytes], int] = {}

        def CreateNumpyVector(self, x: Any) -> int:  # noqa: N802 - the base class' name
            key = (str(x.dtype), x.tobytes())
            if key not in self._written:
                self._written[key] = super().CreateNumpyVector(x)
            return self._written[key]

    builder = SharingBuilder()
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def operator(model: Model, node: Any) -> str:
    """Return the kind of an operator, `CONV_2D`."""
    from ai_edge_litert.tools import flatbuffer_utils

    name: str = flatbuffer_utils.opcode_to_name(model, node.opcodeIndex)
    return name


def constant(model: Model, tensor: Any, dtype: Any) -> Any:
    """Return values of a constant tensor, flat."""
    return np.frombuffer(np.asarray(model.buffers[tensor.buffer].data, np.uint8).tobytes(), dtype)


def own_constant(model: Model, node: Any, place: int) -> Any:
    """Return a constant that a node reads, after a copy of its own where others read it too: converters write equal ones once."""
    from ai_edge_litert import schema_py_generated as schema

    graph = model.subgraphs[0]
    index = node.inputs[place]
    tensor = graph.tensors[index]
    same = [other.buffer for other in graph.tensors].count(tensor.buffer)
    if same == 1 and sum(list(other.inputs).count(index) for other in graph.operators) == 1:
        return tensor
    held, buffer = copy.copy(tensor), schema.BufferT()
    buffer.data = model.buffers[tensor.buffer].data
    model.buffers.append(buffer)
    held.buffer, held.name = len(model.buffers) - 1, b"%s/%d" % (tensor.name, len(graph.tensors))
    graph.tensors.append(held)
    node.inputs = [*node.inputs[:place], len(graph.tensors) - 1, *node.inputs[place + 1 :]]
    return held


def pixel_steps(model: Model) -> tuple[list[str], float, int]:
    """Return what a uint8 picture is as a quantised tensor, see docs/decisions/004.

    Args:
        model: Float graph.

    Returns:
        Names of the tensors that hold the normalised picture, padded or not; the value of one pixel step; the pixel value that is 0.

    Raises:
        ExportError: The graph does not begin with cast, scale and shift.
    """
    tensors = model.subgraphs[0].tensors
    chain = _stem(model, ("CAST", "MUL", "ADD", "PAD"))
    kinds = [operator(model, node) for node in chain]
    if kinds[:1] != ["CAST"]:
        raise ExportError(
            f"the encoder begins with {' '.join(kinds) or 'no cast'}, not with cast, scale, shift; int8 needs a uint8 picture"
        )
    numbers = {
        kind: float(constant(model, tensors[node.inputs[1]], np.float32)[0])
        for kind, node in zip(kinds, chain, strict=True)
        if kind in ("MUL", "ADD")
    }
    scale = numbers.get("MUL", 1.0)
    names = [tensors[node.outputs[0]].name.decode() for node in chain if operator(model, node) != "PAD"][-1:]
    names += [tensors[node.outputs[0]].name.decode() for node in chain if operator(model, node) == "PAD"]
    return names, scale, round(-numbers.get("ADD", 0.0) / scale)


def feed_pixels(model: Model, scale: float, zero_point: int) -> None:
    """Let the uint8 picture itself be the quantised, normalised one: its cast, scale and shift go.

    Args:
        model: Quantised graph whose normalised picture has these very steps, 128 lower.
        scale: Value of one pixel step.
        zero_point: Pixel value that is 0.
    """
    graph = model.subgraphs[0]
    tensors, image = graph.tensors, graph.inputs[0]
    *chain, quantise = _stem(model, ("CAST", "MUL", "ADD", "QUANTIZE"))
    pixels = type(tensors[quantise.outputs[0]].quantization)()
    pixels.scale, pixels.zeroPoint = [scale], [zero_point]
    tensors[image].quantization = pixels
    quantise.inputs = [image]
    for node in chain:
        graph.operators.remove(node)


def _stem(model: Model, kinds: tuple[str, ...]) -> list[Any]:
    """Return operators of these kinds, each once, that lead away from the picture."""
    graph = model.subgraphs[0]
    chain: list[Any] = []
    current = graph.inputs[0]
    left = list(kinds)
    while True:
        node = next((node for node in graph.operators if current in node.inputs), None)
        if node is None or operator(model, node) not in left:
            return chain
        left = left[left.index(operator(model, node)) + 1 :]
        chain.append(node)
        current = node.outputs[0]


def tie_word_vectors(model: Model, scores: str) -> None:
    """Look words up in the int8 weights of the output layer instead of a float copy of them.

    Args:
        model: Quantised step graph.
        scores: Name of the output layer's result.
    """
    from ai_edge_litert import schema_py_generated as schema

    graph = model.subgraphs[0]
    names = {tensor.name.decode(): place for place, tensor in enumerate(graph.tensors)}
    product = next(node for node in graph.operators if names[scores] in node.outputs)
    lookup = next(node for node in graph.operators if operator(model, node) == "GATHER")
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.EMBEDDING_LOOKUP
    code.version = 1
    model.operatorCodes.append(code)
    lookup.opcodeIndex = len(model.operatorCodes) - 1
    lookup.inputs = [lookup.inputs[1], product.inputs[1]]
    lookup.builtinOptionsType, lookup.builtinOptions = 0, None


def with_separate_outputs(graph: bytes) -> bytes:
    """Give each output a tensor of its own: the converter has one for equal constants, such as states of zeros."""
    model = unpacked(graph)
    (signature,), main = model.signatureDefs, model.subgraphs[0]
    indices = [entry.tensorIndex for entry in signature.outputs]
    if len(set(indices)) == len(indices):
        return graph
    for place, entry in enumerate(signature.outputs):
        if entry.tensorIndex in indices[:place]:
            own = copy.copy(main.tensors[entry.tensorIndex])
            own.name = entry.name
            main.tensors.append(own)
            entry.tensorIndex = len(main.tensors) - 1
    main.outputs = [entry.tensorIndex for entry in signature.outputs]
    return packed(model, keep_names=True)


def _drop_unused(graph: Any, signatures: list[Any], keep_names: bool) -> None:
    """Tensors that no operator reads or writes go; those that stay get short names."""
    used = {*graph.inputs, *graph.outputs}
    for node in graph.operators:
        used |= {place for place in (*node.inputs, *node.outputs) if place >= 0}
    kept = sorted(used)
    new = {old: place for place, old in enumerate(kept)} | {-1: -1}
    graph.tensors = [graph.tensors[old] for old in kept]
    for node in graph.operators:
        node.inputs = [new[place] for place in node.inputs]
        node.outputs = [new[place] for place in node.outputs]
    graph.inputs = [new[place] for place in graph.inputs]
    graph.outputs = [new[place] for place in graph.outputs]
    for place, tensor in enumerate(graph.tensors):
        if not keep_names:
            tensor.name = f"t{place}".encode()
        quantization = tensor.quantization
        if quantization is not None:
            quantization.min = quantization.max = None
            if quantization.scale is not None:
                quantization.scale = np.asarray(quantization.scale, np.float32)
                quantization.zeroPoint = np.asarray(quantization.zeroPoint, np.int64)
    graph.name = b""
    for signature in signatures:
        for entry in (*signature.inputs, *signature.outputs):
            entry.tensorIndex = new[entry.tensorIndex]
            if not keep_names:
                graph.tensors[entry.tensorIndex].name = entry.name


def _keep_used(model: Model) -> None:
    """Operator codes and buffers that are used, in the order of their use; buffer 0 stays the empty one."""
    nodes = [node for graph in model.subgraphs for node in graph.operators]
    codes = list(dict.fromkeys(node.opcodeIndex for node in nodes))
    for node in nodes:
        node.opcodeIndex = codes.index(node.opcodeIndex)
    model.operatorCodes = [model.operatorCodes[code] for code in codes]
    tensors = [tensor for graph in model.subgraphs for tensor in graph.tensors]
    buffers = list(dict.fromkeys([0, *(tensor.buffer for tensor in tensors)]))
    for tensor in tensors:
        tensor.buffer = buffers.index(tensor.buffer)
    model.buffers = [model.buffers[place] for place in buffers]
