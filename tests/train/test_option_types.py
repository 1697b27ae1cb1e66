import argparse
from pathlib import Path

import pytest

from train.cli import main
from train.option_types import file_or_folder, number, whole_number


def test_what_goes() -> None:
    assert (whole_number("-3"), number("1e-3"), file_or_folder("a/b")) == (-3, 0.001, Path("a/b"))


@pytest.mark.parametrize("text", ["9" * 400, "9" * 5000, str(2**31), "1.5", "x\0", ""])
def test_no_whole_number(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no whole number") as caught:
        whole_number(text)
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize("text", ["", "a\0b"])
def test_no_path(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no path"):
        file_or_folder(text)


@pytest.mark.parametrize(
    "options",
    [["--epochs", "9" * 400], ["--epochs", "9" * 5000], ["--images", "a\0b"], ["--learning-rate", "x" * 400]],
)
def test_options_that_no_command_takes(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["fit", "--run", "r", *options])
    assert caught.value.code == 2
    assert len(capsys.readouterr().err.splitlines()[-1]) < 150


@pytest.mark.parametrize("options", [["--beam", "2147483647"], ["--padded-length", "20", "2147483647"]])
def test_numbers_that_no_machine_holds(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--run", "r", *options]) == 2
    assert f"{options[0]} 2147483647: must be 1 to " in capsys.readouterr().err
