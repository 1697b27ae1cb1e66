"""The whole path: coloured squares -> training -> export -> a bundle that the device's command reads."""

import json
import shutil
from pathlib import Path

import pytest

import edge_runtime.cli
import export.cli
import train.cli
from edge_runtime import Captioner
from edge_runtime.bundle import Bundle


@pytest.fixture(scope="module")
def run(coloured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    arguments = [
        *("fit", "--data", str(coloured), "--run", str(folder / "run"), "--features", str(folder / "features")),
        *("--size", "64", "--width", "64", "--embedding", "32", "--batch", "4", "--captions-per-picture", "2"),
        *("--min-count", "1", "--max-length", "12", "--average", "0.8", "--learning-rate", "0.002", "--epochs", "5"),
        *("--dropout", "0.1", "--word-dropout", "0", "--warmup", "0.2", "--no-mirror"),
    ]
    assert train.cli.main(arguments) == 0
    return folder / "run"


def _export(run: Path, out: Path, *more: str) -> None:
    """Export; on 16 dev pictures one sentence that differs may pass the bar, which is tested apart."""
    arguments = ["--run", str(run), "--out", str(out), "--calibration", "200", "--keep-going", *more]
    assert export.cli.main(arguments) in (0, 1)
    Bundle(out).verify()


@pytest.fixture(scope="module")
def bundle(run: Path) -> Path:
    _export(run, run.parent / "bundle", "--test")
    return run.parent / "bundle"


def test_the_bundle_is_complete_and_intact(bundle: Path) -> None:
    opened = Bundle(bundle)
    opened.verify()
    manifest = opened.manifest
    assert set(manifest.variants) == {"onnx-fp32", "onnx-int8"}
    assert manifest.parity["fp32_same_captions_as_keras"] >= 0.99
    assert manifest.parity["int8_same_captions_as_fp32"] >= 0.8
    assert min(manifest.parity["int8_cosine"].values()) >= 0.97
    assert set(manifest.quality) == {"int8, dev, beam 3", "int8, test, beam 3", "fp32, test, beam 3"}
    assert manifest.variants["onnx-int8"].bytes < 0.4 * manifest.variants["onnx-fp32"].bytes
    card = (bundle / "MODEL_CARD.md").read_text()
    assert "What it is bad at" in card
    assert str(manifest.quality["int8, test, beam 3"]["cider"]) in card
    stray = {path.name for path in bundle.iterdir()} - {file.path for file in opened.files()} - {"manifest.json"}
    assert stray == set()


@pytest.mark.parametrize("variant", ["onnx-fp32", "onnx-int8"])
@pytest.mark.parametrize("beam", [1, 3])
def test_every_variant_names_the_colour(bundle: Path, coloured: Path, variant: str, beam: int) -> None:
    captioner = Captioner.load(bundle, variant)
    names = (coloured / "Flickr_8k.testImages.txt").read_text().split()
    said = [captioner.caption(coloured / "images" / name, beam).text for name in names]
    colours = ["red", "green", "blue", "yellow"]
    right = [colours[int(name[:3]) % 4] in text.split() for name, text in zip(names, said, strict=True)]
    assert sum(right) >= 15


def test_the_command_reads_it(bundle: Path, coloured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = str(coloured / "images" / "000.png")
    assert edge_runtime.cli.main(["caption", picture, "--bundle", str(bundle), "--json"]) == 0
    assert "red" in json.loads(capsys.readouterr().out)["caption"]


def test_two_exports_are_the_same_bytes(run: Path, bundle: Path) -> None:
    again = run.parent / "again"
    _export(run, again, "--test")
    assert {p.name: p.read_bytes() for p in again.iterdir()} == {p.name: p.read_bytes() for p in bundle.iterdir()}


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
    _export(run, target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "old"]


def test_a_failed_export_leaves_the_old_bundle(
    run: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import export.exporting

    before = {path.name: path.read_bytes() for path in bundle.iterdir()}

    def disk_full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export.exporting, "add_file", disk_full)
    assert export.cli.main(["--run", str(run), "--out", str(bundle), "--calibration", "200"]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert "No space left on device" in error
    assert "the bundle that was there is untouched" in error
    assert {path.name: path.read_bytes() for path in bundle.iterdir()} == before
    assert [path.name for path in bundle.parent.iterdir() if path.name.startswith(".bundle")] == []


def test_a_bundle_below_the_bars_is_not_written(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("export.parity.MIN_COSINE", 1.1)
    out = tmp_path / "b"
    assert export.cli.main(["--run", str(run), "--out", str(out), "--calibration", "200"]) == 1
    assert "at least 1.1 is asked for" in capsys.readouterr().err
    assert not out.exists()
    assert export.cli.main(["--run", str(run), "--out", str(out), "--calibration", "200", "--keep-going"]) == 1
    Bundle(out).verify()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--calibration", "50"], "at least 200 pictures are needed"),
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
    from export.parity import failures

    good = {
        "fp32_same_captions_as_keras": 0.99,
        "int8_cosine": {"keys": 0.99, "values": 0.97},
        "fp32_cider": 0.53,
        "int8_cider": 0.521,
    }
    assert failures(good) == []
    assert failures({**good, "int8_cider": 0.519})[0].startswith("int8 loses 0.0110 CIDEr, at most 0.0100")
    assert failures({**good, "fp32_cider": 5.7, "int8_cider": 5.65}) == []
    assert "98.9%" in failures({**good, "fp32_same_captions_as_keras": 0.989})[0]
    assert "cosine of 0.9600" in failures({**good, "int8_cosine": {"keys": 0.96}})[0]
    assert len(failures({**good, "int8_cosine": {"keys": float("nan")}})) == 1
