"""MobileNetV3, small and large: inverted residuals with squeeze-and-excite and hard-swish.

Source: A. Howard et al., "Searching for MobileNetV3", ICCV 2019; built by `keras.applications`.
"""

from train.encoders.applications import SIGNED, Application
from train.encoders.base import EncoderSpec
from train.encoders.download import Download


def _mobilenet_v3(kind: str, channels: int, digest: str) -> EncoderSpec:
    return Application(
        name=f"mobilenet_v3_{kind}",
        function=f"MobileNetV3{kind.capitalize()}",
        channels=channels,
        preprocessing=SIGNED,
        first=("conv", "conv_bn"),
        download=Download(f"mobilenet_v3/weights_mobilenet_v3_{kind}_224_1.0_float_no_top_v2.h5", digest),
        options=(("include_preprocessing", False),),
    ).spec()


MOBILENET_V3_SMALL = _mobilenet_v3("small", 576, "d3e8ec802a04aa4fc771ee12a9a9b836")
"""The registry entry."""
MOBILENET_V3_LARGE = _mobilenet_v3("large", 960, "07fb09a5933dd0c8eaafa16978110389")
"""The registry entry."""
