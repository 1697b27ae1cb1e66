"""Xception: separable convolutions with shortcuts.

Source: F. Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR 2017; built by `keras.applications`.
"""

from train.encoders.applications import SIGNED, Application
from train.encoders.download import Download

_SHORTCUTS = (2, 3, 4, 13)


def _grid_side(size: int) -> int:
    """Return the first two convolutions are not padded, the four halvings after them are."""
    side = (size - 3) // 2 + 1 - 2
    for _ in range(4):
        side = -(-side // 2)
    return side


XCEPTION = Application(
    name="xception",
    function="Xception",
    channels=2048,
    preprocessing=SIGNED,
    first=("block1_conv1", "block1_conv1_bn"),
    download=Download(
        "xception/xception_weights_tf_dim_ordering_tf_kernels_notop.h5", "b0042744bf5b25fce3cb969f33bebb97"
    ),
    names=(
        ("conv2d", tuple(f"block{block}_shortcut_conv" for block in _SHORTCUTS)),
        ("batch_normalization", tuple(f"block{block}_shortcut_bn" for block in _SHORTCUTS)),
        ("add", tuple(f"block{block}_add" for block in range(2, 14))),
    ),
    grid_side=_grid_side,
).spec()
"""The registry entry."""
