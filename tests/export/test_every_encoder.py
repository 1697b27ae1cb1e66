"""Each encoder on the whole path: 32 photographs are learnt by heart, and the exported int8 bundles say their captions word for word."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import export.cli
import train.cli
from edge_runtime import Captioner
from edge_runtime.bundle.reader import Bundle
from export.parity.operators import run_operators
from train.encoders.registry import ENCODERS

SIZE = 64
VARIANTS = ("onnx-int8", "litert-int8")
DECODERS = {"resnet50": "lstm", "xception": "lstm"}
"""The study's systems have its plain decoder; the others have ours."""
TRAINING = {"attention": ("16", "36", "0.004"), "lstm": ("16", "40", "0.006")}
"""Batch, epochs and learning rate by which the pictures are known by heart."""
QUICK = "mobilenet_v3_small"
"""Stands for all of them in `make test`: it has every kind of layer that the others have."""
COPIES = 7
"""Of each picture, moved by a pixel or none: an export wants 200 pictures to calibrate on."""

_PLACES = ("top left", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right")
_THINGS = {"astronaut": "a woman in a space suit", "coffee": "a cup", "chelsea": "a cat", "rocket": "a rocket at night"}
_INTEGERS = {
    *("QLinearConv", "QLinearAdd", "QLinearMul", "QLinearGlobalAveragePool", "NhwcMaxPool", "MaxPool", "Clip"),
    *("MatMulIntegerToFloat", "Transpose", "Reshape"),
}
"""What runs on integers in ONNX Runtime, or moves them."""
_FLOATS = {"QuantizeLinear", "DequantizeLinear", "ReduceMean", "Tanh", "Relu", "Add", "FusedMatMul"}
"""What the projections behind the features run besides."""


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Flickr8k-shaped data set: 32 parts of scikit-image's photographs, each with a caption of its own, and copies of them."""
    import skimage.data

    folder = tmp_path_factory.mktemp("photographs")
    (folder / "images").mkdir()
    lines: list[str] = []
    names: dict[str, list[str]] = {"train": [], "dev": [], "test": []}
    for photograph, thing in _THINGS.items():
        pixels = getattr(skimage.data, photograph)()
        height, width = (side // 3 for side in pixels.shape[:2])
        for index, place in enumerate(_PLACES):
            row, column = divmod(index, 3)
            for copy in range(COPIES + 1):
                down, across = divmod(copy % COPIES, 3)
                part = pixels[row * height + down :, column * width + across :][: height - 3, : width - 3]
                name = f"{photograph}{index}_{copy}.png"
                Image.fromarray(np.ascontiguousarray(part)).save(folder / "images" / name)
                names["dev" if copy == COPIES else "train"].append(name)
                lines.append(f"{name}#0\tThe {place} of a picture of {thing} .")
    (folder / "Flickr8k.token.txt").write_text("\n".join(lines) + "\n")
    for split, found in names.items():
        (folder / f"Flickr_8k.{split}Images.txt").write_text("\n".join(found) + "\n")
    return folder


@pytest.mark.parametrize(
    "encoder",
    [pytest.param(name, marks=() if name == QUICK else pytest.mark.slow) for name in sorted(ENCODERS)],
)
def test_its_bundle_knows_the_pictures_by_heart(photographs: Path, tmp_path: Path, encoder: str) -> None:
    data = (photographs / "images", photographs / "Flickr8k.token.txt", photographs / "Flickr_8k.trainImages.txt")
    decoder = DECODERS.get(encoder, "attention")
    batch, epochs, rate = TRAINING[decoder]
    fit = [
        # Without dev pictures the last epoch counts, not the first one that says everything right.
        *("fit", "--images", str(data[0]), "--captions", str(data[1]), "--train-split", str(data[2])),
        *("--run", str(tmp_path / "run"), "--features", str(tmp_path / "features"), "--encoder", encoder),
        *("--encoder-weights", "none", "--decoder", decoder, "--size", str(SIZE), "--width", "64", "--embedding", "32"),
        *("--batch", batch, "--epochs", epochs, "--learning-rate", rate, "--captions-per-picture", "1", "--no-mirror"),
        *("--min-count", "1", "--max-length", "16", "--average", "0.8", "--dropout", "0.2", "--word-dropout", "0"),
        *("--region-dropout", "0", "--label-smoothing", "0"),
    ]
    assert train.cli.main(fit) == 0
    out = tmp_path / "bundle"
    arguments = ["--run", str(tmp_path / "run"), "--data", str(photographs), "--out", str(out), "--calibration", "200"]
    variants = [text for name in VARIANTS for text in ("--variant", name)]
    assert export.cli.main(
        [*arguments, "--beam", "1", "--calibration-method", "min-max", "--keep-going", *variants]
    ) in (0, 1)

    wanted = {
        name.split("#")[0]: caption.removesuffix(" .").lower()
        for name, caption in (
            line.split("\t") for line in (photographs / "Flickr8k.token.txt").read_text().splitlines()
        )
    }
    pictures = [name for name in wanted if name.endswith("_0.png")]
    assert len(pictures) == 32
    assert len({wanted[name] for name in pictures}) == 32
    bundle = Bundle(out)
    bundle.verify()
    assert bundle.manifest.encoder == encoder
    for variant in VARIANTS:
        captioner = Captioner.load(out, variant)
        said = {name: captioner.caption(photographs / "images" / name).text for name in pictures}
        right = [name for name in pictures if said[name].lower().removesuffix(" .").removesuffix(".") == wanted[name]]
        assert len(right) >= 0.9 * len(pictures), variant

    ran = {variant: run_operators(bundle, bundle.manifest.variants[variant])["encoder"] for variant in VARIANTS}
    assert set(ran["onnx-int8"]) <= _INTEGERS | _FLOATS
    assert ran["onnx-int8"].get("QuantizeLinear", 0) <= 3
    assert ran["onnx-int8"].get("DequantizeLinear", 0) <= 1
    assert ran["litert-int8"]["xnnpack"] == 1
    assert "Flex" not in str(ran)
