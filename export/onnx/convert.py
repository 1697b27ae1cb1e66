"""From trained Keras networks to the two ONNX graphs of a bundle, in float32."""

import inspect
import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnx

from edge_runtime.backends.onnx_runtime import onnx_runtime
from edge_runtime.bundle.decoder_spec import DecoderSpec
from export.calibration.onnx_session import graph_session
from export.errors import ExportError
from export.onnx.canonical import normalised
from train.decoders.base import CaptionDecoder

if TYPE_CHECKING:
    import keras

OPSET = 17
GREEDY_OUTPUTS = ("tokens", "token_log_probs")


def encoder_signature(encoder: "keras.Model", decoder: CaptionDecoder) -> tuple[Any, list[Any]]:
    """Return the encoder as a function of `image`, and its inputs, for any converter."""
    import tensorflow as tf

    _, height, width, _ = encoder.input_shape
    names = _spec_behind(encoder, decoder).names

    def forward(image: Any) -> dict[str, Any]:
        grid = encoder(image, training=False)
        features = tf.reshape(grid, (1, grid.shape[1] * grid.shape[2], grid.shape[3]))
        context, state = decoder.picture(features)
        return dict(zip(names, (*context, *state), strict=True))

    return forward, [tf.TensorSpec((1, height, width, 3), tf.uint8, "image")]


def step_signature(decoder: CaptionDecoder, regions: int) -> tuple[Any, list[Any]]:
    """Return a decoder's step as a function, and its inputs, for any converter."""
    import tensorflow as tf

    spec = decoder.spec(regions)
    states = len(spec.state)

    def forward(token: Any, *passed: Any) -> dict[str, Any]:
        log_probs, state = decoder.step(token, passed[:states], passed[states:])
        return dict(zip(spec.step_outputs, (log_probs, *state), strict=True))

    inputs = [
        tf.TensorSpec((None,), tf.int32, "token"),
        *(tf.TensorSpec((None, *tensor.shape), tf.float32, tensor.name) for tensor in spec.state),
        *(tf.TensorSpec((1, *tensor.shape), tf.float32, tensor.name) for tensor in spec.context),
    ]
    # TensorFlow names what goes in after the function's parameters.
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    forward.__signature__ = inspect.Signature([inspect.Parameter(each.name, kind) for each in inputs])  # type: ignore[attr-defined]
    return forward, inputs


def _spec_behind(encoder: "keras.Model", decoder: CaptionDecoder) -> DecoderSpec:
    """Return what a decoder passes on of an encoder's grid."""
    _, rows, columns, _ = encoder.output_shape
    return decoder.spec(rows * columns)


def encoder_graph(encoder: "keras.Model", decoder: CaptionDecoder) -> onnx.ModelProto:
    """Return the encoder with the decoder's view of the picture: everything that depends on the picture alone.

    Args:
        encoder: From uint8 [B, H, W, 3] RGB to [B, h, w, C].
        decoder: Its `picture` part becomes the end of the graph.

    Returns:
        `image` uint8 [1, H, W, 3] -> the context and the first state of `decoder.spec`, each [1, ...].
    """
    return _convert(*encoder_signature(encoder, decoder), _spec_behind(encoder, decoder).names)


def step_graph(decoder: CaptionDecoder, regions: int) -> onnx.ModelProto:
    """Return one step of the decoder.

    Returns:
        `token` int32 [B], the state [B, ...] and the context [1, ...] of `decoder.spec` -> `log_probs` [B, V], and the state for the next
        step, under names that begin with `next_`.
    """
    return _convert(*step_signature(decoder, regions), decoder.spec(regions).step_outputs)


def _convert(forward: Any, signature: list[Any], outputs: tuple[str, ...]) -> onnx.ModelProto:
    import tensorflow as tf
    import tf2onnx

    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)  # it would list every operator it does not know
    try:
        model, _ = tf2onnx.convert.from_function(
            tf.function(forward), input_signature=signature, opset=OPSET, custom_rewriter=[_scalars_as_vectors]
        )
        return _simplified(_ordered(model, outputs))
    except Exception as error:  # neither converter nor runtime has a common base of its errors but this
        raise unsupported("ONNX", error) from None


def _scalars_as_vectors(graph: Any, nodes: Any) -> Any:
    """Give added numbers an axis: without it tf2onnx 1.17 fails to turn layouts where a convolution gives the other part.

    It would then leave every layout as it is, silently, and with it the biases and means that are known by theirs.
    """
    for node in nodes:
        if node.type not in ("Add", "AddV2") or not node.inputs[1].is_const():
            continue
        value = node.inputs[1].get_tensor_value(as_list=False)
        if value.shape == ():
            vector = graph.make_const(f"{node.name}/vector", value.reshape(1))
            graph.replace_input(node, node.input[1], vector.output[0], 1)
    return graph.get_nodes()


def unsupported(kind: str, error: Exception) -> ExportError:
    """Return one sentence for what a converter said in many lines.

    Args:
        kind: Of graph.
        error: The converter's.
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    reason = next((line for line in lines if "op" in line.lower().split() or "tf." in line), lines[0])
    return ExportError(
        f"an operator of this network has no {kind} form ({reason[:160]}); train one of the registered encoders, or leave "
        f"out the {kind} variants"
    )


def _ordered(model: onnx.ModelProto, outputs: tuple[str, ...]) -> onnx.ModelProto:
    by_name = {output.name: output for output in model.graph.output}
    ordered = [by_name[name] for name in outputs]
    del model.graph.output[:]
    model.graph.output.extend(ordered)
    return model


def _simplified(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the same graph after ONNX Runtime's hardware-independent rewrites: batch normalisation goes into the convolutions."""
    onnxruntime = onnx_runtime()

    plain = rewritten(model, onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC)
    simplified = normalised(onnx.shape_inference.infer_shapes(plain))
    onnx.checker.check_model(simplified, full_check=True)
    return simplified


def rewritten(model: onnx.ModelProto, level: Any) -> onnx.ModelProto:
    """Return a graph as ONNX Runtime rewrites it when it loads it.

    Args:
        model: A graph.
        level: Which rewrites, an `onnxruntime.GraphOptimizationLevel`.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.onnx"
        # A product that became a Gemm with its bias has no integer form that gives float32.
        graph_session(model, level=level, rewritten_to=path, disabled=["MatMulAddFusion"])
        return onnx.load(path)
