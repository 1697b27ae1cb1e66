"""A bundle of two languages: one encoder, a decoder each."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_runtime import Captioner
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.bundle.reader import DEFAULT_BUNDLE, Bundle
from edge_runtime.bundle.spoken import usual_language
from edge_runtime.cli import main
from edge_runtime.doctor.model import intact
from edge_runtime.errors import BundleError, OptionError, UnknownLanguageError
from tests.judged_bundle import CONFIDENCE, judged_bundle
from tests.tiny_bundle import write_bundle
from tests.two_languages import two_languages

DARK, BRIGHT = np.full((20, 20, 3), 40, np.uint8), np.full((20, 20, 3), 220, np.uint8)


def test_each_language_says_it_in_its_words(tmp_path: Path) -> None:
    bundle = two_languages(tmp_path / "bundle")
    english, german = Captioner.load(bundle), Captioner.load(bundle, language="de-AT")
    assert (english.language, german.language) == ("en", "de")
    assert english.caption(DARK).text == "a dark picture"
    said = german.caption(BRIGHT)
    assert (said.text, said.language, said.tokens) == ("Ein helles Bild.", "de", ("ein", "helles", "Bild"))
    assert list(german.stream(DARK)) == ["ein", "dunkles", "Bild"]
    assert german.begun(["ein", "dunkles"]) == "Ein dunkles"
    assert german.manifest.decode.beam_width == 1
    assert english.manifest.decode.beam_width == 2


def test_languages_share_an_encoder(tmp_path: Path) -> None:
    english = Captioner.load(two_languages(tmp_path / "bundle"))
    german = english.also("de")
    assert german._backend._encoder is english._backend._encoder  # type: ignore[attr-defined]
    for picture, first, second in (
        (DARK, "a dark picture", "Ein dunkles Bild."),
        (BRIGHT, "a bright picture", "Ein helles Bild."),
    ):
        seen = english.encode(picture)
        assert (english.decode(seen).text, german.decode(seen).text) == (first, second)
        assert german.decode(seen, 3).text == second
        assert german.also("en").decode(german.encode(picture)).text == first
    assert german.score(english.encode(DARK), ("ein", "dunkles", "Bild")) > german.score(
        english.encode(DARK), ("ein", "helles", "Bild")
    )


def test_a_guess_is_said_in_its_language(tmp_path: Path) -> None:
    caption = Captioner.load(two_languages(tmp_path / "bundle"), language="de").caption(DARK)
    assert caption.guess == "vielleicht: "
    object.__setattr__(caption, "hedged", True)
    assert caption.shown == "vielleicht: Ein dunkles Bild."


def test_a_language_that_is_not_there(tmp_path: Path) -> None:
    bundle = two_languages(tmp_path / "bundle")
    for tag, error, message in (
        ("fr", UnknownLanguageError, "language fr: this bundle speaks en, de; name one of these"),
        ("", OptionError, "no tag of a language"),
        ("d e", OptionError, "no tag of a language"),
    ):
        with pytest.raises(error, match=message):
            Captioner.load(bundle, language=tag)
    with pytest.raises(UnknownLanguageError, match="this bundle speaks en; name one of these"):
        Captioner.load(write_bundle(tmp_path / "one"), language="de")


def test_its_files_are_held_against_the_manifest(tmp_path: Path) -> None:
    bundle = two_languages(tmp_path / "bundle")
    opened = Bundle(bundle)
    opened.verify()
    assert {"de.onnx", "de.txt", "encoder.onnx", "vocabulary.txt"} <= {file.path for file in opened.files()}
    assert opened.in_language("de").digest == opened.digest
    (bundle / "de.onnx").write_bytes(b"another")
    assert Captioner.load(bundle).caption(DARK).text == "a dark picture"
    with pytest.raises(BundleError, match=r"de\.onnx: altered since the bundle was made"):
        Captioner.load(bundle, language="de")
    with pytest.raises(BundleError, match=r"de\.onnx"):
        Bundle(bundle).verify()
    (bundle / "de.onnx").unlink()
    with pytest.raises(BundleError, match=r"de\.onnx"):
        Captioner.load(bundle, language="de")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tag": "german language"}, "which is no BCP 47 tag"),
        ({"tag": "de-at"}, "which is no BCP 47 tag"),
        ({"tag": "en"}, "the language 'en' twice"),
        ({"files": {}}, "the language 'de' without a vocabulary"),
        ({"variants": {}}, "without the bundle's default variant"),
        ({"variants": {"onnx-int3": {"files": {}}}}, "with other variants than the bundle's"),
        ({"variants": {"onnx-fp32": {"files": {}}}}, "other files than a decoder's"),
        (
            {"sentences": {"separator": "--", "capital": True, "stop": ".", "direction": "ltr", "guess": ""}},
            "'separator'",
        ),
        ({"sentences": None}, "lacks or does not know 'sentences'|no table for Sentences"),
        ({"vocabulary": 10**9}, "vocabulary 1e\\+09, where 100,000 is the most"),
        ({"decode": {"beam_width": 99, "length_penalty": 0.7}}, "decode defaults outside their range"),
        ({"quality": 3}, "figures that are no table"),
    ],
)
def test_what_no_reader_can_honour(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BundleError, match=message):
        Bundle(two_languages(tmp_path / "bundle", **changes))


def test_a_manifest_is_written_as_it_was_read(tmp_path: Path) -> None:
    text = (DEFAULT_BUNDLE / "manifest.json").read_text()
    assert Manifest.from_json(text, "default").to_json() == text
    manifest = Bundle(two_languages(tmp_path / "bundle")).manifest
    assert Manifest.from_json(manifest.to_json(), "again") == manifest
    assert manifest.tags == ("en", "de")


def test_the_environment_asks_for_a_language(tmp_path: Path) -> None:
    manifest = Bundle(two_languages(tmp_path / "bundle")).manifest
    assert usual_language(manifest, {"LANG": "C.UTF-8"}) == ("en", "")
    assert usual_language(manifest, {"LANG": "en_GB.UTF-8"}) == ("en", "")
    assert usual_language(manifest, {}) == ("en", "")
    tag, said = usual_language(manifest, {"LANG": "de_AT.UTF-8"})
    assert tag == "de"
    assert said == "captions are in de: the environment asks for it (LANG); --language en says otherwise"
    tag, said = usual_language(manifest, {"LC_ALL": "fr_FR.UTF-8"})
    assert tag == "en"
    assert said.startswith("captions are in en: this bundle does not speak fr-FR")


def test_the_command_speaks_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = two_languages(tmp_path / "bundle")
    picture = tmp_path / "dark.png"
    Image.fromarray(DARK).save(picture)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for environment, options, said, news in (
        ("C.UTF-8", [], "a dark picture", ""),
        ("C.UTF-8", ["--language", "de"], "Ein dunkles Bild.", ""),
        ("de_DE.UTF-8", [], "Ein dunkles Bild.", "edge-caption: captions are in de: "),
        ("de_DE.UTF-8", ["--language", "en"], "a dark picture", ""),
    ):
        monkeypatch.setenv("LANG", environment)
        assert main(["caption", str(picture), str(picture), "--bundle", str(bundle), *options]) == 0
        out, err = capsys.readouterr()
        assert out == 2 * f"{picture}\t{said}\n"
        assert err.startswith(news)
        assert err.count("\n") == (1 if news else 0)
    assert main(["caption", str(picture), "--bundle", str(bundle), "--language", "de", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["caption"], found["language"], found["tokens"]) == (
        "Ein dunkles Bild.",
        "de",
        ["ein", "dunkles", "Bild"],
    )
    for tags, said in (
        (["fr"], "language fr: this bundle speaks en, de; name one of these"),
        (["xx-bad"], "language xx-bad: this bundle speaks en, de; name one of these"),
        (["../de"], "language '../de': no tag of a language; write one as en, pt-BR or zh-Hans (BCP 47)"),
        ([""], "language '': no tag of a language; write one as en, pt-BR or zh-Hans (BCP 47)"),
        (["en", "de"], "--language de: caption speaks one language, here en; live speaks several"),
    ):
        named = [word for tag in tags for word in ("--language", tag)]
        assert main(["caption", str(picture), "--bundle", str(bundle), *named]) == 2
        assert capsys.readouterr() == ("", f"edge-caption: {said}\n")


def test_a_further_language_keeps_what_was_asked_for(tmp_path: Path) -> None:
    bundle = judged_bundle(two_languages(tmp_path / "two"), tmp_path / "judged")
    black = np.zeros((40, 40, 3), np.uint8)
    for abstains, said in ((True, ""), (False, "Ein dunkles Bild.")):
        german = Captioner.load(bundle, abstains=abstains).also("de")
        assert (german.abstains, german.caption(black).text) == (abstains, said)
    with pytest.raises(OptionError, match="does not know how sure its sentences are in de; leave it out"):
        Captioner.load(bundle, min_confidence=0.3).also("de")
    with pytest.raises(OptionError, match="does not know which words tell a person's sex in de; leave it out"):
        Captioner.load(bundle, wording="neutral").also("de")
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["languages"]["de"]["variants"]["onnx-fp32"]["confidence"] = {**CONFIDENCE, "bias": -1.0}
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    sure = Captioner.load(bundle).also("de").caption(DARK)
    asked = Captioner.load(bundle, min_confidence=0.99).also("de").caption(DARK)
    assert (sure.text, sure.abstained) == ("Ein dunkles Bild.", "")
    assert (asked.text, asked.abstained) == ("", "unsure")


def _altered(bundle: Path) -> None:
    (bundle / "de.onnx").write_bytes((bundle / "de.onnx").read_bytes() + b"x")


def _shortened(bundle: Path) -> None:
    (bundle / "de.txt").write_bytes((bundle / "de.txt").read_bytes()[:-4])


def _gone(bundle: Path) -> None:
    (bundle / "de.onnx").unlink()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            _altered,
            "de.onnx: altered since the bundle was made (its SHA-256 is not the manifest's); copy the bundle again",
        ),
        (
            _shortened,
            "de.txt: altered since the bundle was made (its SHA-256 is not the manifest's); copy the bundle again",
        ),
        (_gone, "de.onnx: missing from the bundle; copy the bundle again"),
    ],
)
def test_where_its_files_are_spoilt_nothing_is_said_rather_than_english(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], None],
    sentence: str,
) -> None:
    bundle = two_languages(tmp_path / "bundle")
    picture = tmp_path / "dark.png"
    Image.fromarray(DARK).save(picture)
    spoil(bundle)
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    caption = ["caption", str(picture), "--bundle", str(bundle)]
    live = ["live", "--source", str(picture), "--bundle", str(bundle), "--language", "en", "--language", "de"]
    for words in (caption, [*caption, "--language", "de-AT"], live, ["bundle", "verify", str(bundle)]):
        assert main(words) == 2
        out, err = capsys.readouterr()
        assert (out, err) == ("", f"edge-caption: {bundle}/{sentence}\n")
    assert main([*caption, "--language", "en"]) == 0
    assert capsys.readouterr().out == f"{picture}\ta dark picture\n"


def test_what_a_bundle_holds_of_each_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = two_languages(tmp_path / "bundle")
    assert main(["bundle", "info", str(bundle)]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row for row in rows if row.startswith("language")] == [
        "language en          8 words, decoder and vocabulary 0.00 MB; beam 2, length penalty 0.7",
        "language de          8 words, decoder and vocabulary 0.00 MB; beam 1, length penalty 0.7",
    ]
    assert main(["bundle", "verify", str(bundle)]) == 0
    assert capsys.readouterr().out == f"{bundle}: intact, 5 files; onnx-fp32 captioned a picture in en, de\n"


def test_a_decoder_that_does_not_run_is_found_by_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = two_languages(tmp_path / "bundle")
    manifest = json.loads((bundle / "manifest.json").read_text())
    content = b"no graph, but the one that was meant"
    (bundle / "de.onnx").write_bytes(content)
    file = {"path": "de.onnx", "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    manifest["languages"]["de"]["variants"]["onnx-fp32"]["files"]["decoder_step"] = file
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    assert main(["bundle", "verify", str(bundle)]) == 2
    assert "a bad bundle: onnx-fp32 could not caption a picture" in capsys.readouterr().err
    (check, caption, *_) = intact(bundle)
    assert (check.status, check.found) == ("ok", "tiny, 5 files intact, 1 variants, speaks en, de")
    assert caption.status == "failed"
