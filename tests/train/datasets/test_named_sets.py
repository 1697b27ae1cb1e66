"""Several data sets in one command."""

import argparse
import shutil
from pathlib import Path

import pytest

from train.datasets.base import Split
from train.datasets.named_sets import add_named_sets, named_sets
from train.errors import DatasetError

BOTH: tuple[Split, ...] = ("dev", "test")


def parsed(data: Path, *options: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_named_sets(parser, BOTH)
    return parser.parse_args(["--data", str(data), *options])


def test_each_has_a_name_and_a_split_of_its_own(coloured: Path, tmp_path: Path) -> None:
    spaced = tmp_path / "my pictures"
    spaced.symlink_to(coloured)
    also = f"--name squares --split test --data '{spaced}'"
    first, further = named_sets(parsed(coloured, "--also", also), BOTH)
    assert (first.name, first.split, further.name, further.split) == ("Flickr8k.token.txt", "dev", "squares", "test")
    assert further.dataset.images.is_relative_to(spaced)


def test_the_only_split_is_not_asked_for(coloured: Path) -> None:
    parser = argparse.ArgumentParser()
    add_named_sets(parser, ("dev",))
    arguments = parser.parse_args(["--data", str(coloured), "--also", f"--name b --data {coloured}"])
    assert [each.split for each in named_sets(arguments, ("dev",))] == ["dev", "dev"]
    assert "--split " not in parser.format_help()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--name 'x", "quote the options that name a data set"),
        ("--pictures y", "--pictures is none of the options that name a data set"),
        ("--images y", "no data set: pass --data FOLDER"),
        ("--data {}", "two data sets are called 'Flickr8k.token.txt'"),
        ("--name mine --data {}", "two data sets are called 'mine'"),
        ("--name b --split train --data {}", "invalid choice: 'train'"),
    ],
)
def test_a_further_set_that_cannot_be_read(coloured: Path, options: str, sentence: str) -> None:
    with pytest.raises(DatasetError) as found:
        named_sets(parsed(coloured, "--also", options.format(coloured)), BOTH, reserved=["mine"])
    assert sentence in str(found.value)


def test_a_split_without_pictures_is_named(coloured: Path, tmp_path: Path) -> None:
    none = tmp_path / "none.txt"
    none.write_text("")
    with pytest.raises(DatasetError, match="no pictures in the dev split"):
        named_sets(parsed(coloured, "--dev-split", str(none)), BOTH)


def test_pictures_that_cannot_be_read_are_left_out(
    coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(coloured, data)
    (data / "images" / "208.png").write_bytes(b"no picture")
    (found,) = named_sets(parsed(data), BOTH)
    assert found.dataset.splits["dev"][0] == "209.png"
    assert "left out: " in capsys.readouterr().err
    for name in found.dataset.splits["dev"]:
        (data / "images" / name).write_bytes(b"no picture")
    with pytest.raises(DatasetError, match="no picture of the dev split can be read; check --images"):
        named_sets(parsed(coloured, "--also", f"--name b --data {data}"), BOTH)
