"""From trained Keras networks to the LiteRT (TFLite) graphs of a bundle, built-in operators only, in float32 and float16."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from export.litert.flatbuffer import with_separate_outputs
from export.onnx.convert import encoder_signature, step_signature, unsupported
from train.decoders.base import CaptionDecoder

if TYPE_CHECKING:
    import keras

SIGNATURE = "serving_default"


def encoder_graph(encoder: "keras.Model", decoder: CaptionDecoder, half: bool = False) -> bytes:
    """Return the encoder with the decoder's view of the picture; inputs and outputs as `export.onnx.convert.encoder_graph`.

    Args:
        encoder: From uint8 [B, H, W, 3] RGB to [B, h, w, C].
        decoder: Its `picture` part becomes the end of the graph.
        half: Store the weights as float16; the arithmetic stays float32.
    """
    return _convert(*encoder_signature(encoder, decoder), (encoder, decoder), half)


def step_graph(decoder: CaptionDecoder, regions: int, half: bool = False) -> bytes:
    """Return one step of the decoder; inputs and outputs as `export.onnx.convert.step_graph`."""
    return _convert(*step_signature(decoder, regions), (decoder,), half)


def _convert(forward: Any, signature: list[Any], parts: tuple[Any, ...], half: bool) -> bytes:
    """Convert a function; from a saved model, since Keras 3 variables stay unfrozen on the way from concrete functions."""
    import keras
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        for part in parts:
            archive.track(part)
        archive.add_endpoint(SIGNATURE, forward, input_signature=signature)
        archive.write_out(str(Path(folder) / "model"), verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(str(Path(folder) / "model"), signature_keys=[SIGNATURE])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        if half:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = [tf.float16]
        try:
            graph: bytes = converter.convert()
        except Exception as error:  # the converter's own errors have no common base but this
            raise unsupported("LiteRT", error) from None
    return with_separate_outputs(graph)
