"""Eight-bit variants of the LiteRT graphs, by Google's own quantiser, with ranges that we measure.

Encoder, static: activations and weights int8, weights with a scale for each output channel; the projections behind the last
convolution take the features as they come and give float32 (docs/decisions/003 has what it costs otherwise).
Decoder: the products of a step, static or with activations quantised as they come, and the word vectors once for both of their uses.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.litert_graph import LitertGraph
from export.calibration.gptq import Layer, compensated, output_shift
from export.calibration.ranges import METHODS, Feeds, Method, Observed, Range, observe
from export.litert.flatbuffer import (
    Model,
    constant,
    feed_pixels,
    operator,
    own_constant,
    packed,
    pixel_steps,
    tie_word_vectors,
    unpacked,
)
from export.litert.xnnpack_lowering import integer_form

_STATIC_ENCODER = ("CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "MUL", "MEAN", "MAX_POOL_2D", "RELU", "PAD", "HARD_SWISH")
"""Operators that become integers where they stand before the projections."""
_ENDING = ("CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "MUL", "MAX_POOL_2D", "RELU", "HARD_SWISH")
"""Operators that features may come from; a mean of them belongs to the decoder."""
_STEPS = 127
_LARGEST_BIAS = 2.0**30


def observe_graph(
    graph: bytes, examples: Iterable[Feeds], methods: Collection[Method] = METHODS
) -> dict[str, Observed]:
    """Return what every inner tensor of a float graph holds on examples, for ranges by these methods."""
    return observe(_runner(graph), examples, methods=methods)


def _runner(graph: bytes) -> Callable[[Feeds], Mapping[str, npt.NDArray[np.float32]]]:
    from ai_edge_litert import schema_py_generated as schema

    # As outputs they can be read, whatever XNNPACK makes of what lies between; kept ones could be had of the slow kernels alone.
    model = unpacked(graph)
    inner = model.subgraphs[0]
    made = [place for node in inner.operators for place in node.outputs]
    floats = [place for place in made if inner.tensors[place].type == schema.TensorType.FLOAT32]
    inner.outputs = list(dict.fromkeys([*inner.outputs, *floats]))
    names = [inner.tensors[place].name.decode() for place in inner.outputs]
    graph_of_all = LitertGraph(packed(model, keep_names=True), "the float graph", 2, names)
    given = {e.name.decode(): inner.tensors[e.tensorIndex].name.decode() for e in model.signatureDefs[0].inputs}

    def run(feeds: Feeds) -> Mapping[str, npt.NDArray[np.float32]]:
        tensors = {given[name]: value for name, value in feeds.items()}
        found = dict(zip(names, graph_of_all.run_any(tensors), strict=True))
        return found | {name: value for name, value in tensors.items() if value.dtype == np.float32}

    return run


@dataclass(frozen=True, eq=False)
class RoundedLitert:
    """A float graph with what its weights will be in eight bits.

    Attributes:
        graph: The graph, the biases of its convolutions moved by what rounding leaves of the weights' errors on average.
        steps: Name of a weights tensor -> int8 values, in its own layout.
    """

    graph: bytes
    steps: Mapping[str, npt.NDArray[np.int8]]


def rounded(graph: bytes, layers: Sequence[Layer], observed: Mapping[str, Observed]) -> RoundedLitert:
    """Round the weights, each one making up for the errors of those before it; see `export.calibration.gptq`.

    Args:
        graph: A float graph.
        layers: Of the ONNX graph of the same network; they are known by their weights.
        observed: What `observe_graph` saw.
    """
    model = unpacked(graph)
    tensors = model.subgraphs[0].tensors
    steps: dict[str, npt.NDArray[np.int8]] = {}
    for node in model.subgraphs[0].operators:
        kind = operator(model, node)
        if kind not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
            continue
        source, kernel = (tensors[place] for place in node.inputs[:2])
        weights = constant(model, kernel, np.float32).reshape(kernel.shape)
        depthwise = kind == "DEPTHWISE_CONV_2D"
        # Rows by output, each through rows, columns and channels of its kernel, as in the layers.
        rows = weights.reshape(-1, weights.shape[-1]).T if depthwise else weights.reshape(len(weights), -1)
        largest = np.abs(rows).max(1) / 127
        scales = np.where(largest > 0, largest, 1.0).astype(np.float32)
        layer = _same(rows, layers, depthwise)
        if layer is None:
            found = np.clip(np.rint(rows / scales[:, None]), -127, 127).astype(np.int8)
        else:
            groups, outputs, _ = layer.weights.shape
            own = rows.reshape(layer.weights.shape)
            found = compensated(own, scales.reshape(groups, outputs), layer.factor, False).reshape(rows.shape)
        steps[kernel.name.decode()] = found.T.reshape(kernel.shape) if depthwise else found.reshape(kernel.shape)
        if kind != "FULLY_CONNECTED" and node.inputs[2] >= 0:
            bias = own_constant(model, node, 2)
            error = found * scales[:, None] - rows
            means = observed[source.name.decode()].mean
            inputs = 1 if depthwise else weights.shape[-1]
            shift = output_shift(error.reshape(len(rows), -1, inputs), means, depthwise)
            moved = (constant(model, bias, np.float32) - shift).astype(np.float32)
            model.buffers[bias.buffer].data = np.frombuffer(moved.tobytes(), np.uint8)
    return RoundedLitert(packed(model, keep_names=True), steps)


def _same(rows: npt.NDArray[np.float32], layers: Sequence[Layer], depthwise: bool) -> Layer | None:
    """Return the layer with these weights, if there is one: the converters fold batch normalisation alike, to a rounding error."""
    for layer in layers:
        groups, outputs, inputs = layer.weights.shape
        if (groups > 1) == depthwise and (groups * outputs, inputs) == rows.shape:
            own = rows.reshape(layer.weights.shape)
            if np.allclose(own, layer.weights, rtol=1e-3, atol=1e-4 * float(np.abs(own).max())):
                return layer
    return None


def static_encoder(weights: RoundedLitert, ranges: Mapping[str, Range]) -> bytes:
    """Return static int8 graph of an encoder graph.

    Args:
        weights: What `rounded` made of the encoder's float graph.
        ranges: Of its tensors.

    Raises:
        ExportError: The graph does not begin with the normalisation of its picture.
    """
    model = unpacked(weights.graph)
    pixels, scale, zero_point = pixel_steps(model)
    # What observation may have cut off or not seen: the steps are the pixel values.
    exact = dict.fromkeys(pixels, (-zero_point * scale, (255 - zero_point) * scale))
    model, taken = integer_form(model, {**ranges, **exact})
    steps = {**weights.steps, **_with_room_for_biases(model, taken)}
    quantised = _quantised(RoundedLitert(packed(model, keep_names=True), steps), _encoder_recipe(model), taken)
    feed_pixels(quantised, scale, zero_point)
    return packed(quantised)


def _with_room_for_biases(model: Model, ranges: Mapping[str, Range]) -> dict[str, npt.NDArray[np.int8]]:
    """Return coarser steps for weights that are next to nothing beside their bias, as in a channel that has died: it must fit into 32 bits.

    Args:
        model: Float graph; the scales of such channels are raised, by a weight that is there for the quantiser alone.
        ranges: Of its tensors.

    Returns:
        Steps of the layers that have such channels.
    """
    tensors = model.subgraphs[0].tensors
    found = {}
    for node in model.subgraphs[0].operators:
        kind = operator(model, node)
        if kind not in ("CONV_2D", "DEPTHWISE_CONV_2D") or node.inputs[2] < 0:
            continue
        kernel = tensors[node.inputs[1]]
        low, high = ranges[tensors[node.inputs[0]].name.decode()]
        bias = np.abs(constant(model, tensors[node.inputs[2]], np.float32))
        least = bias / _LARGEST_BIAS / max((high - low) / 255, 1e-12)
        axis = -1 if kind == "DEPTHWISE_CONV_2D" else 0
        rows = np.moveaxis(constant(model, kernel, np.float32).reshape(kernel.shape).copy(), axis, 0).reshape(
            len(bias), -1
        )
        scale = np.maximum(np.abs(rows).max(1) / _STEPS, least)
        dead = np.abs(rows).max(1) / _STEPS < least
        if not dead.any():
            continue
        shape = np.moveaxis(np.empty(kernel.shape, np.int8), axis, 0).shape
        steps = np.rint(rows / np.where(scale > 0, scale, 1)[:, None]).astype(np.int8)
        found[kernel.name.decode()] = np.moveaxis(steps.reshape(shape), 0, axis)
        rows[dead, 0] = scale[dead] * _STEPS
        own = own_constant(model, node, 1)
        raised = np.ascontiguousarray(np.moveaxis(rows.reshape(shape), 0, axis), np.float32)
        model.buffers[own.buffer].data = np.frombuffer(raised.tobytes(), np.uint8)
    return found


def _encoder_recipe(model: Model) -> list[tuple[str, str, str]]:
    """Name the operators from the normalised picture to the features; the projections take floats as they come."""
    graph = model.subgraphs[0]
    kinds = [operator(model, node) for node in graph.operators]
    last = kinds.index("FULLY_CONNECTED") if "FULLY_CONNECTED" in kinds else len(kinds)
    last = next(place for place in reversed(range(last)) if kinds[place] in _ENDING) + 1
    first = max(place for place, kind in enumerate(kinds[:4]) if kind == "CAST") + 1
    while kinds[first] in ("MUL", "ADD"):
        first += 1
    recipe = [("dynamic", ".*", "FULLY_CONNECTED")]
    for node, kind in list(zip(graph.operators, kinds, strict=True))[first:last]:
        if kind in _STATIC_ENCODER:
            recipe.append(("static", f"^{re.escape(graph.tensors[node.outputs[0]].name.decode())};?$", kind))
    return recipe


def dynamic(weights: RoundedLitert) -> bytes:
    """Return weights int8, activations quantised as they come; depthwise convolutions, which have no such kernel, stay in float."""
    return packed(_quantised(weights, [("dynamic", ".*", op) for op in ("CONV_2D", "FULLY_CONNECTED")], {}))


def dynamic_step(weights: RoundedLitert) -> bytes:
    """Return dynamic int8 graph of a decoder's step."""
    model = _quantised(weights, [("dynamic", ".*", "FULLY_CONNECTED")], {})
    tie_word_vectors(model, _scores(weights.graph))
    return packed(model)


def static_step(weights: RoundedLitert, ranges: Mapping[str, Range]) -> bytes:
    """Return static int8 graph of a decoder's step: its products with weights in int8, what lies between them in float.

    LiteRT's static products give int8 as well. 256 levels cannot tell thousands of words apart, so the scores of the words, alone, are made
    of activations quantised as they come, and are float32.

    Args:
        weights: What `rounded` made of the step's float graph.
        ranges: Of its tensors.
    """
    scores = _scores(weights.graph)
    recipe = [
        ("static", rf"^(?!.*{re.escape(scores)})", "FULLY_CONNECTED"),
        ("dynamic", re.escape(scores), "FULLY_CONNECTED"),
    ]
    model = _quantised(weights, recipe, ranges)
    # The quantiser puts the int8 copy of an output that is also read inside the graph in the output's place.
    model.subgraphs[0].outputs = [entry.tensorIndex for entry in model.signatureDefs[0].outputs]
    tie_word_vectors(model, scores)
    return packed(model)


def _scores(graph: bytes) -> str:
    """Name of the output of the product with the word vectors: the scores of the words."""
    model = unpacked(graph)
    nodes, tensors = model.subgraphs[0].operators, model.subgraphs[0].tensors
    table = next(node.inputs[0] for node in nodes if operator(model, node) == "GATHER")
    product = next(n for n in nodes if operator(model, n) == "FULLY_CONNECTED" and n.inputs[1] == table)
    name: str = tensors[product.outputs[0]].name.decode()
    return name


def _quantised(weights: RoundedLitert, recipe: list[tuple[str, str, str]], ranges: Mapping[str, Range]) -> Model:
    from ai_edge_litert import schema_py_generated as schema
    from litert_quantizer.qtyping import TFLOperationName
    from litert_quantizer.quantizer import Quantizer

    quantizer = Quantizer(weights.graph)
    for kind, pattern, op in recipe:
        name = TFLOperationName(op)
        if kind == "static":
            quantizer.add_static_config(pattern, name, 8, 8)
        else:
            quantizer.add_dynamic_config(pattern, name, 8)
    calibration: dict[str, Any] = {
        name: {"min": np.array([low], np.float32), "max": np.array([high], np.float32)}
        for name, (low, high) in ranges.items()
    }
    result = quantizer.quantize(calibration or None, enable_progress_report=False, enable_progress_bar=False)
    model = unpacked(bytes(result.quantized_model))
    for tensor in model.subgraphs[0].tensors:
        steps = weights.steps.get(tensor.name.decode())
        if steps is not None and tensor.type == schema.TensorType.INT8:
            model.buffers[tensor.buffer].data = np.frombuffer(np.ascontiguousarray(steps).tobytes(), np.uint8)
    return model
