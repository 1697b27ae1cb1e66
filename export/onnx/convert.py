"""From trained Keras networks to the two ONNX graphs of a bundle, in float32."""

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnx

from edge_runtime.backends.onnx_runtime import onnx_runtime
from export.errors import ExportError
from export.onnx.canonical import normalised
from export.onnx.session import graph_session
from train.decoders.recurrent import RecurrentDecoder

if TYPE_CHECKING:
    import keras

OPSET = 17
ENCODER_OUTPUTS = ("keys", "values", "state_h", "state_c")
STEP_OUTPUTS = ("log_probs", "next_state_h", "next_state_c")
GREEDY_OUTPUTS = ("tokens", "token_log_probs")


def encoder_signature(encoder: "keras.Model", decoder: RecurrentDecoder) -> tuple[Any, list[Any]]:
    """The encoder as a function of `image`, and its inputs, for any converter."""
    import tensorflow as tf

    _, height, width, _ = encoder.input_shape

    def forward(image: Any) -> dict[str, Any]:
        grid = encoder(image, training=False)
        features = tf.reshape(grid, (1, grid.shape[1] * grid.shape[2], grid.shape[3]))
        return dict(zip(ENCODER_OUTPUTS, decoder.picture(features), strict=True))

    return forward, [tf.TensorSpec((1, height, width, 3), tf.uint8, "image")]


def step_signature(decoder: RecurrentDecoder, regions: int) -> tuple[Any, list[Any]]:
    """A decoder's step as a function, and its inputs, for any converter."""
    import tensorflow as tf

    width = decoder.config.state_width

    def forward(token: Any, state_h: Any, state_c: Any, keys: Any, values: Any) -> dict[str, Any]:
        return dict(zip(STEP_OUTPUTS, decoder.step(token, state_h, state_c, keys, values), strict=True))

    grid = (1, regions, width)
    return forward, [
        tf.TensorSpec((None,), tf.int32, "token"),
        tf.TensorSpec((None, width), tf.float32, "state_h"),
        tf.TensorSpec((None, width), tf.float32, "state_c"),
        tf.TensorSpec(grid, tf.float32, "keys"),
        tf.TensorSpec(grid, tf.float32, "values"),
    ]


def encoder_graph(encoder: "keras.Model", decoder: RecurrentDecoder) -> onnx.ModelProto:
    """The encoder with the decoder's view of the picture: everything that depends on the picture alone.

    Args:
        encoder: From uint8 [B, H, W, 3] RGB to [B, h, w, C].
        decoder: Its `picture` part becomes the end of the graph.

    Returns:
        `image` uint8 [1, H, W, 3] -> `keys`, `values` [1, R, D], `state_h`, `state_c` [1, D].
    """
    return _convert(*encoder_signature(encoder, decoder), ENCODER_OUTPUTS)


def step_graph(decoder: RecurrentDecoder, regions: int) -> onnx.ModelProto:
    """One step of the decoder.

    Returns:
        `token` int32 [B], `state_h`, `state_c` [B, D], `keys`, `values` [1, R, D] -> `log_probs` [B, V],
        `next_state_h`, `next_state_c` [B, D].
    """
    return _convert(*step_signature(decoder, regions), STEP_OUTPUTS)


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
    """Numbers that are added get an axis, without which tf2onnx 1.17's turning of layouts fails where a convolution gives the other part.

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
    """One sentence for what a converter said in many lines.

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
    """The same graph after ONNX Runtime's hardware-independent rewrites: batch normalisation goes into the convolutions."""
    onnxruntime = onnx_runtime()

    plain = rewritten(model, onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC)
    simplified = normalised(onnx.shape_inference.infer_shapes(plain))
    onnx.checker.check_model(simplified, full_check=True)
    return simplified


def rewritten(model: onnx.ModelProto, level: Any) -> onnx.ModelProto:
    """A graph as ONNX Runtime rewrites it when it loads it.

    Args:
        model: A graph.
        level: Which rewrites, an `onnxruntime.GraphOptimizationLevel`.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.onnx"
        # A product that became a Gemm with its bias has no integer form that gives float32.
        graph_session(model, level=level, rewritten_to=path, disabled=["MatMulAddFusion"])
        return onnx.load(path)
