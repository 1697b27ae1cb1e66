"""The options of the training commands: what is refused before any work, in a sentence."""

import pytest

from train.cli import main


@pytest.mark.parametrize(
    "options",
    [["--epochs", "9" * 400], ["--epochs", "9" * 5000], ["--images", "a\0b"], ["--learning-rate", "x" * 400]],
)
def test_options_that_no_command_takes(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["fit", "--run", "r", *options])
    assert caught.value.code == 2
    assert len(capsys.readouterr().err.splitlines()[-1]) < 180


@pytest.mark.parametrize("options", [["--beam", "2147483647"], ["--padded-length", "20", "2147483647"]])
def test_numbers_that_no_machine_holds(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--run", "r", *options]) == 2
    assert f"{options[0]} 2147483647: must be 1 to " in capsys.readouterr().err
