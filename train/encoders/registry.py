"""The encoders that can be asked for by name: one file and one entry each."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from train.encoders.base import EncoderSpec
from train.encoders.efficientnet_lite import efficientnet_lite
from train.errors import UnknownEncoderError

if TYPE_CHECKING:
    import keras

ENCODERS = {
    spec.name: spec
    for spec in (
        efficientnet_lite(0, 224, 1.0, 1.0),
        efficientnet_lite(1, 240, 1.0, 1.1),
        efficientnet_lite(2, 260, 1.1, 1.2),
    )
}


def encoder_spec(name: str) -> EncoderSpec:
    """The registry entry of an encoder.

    Raises:
        UnknownEncoderError: There is none of that name.
    """
    try:
        return ENCODERS[name]
    except KeyError:
        raise UnknownEncoderError(f"unknown encoder '{name}'; choose one of: {', '.join(sorted(ENCODERS))}") from None


@dataclass(frozen=True)
class EncoderWeights:
    """Weights on disk.

    Attributes:
        file: The file.
        sha256: Its digest, by which feature caches and manifests name it.
    """

    file: Path
    sha256: str


def find_weights(spec: EncoderSpec, file: Path | None = None) -> EncoderWeights:
    """Locate an encoder's weights: the file given, else the ImageNet weights as installed.

    Raises:
        WeightsError: There are none; the message says how to get them.
    """
    path = file or spec.find_weights()
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        from train.errors import WeightsError

        raise WeightsError(f"{path}: cannot be read ({error.strerror}); check --encoder-weights") from None
    return EncoderWeights(path, digest)


def build_encoder(
    spec: EncoderSpec, weights: EncoderWeights, size: int | None = None, classifier: bool = False
) -> "keras.Model":
    """Build an encoder with its weights.

    Args:
        spec: Registry entry.
        weights: What `find_weights` returned.
        size: Input height and width in pixels; the encoder's own where None.
        classifier: End in ImageNet logits [B, 1000] instead of the grid of features.

    Returns:
        A Keras model from uint8 [B, size, size, 3] RGB.
    """
    size = size or spec.size
    model = spec.build(size, size, classifier)
    spec.load_weights(model, weights.file)
    return model
