"""Eight-bit forms of the LiteRT graphs, by Google's own quantiser, with ranges that we measure.

Encoder, static: activations and weights int8, weights with a scale for each output channel; the projections behind the last
convolution take the features as they come and give float32 (docs/decisions/003 has what it costs otherwise).
Decoder: the products of a step, static or with activations quantised as they come, and the word vectors once for both of their uses.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from export.calibration import Feeds, Observed, Range, bias_error, observe
from export.litert_flatbuffer import constant, feed_pixels, operator, packed, tie_word_vectors, unpacked

_STATIC_ENCODER = ("CONV_2D", "DEPTHWISE_CONV_2D", "ADD")


def observe_graph(graph: bytes, examples: Iterable[Feeds]) -> dict[str, Observed]:
    """What every inner tensor of a float graph holds on examples."""
    return observe(_runner(graph), examples)


def _runner(graph: bytes) -> Callable[[Feeds], Mapping[str, npt.NDArray[np.float32]]]:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=graph,
        num_threads=2,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    inputs = interpreter.get_signature_runner().get_input_details()
    produced = {index for op in interpreter._get_ops_details() for index in op["outputs"]}
    produced |= {details["index"] for details in inputs.values()}
    tensors = [d for d in interpreter.get_tensor_details() if d["index"] in produced and d["dtype"] is np.float32]
    shapes: dict[str, tuple[int, ...]] = {}

    def run(feeds: Feeds) -> Mapping[str, npt.NDArray[np.float32]]:
        new = {name: value.shape for name, value in feeds.items()}
        if new != shapes:
            for name, shape in new.items():
                interpreter.resize_tensor_input(inputs[name]["index"], shape)
            interpreter.allocate_tensors()
            shapes.update(new)
        for name, value in feeds.items():
            interpreter.set_tensor(inputs[name]["index"], value)
        interpreter.invoke()
        return {details["name"]: interpreter.get_tensor(details["index"]) for details in tensors}

    return run


def bias_corrected(graph: bytes, observed: Mapping[str, Observed]) -> bytes:
    """The same float graph with the biases of its convolutions moved by what rounding the weights will shift the outputs."""
    model = unpacked(graph)
    tensors = model.subgraphs[0].tensors
    for node in model.subgraphs[0].operators:
        kind = operator(model, node)
        if kind not in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            continue
        source, kernel, bias = (tensors[place] for place in node.inputs)
        weights = constant(model, kernel, np.float32).reshape(kernel.shape)
        depthwise = kind == "DEPTHWISE_CONV_2D"
        # [1, h, w, channels] or [outputs, h, w, inputs] -> [outputs, inputs, taps]
        flat = weights.transpose(3, 0, 1, 2) if depthwise else weights.transpose(0, 3, 1, 2)
        flat = flat.reshape(*flat.shape[:2], -1)
        largest = np.abs(flat).max((1, 2)) / 127
        scales = np.where(largest > 0, largest, 1.0).astype(np.float32)
        error = bias_error(flat, scales, observed[source.name.decode()].mean, depthwise)
        moved = (constant(model, bias, np.float32) - error).astype(np.float32)
        model.buffers[bias.buffer].data = np.frombuffer(moved.tobytes(), np.uint8)
    return packed(model, keep_names=True)


def static_encoder(graph: bytes, ranges: Mapping[str, Range], float_layers: Collection[str] = ()) -> bytes:
    """Static int8 form of an encoder graph.

    Args:
        graph: What `export.litert_graphs.encoder_graph` returned, in float32.
        ranges: Of its tensors.
        float_layers: Names of convolutions' outputs that stay in float.

    Raises:
        ExportError: The graph does not begin with the normalisation of its picture.
    """
    body = _all_but([*float_layers], "rescale")
    recipe = [("static", body, op) for op in _STATIC_ENCODER]
    # What lies behind the last convolution takes the features as they come.
    recipe.append(("dynamic", ".*", "FULLY_CONNECTED"))
    model = unpacked(_quantised(graph, recipe, ranges))
    if not float_layers:
        feed_pixels(model)
    return packed(model)


def dynamic(graph: bytes) -> bytes:
    """Weights int8, activations quantised as they come; depthwise convolutions, which have no such kernel, stay in float."""
    recipe = [("dynamic", ".*", op) for op in ("CONV_2D", "FULLY_CONNECTED")]
    return packed(unpacked(_quantised(graph, recipe, {})))


def dynamic_step(graph: bytes) -> bytes:
    """Dynamic int8 form of a decoder's step."""
    model = unpacked(_quantised(graph, [("dynamic", ".*", "FULLY_CONNECTED")], {}))
    tie_word_vectors(model, _scores(graph))
    return packed(model)


def static_step(graph: bytes, ranges: Mapping[str, Range], float_layers: Collection[str] = ()) -> bytes:
    """Static int8 form of a decoder's step: its products with weights in int8, what lies between them in float.

    LiteRT's static products give int8 as well. 256 levels cannot tell thousands of words apart, so the scores of the words, alone, are made
    of activations quantised as they come, and are float32.

    Args:
        graph: What `export.litert_graphs.step_graph` returned, in float32.
        ranges: Of its tensors.
        float_layers: Names of products' outputs that keep float activations.
    """
    scores = _scores(graph)
    recipe = [
        ("static", _all_but([*float_layers, scores]), "FULLY_CONNECTED"),
        ("dynamic", re.escape(scores), "FULLY_CONNECTED"),
    ]
    model = unpacked(_quantised(graph, recipe, ranges))
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


def _all_but(names: list[str], *parts: str) -> str:
    """A pattern for every scope but those that hold one of the names."""
    excluded = "|".join([*(re.escape(name) for name in names), *parts])
    return rf"^(?!.*({excluded}))" if excluded else ".*"


def _quantised(graph: bytes, recipe: list[tuple[str, str, str]], ranges: Mapping[str, Range]) -> bytes:
    from litert_quantizer.qtyping import TFLOperationName
    from litert_quantizer.quantizer import Quantizer

    quantizer = Quantizer(graph)
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
    return bytes(result.quantized_model)
