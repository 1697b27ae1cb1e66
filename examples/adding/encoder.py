"""How to add an encoder: four convolutions.

Two things are needed: an `EncoderSpec` as below, and one line that gives it a name,

    ENCODERS[FOUR.name] = FOUR

in your own program before it trains, or an entry of `train/encoders/registry.py`. Then `--encoder four` trains on it.
Where there are no weights for it, `--encoder-weights none` draws random ones.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from train.encoders.base import EncoderSpec
from train.errors import WeightsError

if TYPE_CHECKING:
    import keras

_CHANNELS = (16, 32, 64, 128)


def _build(height: int, width: int, classifier: bool) -> "keras.Model":
    """From uint8 pixels [B, height, width, 3] to a grid of features, or to ImageNet's logits."""
    import keras  # here, so that the names of all encoders are known without TensorFlow
    from keras import layers

    pixels = keras.Input((height, width, 3), dtype="uint8")
    # The exporters put this into the first convolution: the device hands over the pixels as they are.
    x = layers.Rescaling(1 / 127.5, -1.0)(pixels)
    for number, channels in enumerate(_CHANNELS):
        x = layers.Conv2D(channels, 3, 2, "same", use_bias=False, name=f"conv_{number}")(x)
        x = layers.BatchNormalization(name=f"norm_{number}")(x)
        x = layers.ReLU(6.0, name=f"relu_{number}")(x)
    if classifier:
        x = layers.Dense(1000, name="logits")(layers.GlobalAveragePooling2D()(x))
    return keras.Model(pixels, x, name="four")


def _load_weights(model: "keras.Model", file: Path) -> None:
    """Weights that Keras wrote of this network."""
    try:
        model.load_weights(file)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise WeightsError(f"{file}: no weights of this encoder ({reason}); check --encoder-weights") from None


def _find_weights() -> Path:
    """Nobody has trained it on ImageNet."""
    raise WeightsError("four: has no ImageNet weights; pass --encoder-weights FILE, or none for random ones")


FOUR = EncoderSpec(
    name="four",
    size=64,
    channels=_CHANNELS[-1],
    stride=2 ** len(_CHANNELS),
    build=_build,
    load_weights=_load_weights,
    find_weights=_find_weights,
)
"""The entry: what the registry holds."""
