"""The whole path: coloured squares -> training -> export -> a bundle that the device's command reads."""

import hashlib
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import edge_runtime.cli
import export.cli
import train.cli
from edge_runtime import Captioner
from edge_runtime.bundle.reader import Bundle
from export.bundling.variants import BACKENDS, PRECISIONS
from export.calibration.ranges import METHODS
from export.parity.operators import run_operators
from tests.export.coloured_run import colours_named


@pytest.fixture(scope="module")
def run(trained: Path) -> Path:
    return trained / "run"


VARIANTS = [
    *(f"{backend}-{precision}" for backend in BACKENDS for precision in PRECISIONS),
    "litert-int8+fp16",
    "onnx-fp16+int8-dynamic",
]


CALIBRATION = ("--calibration", "64")
"""Pictures that ranges are taken from: of squares in four colours, as good as the 200 that are asked for of photographs."""
QUICK = ("--calibration-method", "min-max", "--variant", "onnx-int8")
"""For what does not depend on how ranges are taken, or in which runtimes."""
FLOAT = ("--variant", "onnx-fp16")
"""For what does not depend on how the graphs are made small."""


def _export(run: Path, out: Path, *more: str) -> None:
    """Export; on 16 dev pictures one sentence that differs may pass the bar, which is tested apart."""
    arguments = ["--run", str(run), "--out", str(out), *CALIBRATION, "--keep-going", *more]
    assert export.cli.main(arguments) in (0, 1)
    Bundle(out).verify()


@pytest.fixture(scope="module")
def bundle(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every precision in both runtimes."""
    out = tmp_path_factory.mktemp("export") / "bundle"
    _export(run, out, "--test", *(text for name in VARIANTS for text in ("--variant", name)))
    return out


def test_the_bundle_is_complete_and_intact(bundle: Path) -> None:
    opened = Bundle(bundle)
    opened.verify()
    manifest = opened.manifest
    assert list(manifest.variants) == sorted(VARIANTS)
    assert manifest.default_variant == "onnx-int8"
    assert manifest.parity["reference_same_captions_as_keras"] >= 0.99
    for name, figures in manifest.parity["variants"].items():
        assert min(figures["cosine"].values()) >= (0.9999 if "-fp" in name else 0.97), name
        assert figures["same_captions"] >= 0.8, name
    assert {"onnx-int8, dev, beam 3", "litert-int8, test, beam 3"} <= set(manifest.quality)
    sizes = {name: variant.bytes for name, variant in manifest.variants.items()}
    for backend in BACKENDS:
        assert sizes[f"{backend}-int8"] < 0.4 * sizes[f"{backend}-fp32"]
        assert sizes[f"{backend}-fp16"] < 0.6 * sizes[f"{backend}-fp32"]
    calibrated = manifest.provenance["calibration"]["graphs"]
    assert set(calibrated) == {f"{b} {g}" for b in BACKENDS for g in ("encoder", "decoder_step")}
    for found in calibrated.values():
        assert set(found["errors"]) == set(METHODS)
        assert found["errors"][found["method"]] == min(found["errors"].values())
    card = (bundle / "MODEL_CARD.md").read_text()
    assert "What it is bad at" in card
    assert str(manifest.quality["onnx-int8, test, beam 3"]["cider"]) in card
    stray = {path.name for path in bundle.iterdir()} - {file.path for file in opened.files()} - {"manifest.json"}
    assert stray == set()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("beam", [1, 3])
def test_every_variant_names_the_colour(bundle: Path, coloured: Path, variant: str, beam: int) -> None:
    assert colours_named(bundle, coloured, variant, beam) >= 15


def test_the_command_reads_it(bundle: Path, coloured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = str(coloured / "images" / "000.png")
    assert edge_runtime.cli.main(["caption", picture, "--bundle", str(bundle), "--json"]) == 0
    assert "red" in json.loads(capsys.readouterr().out)["caption"]


@pytest.mark.parametrize(
    "variants",
    [("onnx-int8", "litert-fp16"), pytest.param(("litert-int8", "litert-fp16"), marks=pytest.mark.slow)],
    ids="-and-".join,
)
def test_two_exports_are_the_same_bytes(run: Path, bundle: Path, tmp_path: Path, variants: tuple[str, str]) -> None:
    """And the graphs that need no ranges are those of another export with other variants."""
    asked = ("--calibration-method", "min-max", *(text for name in variants for text in ("--variant", name)))
    for name in ("again", "once_more"):
        _export(run, tmp_path / name, *asked)
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("again", "once_more"))
    assert first == second
    floats = {name: content for name, content in first.items() if "fp16" in name}
    assert len(floats) == 2
    assert floats == {name: (bundle / name).read_bytes() for name in floats}


def test_the_greedy_loop_says_what_the_steps_say(bundle: Path, coloured: Path) -> None:
    names = (coloured / "Flickr_8k.testImages.txt").read_text().split()[:6]
    for variant in ("onnx-fp32", "onnx-int8", "onnx-int8-dynamic", "litert-fp32", "litert-fp16", "litert-int8"):
        captioner = Captioner.load(bundle, variant)
        for name in names:
            whole = captioner.caption(coloured / "images" / name, beam=1)
            stream = captioner.stream(coloured / "images" / name)
            words = []
            while True:
                try:
                    words.append(next(stream))
                except StopIteration as end:
                    stepped = end.value
                    break
            assert tuple(words) == whole.tokens == stepped.tokens
            assert whole.token_log_probs == pytest.approx(stepped.token_log_probs, abs=1e-5)


def test_what_runs_is_integers(bundle: Path) -> None:
    """No quantise or dequantise is left around what has an integer kernel, and no operator beyond LiteRT's own is needed."""
    opened = Bundle(bundle)
    found = {name: run_operators(opened, variant) for name, variant in opened.manifest.variants.items()}
    encoder = found["onnx-int8"]["encoder"]
    assert encoder["QLinearConv"] == 49
    assert encoder.get("Conv", 0) == encoder.get("MatMul", 0) == encoder.get("DequantizeLinear", 0) == 0
    # Where the features, floats by then, enter the projections of what the decoder reads.
    assert encoder.get("QuantizeLinear", 0) <= 2
    step = found["onnx-int8"]["decoder_step"]
    assert step["MatMulIntegerToFloat"] == 6
    # The word that is looked up, and the context: floats before the products that take them.
    assert step.get("DequantizeLinear", 0) <= 2
    litert = found["litert-int8"]["encoder"]
    assert litert["xnnpack"] == 1
    assert litert["QUANTIZE"] == litert["DEQUANTIZE"] == 1
    # Every operator of the decoder that has an integer kernel takes and gives float32 where the next one is float.
    assert found["litert-int8-dynamic"]["decoder_step"].get("QUANTIZE", 0) == 0
    assert "Flex" not in str(found)


def test_fewer_words(run: Path, tmp_path: Path, coloured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _export(run, tmp_path / "b", "--max-words", "9", *QUICK)
    manifest = Bundle(tmp_path / "b").manifest
    assert list(manifest.variants) == ["onnx-int8"]
    assert manifest.sizes.vocabulary == 9
    assert not list((tmp_path / "b").glob("*fp32*"))
    assert Captioner.load(tmp_path / "b").caption(coloured / "images" / "000.png").tokens
    assert export.cli.main(["--run", str(run), "--out", str(tmp_path / "c"), "--max-words", "4"]) == 2
    assert "--max-words 4: must be more than 4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("encoder", "size"),
    [
        ("mobilenet_v2", 192),
        pytest.param("efficientnet_lite0", 320, marks=pytest.mark.slow),
        pytest.param("efficientnet_lite2", 192, marks=pytest.mark.slow),
        pytest.param("mobilenet_v3_small", 288, marks=pytest.mark.slow),
    ],
)
def test_other_input_sizes(coloured: Path, tmp_path: Path, encoder: str, size: int) -> None:
    arguments = [
        *("fit", "--data", str(coloured), "--run", str(tmp_path / "run"), "--features", str(tmp_path / "features")),
        *("--encoder", encoder, "--encoder-weights", "none", "--size", str(size)),
        *("--width", "32", "--embedding", "16", "--heads", "2"),
        *("--batch", "8", "--min-count", "1", "--max-length", "10", "--epochs", "1", "--no-mirror"),
    ]
    assert train.cli.main(arguments) == 0
    variants = ["--variant", "onnx-int8", "--variant", "litert-int8", "--calibration-method", "min-max"]
    _export(tmp_path / "run", tmp_path / "b", "--dev-pictures", "4", "--beam", "2", *variants)
    manifest = Bundle(tmp_path / "b").manifest
    assert manifest.input.height == manifest.input.width == size
    assert manifest.sizes.regions == (size // 32) ** 2
    for variant in manifest.variants:
        captioner = Captioner.load(tmp_path / "b", variant)
        assert captioner.caption(coloured / "images" / "000.png").variant == variant


def test_check_reports_every_variant(bundle: Path, coloured: Path, tmp_path: Path) -> None:
    arguments = ["check", str(bundle), "--data", str(coloured), "--out", str(tmp_path / "report"), "--rounds", "5"]
    assert export.cli.main(arguments) in (0, 1)
    report = json.loads((tmp_path / "report" / "parity.json").read_text())
    assert list(report["variants"]) == ["onnx-fp32", *(name for name in sorted(VARIANTS) if name != "onnx-fp32")]
    first = report["variants"]["onnx-fp32"]
    assert first["cider_share"] == 1.0
    assert first["other_captions"] == 0.0
    assert first["log_probs"] == {"cosine": 1.0, "largest": 0.0}
    small = report["variants"]["litert-int8"]
    assert small["bytes"]["total"] == small["bytes"]["encoder"] + small["bytes"]["decoder_step"]
    assert 0.9 < small["features"]["values"]["cosine"] < 1
    assert 0 < small["milliseconds"]["encode"] < small["milliseconds"]["total"]
    page = (tmp_path / "report" / "parity.md").read_text()
    assert all(f"| {name} |" in page for name in VARIANTS)
    assert (tmp_path / "report" / "parity.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == ["parity.json", "parity.md", "parity.png"]


def test_check_fails_past_the_bars(
    bundle: Path, coloured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("export.parity.bars.MIN_COSINE", 1.1)
    arguments = ["check", str(bundle), "--data", str(coloured), "--out", str(tmp_path), "--rounds", "5"]
    assert export.cli.main(arguments) == 1
    assert "at least 1.1 is asked for" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--reference", "onnx-fp64"], "no variant 'onnx-fp64' to hold the others against; name one with --reference"),
        (["--out", "/proc/none"], "/proc/none: cannot be written"),
        (["--rounds", "0"], "--rounds 0: must be at least 1"),
    ],
)
def test_check_of_what_cannot_be(
    bundle: Path, coloured: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    base = ["check", str(bundle), "--data", str(coloured), "--dev-pictures", "2", "--rounds", "1"]
    assert export.cli.main([*base, *options]) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_sensitivity_ranks_every_layer(run: Path, tmp_path: Path) -> None:
    arguments = ["sensitivity", "--run", str(run), "--out", str(tmp_path), "--calibration", "32"]
    assert export.cli.main(arguments) == 0
    report = json.loads((tmp_path / "sensitivity.json").read_text())
    for graph, layers in (("encoder", 53), ("decoder_step", 6)):
        errors = [layer["error"] for layer in report["layers"] if layer["graph"] == graph]
        assert len(errors) == layers
        assert errors == sorted(errors, reverse=True)
        assert 0 < max(errors) < 1
        assert report["together"][graph] > 0
    assert "| 1 |" in (tmp_path / "sensitivity.md").read_text()


def test_a_missing_runtime_names_its_extra(
    bundle: Path, coloured: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    command = ["caption", str(coloured / "images" / "000.png"), "--bundle", str(bundle), "--variant", "litert-int8"]
    assert edge_runtime.cli.main(command) == 2
    error = capsys.readouterr().err
    assert error == "edge-caption: this variant needs LiteRT; run: pip install 'edge-caption[litert]'\n"


def test_litert_from_several_threads_at_once(bundle: Path, coloured: Path) -> None:
    captioner = Captioner.load(bundle, "litert-int8")
    pictures = [coloured / "images" / f"{index:03}.png" for index in range(8)]
    alone = [captioner.caption(picture).text for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda picture: captioner.caption(picture).text, pictures * 5))
    assert together == alone * 5


def test_litert_says_nothing_by_itself(bundle: Path, coloured: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "edge_runtime",
        "caption",
        str(coloured / "images" / "000.png"),
        "--bundle",
        str(bundle),
    ]
    done = subprocess.run([*command, "--variant", "litert-int8"], capture_output=True, text=True, check=True)
    assert "red" in done.stdout
    assert done.stderr == ""


def test_a_damaged_litert_graph(bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = Path(shutil.copytree(bundle, tmp_path / "b"))
    manifest = json.loads((broken / "manifest.json").read_text())
    file = manifest["variants"]["litert-int8"]["files"]["encoder"]
    content = b"no graph at all"
    (broken / file["path"]).write_bytes(content)
    file.update(sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
    (broken / "manifest.json").write_text(json.dumps(manifest))
    assert edge_runtime.cli.main(["caption", "x.png", "--bundle", str(broken), "--variant", "litert-int8"]) == 2
    assert "encoder.int8.tflite: not a graph that can be run" in capsys.readouterr().err


def test_a_bundle_is_replaced_and_anything_else_is_not(
    run: Path, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    assert export.cli.main(["--run", str(run), "--out", str(tmp_path / "mine")]) == 2
    assert "exists and is no bundle, so it is not replaced" in capsys.readouterr().err
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "precious"
    target = Path(shutil.copytree(bundle, tmp_path / "old"))
    (target / "manifest.json").write_text("{}")
    _export(run, target, *FLOAT)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "old"]


def test_a_failed_export_leaves_the_old_bundle(
    run: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import export.bundling.export

    before = {path.name: path.read_bytes() for path in bundle.iterdir()}

    def disk_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export.bundling.export, "add_file", disk_full)
    assert export.cli.main(["--run", str(run), "--out", str(bundle), *FLOAT]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "No space left on device" in error
    assert "the bundle that was there is untouched" in error
    assert {path.name: path.read_bytes() for path in bundle.iterdir()} == before
    assert [path.name for path in bundle.parent.iterdir() if path.name.startswith(".bundle")] == []


def test_a_bundle_below_the_bars_is_not_written(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("export.parity.bars.MIN_COSINE", 1.1)
    out = tmp_path / "b"
    arguments = ["--run", str(run), "--out", str(out), *FLOAT]
    assert export.cli.main(arguments) == 1
    assert "at least 1.1 is asked for" in capsys.readouterr().err
    assert not out.exists()
    assert export.cli.main([*arguments, "--keep-going"]) == 1
    Bundle(out).verify()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--calibration", "31"], "at least 32 pictures are needed"),
        (["--variant", "onnx-int4"], "--variant onnx-int4: must be BACKEND-PRECISION"),
        (["--default-variant", "litert-fp16"], "--default-variant litert-fp16: not among the variants"),
        (["--run", "nowhere"], "no run in this folder"),
        (["--out", "/proc/none/bundle"], "/proc/none/bundle: cannot be written"),
        (["--beam", "99"], "--beam 99 --length-penalty 0.7: must be 1 to 50, and 0 to 10"),
        (["--beam", "0"], "--beam 0: must be at least 1"),
    ],
)
def test_wrong_options(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert export.cli.main(["--run", str(run), "--out", str(tmp_path / "b"), *options]) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "b").exists()


def test_a_run_of_another_version(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = Path(shutil.copytree(run, tmp_path / "run"))
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "format": 99}))
    assert export.cli.main(["--run", str(other), "--out", str(tmp_path / "b")]) == 2
    assert "a run of another version" in capsys.readouterr().err


def test_the_bars() -> None:
    from export.parity.measure import failures

    def parity(
        same: float = 0.99, cider: float = 0.53, small: float = 0.521, cosine: float = 0.98
    ) -> dict[str, object]:
        figures = {"cider": small, "same_captions": 0.8, "cosine": {"keys": 0.99, "values": cosine}}
        return {"reference_same_captions_as_keras": same, "cider": cider, "variants": {"onnx-int8": figures}}

    assert failures(parity()) == []
    assert failures(parity(small=0.519))[0].startswith("onnx-int8: loses 0.0110 CIDEr, at most 0.0100")
    assert failures(parity(cider=5.7, small=5.65)) == []
    assert "98.9%" in failures(parity(same=0.989))[0]
    assert "cosine of 0.9600" in failures(parity(cosine=0.96))[0]
    assert len(failures(parity(cosine=float("nan")))) == 1
