"""A small run of any decoder on the coloured squares, its bundle, and what the bundle says of them."""

from collections.abc import Sequence
from pathlib import Path

import export.cli
import train.cli
from edge_runtime import Captioner
from edge_runtime.bundle.reader import Bundle

_COLOURS = ["red", "green", "blue", "yellow"]


def trained(data: Path, folder: Path, decoder: str) -> Path:
    """Train a decoder for five passes; returns its run folder."""
    arguments = [
        *("fit", "--data", str(data), "--run", str(folder / "run"), "--features", str(folder / "features")),
        *("--size", "64", "--width", "64", "--embedding", "32", "--batch", "4", "--captions-per-picture", "2"),
        *("--min-count", "1", "--max-length", "12", "--average", "0.8", "--learning-rate", "0.002", "--epochs", "5"),
        *("--dropout", "0.1", "--word-dropout", "0", "--warmup", "0.2", "--no-mirror", "--decoder", decoder),
    ]
    assert train.cli.main(arguments) == 0
    return folder / "run"


def exported(run: Path, variants: Sequence[str], calibration: int) -> Path:
    """Export some variants, calibrated on so many pictures; returns the bundle."""
    out = run.parent / "bundle"
    asked = [text for name in variants for text in ("--variant", name)]
    arguments = ["--run", str(run), "--out", str(out), "--calibration", str(calibration)]
    assert export.cli.main([*arguments, "--calibration-method", "min-max", "--keep-going", *asked]) in (0, 1)
    Bundle(out).verify()
    return out


def colours_named(bundle: Path, data: Path, variant: str, beam: int) -> int:
    """Of the 16 test squares, how many captions name the colour."""
    captioner = Captioner.load(bundle, variant)
    names = (data / "Flickr_8k.testImages.txt").read_text().split()
    said = [captioner.caption(data / "images" / name, beam).text for name in names]
    return sum(_COLOURS[int(name[:3]) % 4] in text.split() for name, text in zip(names, said, strict=True))
