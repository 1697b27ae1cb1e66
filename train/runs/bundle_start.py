"""A bundle as the warm start of a run: its float ONNX graphs read back into Keras, to go on training a model that ships.

A graph holds each convolution with its batch normalisation folded in. The statistics are those of the ImageNet weights (training
leaves them as they are), so the fold can be undone: the function is the same, the learnt scale is taken to be the ImageNet one.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.onnx import OnnxBackend
from edge_runtime.bundle.manifest import Manifest, Variant
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.vocabulary import Vocabulary
from train.decoders.base import CaptionDecoder
from train.decoders.ensemble import Attention, attention_members
from train.errors import RunError

if TYPE_CHECKING:
    import keras
    import onnx

_VARIANT = "onnx-fp32"
_SMALLEST_SCALE = 1e-2
"""Learnt scales nearer to 0 are not divided by; such a channel takes the scale 1 instead."""
_TOLERANCE = 1e-3
"""Largest difference between the graph's features and the network's, relative to the largest feature."""

_PICTURE = ("values", "keys", "state_h", "state_c")
_INNER = 8
"""Constants of a member's step: kernel, recurrent kernel and bias of its LSTM, its query, and two layers with a bias each."""

Floats = npt.NDArray[np.float32]


class BundleStart:
    """The words and weights of a bundle's `onnx-fp32` variant.

    Args:
        path: Bundle folder or zip.

    Raises:
        BundleNotFoundError, BundleError: Not a bundle that can be used.
        RunError: It does not hold the float variant.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._bundle = Bundle(path)
        if _VARIANT not in self._bundle.manifest.variants:
            raise RunError(f"{path}: no variant '{_VARIANT}' to go on from; start from a bundle exported with it")
        self._variant: Variant = self._bundle.manifest.variants[_VARIANT]

    @property
    def digest(self) -> str:
        """SHA-256 of its encoder's graph."""
        return self._variant.files["encoder"].sha256

    @property
    def manifest(self) -> Manifest:
        """What the bundle says of itself."""
        return self._bundle.manifest

    @property
    def encoder_was_trained(self) -> bool:
        """Whether its encoder has learnt too."""
        return "fine-tuned" in str(self.manifest.provenance.get("encoder", ""))

    def read_vocabulary(self) -> Vocabulary:
        """The bundle's words."""
        return self._bundle.vocabulary()

    def fill(self, decoder: CaptionDecoder, encoder: "keras.Model | None") -> None:
        """Set the weights of a decoder and its encoder.

        Args:
            decoder: Of the bundle's sizes.
            encoder: Of the bundle's kind, with its ImageNet weights; None where the run keeps those, which only fits a bundle whose
                encoder was kept too.

        Raises:
            ValueError: Another number or shape of weights.
            RunError: The filled network does not say what the graphs say, or the decoder is not one that is read back.
        """
        if not isinstance(decoder, Attention) or self._bundle.manifest.sizes.regions == 1:
            raise RunError(
                f"{self.path}: a bundle is gone on from with the attention decoder alone; pass its run folder to --start-from"
            )
        graph = self._graph("encoder")
        if encoder is not None:
            try:
                _fill_encoder(encoder, graph)
            except (ValueError, AttributeError, IndexError):
                raise RunError(
                    f"{self.path}: its convolutions cannot be read back into {encoder.name}; start from a run of that encoder"
                ) from None
        _fill_picture(decoder, graph)
        _fill_step(decoder, self._graph("decoder_step"))
        if encoder is not None:
            self._compare(encoder, decoder)

    def _graph(self, name: str) -> "onnx.GraphProto":
        return with_weights(self._bundle, self._variant, name).graph

    def _compare(self, encoder: "keras.Model", decoder: Attention) -> None:
        spec = self._bundle.manifest.input
        if encoder.input_shape[1:3] != (spec.height, spec.width):
            return
        pixels = np.random.default_rng(0).integers(0, 256, (1, spec.height, spec.width, 3), np.uint8)
        wanted = OnnxBackend(self._bundle, self._variant, 1).encode(pixels)
        grid = encoder(pixels, training=False)
        context, _ = decoder.picture(np.reshape(grid, (1, -1, grid.shape[3])))
        values, asked = context[-1].numpy(), wanted.context[-1]
        if np.abs(values - asked).max() > _TOLERANCE * np.abs(asked).max():
            raise RunError(f"{self.path}: its graphs are not of this encoder and decoder; pass its --encoder")


def with_weights(bundle: Bundle, variant: Variant, name: str) -> "onnx.ModelProto":
    """A graph of an ONNX variant with the weights in it that stand in a file beside it.

    Args:
        bundle: The bundle, a folder or a zip.
        variant: One of its ONNX variants.
        name: Of the graph: `encoder`, `decoder_step`.

    Raises:
        BundleError: A file is missing or altered.
        RunError: It reads weights that the bundle does not name.
    """
    import onnx
    from onnx.external_data_helper import ExternalDataInfo

    model: onnx.ModelProto = onnx.load_model_from_string(bundle.read(variant.files[name]))
    beside = variant.files.get("decoder_weights")
    held = bundle.read(beside) if beside else b""
    for tensor in model.graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            info = ExternalDataInfo(tensor)
            if beside is None or info.location != beside.path:
                raise RunError(
                    f"{bundle.path}: {info.location}: weights that it does not name; export the bundle again"
                )
            tensor.raw_data = held[info.offset or 0 :][: info.length]
            tensor.data_location = onnx.TensorProto.DEFAULT
            del tensor.external_data[:]
    return model


def _constants(graph: "onnx.GraphProto") -> dict[str, Floats]:
    from onnx import numpy_helper

    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}


def _fill_encoder(encoder: "keras.Model", graph: "onnx.GraphProto") -> None:
    constants = _constants(graph)
    folded = [[constants[name] for name in node.input[1:3]] for node in graph.node if node.op_type == "Conv"]
    layers = [layer for layer in encoder.layers if "Conv" in type(layer).__name__]
    for layer, (kernel, bias) in zip(layers, folded, strict=True):
        norm = layer.output._keras_history.operation._outbound_nodes[0].operation
        scale, _, mean, variance = (np.asarray(weight, np.float32) for weight in norm.get_weights())
        scale = np.where(np.abs(scale) < _SMALLEST_SCALE, 1.0, scale).astype(np.float32)
        factor = scale / np.sqrt(variance + norm.epsilon)
        first, *rest = layer.get_weights()
        by_layer = kernel.transpose(2, 3, 0, 1) if "Depthwise" in type(layer).__name__ else kernel.transpose(2, 3, 1, 0)
        spread = factor[:, None] if "Depthwise" in type(layer).__name__ else factor
        if by_layer.shape != first.shape:
            raise ValueError(f"'{layer.name}' is {first.shape}, the graph has {by_layer.shape}")
        layer.set_weights([by_layer / spread, *rest])
        norm.set_weights([scale, bias + (mean - sum(rest, np.float32(0))) * factor, mean, variance])


def _fill_picture(decoder: Attention, graph: "onnx.GraphProto") -> None:
    """The projections behind the encoder's grid, of each member."""
    members = attention_members(decoder)
    found = {output: _products_behind(graph, output, len(members)) for output in _PICTURE}
    for place, member in enumerate(members):
        values, keys, state_h, state_c = (found[output][place] for output in _PICTURE)
        member.value_projection.set_weights(values)
        member.key_projection.set_weights(keys[:1])
        member.state_h_projection.set_weights(state_h)
        member.state_c_projection.set_weights(state_c)


def _products_behind(graph: "onnx.GraphProto", output: str, members: int) -> list[list[Floats]]:
    """Weights and bias of the nearest product that each member's part of an output comes from."""
    constants = _constants(graph)
    makers = {name: node for node in graph.node for name in node.output}
    node = makers[output]
    parts = [output] if members == 1 else list(node.input)
    found = []
    for part in parts[:members]:
        node, bias = makers[part], None
        while node.op_type not in ("MatMul", "Gemm"):
            held = [constants[name] for name in node.input if name in constants]
            bias = held[0] if node.op_type == "Add" else bias
            node = makers[next(name for name in node.input if name in makers)]
        if node.op_type == "Gemm":
            bias = constants[node.input[2]]
        found.append([constants[node.input[1]], *([] if bias is None else [bias])])
    return found


def _fill_step(decoder: Attention, graph: "onnx.GraphProto") -> None:
    """What says a word: word vectors, then LSTM, query and output of each member, in the order in which the graph uses them."""
    constants = _constants(graph)
    used: list[Any] = [
        constants[name]
        for node in graph.node
        if node.op_type in ("Gather", "MatMul", "Add")
        for name in node.input
        if name in constants
    ]
    vectors, *inner, _, word_bias = used
    depth = decoder.config.width // decoder.config.heads
    decoder.embedding.assign(vectors)
    members = attention_members(decoder)
    for place, member in enumerate(members):
        of_member = inner[place * _INNER : (place + 1) * _INNER]
        kernel, recurrent, bias, query, hidden, hidden_bias, output, output_bias = of_member
        member.cell.set_weights([kernel, recurrent, bias])
        member.query_projection.set_weights([query * depth**0.5])
        member.hidden.set_weights([hidden, hidden_bias])
        member.output_projection.set_weights([output, output_bias])
    decoder.output_bias.assign(np.where(word_bias < -1e3, 0, word_bias))
