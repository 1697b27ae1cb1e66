"""How people score, from the command line."""

import json
from pathlib import Path

import pytest
from PIL import Image

from train.cli import main


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    """Two dev pictures with captions in German: two of the first, one of the second."""
    (tmp_path / "images").mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (16, 16)).save(tmp_path / "images" / name)
    captions = tmp_path / "captions.txt"
    captions.write_text(
        "a.png#0\tEine Katze schläft.\na.png#1\teine katze schläft\nb.png#0\tEin Zug.\n", encoding="utf-8"
    )
    (tmp_path / "dev").write_text("a.png\nb.png\n")
    return ["--images", str(tmp_path / "images"), "--captions", str(captions), "--dev-split", str(tmp_path / "dev")]


def test_people_against_each_other(
    data: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert main(["people", *data, "--language", "DE"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["split"], found["language"], found["pictures"], found["captions"]) == ("dev", "de", 1, 2)
    assert (found["alike"], found["bleu_1"], found["meteor"]) == (1.0, 1.0, None)
    protocol = (
        "pycocoevalcap, Unicode words in lower case, raw references, each caption against the others of its picture"
    )
    assert found["protocol"] == protocol


def test_captions_of_another_script_are_refused(data: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", *data, "--language", "ar"]) == 2
    assert "are of the script 'Arab', in which ar is written" in capsys.readouterr().err
