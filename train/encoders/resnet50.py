"""ResNet-50: bottleneck blocks with shortcuts.

Source: K. He et al., "Deep Residual Learning for Image Recognition", CVPR 2016; built by `keras.applications`.
"""

from train.encoders.applications import CAFFE, Application
from train.encoders.download import Download

RESNET50 = Application(
    name="resnet50",
    function="ResNet50",
    channels=2048,
    preprocessing=CAFFE,
    first=("conv1_conv", "conv1_bn"),
    download=Download(
        "resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5", "4d473c1dd8becc155b73f8504c6f6626"
    ),
).spec()
"""The registry entry."""
