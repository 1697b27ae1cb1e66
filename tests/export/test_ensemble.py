"""Two decoders trained apart, joined, exported in both runtimes, and read back."""

import json
from pathlib import Path

import numpy as np
import pytest

import export.cli
import train.cli
from edge_runtime import Captioner
from edge_runtime.bundle.reader import Bundle
from train.encoders.registry import encoder_spec
from train.runs.bundle_start import BundleStart
from train.runs.folder import RunFolder

_VARIANTS = ("onnx-fp32", "onnx-int8", "litert-int8", "litert-int8+int8-dynamic")


def _fit(data: Path, folder: Path, name: str, *more: str) -> int:
    arguments = [
        *("fit", "--data", str(data), "--run", str(folder / name), "--features", str(folder / "features")),
        *("--size", "64", "--width", "64", "--embedding", "32", "--batch", "4", "--captions-per-picture", "2"),
        *("--min-count", "1", "--max-length", "12", "--average", "0.8", "--learning-rate", "0.002", "--epochs", "4"),
        *("--dropout", "0.1", "--word-dropout", "0", "--warmup", "0.2", "--no-mirror", "--say-once", *more),
    ]
    return train.cli.main(arguments)


@pytest.fixture(scope="module")
def folder(coloured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("ensemble")
    assert _fit(coloured, found, "one", "--seed", "1") == 0
    assert _fit(coloured, found, "two", "--seed", "2") == 0
    return found


@pytest.fixture(scope="module")
def joined(folder: Path) -> Path:
    assert train.cli.main(["join", str(folder / "one"), str(folder / "two"), "--run", str(folder / "both")]) == 0
    return folder / "both"


@pytest.fixture(scope="module")
def bundle(joined: Path) -> Path:
    out = joined.parent / "bundle"
    arguments = ["--run", str(joined), "--out", str(out), "--calibration", "64", "--keep-going"]
    arguments += ["--calibration-method", "min-max"]
    arguments += [text for name in _VARIANTS for text in ("--variant", name)]
    assert export.cli.main(arguments) in (0, 1)
    Bundle(out).verify()
    return out


def test_every_variant_says_what_the_trained_network_says(bundle: Path) -> None:
    manifest = Bundle(bundle).manifest
    assert manifest.sizes.width == 128
    assert manifest.parity["reference_same_captions_as_keras"] >= 0.99
    for name, figures in manifest.parity["variants"].items():
        assert min(figures["cosine"].values()) >= 0.97, name


def test_the_run_says_words_once_and_so_does_its_bundle(bundle: Path) -> None:
    repeatable = Bundle(bundle).manifest.decode.repeatable
    assert repeatable is not None
    assert "a" in repeatable


def test_both_runtimes_caption_with_it(bundle: Path, coloured: Path) -> None:
    right = []
    for name in _VARIANTS:
        captioner = Captioner.load(bundle, name)
        for number, colour in enumerate(("red", "green", "blue", "yellow")):
            said = captioner.caption(coloured / "images" / f"{number:03}.png", 1).text
            right.append(colour in said.split())
    assert sum(right) >= 14


def test_it_is_read_back_from_its_bundle(bundle: Path, joined: Path) -> None:
    run = RunFolder(joined)
    channels = encoder_spec(run.config().encoder).channels
    trained = run.load_decoder(channels)
    found = type(trained)(trained.config)
    BundleStart(bundle).fill(found, None)
    rng = np.random.default_rng(0)
    features = rng.random((2, 4, channels), np.float32)
    tokens = rng.integers(4, trained.config.vocabulary_size, (2, 1, 5)).astype(np.int32)
    wanted, read = (decoder.logits(decoder(features, tokens)).numpy() for decoder in (trained, found))
    np.testing.assert_allclose(read, wanted, atol=2e-3)


def test_it_is_trained_further(joined: Path, coloured: Path) -> None:
    more = ["--start-from", str(joined), "--members", "2", "--epochs", "1"]
    assert _fit(coloured, joined.parent, "further", *more) == 0
    assert RunFolder(joined.parent / "further").config().members == 2


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (("one",), "join: pass two runs or more"),
        (("both", "one"), "both: is an ensemble already"),
        (("one", "nothing"), "nothing: vocabulary.txt is missing"),
        (("one", "two", "out"), "both: holds a run already"),
    ],
)
def test_what_cannot_be_joined(
    joined: Path, capsys: pytest.CaptureFixture[str], members: tuple[str, ...], message: str
) -> None:
    folder = joined.parent
    out = folder / "both" if "out" in members else folder / "new"
    runs = [str(folder / name) for name in members if name != "out"]
    assert train.cli.main(["join", *runs, "--run", str(out)]) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert not (folder / "new").exists()


def test_the_members_are_written_down(joined: Path) -> None:
    assert [Path(path).name for path in json.loads((joined / "members.json").read_text())] == ["one", "two"]
