"""A bundle is calibrated on small made pictures whose sentences are right by a known rule."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from edge_runtime import Captioner
from edge_runtime.bundle.judge_file import judge_matrix
from edge_runtime.bundle.judge_spec import JudgeSpec
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import OptionError
from export.bundling.redecode import RedecodeOptions, redecode
from export.trust.calibrate import Calibration, calibrate
from export.trust.options import CalibrateOptions
from export.trust.report import confidence_markdown, confidence_record, draw_risk, risk_chart
from tests.export.trust.grey_pictures import KINDS, OUTSIDE, grey_pictures
from tests.tiny_bundle import write_bundle
from train.datasets.named_sets import NamedSet
from train.errors import DatasetError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Calibration, CalibrateOptions]:
    folder = tmp_path_factory.mktemp("calibrate")
    bundle = write_bundle(folder / "bundle")
    sets = [
        NamedSet("one", grey_pictures(folder / "one", 60, 120), "dev"),
        NamedSet("two", grey_pictures(folder / "two", 0, 60), "dev"),
    ]
    options = CalibrateOptions(bundle, photographs=60, nonpictures=30, refused=0.02)
    return bundle, calibrate(options, sets, OUTSIDE, lambda _: None), options


def test_the_probe_finds_what_is_no_picture(made: tuple[Path, Calibration, CalibrateOptions]) -> None:
    _, calibration, _ = made
    trust = calibration.variants["onnx-fp32"]
    assert trust.found == {"dark": 1.0, "bright": 1.0}
    assert trust.named == 1.0
    assert max(trust.refused.values()) <= 0.02


def test_confidence_finds_the_rule(made: tuple[Path, Calibration, CalibrateOptions]) -> None:
    _, calibration, _ = made
    figures = calibration.variants["onnx-fp32"].figures
    assert list(figures) == ["one", "two"]
    for name, found in figures.items():
        assert found.roc_area is not None
        assert found.roc_area > 0.95, name
        assert found.right == pytest.approx(2 / 3, abs=0.06)
    assert calibration.raters["one"].people == 1.0


def test_the_bundle_has_it(made: tuple[Path, Calibration, CalibrateOptions]) -> None:
    path, calibration, _ = made
    bundle = Bundle(path)
    bundle.verify()
    assert bundle.manifest == calibration.manifest
    judge = bundle.manifest.judge
    assert judge == JudgeSpec("values", 4, ("picture", *KINDS), tells_right=True)
    matrix = judge_matrix(bundle)
    assert matrix is not None
    assert matrix.shape == (6, 17)
    spec = bundle.manifest.variants["onnx-fp32"].confidence
    assert spec is not None
    assert spec.least_clear <= 0 < spec.hedge_below <= 0.5
    assert bundle.manifest.wording is not None
    assert bundle.manifest.wording.nouns == ()


def test_the_device_does_as_was_measured(made: tuple[Path, Calibration, CalibrateOptions]) -> None:
    path, _, _ = made
    captioner = Captioner.load(path)
    for level, reason in ((2, "dark"), (252, "bright"), (70, ""), (190, "")):
        found = captioner.caption(np.full((20, 20, 3), level, np.uint8))
        assert (found.abstained, found.text == "") == (reason, bool(reason))
    sure, unsure = (captioner.caption(np.full((20, 20, 3), level, np.uint8)).confidence for level in (60, 120))
    assert sure is not None
    assert unsure is not None
    assert sure > 0.8 > 0.4 > unsure


def test_another_search_keeps_it(
    made: tuple[Path, Calibration, CalibrateOptions], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, calibration, _ = made
    # Scores take Java, and are no part of this.
    monkeypatch.setattr("export.bundling.redecode._scored", lambda folder, manifest, *_: manifest)
    dataset = grey_pictures(tmp_path / "few", 2, 8)
    options = RedecodeOptions(path, tmp_path / "out", 1, None, None, False)
    redecode(options, dataset, lambda _: None)
    new = Bundle(tmp_path / "out")
    new.verify()
    old = calibration.manifest
    assert new.manifest.decode.beam_width == 1
    assert (new.manifest.judge, new.manifest.wording) == (old.judge, old.wording)
    assert new.manifest.variants == old.variants
    assert np.array_equal(judge_matrix(new), judge_matrix(Bundle(path)))  # type: ignore[arg-type]


def test_doing_it_again_gives_the_same(made: tuple[Path, Calibration, CalibrateOptions], tmp_path: Path) -> None:
    path, calibration, options = made
    sets = [
        NamedSet("one", grey_pictures(tmp_path / "one", 60, 120), "dev"),
        NamedSet("two", grey_pictures(tmp_path / "two", 0, 60), "dev"),
    ]
    again = calibrate(dataclasses.replace(options, out=tmp_path / "out"), sets, OUTSIDE, lambda _: None)
    assert again.manifest == calibration.manifest
    assert {file.name for file in (tmp_path / "out").iterdir()} == {file.name for file in path.iterdir()}


def test_it_is_told_in_tables_and_a_chart(made: tuple[Path, Calibration, CalibrateOptions]) -> None:
    path, calibration, options = made
    record = confidence_record(calibration, Bundle(path).digest, options)
    assert [row.name for row in record.rows] == [
        "onnx-fp32",
        "onnx-fp32, one",
        "onnx-fp32, two",
        "onnx-fp32, all together",
    ]
    assert record.options["pictures"] == {"one": 120, "two": 60}
    assert len(record.rows[1].facts["risk_by_coverage"]) == 20
    _, one, two, both = record.rows
    assert both.facts["sentences"] == one.facts["sentences"] + two.facts["sentences"]
    assert both.values["refused"] == pytest.approx((2 * one.values["refused"] + two.values["refused"]) / 3, abs=1e-4)
    page = confidence_markdown(record)
    assert "| dark | 100.0% |" in page
    assert "| onnx-fp32 | - | 0 | - | - | - |" in page
    assert risk_chart(record).startswith(b"\x89PNG")
    _, axes = draw_risk(record)
    assert len(axes.get_legend().get_texts()) == 3
    assert axes.get_lines()[0].get_ydata()[-1] == pytest.approx(1 - record.rows[1].values["right"], abs=1e-3)


def test_what_is_refused(tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "bundle")
    before = {file.name: file.read_bytes() for file in bundle.iterdir()}
    few = [NamedSet("few", grey_pictures(tmp_path / "few", 5, 60), "dev")]
    for options, error, sentence in (
        (CalibrateOptions(bundle, refused=1.5), OptionError, "--refused 1.5: must be 0 to 1"),
        (CalibrateOptions(bundle, wrong_sex=-1), OptionError, "--wrong-sex -1: must be 0 to 1"),
        (CalibrateOptions(bundle, heads=3), OptionError, "--heads 3: the bundle's 'values' is 8 wide"),
        (CalibrateOptions(bundle), DatasetError, "5 training pictures that can be read"),
    ):
        with pytest.raises(error, match=sentence):
            calibrate(options, few, OUTSIDE, lambda _: None)
    assert {file.name: file.read_bytes() for file in bundle.iterdir()} == before


def test_a_zip_is_not_written_into(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle")
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path / "bundle"))
    with pytest.raises(OptionError, match="a file, where a bundle folder is written; pass --out FOLDER"):
        calibrate(CalibrateOptions(packed), [], OUTSIDE, lambda _: None)


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    dataset = grey_pictures(tmp_path / "some", 30, 90)
    broken = dataset.splits["dev"][0]
    (tmp_path / "some" / broken).write_bytes(b"no picture")
    said: list[str] = []
    options = CalibrateOptions(write_bundle(tmp_path / "bundle"), photographs=60, nonpictures=6)
    found = calibrate(options, [NamedSet("some", dataset, "dev")], OUTSIDE, said.append)
    assert found.pictures == {"some": 89}
    assert any(line.startswith("left out: ") and broken in line for line in said)
