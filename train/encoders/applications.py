"""Encoders that `keras.applications` builds, as registry entries: uint8 pixels in, the grid of features out.

Each network's own preprocessing is folded into its first convolution (see docs/decisions/004), so that a uint8 picture is the
quantised input here too: the graph begins with one `Rescaling` that all channels share.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from train.encoders.base import EncoderSpec
from train.encoders.download import Download
from train.encoders.keras_weights import read_keras_weights, snake_case

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Preprocessing:
    """What a network's weights were trained to be given: (pixel - mean) / deviation.

    Attributes:
        mean: Of R, G and B, in pixel values.
        deviation: In pixel values, the same for all channels.
        reversed: Whether the network takes B, G, R.
    """

    mean: tuple[float, float, float]
    deviation: float
    reversed: bool = False

    @property
    def zero_point(self) -> int:
        """Return pixel value that becomes 0: the mean of the three means, rounded, so that it is a pixel value."""
        return round(sum(self.mean) / 3)

    def fold(self, kernel: npt.NDArray[Any]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Fold what `Rescaling` leaves over into the first convolution.

        Exact but where the convolution is padded: its zeros stand for `zero_point` instead of each channel's mean, which is
        at most 0.5 of 127.5 off for `SIGNED`, 11 pixel values for `CAFFE`.

        Args:
            kernel: float [height, width, 3, filters] for the network's own input.

        Returns:
            The kernel for (pixel - zero_point) / deviation in R, G, B, and the bias [filters] that goes with it.
        """
        kernel = np.asarray(kernel, np.float64)[:, :, :: -1 if self.reversed else 1]
        shift = (self.zero_point - np.array(self.mean)) / self.deviation
        bias = (kernel * shift[:, None]).sum((0, 1, 2))
        return np.ascontiguousarray(kernel, np.float32), bias.astype(np.float32)


SIGNED = Preprocessing((127.5, 127.5, 127.5), 127.5)
"""Pixels from -1 to 1: `preprocess_input` in its mode 'tf'."""
CAFFE = Preprocessing((123.68, 116.779, 103.939), 1.0, reversed=True)
"""B, G, R less their ImageNet means: `preprocess_input` in its mode 'caffe'."""


@dataclass(frozen=True)
class Application:
    """A network of `keras.applications`.

    Attributes:
        name: In the registry, and of the model.
        function: Name in `keras.applications`.
        channels: Depth of a grid place.
        preprocessing: What its weights expect.
        first: Names of its first convolution and of the batch normalisation behind that.
        download: Its ImageNet weights, without the classifier.
        options: Further arguments of the function.
        names: Names for the layers that Keras numbers, as they come: by class, in the order of the model.
        grid_side: Places of the grid each way for a picture of a size; ceil(size / 32) where None.
        size: Input height and width in pixels.
    """

    name: str
    function: str
    channels: int
    preprocessing: Preprocessing
    first: tuple[str, str]
    download: Download
    options: tuple[tuple[str, Any], ...] = ()
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    grid_side: Callable[[int], int] | None = None
    size: int = 224

    def spec(self) -> EncoderSpec:
        """Return the registry entry."""
        return EncoderSpec(
            self.name,
            self.size,
            self.channels,
            32,
            self.build,
            self.load_weights,
            self.find_weights,
            self.grid_side,
        )

    def build(self, height: int, width: int, classifier: bool) -> "keras.Model":
        """See `EncoderSpec.build`."""
        import keras

        scale, zero = self.preprocessing.deviation, self.preprocessing.zero_point
        image = keras.Input((height, width, 3), dtype="uint8", name="image")
        pixels = keras.layers.Rescaling(1 / scale, -zero / scale, name="rescale")(image)
        network = getattr(keras.applications, self.function)(
            weights=None,
            include_top=classifier,
            input_tensor=pixels,
            classifier_activation=None,
            **dict(self.options),
        )
        # Of its own, as the network takes a list of one picture.
        model = keras.Model(image, network.output, name=self.name)
        _name_layers(model, {kind: list(names) for kind, names in self.names})
        return model

    def find_weights(self) -> Path:
        """See `EncoderSpec.find_weights`."""
        return self.download.fetch(self.name)

    def load_weights(self, model: "keras.Model", file: Path) -> None:
        """See `EncoderSpec.load_weights`.

        Args:
            model: What `build` returned.
            file: `.h5` or `.weights.h5` of this network, or `.keras` that holds it, whole or as a layer.

        Raises:
            WeightsError: Damaged, or of another network.
        """
        arrays = read_keras_weights(file, model)
        convolution, norm = self.first
        kernel, bias = self.preprocessing.fold(arrays[convolution][0])
        rest = arrays[convolution][1:]
        if rest:
            arrays[convolution] = [kernel, rest[0] + bias]
        else:
            gamma, beta, mean, variance = arrays[norm]
            arrays[convolution], arrays[norm] = [kernel], [gamma, beta, mean - bias, variance]
        for name, values in arrays.items():
            model.get_layer(name).set_weights(values)


def _name_layers(model: "keras.Model", names: dict[str, list[str]]) -> None:
    """Give the layers that Keras numbers names of their own: its counters go on from one model to the next."""
    counts: dict[str, int] = {}
    for layer in model._operations:
        kind = snake_case(type(layer).__name__)
        numbered = layer.name == kind or (
            layer.name.startswith(f"{kind}_") and layer.name.removeprefix(f"{kind}_").isdigit()
        )
        if not numbered:
            continue
        counts[kind] = counts.get(kind, 0) + 1
        given = names.get(kind)
        layer.name = given.pop(0) if given else f"unnamed_{kind}_{counts[kind]}"
