from pathlib import Path

import numpy as np
import pytest

from edge_runtime.preprocess import load_input
from train.encoders.registry import build_encoder, encoder_spec, find_weights
from train.encoders.torch_checkpoint import read_torch_checkpoint
from train.errors import UnknownEncoderError, UnsafePickleError, WeightsError

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


@pytest.mark.parametrize(("size", "grid"), [(224, 7), (192, 6), (200, 7)])
def test_grid_shapes(size: int, grid: int) -> None:
    spec = encoder_spec("efficientnet_lite0")
    assert spec.build(size, size, False).output_shape == (None, grid, grid, 1280)


def test_unknown_encoder_lists_the_known() -> None:
    with pytest.raises(UnknownEncoderError, match="unknown encoder 'resnet9000'; choose one of: efficientnet_lite0"):
        encoder_spec("resnet9000")


def test_weights_that_are_none(tmp_path: Path) -> None:
    spec = encoder_spec("efficientnet_lite0")
    with pytest.raises(WeightsError, match="cannot be read"):
        find_weights(spec, tmp_path / "none.pth")
    bad = tmp_path / "bad.pth"
    bad.write_bytes(b"hello")
    with pytest.raises(WeightsError, match="not a readable legacy PyTorch checkpoint"):
        build_encoder(spec, find_weights(spec, bad))
    whole = find_weights(spec).file.read_bytes()
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
