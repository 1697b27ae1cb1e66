"""What commands that score sentences say of their data: who wrote the captions, those of whom count, and what cannot be read."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

import benchmarks.cli
import export.cli
import train.cli

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="scores need Java")

_OF_A_BUNDLE = {
    "evaluate": (train.cli.main, ["evaluate", "--bundle", "{bundle}"], "dev"),
    "check": (export.cli.main, ["check", "{bundle}", "--out", "{out}"], "dev"),
    "redecode": (export.cli.main, ["redecode", "{bundle}", "--out", "{out}"], "dev"),
    "calibrate": (export.cli.main, ["calibrate", "{bundle}", "--out", "{out}", "--report", "{out}"], "dev"),
    "quality": (benchmarks.cli.main, ["quality", "--bundle", "{bundle}", "--split", "test"], "test"),
}


@pytest.fixture
def data(tmp_path: Path) -> list[str]:
    """Options that name three pictures, one a split: people wrote of the training picture alone, a guide of all."""
    (tmp_path / "images").mkdir()
    for split in ("train", "dev", "test"):
        Image.new("RGB", (16, 16)).save(tmp_path / "images" / f"{split}.png")
        (tmp_path / split).write_text(f"{split}.png\n")
    texts = {split: f"{split}.png#0\tA box.\n{split}.png#1\tA dark box.\n" for split in ("train", "dev", "test")}
    (tmp_path / "people.txt").write_text(texts["train"])
    (tmp_path / "guide.txt").write_text("".join(texts.values()))
    splits = [text for split in texts for text in (f"--{split}-split", str(tmp_path / split))]
    return ["--images", str(tmp_path / "images"), *splits, "--captions"]


def _run(command: str, bundle: Path, out: Path, data: Sequence[str]) -> int:
    main, arguments, _ = _OF_A_BUNDLE[command]
    return main([text.format(bundle=bundle, out=out / "out") for text in arguments] + list(data))


@pytest.mark.parametrize("command", _OF_A_BUNDLE)
def test_captions_of_later_sources_are_no_references(
    command: str, tiny_bundle: Path, data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(tmp_path / "people.txt"), f"guide={tmp_path / 'guide.txt'}"]
    assert _run(command, tiny_bundle, tmp_path, [*data, *files]) == 2
    said, split = capsys.readouterr().err, _OF_A_BUNDLE[command][2]
    assert "by people: train 1 pictures / 2 captions, dev 0 pictures / 0 captions, test 0 pictures / 0 captions" in said
    assert "by guide: train 1 pictures / 2 captions, dev 1 pictures / 2 captions, test 1 pictures / 2 captions" in said
    assert f"left out: 1 of 1 {split} pictures, of which 'people' wrote no caption" in said
    assert (
        f"no {split} pictures" in said.splitlines()[-1] or f"no pictures in the {split} split" in said.splitlines()[-1]
    )


@pytest.mark.parametrize("command", _OF_A_BUNDLE)
def test_a_split_of_which_nothing_can_be_read(
    command: str, tiny_bundle: Path, data: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    split = _OF_A_BUNDLE[command][2]
    (tmp_path / "images" / f"{split}.png").write_bytes(b"no picture")
    assert _run(command, tiny_bundle, tmp_path, [*data, str(tmp_path / "guide.txt")]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert f"guide.txt: no picture of the {split} split can be read; check --images" in last
