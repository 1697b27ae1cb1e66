"""The encoders that can be asked for by name: one file and one entry each."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from train.encoders.base import EncoderSpec
from train.encoders.efficientnet_lite import efficientnet_lite
from train.encoders.mobilenet_v2 import MOBILENET_V2
from train.encoders.mobilenet_v3 import MOBILENET_V3_LARGE, MOBILENET_V3_SMALL
from train.encoders.random_weights import draw_weights
from train.encoders.resnet50 import RESNET50
from train.encoders.xception import XCEPTION
from train.errors import UnknownEncoderError, WeightsError

if TYPE_CHECKING:
    import keras

ENCODERS = {
    spec.name: spec
    for spec in (
        efficientnet_lite(0, 224, 1.0, 1.0),
        efficientnet_lite(1, 240, 1.0, 1.1),
        efficientnet_lite(2, 260, 1.1, 1.2),
        MOBILENET_V2,
        MOBILENET_V3_SMALL,
        MOBILENET_V3_LARGE,
        RESNET50,
        XCEPTION,
    )
}

NO_WEIGHTS = Path("none")
"""What is asked for where a file of weights is, to have random ones."""

_RANDOM = "none: random weights of seed {}"


def encoder_spec(name: str) -> EncoderSpec:
    """Return the registry entry of an encoder.

    Raises:
        UnknownEncoderError: There is none of that name.
    """
    try:
        return ENCODERS[name]
    except KeyError:
        raise UnknownEncoderError(f"unknown encoder '{name}'; choose one of: {', '.join(sorted(ENCODERS))}") from None


@dataclass(frozen=True)
class EncoderWeights:
    """Weights that an encoder can be built with.

    Attributes:
        file: Where they lie; None where they are random.
        sha256: The file's digest, or what tells random weights apart; feature caches, runs and manifests name weights by it.
        origin: What they are, in the words of a model card.
        seed: Of random weights; None otherwise.
    """

    file: Path | None
    sha256: str
    origin: str
    seed: int | None = None

    def warning(self, spec: EncoderSpec) -> str | None:
        """Return what has to be said aloud before such weights are used, or None."""
        if self.file is not None:
            return None
        return f"WARNING: {spec.name} has random weights (seed {self.seed}), no ImageNet weights: it has never seen a picture"


def find_weights(spec: EncoderSpec, file: Path | None = None, seed: int = 0) -> EncoderWeights:
    """Locate an encoder's weights: the file given, else the ImageNet weights, installed or downloaded.

    Args:
        spec: Registry entry.
        file: Weights file, or `NO_WEIGHTS` for random ones.
        seed: Of random weights.

    Raises:
        WeightsError: There are none; the message says how to get them.
    """
    if file == NO_WEIGHTS:
        return EncoderWeights(None, _RANDOM.format(seed), f"random weights (seed {seed}), no ImageNet weights", seed)
    path = file or spec.find_weights()
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read ({error.strerror}); check --encoder-weights") from None
    return EncoderWeights(path, digest, f"weights of the file {path.name}" if file else "ImageNet weights")


def weights_of_run(spec: EncoderSpec, sha256: str, file: Path | None = None) -> EncoderWeights:
    """Locate the weights that a run began with.

    Args:
        spec: Registry entry.
        sha256: What the run's configuration calls them, see `EncoderWeights`.
        file: Weights file; where None, the run's random weights or the ImageNet weights.

    Raises:
        WeightsError: There are none, or they are not the run's.
    """
    drawn = re.fullmatch(_RANDOM.format("([0-9]+)"), sha256)
    if drawn and file is None:
        file = NO_WEIGHTS
    weights = find_weights(spec, file, int(drawn[1]) if drawn else 0)
    if weights.sha256 != sha256:
        raise WeightsError(
            f"{weights.file or '--encoder-weights none'}: not the encoder weights of this run, "
            f"which are {f'random ({sha256})' if drawn else f'of SHA-256 {sha256[:12]}'}; pass the run's own --encoder-weights"
        )
    return weights


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
    if weights.file is None:
        draw_weights(model, weights.seed or 0)
    else:
        spec.load_weights(model, weights.file)
    return model
