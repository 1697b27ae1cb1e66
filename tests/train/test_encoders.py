from pathlib import Path

import numpy as np
import pytest

from edge_runtime.pictures.preprocess import load_input
from train.encoders.registry import build_encoder, encoder_spec, find_weights
from train.encoders.torch_checkpoint import read_torch_checkpoint
from train.errors import UnknownEncoderError, UnsafePickleError, WeightsError

_APPLICATIONS = ("mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "resnet50", "xception")
_EGYPTIAN_CAT, _TABBY, _ESPRESSO = 285, 281, 967


def test_classifier_names_the_animal() -> None:
    """The real weights, the real pixels: a cat is an ImageNet cat (top-1), a cup of coffee an espresso (top-5)."""
    import skimage.data

    spec = encoder_spec("efficientnet_lite0")
    model = build_encoder(spec, find_weights(spec), classifier=True)
    pictures = np.stack([load_input(p, spec.size, spec.size) for p in (skimage.data.chelsea(), skimage.data.coffee())])
    cat, coffee = np.argsort(-model.predict(pictures, verbose=0), axis=1)[:, :5].tolist()
    assert cat[0] in (_EGYPTIAN_CAT, _TABBY)
    assert _ESPRESSO in coffee


@pytest.mark.parametrize(
    ("encoder", "size", "side"),
    [
        *((encoder, size, side) for encoder in _APPLICATIONS for size, side in ((192, 6), (320, 10))),
        *(("xception", size, side) for size, side in ((224, 7), (256, 8))),
        *(("efficientnet_lite0", size, side) for size, side in ((192, 6), (200, 7), (224, 7))),
    ],
)
def test_grid_shapes(encoder: str, size: int, side: int) -> None:
    spec = encoder_spec(encoder)
    model = spec.build(size, size, False)
    assert model.name == encoder
    assert (model.input.dtype, model.output.dtype) == ("uint8", "float32")
    assert model.output_shape == (None, side, side, spec.channels)
    assert spec.regions(size) == side * side


@pytest.mark.parametrize(
    ("encoder", "size", "side"), [("xception", 225, 7), ("xception", 232, 8), ("resnet50", 225, 8)]
)
def test_grid_shapes_of_odd_sizes(encoder: str, size: int, side: int) -> None:
    """Xception does not pad its first convolutions, so that its grid is not ceil(size / 32)."""
    spec = encoder_spec(encoder)
    assert spec.build(size, size, False).output_shape == (None, side, side, 2048)
    assert spec.regions(size) == side * side


def test_unknown_encoder_lists_the_known() -> None:
    with pytest.raises(UnknownEncoderError) as caught:
        encoder_spec("resnet9000")
    assert str(caught.value) == (
        "unknown encoder 'resnet9000'; choose one of: efficientnet_lite0, efficientnet_lite1, efficientnet_lite2, "
        "mobilenet_v2, mobilenet_v3_large, mobilenet_v3_small, resnet50, xception"
    )


def test_weights_that_are_none(tmp_path: Path) -> None:
    spec = encoder_spec("efficientnet_lite0")
    with pytest.raises(WeightsError, match="cannot be read"):
        find_weights(spec, tmp_path / "none.pth")
    bad = tmp_path / "bad.pth"
    bad.write_bytes(b"hello")
    with pytest.raises(WeightsError, match="not a readable legacy PyTorch checkpoint"):
        build_encoder(spec, find_weights(spec, bad))
    whole = spec.find_weights().read_bytes()
    bad.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WeightsError, match="the file ends early"):
        build_encoder(spec, find_weights(spec, bad))


def test_a_checkpoint_that_runs_code_is_refused(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    trap = tmp_path / "trap.pth"
    trap.write_bytes(b"cos\nsystem\n(S'touch " + str(mark).encode() + b"'\ntR.")
    with pytest.raises(UnsafePickleError, match=r"os\.system"):
        read_torch_checkpoint(trap)
    assert not mark.exists()
