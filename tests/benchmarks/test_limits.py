"""A caption against its graphs alone: on the bundle that ships, few rounds, no absolute times."""

from pathlib import Path

import pytest

from benchmarks.cli import main
from benchmarks.limits import layers, machine_peak
from benchmarks.limits.floor import RawPass
from edge_runtime.backends.opening import open_backend
from edge_runtime.backends.tensors import encoder_tensors, step_tensors
from edge_runtime.bench.result import Record
from edge_runtime.bundle.reader import Bundle
from edge_runtime.pictures.preprocess import load_input
from edge_runtime.pictures.synthetic import synthetic_frames


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle(None)


@pytest.mark.parametrize("variant", ["onnx-int8", "litert-int8"])
def test_the_floor_says_what_the_runtime_says(bundle: Bundle, variant: str) -> None:
    spec, chosen = bundle.manifest.input, bundle.manifest.variants[variant]
    image = load_input(synthetic_frames(1)[0], spec.height, spec.width)[None]
    raw = RawPass(bundle, chosen, 1)
    found = raw.decode(raw.encode(image))
    encoded = open_backend(bundle, chosen, 1).encode(image)
    assert encoded.greedy is not None
    said = list(encoded.greedy().ids)
    tokens = found["tokens"] if isinstance(found, dict) else found[0]
    assert tokens[: len(said)].tolist() == said


def test_operators_and_their_products(bundle: Bundle) -> None:
    """Of EfficientNet-Lite0 at 224 x 224 some 390 million products are known, and the projections add a few."""
    manifest = bundle.manifest
    spec = manifest.input
    image = load_input(synthetic_frames(1)[0], spec.height, spec.width)[None]
    file = manifest.variants["onnx-int8"].files["encoder"]
    found = layers.operators(bundle, file, encoder_tensors(manifest), [{"image": image}] * 3, 1)
    assert 380e6 < layers.total_macs(found) < 900e6
    first = next(operator for operator in found if operator.kind == "QLinearConv")
    height, width = spec.height // 2, spec.width // 2
    assert first.macs == height * width * 32 * 3 * 9
    slow = layers.slowest(found, 3)
    assert len(slow) == 3
    assert slow[0].milliseconds == max(operator.milliseconds for operator in found)


def test_a_step_multiplies_each_of_its_weights_once(bundle: Bundle) -> None:
    import numpy as np

    manifest, wanted = bundle.manifest, step_tensors(bundle.manifest)
    variant = manifest.variants["onnx-fp32"] if "onnx-fp32" in manifest.variants else manifest.variants["onnx-int8"]
    feeds = {tensor: np.zeros([n or 1 for n in shape], kind) for tensor, (kind, shape) in wanted.inputs.items()}
    found = layers.operators(
        bundle, variant.files["decoder_step"], wanted, [feeds], 1, variant.files.get("decoder_weights")
    )
    grid = 2 * manifest.sizes.regions * manifest.sizes.width
    products = sum(operator.weights[0] * operator.weights[1] for operator in found if len(operator.weights) == 2)
    assert layers.total_macs(found) - products <= grid


def test_peaks_are_of_the_fastest_product() -> None:
    rate, size = machine_peak.peak(machine_peak.products("fp32", 1))
    assert size in machine_peak.SIZES
    assert rate > 1e8
    assert machine_peak.bandwidth(1 << 16) > 1e8


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["limits", "--rounds", "20", "--variants", "onnx-int8", "--threads", "1", "--out", str(tmp_path)]
    assert main(arguments) in (0, 1)
    told = capsys.readouterr().out
    assert "| onnx-int8, 1 thread |" in told
    record = Record.read(tmp_path / "limits.json")
    row = record.row("onnx-int8, 1 thread")
    assert row is not None
    assert row.values["total_ms_p50"] > row.values["preprocess_ms_p50"]
    assert row.values["over_floor"] == pytest.approx(row.values["total_ms_p50"] / row.values["floor_ms_p50"], rel=1e-3)
    assert 0 < row.values["encoder_of_peak"] < 1.5
    assert [r.name for r in record.rows if r.name.startswith("layer")] == [
        f"layer {n} of onnx-int8" for n in range(1, 11)
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--rounds", "3"], "--rounds 3: must be 20 to 100000"),
        (["--threads", "0"], "--threads 0: must be 1 to 64"),
        (["--variants", "onnx-int4"], "onnx-int4"),
        (["--pictures", "nowhere"], "nowhere: no such folder of pictures; check --pictures"),
    ],
)
def test_what_cannot_be_measured(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["limits", *arguments]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
