import pickle
import pickletools
from pathlib import Path

import pytest

from train.cli import main
from train.datasets.loading import load_dataset


def test_both_ways_in_give_the_same_data_set(
    coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "captions.pkl"
    assert main(["to-pickle", "--data", str(coloured), "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\t240 pictures\t480 captions\n"
    one = load_dataset(coloured / "images", coloured / "Flickr8k.token.txt")
    other = load_dataset(coloured / "images", out)
    assert one.captions == other.captions
    assert one.splits == other.splits
    assert [path.name for path in tmp_path.iterdir()] == ["captions.pkl"]


def test_it_is_plain(coloured: Path, tmp_path: Path) -> None:
    """Nothing in it names a class or a function, so any reader may trust it."""
    out = tmp_path / "captions.pkl"
    assert main(["to-pickle", "--captions", str(coloured / "Flickr8k.token.txt"), "--out", str(out)]) == 0
    content = out.read_bytes()
    operations = {operation.name for operation, _, _ in pickletools.genops(content)}
    assert not operations & {"GLOBAL", "STACK_GLOBAL", "INST", "REDUCE", "BUILD", "OBJ", "NEWOBJ"}
    assert content[:2] == b"\x80\x04"
    assert pickle.loads(content)["000.png"] == ["A red square .", "There is a red square on a grey wall ."]


def test_a_file_that_is_there_stays_unless_forced(
    coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "captions.pkl"
    out.write_text("precious")
    command = ["to-pickle", "--data", str(coloured), "--out", str(out)]
    assert main(command) == 2
    assert capsys.readouterr().err == (
        f"train to-pickle: {out}: exists already; pass --force to replace it, or choose another --out\n"
    )
    assert out.read_text() == "precious"
    assert main([*command, "--force"]) == 0
    assert len(pickle.loads(out.read_bytes())) == 240


def test_a_place_that_cannot_be_written(coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["to-pickle", "--data", str(coloured), "--out", str(tmp_path / "none" / "c.pkl")]) == 2
    assert "cannot be written (No such file or directory); choose another --out" in capsys.readouterr().err


def test_captions_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.txt").write_text("image,caption\n")
    assert main(["to-pickle", "--captions", str(tmp_path / "c.txt"), "--out", str(tmp_path / "c.pkl")]) == 2
    assert "c.txt: holds no captions; check the path and --format" in capsys.readouterr().err
    assert not (tmp_path / "c.pkl").exists()
