"""Scores of a bundle's variants, on made-up pictures."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.bundles.quality import quality_markdown
from benchmarks.cli import main
from edge_runtime.bench.environment import machine_facts
from edge_runtime.bench.result import Record, Row
from tests.two_languages import CHINESE, two_languages


@pytest.mark.skipif(shutil.which("java") is None, reason="scores need Java")
def test_scores_and_failures(
    tiny_bundle: Path, coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["quality", "--bundle", str(tiny_bundle), "--data", str(coloured), "--split", "test", "--limit", "8"]
    assert main([*arguments, "--beam", "1", "2", "--out", str(tmp_path)]) == 0
    assert "| variant | MB | CIDEr |" in capsys.readouterr().out
    record = Record.read(tmp_path / "quality.json")
    assert record.options["pictures"] == 8
    greedy, beam, people = record.rows
    # Half of the references say a grey wall, whose colour the others of the picture do not say.
    assert (people.name, people.values["objects_unseen_of"], people.values["colours_unseen_of"]) == ("people", 0, 24)
    assert people.values["colours_unseen"] == pytest.approx(8 / 24, abs=1e-4)
    assert (greedy.values["captions_unseen"], greedy.values["people_invented_of"]) == (0, 8)
    assert (greedy.values["abstained"], greedy.values["abstained_of"]) == (0, 8)
    assert (greedy.facts["data"], greedy.facts["pictures"]) == ("Flickr8k.token.txt", 8)
    assert greedy.name.endswith(", beam 1")
    assert beam.values["same_as_first"] == 1.0
    assert 0 <= greedy.values["cider"] < 1
    failures = greedy.facts["failures"]
    assert len(failures) == 8
    assert [found["cider"] for found in failures] == sorted(found["cider"] for found in failures)
    assert sum(found["cider"] for found in failures) / 8 == pytest.approx(greedy.values["cider"], abs=1e-3)
    assert {found["said"] for found in failures} <= {"a dark picture", "a bright picture"}
    assert len(beam.facts["failures"]) == 8
    assert record.options["default"] == "onnx-fp32, beam 2"


@pytest.mark.skipif(shutil.which("java") is None, reason="scores need Java")
def test_a_further_data_set_is_scored_in_the_same_run(
    tiny_bundle: Path, coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    also = f"--name squares --split dev --data '{coloured}'"
    arguments = ["quality", "--bundle", str(tiny_bundle), "--data", str(coloured), "--split", "test", "--limit", "4"]
    assert main([*arguments, "--beam", "1", "--also", also, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "## What is not so" in told
    assert "| squares dev, people | - | 0.0 % of 8 |" in told
    record = Record.read(tmp_path / "quality.json")
    assert [row.name for row in record.rows] == [
        "onnx-fp32, beam 1",
        "people",
        "squares dev, onnx-fp32, beam 1",
        "squares dev, people",
    ]
    assert record.options["also"] == ["squares dev, 4 pictures"]
    first, further = record.rows[0], record.rows[2]
    assert (further.facts["data"], further.facts["split"]) == ("squares", "dev")
    assert "cider" in further.values
    assert "failures" in first.facts
    # The sentences of another data set may not be ours to pass on.
    assert "failures" not in further.facts


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--beam", "0"], "--beam 0: must be 1 to 50"),
        (["--limit", "0"], "--limit 0: must be at least 1"),
        (["--variants", "onnx-int4"], "onnx-int4"),
        (["--also", "--split train --data x"], "invalid choice: 'train'"),
        (["--also", "--images gone --captions b"], "gone: no such folder of pictures"),
    ],
)
def test_what_cannot_be_scored(
    tiny_bundle: Path, coloured: Path, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["quality", "--bundle", str(tiny_bundle), "--data", str(coloured), *arguments]) == 2
    assert sentence in capsys.readouterr().err.splitlines()[-1]


def test_what_a_language_lacks_is_a_dash() -> None:
    values = dict.fromkeys(("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "cider", "novel", "repeated"), 0.5)
    values |= {"size_bytes": 2e6, "distinct_words": 7.0, "mean_length": 5.0, "same_as_first": 1.0}
    table = quality_markdown(
        Record(
            "quality",
            "today",
            {**machine_facts(), "bundles": {}},
            {"bundle": "b", "data": "d", "split": "dev", "pictures": 1},
            [Row("one", values, facts={"variant": "one", "beam": 1})],
        )
    )
    row = "| one | 2.00 | 0.5000 | 50.0/50.0/50.0/50.0 | - | 0.5000 | 7 / 5.0 | 50.0 % | 50.0 / - % | 100.0 % |"
    assert row in table


@pytest.fixture
def german(tmp_path: Path) -> list[str]:
    """Two test pictures with two captions in German each."""
    (tmp_path / "images").mkdir()
    lines = []
    for name, level, word in (("dark.png", 40, "dunkles"), ("bright.png", 220, "helles")):
        Image.new("RGB", (20, 20), (level,) * 3).save(tmp_path / "images" / name)
        lines += [f"{name}#0\tEin {word} Bild.", f"{name}#1\tda ist ein {word} Bild"]
    (tmp_path / "german.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "test").write_text("dark.png\nbright.png\n")
    files = ["--captions", str(tmp_path / "german.txt"), "--test-split", str(tmp_path / "test")]
    return ["--images", str(tmp_path / "images"), *files, "--split", "test"]


def test_a_further_language_is_a_record_of_its_own(
    german: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    bundle = two_languages(tmp_path / "bundle")
    out = tmp_path / "records"
    assert main(["quality", "--bundle", str(bundle), "--language", "de", *german, "--out", str(out)]) == 0
    table = capsys.readouterr().out
    assert [file.name for file in sorted(out.iterdir())] == ["quality-de.json", "quality-de.md"]
    record = Record.read(out / "quality-de.json")
    assert (record.kind, record.options["language"], record.options["default"]) == (
        "quality-de",
        "de",
        "onnx-fp32, beam 1",
    )
    protocol = "Language: de. Protocol: pycocoevalcap, Unicode words in lower case, raw references."
    assert record.notes == [f"{protocol} Scores compare within one language alone."]
    variant, people = record.rows
    assert (variant.name, variant.values["bleu_1"], "meteor" in variant.values) == ("onnx-fp32, beam 1", 1.0, False)
    assert {failure["said"] for failure in variant.facts["failures"]} == {"Ein dunkles Bild.", "Ein helles Bild."}
    assert (people.name, people.values["captions"], people.values["alike"]) == ("people", 4, 0.0)
    assert 0 < people.values["bleu_1"] < 1
    assert "What is not so" not in table
    assert "people, each caption against the others of its picture: CIDEr " in table
    assert main(["report", str(out)]) == 0
    told = (out / "report.md").read_text()
    part = told[told.index("## Languages") : told.index("## Stages")]
    assert f"de: german.txt, 2 test pictures. {protocol}" in part
    assert "| onnx-fp32, beam 1 |" in part
    assert "| people |" in part
    assert "Not measured here: quality. Run: " in told


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "language fr: this bundle speaks en, zh; name one of these"),
        ("zh", "german.txt: 0% of the letters of the captions are of the script 'Hans', in which zh is written; "),
    ],
)
def test_a_language_that_it_does_not_speak_or_the_captions_are_not_in(
    german: list[str], tmp_path: Path, language: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = two_languages(tmp_path / "bundle", "zh", CHINESE)
    assert main(["quality", "--bundle", str(bundle), "--language", language, *german]) == 2
    assert sentence in capsys.readouterr().err.splitlines()[-1]
