"""The study's plain decoder on the whole path: coloured squares -> training -> both runtimes in eight bits -> captions."""

import json
from pathlib import Path

import pytest

import train.cli
from edge_runtime.bundle.reader import Bundle
from tests.export.coloured_run import colours_named, exported, trained
from train.runs.folder import RunFolder

VARIANTS = ("onnx-int8", "litert-int8")


@pytest.fixture(scope="module")
def run(coloured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(coloured, tmp_path_factory.mktemp("lstm"), "lstm")


@pytest.fixture(scope="module")
def bundle(run: Path) -> Path:
    return exported(run, VARIANTS, 64)


def test_the_picture_has_one_place(run: Path, bundle: Path) -> None:
    manifest = Bundle(bundle).manifest
    assert RunFolder(run).config().decoder == "lstm"
    assert manifest.sizes.regions == 1
    assert manifest.provenance["training"]["decoder"] == "lstm"
    assert manifest.parity["reference_same_captions_as_keras"] == 1
    for name in VARIANTS:
        cosines = manifest.parity["variants"][name]["cosine"]
        assert cosines["state_h"] == cosines["state_c"] == 1
        assert cosines["values"] >= 0.97
    assert "that knows the picture as one vector" in " ".join((bundle / "MODEL_CARD.md").read_text().split())


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("beam", [1, 3])
def test_every_variant_names_the_colour(bundle: Path, coloured: Path, variant: str, beam: int) -> None:
    assert colours_named(bundle, coloured, variant, beam) >= 15


def test_no_weights_are_carried_along(run: Path, bundle: Path) -> None:
    """Of a step in eight bits: the LSTM, the state's share, the projection, the word vectors once."""
    config = RunFolder(run).config()
    words, width, length = Bundle(bundle).manifest.sizes.vocabulary, config.width, config.embedding
    weights = 4 * width * (length + width) + width * width + width * length + words * length
    stored = Bundle(bundle).manifest.variants["onnx-int8"].files["decoder_weights"].bytes
    assert weights <= stored < 1.1 * weights


def test_a_bundle_is_no_start_for_it(
    bundle: Path, coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "fit",
        "--data",
        str(coloured),
        "--run",
        str(tmp_path / "run"),
        "--features",
        str(tmp_path / "f"),
        "--size",
        "64",
    ]
    more = ["--min-count", "1", "--decoder", "lstm", "--no-mirror", "--start-from", str(bundle)]
    assert train.cli.main([*arguments, *more]) == 2
    assert "no variant 'onnx-fp32' to go on from" in capsys.readouterr().err


def test_its_manifest_is_read_strictly(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    assert manifest["schema_version"] == 2
    assert manifest["decoder"]["kind"] == "lstm"
    assert [tensor["shape"] for tensor in manifest["decoder"]["context"]] == [[1, 64], [1, 64]]
