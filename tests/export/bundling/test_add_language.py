"""German added to the bundle that ships: every variant says it, English stays byte for byte, and what does not go is refused."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import edge_runtime.cli
import export.cli
from edge_runtime import Captioner
from edge_runtime.bundle.language_facts import OWN_FILES
from edge_runtime.bundle.model_facts import DecodeDefaults
from edge_runtime.bundle.reader import DEFAULT_BUNDLE, Bundle
from edge_runtime.errors import OptionError
from export.bundling.language_table import with_languages
from export.bundling.writer import add_file, publish
from tests.export.german_run import COLOURS, PICTURES, german_run
from train.decoders.registry import build_decoder
from train.runs.folder import RunFolder, read_arrays, write_arrays

VARIANTS = ("litert-int8", "litert-int8+int8-dynamic", "onnx-fp32", "onnx-int8")
FLOAT = "onnx-fp32"

Change = Callable[[Path], None]


def _add(run: Path, out: Path, *more: str) -> int:
    quick = ("--calibration", "32", "--calibration-method", "min-max")
    return export.cli.main(["--add-language", "--run", str(run), "--out", str(out), *quick, *more])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return german_run(tmp_path_factory.mktemp("german"))


def _shipped(home: Path, **changes: Any) -> Path:
    """Write the bundle that ships, of English alone; `changes` replace further facts of its manifest."""
    whole = Bundle(DEFAULT_BUNDLE)
    manifest = replace(whole.manifest, languages={}, **changes)
    for file in manifest.all_files:
        add_file(home, file.path, whole.read(file))
    card = with_languages((home / "MODEL_CARD.md").read_text(), manifest, FLOAT)
    files = {**manifest.files, "model_card": add_file(home, "MODEL_CARD.md", card.encode())}
    publish(home, replace(manifest, files=files), home / "bundle")
    return home / "bundle"


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle that ships, of English alone."""
    return _shipped(tmp_path_factory.mktemp("english"))


@pytest.fixture(scope="module")
def bundle(run: Path, english: Path) -> Path:
    """That with German."""
    out = run.parent / "bundle"
    assert _add(run, out, "--bundle", str(english), "--data-note", "Squares, by nobody.") == 0
    return out


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The float variant alone of the bundle that ships."""
    variants = {FLOAT: Bundle(DEFAULT_BUNDLE).manifest.variants[FLOAT]}
    return _shipped(tmp_path_factory.mktemp("plain"), variants=variants, default_variant=FLOAT)


@pytest.fixture(scope="module")
def spoken(plain: Path, run: Path) -> Path:
    """That with German."""
    out = plain.parent / "spoken"
    assert _add(run, out, "--bundle", str(plain)) == 0
    return out


def _pictures(run: Path) -> dict[Path, str]:
    """Dev pictures, and the colour of each."""
    return {
        run.parent / "data" / "images" / f"{number:02}.png": COLOURS[number % 4][0]
        for number in range(PICTURES - 10, PICTURES)
    }


def test_all_that_was_there_stays(bundle: Path, english: Path) -> None:
    old, new = Bundle(english), Bundle(bundle)
    new.verify()
    assert new.manifest.tags == ("en", "de")
    assert replace(new.manifest, languages={}, files=old.manifest.files) == old.manifest
    for file in old.files():
        if file != old.manifest.files["model_card"]:
            assert (bundle / file.path).read_bytes() == old.read(file)
    assert {path.name for path in bundle.iterdir()} == {file.path for file in new.files()} | {"manifest.json"}


def test_its_files_are_the_decoders(bundle: Path) -> None:
    german = Bundle(bundle).manifest.languages["de"]
    assert sorted(german.variants) == sorted(VARIANTS)
    assert {name: file.path for name, file in german.variants["onnx-int8"].files.items()} == {
        "decoder_step": "decoder_step.de.int8.onnx",
        "decoder_greedy": "decoder_greedy.de.int8.onnx",
        "decoder_weights": "decoder.de.int8.weights",
    }
    mixed = german.variants["litert-int8+int8-dynamic"].files
    assert {name: file.path for name, file in mixed.items()} == {"decoder_step": "decoder_step.de.int8-dynamic.tflite"}
    assert german.files["vocabulary"].path == "vocabulary.de.txt"
    assert (german.vocabulary, german.max_length) == (12, 8)
    assert german.decode == DecodeDefaults(2, 0.7)
    assert (german.sentences.stop, german.sentences.guess) == (".", "vielleicht: ")
    assert all(variant.confidence is None for variant in german.variants.values())
    assert german.variants["onnx-fp32"].files.keys() == {*OWN_FILES}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("beam", [1, None])
def test_every_variant_says_the_colour(bundle: Path, run: Path, variant: str, beam: int | None) -> None:
    captioner = Captioner.load(bundle, variant, language="de", abstains=False)
    for picture, colour in _pictures(run).items():
        found = captioner.caption(picture, beam)
        assert found.text == f"Ein {colour} Bild."
        assert (found.language, found.confidence, found.hedged) == ("de", None, False)


def test_one_encoder_serves_both(bundle: Path, run: Path) -> None:
    english = Captioner.load(bundle, abstains=False)
    german = english.also("de")
    shipped = Captioner.load(DEFAULT_BUNDLE, abstains=False)
    for picture, colour in _pictures(run).items():
        seen = english.encode(picture)
        assert colour in german.decode(seen).tokens
        assert english.decode(seen).token_log_probs == shipped.caption(picture).token_log_probs


def test_quality_is_told_by_its_own_protocol(bundle: Path) -> None:
    german = Bundle(bundle).manifest.languages["de"]
    assert set(german.quality) == {"people", *(f"{name}, dev, beam 2" for name in VARIANTS)}
    first = german.quality["onnx-fp32, dev, beam 2"]
    assert (first["same_captions_as_keras"], first["cider_share"], first["same_captions"]) == (1.0, 1.0, 1.0)
    for name in VARIANTS:
        scores = german.quality[f"{name}, dev, beam 2"]
        assert scores["protocol"] == "pycocoevalcap, Unicode words in lower case, raw references"
        assert scores["pictures"] == 10
        assert scores["meteor"] is None
        assert scores["cider_share"] >= 0.985
    assert german.quality["people"]["captions"] == 30
    assert 0 < german.quality["people"]["cider"] < 10
    assert german.provenance["data"] == "Squares, by nobody."
    assert german.provenance["calibration"]["pictures"] == 32
    assert set(german.provenance["calibration"]["graphs"]) == {"onnx decoder_step", "litert decoder_step"}


def test_the_model_card_tells_of_it(bundle: Path, english: Path) -> None:
    card, before = ((folder / "MODEL_CARD.md").read_text() for folder in (bundle, english))
    section = card[card.index("\n## Languages") : card.index("\n## What it is bad at")]
    german = Bundle(bundle).manifest.languages["de"]
    files = [*german.variants["onnx-int8"].files.values(), german.files["vocabulary"]]
    ciders = [
        german.quality[title]["cider"] for title in ("onnx-int8, dev, beam 2", "onnx-fp32, dev, beam 2", "people")
    ]
    assert f"| de | 12 | {sum(file.bytes for file in files):,} | {' | '.join(map(str, ciders))} |" in section
    assert "- de: pycocoevalcap, Unicode words in lower case, raw references. Captions: Squares, by nobody." in section
    assert max(map(len, section.splitlines())) <= 120
    assert card.replace(section, "") == before


def test_how_sure_it_is_is_not_known(bundle: Path, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = str(next(iter(_pictures(run))))
    command = ["caption", picture, "--bundle", str(bundle), "--language", "de", "--json"]
    assert edge_runtime.cli.main(command) == 0
    said = json.loads(capsys.readouterr().out)
    # What is no clear picture is none in any language: these are squares of one colour.
    assert (said["language"], said["caption"]) == ("de", "")
    assert edge_runtime.cli.main([*command, "--min-confidence", "0.5"]) == 2
    assert "does not know how sure its sentences are" in capsys.readouterr().err
    with pytest.raises(OptionError, match="does not know how sure its sentences are"):
        Captioner.load(bundle, min_confidence=0.5).also("de")


def test_another_search_keeps_it(spoken: Path, run: Path, tmp_path: Path) -> None:
    data = run.parent / "data"
    named = ("--images", str(data / "images"), "--captions", str(data / "captions.json"))
    splits = ("--train-split", str(data / "train.txt"), "--dev-split", str(data / "dev.txt"))
    arguments = ["redecode", str(spoken), "--out", str(tmp_path / "out"), "--beam", "1", *named, *splits]
    assert export.cli.main(arguments) == 0
    new, old = Bundle(tmp_path / "out"), Bundle(spoken)
    new.verify()
    assert new.manifest.decode.beam_width == 1
    assert new.manifest.languages == old.manifest.languages
    assert "\n| de | 12 |" in (tmp_path / "out" / "MODEL_CARD.md").read_text()


def test_a_package_has_the_figures_of_its_variants(bundle: Path, tmp_path: Path) -> None:
    project = tmp_path / "small"
    (project / "src" / "edge_caption_small").mkdir(parents=True)
    (project / "pyproject.toml").touch()
    arguments = ["package", str(bundle), "--size", "small", "--to", str(project), "--variants", "onnx-int8"]
    assert export.cli.main(arguments) == 0
    made = Bundle(project / "src" / "edge_caption_small" / "bundle")
    made.verify()
    german = made.manifest.languages["de"]
    assert list(german.variants) == ["onnx-int8"]
    assert set(german.quality) == {"onnx-int8, dev, beam 2", "people"}


def test_a_variant_may_lack_it(
    bundle: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert _add(run, out, "--bundle", str(bundle), "--leave-out", FLOAT, "litert-int8") == 0
    slim = Bundle(out)
    slim.verify()
    german = slim.manifest.languages["de"]
    assert list(german.variants) == ["litert-int8+int8-dynamic", "onnx-int8"]
    assert german.quality == Bundle(bundle).manifest.languages["de"].quality
    assert {path.name for path in out.iterdir()} == {file.path for file in slim.files()} | {"manifest.json"}
    assert not list(out.glob("*.de.fp32*"))
    picture = next(iter(_pictures(run)))
    caption = ["caption", str(picture), "--bundle", str(out), "--variant", FLOAT]
    capsys.readouterr()
    assert edge_runtime.cli.main([*caption, "--language", "de"]) == 2
    error = capsys.readouterr().err
    assert error.endswith(
        f"variant '{FLOAT}' does not speak 'de'; in it this bundle holds: litert-int8+int8-dynamic, onnx-int8\n"
    )
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert edge_runtime.cli.main(caption) == 0
    said = capsys.readouterr()
    assert f"captions are in en: variant '{FLOAT}' does not speak de" in said.err
    assert edge_runtime.cli.main(caption[:-2]) == 0
    assert "captions are in de" in capsys.readouterr().err
    assert _add(run, out, "--bundle", str(bundle), "--leave-out", "onnx-int8") == 2
    assert (
        "--leave-out onnx-int8: is the bundle's default variant, which speaks all of its languages"
        in capsys.readouterr().err
    )


def test_a_language_that_it_has_is_replaced(spoken: Path, run: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(spoken, tmp_path / "out"))
    once = Bundle(out).manifest.languages["de"]
    assert _add(run, out, "--bundle", str(out), "--beam", "3", "--length-penalty", "1", "--say-once") == 0
    bundle = Bundle(out)
    bundle.verify()
    twice = bundle.manifest.languages["de"]
    assert twice.decode == DecodeDefaults(3, 1.0, ("ein", "ist"))
    assert next(iter(twice.quality)) == "onnx-fp32, dev, beam 3"
    assert twice.files == once.files
    assert (out / "MODEL_CARD.md").read_text().count("## Languages") == 1
    assert {path.name for path in out.iterdir()} == {file.path for file in bundle.files()} | {"manifest.json"}


def test_below_the_bars_nothing_is_written(
    plain: Path, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("export.parity.bars.MIN_SAME_CAPTIONS", 1.1)
    arguments = (run, tmp_path / "out", "--bundle", str(plain), "--dev-pictures", "2")
    assert _add(*arguments) == 1
    error = capsys.readouterr().err
    assert "de: fp32 gives Keras' caption on 100.0% of the pictures, at least 110% are asked for" in error
    assert "was not written; pass --keep-going" in error
    assert list(tmp_path.iterdir()) == []
    assert _add(*arguments, "--keep-going") == 1
    assert Bundle(tmp_path / "out").manifest.tags == ("en", "de")


def test_a_run_can_be_a_bundle_of_its_own_language(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert export.cli.main(["--run", str(run), "--out", str(out), "--variant", FLOAT, "--calibration", "1"]) == 0
    manifest = Bundle(out).manifest
    assert manifest.tags == ("de",)
    assert manifest.quality["onnx-fp32, dev, beam 2"]["protocol"].startswith("pycocoevalcap, Unicode words")
    assert "one sentence in de out" in " ".join((out / "MODEL_CARD.md").read_text().split())
    picture, colour = next(iter(_pictures(run).items()))
    assert Captioner.load(out).caption(picture).text == f"Ein {colour} Bild."
    assert _add(run, tmp_path / "twice", "--bundle", str(out)) == 2
    assert f"speaks de, which is {out}'s own language" in capsys.readouterr().err.splitlines()[-1]


def _asked(**changes: object) -> Change:
    """Changes what a run was asked for."""

    def change(run: Path) -> None:
        config = json.loads((run / "config.json").read_text())
        (run / "config.json").write_text(json.dumps({**config, **changes}))

    return change


def _other_picture(run: Path) -> None:
    """Changes what the decoder reads of a picture a little."""
    folder = RunFolder(run)
    arrays = read_arrays(folder.best)
    decoder = build_decoder("attention", folder.config().decoder_sizes(folder.read_vocabulary(), 1280))
    place = next(place for place, weight in enumerate(decoder.weights) if "state_h_projection" in weight.path)
    arrays[str(place)] = arrays[str(place)] + np.float32(0.01)
    write_arrays(folder.best, arrays)


def _narrow(run: Path) -> None:
    """Makes it a decoder of half the width."""
    _asked(width=128)(run)
    folder = RunFolder(run)
    arrays = read_arrays(folder.best)
    words = folder.read_vocabulary()
    wide, slim = (
        build_decoder("attention", replace(folder.config(), width=width).decoder_sizes(words, 1280))
        for width in (256, 128)
    )
    encoder = [arrays[str(place)] for place in range(len(wide.weights), len(arrays))]
    found = [*(weight.numpy() for weight in slim.weights), *encoder]
    write_arrays(folder.best, {str(place): array for place, array in enumerate(found)})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_other_picture, "its decoder reads other pictures than BUNDLE's encoder gives; REMEDY"),
        (_narrow, "its decoder is of another kind or size than BUNDLE's; REMEDY"),
        (_asked(language="en"), "speaks en, which is BUNDLE's own language; name a run of another one, or export"),
        (_asked(encoder="mobilenet_v2"), "its encoder is mobilenet_v2, BUNDLE's is efficientnet_lite0; REMEDY"),
        (_asked(image_size=192), "its pictures are 192 x 192, BUNDLE's 224 x 224; REMEDY"),
    ],
    ids=["picture", "width", "own-language", "encoder", "size"],
)
def test_a_run_that_does_not_go_with_it(
    plain: Path, run: Path, tmp_path: Path, change: Change, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Path(shutil.copytree(run, tmp_path / "run"))
    change(other)
    assert _add(other, tmp_path / "out", "--bundle", str(plain)) == 2
    wanted = sentence.replace("REMEDY", "train it with --start-from BUNDLE --shared-picture")
    assert f"{other}: {wanted.replace('BUNDLE', str(plain))}" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--bundle", "nowhere"], "nowhere: no such bundle"),
        (["--run", "nowhere"], "nowhere: no run in this folder"),
        (
            ["--calibration", "31"],
            "--calibration 31: at least 32 pictures are needed; a bundle of float variants alone",
        ),
        (["--beam", "99"], "--beam 99 --length-penalty 0.7: must be 1 to 50, and 0 to 10"),
        (["--beam", "0"], "--beam 0: must be at least 1"),
        (["--max-words", "4"], "--max-words 4: must be more than 4"),
        (["--out", "/proc/none/bundle"], "/proc/none/bundle: cannot be written"),
    ],
)
def test_what_is_refused(
    run: Path, tmp_path: Path, options: Sequence[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _add(run, tmp_path / "out", *options) == 2
    assert sentence in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_a_bundle_without_the_float_variant(
    run: Path, tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Path(shutil.copytree(tiny_bundle, tmp_path / "other"))
    text = (other / "manifest.json").read_text()
    (other / "manifest.json").write_text(text.replace("onnx-fp32", "onnx-small"))
    assert _add(run, tmp_path / "out", "--bundle", str(other)) == 2
    assert f"{other}: no variant 'onnx-fp32', whose encoder" in capsys.readouterr().err.splitlines()[-1]


def test_words_said_once_need_function_words(
    plain: Path, run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Path(shutil.copytree(run, tmp_path / "run"))
    _asked(language="zh-Hans")(other)
    assert _add(other, tmp_path / "out", "--bundle", str(plain), "--say-once") == 2
    assert "--say-once: no function words of 'zh-Hans' are known" in capsys.readouterr().err.splitlines()[-1]


def test_the_command_is_found_behind_its_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--run", str(tmp_path / "none"), "--out", str(tmp_path / "out"), "--add-language"]
    assert export.cli.main(arguments) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("export --add-language: ")
