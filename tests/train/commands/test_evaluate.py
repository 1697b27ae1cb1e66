"""A bundle's languages: each captions with its own decoder, and is scored by its own protocol."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from tests.two_languages import two_languages
from train.cli import main

_GERMAN = "dark.png#0\tEin dunkles Bild.\nbright.png#0\tein helles Bild\n"


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """German beside English, where there is no Java."""
    monkeypatch.setenv("PATH", "")
    return two_languages(tmp_path / "bundle")


def _data(folder: Path, captions: str) -> list[str]:
    (folder / "images").mkdir()
    for name, level in (("dark.png", 40), ("bright.png", 220)):
        Image.new("RGB", (20, 20), (level,) * 3).save(folder / "images" / name)
    (folder / "captions.txt").write_text(captions, encoding="utf-8")
    (folder / "dev").write_text("dark.png\nbright.png\n")
    files = ["--captions", str(folder / "captions.txt"), "--dev-split", str(folder / "dev")]
    return ["--images", str(folder / "images"), *files]


def _evaluate(bundle: Path, data: Sequence[str], *more: str) -> int:
    return main(["evaluate", "--bundle", str(bundle), *data, *more])


def test_a_further_language_says_it_and_is_scored_as_its_own(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = tmp_path / "said.txt"
    more = ["--language", "de_AT", "--padded-length", "6", "--captions-out", str(said)]
    assert _evaluate(bundle, _data(tmp_path, _GERMAN), *more) == 0
    found = json.loads(capsys.readouterr().out)
    assert said.read_text() == "dark.png\tEin dunkles Bild.\nbright.png\tEin helles Bild.\n"
    # The beam is the language's own, and so are the words: all four places of each caption are told.
    assert (found["language"], found["beam"], found["bleu_1"], found["meteor"]) == ("de", 1, 1.0, None)
    assert (found["accuracy_masked"], found["unknown"]) == (1.0, 0.0)
    assert found["protocol"] == "pycocoevalcap, Unicode words in lower case, raw references"


@pytest.mark.parametrize(
    ("captions", "language", "sentence"),
    [
        (_GERMAN, "fr", "language fr: this bundle speaks en, de; name one of these"),
        (_GERMAN, "d e", "language 'd e': no tag of a language; write one as en, pt-BR or zh-Hans (BCP 47)"),
        (
            "dark.png#0\t一只狗在跑。\nbright.png#0\t一只猫\n",
            "de",
            "captions.txt: 0% of the letters of the captions are of the script 'Latn', in which de is written; "
            "name the language of these captions (--language), or captions in that one",
        ),
    ],
)
def test_what_cannot_be_scored(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], captions: str, language: str, sentence: str
) -> None:
    assert _evaluate(bundle, _data(tmp_path, captions), "--language", language) == 2
    found = capsys.readouterr()
    assert found.err.splitlines()[-1].endswith(sentence)
    assert found.out == ""
