"""MobileNetV2: inverted residuals and ReLU6.

Source: M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018; built by `keras.applications`.
"""

from train.encoders.applications import SIGNED, Application
from train.encoders.download import Download

MOBILENET_V2 = Application(
    name="mobilenet_v2",
    function="MobileNetV2",
    channels=1280,
    preprocessing=SIGNED,
    first=("Conv1", "bn_Conv1"),
    # Keras knows no digest of this file.
    download=Download("mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5", None),
).spec()
"""The registry entry."""
