"""A further language of a bundle that is calibrated already; its sentences are right by a known rule."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

import export.cli
from edge_runtime import Captioner
from edge_runtime.bench.result import Record
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import EdgeCaptionError, OptionError, UnknownLanguageError
from export.trust.calibrate import calibrate
from export.trust.further import LanguageCalibration, calibrate_language
from export.trust.options import CalibrateOptions
from export.trust.report import language_markdown, language_record, risk_chart
from tests.export.trust.grey_pictures import GERMAN, OUTSIDE, grey_pictures
from tests.two_languages import two_languages
from train.datasets.named_sets import NamedSet
from train.errors import DatasetError

WORDS = ("dunkles", "helles")


def _ignored(_: str) -> None:
    """Nobody reads the news."""


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> NamedSet:
    folder = tmp_path_factory.mktemp("german")
    return NamedSet("german", grey_pictures(folder / "pictures", 0, 120, GERMAN, WORDS), "dev")


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> NamedSet:
    return NamedSet("english", grey_pictures(tmp_path_factory.mktemp("english") / "pictures", 60, 120), "dev")


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, german: NamedSet, english: NamedSet
) -> tuple[Path, Path, LanguageCalibration]:
    """The bundle before, the bundle after, and what was found."""
    before, after = (tmp_path_factory.mktemp("bundles") / name for name in ("before", "after"))
    two_languages(before)
    calibrate(CalibrateOptions(before, photographs=60, nonpictures=30, refused=0.02), [english], OUTSIDE, _ignored)
    options = CalibrateOptions(before, after)
    return before, after, calibrate_language(options, "de_AT", [german], _ignored)


def test_only_the_confidence_of_the_language_is_fitted(made: tuple[Path, Path, LanguageCalibration]) -> None:
    before, after, calibration = made
    new, old = Bundle(after), Bundle(before)
    new.verify()
    assert new.manifest == calibration.manifest
    spec = new.manifest.languages["de"].variants["onnx-fp32"].confidence
    assert spec is not None
    part = old.manifest.languages["de"]
    variants = {name: dataclasses.replace(one, confidence=spec) for name, one in part.variants.items()}
    languages = {"de": dataclasses.replace(part, variants=variants)}
    assert new.manifest == dataclasses.replace(old.manifest, languages=languages)
    assert {file.name: file.read_bytes() for file in after.iterdir() if file.suffix != ".json"} == {
        file.name: file.read_bytes() for file in before.iterdir() if file.suffix != ".json"
    }
    own = old.manifest.variants["onnx-fp32"].confidence
    assert own is not None
    assert (spec.least_clear, spec.sex_margin) == (own.least_clear, 0.0)
    assert spec.weights
    assert "seen" not in spec.weights


def test_it_finds_the_rule(made: tuple[Path, Path, LanguageCalibration]) -> None:
    _, _, calibration = made
    found = calibration.variants["onnx-fp32"].figures["german"]
    assert found.roc_area is not None
    assert found.roc_area > 0.95
    assert found.right == pytest.approx(2 / 3, abs=0.06)
    assert (calibration.language, calibration.raters["german"].people) == ("de", 1.0)


def test_the_device_does_as_was_measured(made: tuple[Path, Path, LanguageCalibration]) -> None:
    _, after, _ = made
    captioner = Captioner.load(after, language="de", min_confidence=0.5)
    for level, text, abstained in (
        (2, "", "dark"),
        (252, "", "bright"),
        (60, "Ein dunkles Bild.", ""),
        (122, "", "unsure"),
        (195, "Ein helles Bild.", ""),
    ):
        found = captioner.caption(np.full((20, 20, 3), level, np.uint8))
        assert (found.text, found.abstained) == (text, abstained), level


def test_it_is_told_in_tables_and_a_chart(made: tuple[Path, Path, LanguageCalibration]) -> None:
    _, after, calibration = made
    record = language_record(calibration, Bundle(after).digest, CalibrateOptions(after))
    assert (record.kind, record.options["language"]) == ("confidence-de", "de")
    assert [row.name for row in record.rows] == ["onnx-fp32", "onnx-fp32, german"]
    assert {"roc_area", "calibration_error", "calibration_error_even"} <= record.rows[1].values.keys()
    page = language_markdown(record)
    assert page.startswith("# Confidence of tiny in de\n")
    assert "| onnx-fp32, german | 120 |" in page
    assert risk_chart(record).startswith(b"\x89PNG")


def test_a_bundle_that_is_calibrated_anew_forgets_it(
    made: tuple[Path, Path, LanguageCalibration], english: NamedSet, tmp_path: Path
) -> None:
    _, after, _ = made
    said: list[str] = []
    options = CalibrateOptions(after, tmp_path / "again", photographs=60, nonpictures=30, refused=0.02)
    manifest = calibrate(options, [english], OUTSIDE, said.append).manifest
    assert manifest.languages["de"].variants["onnx-fp32"].confidence is None
    sentence = "de: how sure its sentences are was told by the former probe, and is left out; calibrate --language de"
    assert sentence in said


def test_what_is_refused(
    made: tuple[Path, Path, LanguageCalibration], german: NamedSet, english: NamedSet, tmp_path: Path
) -> None:
    before, _, _ = made
    cases: list[tuple[Path, str, NamedSet, type[EdgeCaptionError], str]] = [
        (before, "fr", german, UnknownLanguageError, "language fr: this bundle speaks en, de; name one of these"),
        (
            two_languages(tmp_path / "plain"),
            "de",
            german,
            OptionError,
            "--language de: .*plain does not know yet when its sentences in en can be trusted; calibrate without --language",
        ),
        (
            before,
            "de",
            NamedSet("few", grey_pictures(tmp_path / "few", 0, 20, GERMAN, WORDS), "dev"),
            DatasetError,
            "20 development sentences",
        ),
        (
            before,
            "de",
            NamedSet("script", grey_pictures(tmp_path / "script", 0, 60, ("{}狗", "一只{}"), ("暗", "亮")), "dev"),
            DatasetError,
            "0% of the letters of the captions are of the script 'Latn', in which de is written",
        ),
    ]
    for bundle, tag, each, error, sentence in cases:
        with pytest.raises(error, match=sentence):
            calibrate_language(CalibrateOptions(bundle, tmp_path / "out"), tag, [each], _ignored)
        assert not (tmp_path / "out").exists()


def test_the_command(
    made: tuple[Path, Path, LanguageCalibration], german: NamedSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after, _ = made
    captions = german.dataset.captions_of("dev")
    lines = [f"{name}#{place}\t{text}\n" for name, texts in captions.items() for place, text in enumerate(texts)]
    (tmp_path / "german.txt").write_text("".join(lines))
    (tmp_path / "dev").write_text("".join(f"{name}\n" for name in captions))
    files = ["--captions", str(tmp_path / "german.txt"), "--dev-split", str(tmp_path / "dev"), "--name", "german"]
    data = ["--images", str(german.dataset.images), *files]
    out, report = tmp_path / "out", tmp_path / "report"
    words = ["calibrate", str(before), "--language", "de", "--out", str(out), "--report", str(report)]
    assert export.cli.main([*words, *data]) == 0
    assert (out / "manifest.json").read_text() == (after / "manifest.json").read_text()
    assert sorted(file.name for file in report.iterdir()) == ["confidence-de.json", "confidence-de.md", "risk-de.png"]
    assert Record.read(report / "confidence-de.json").options["pictures"] == {"german": 120}
    assert capsys.readouterr().out == (report / "confidence-de.md").read_text()
    assert export.cli.main(["calibrate", str(before), "--language", "fr", *data, "--report", str(report)]) == 2
    assert "language fr: this bundle speaks en, de; name one of these" in capsys.readouterr().err
    assert json.loads((before / "manifest.json").read_text())["languages"]["de"]["variants"]["onnx-fp32"].keys() == {
        "files"
    }
