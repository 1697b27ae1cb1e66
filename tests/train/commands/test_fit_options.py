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


@pytest.mark.parametrize("command", [["fit"], ["evaluate"], ["people", "--images", "i", "--captions", "c"]])
def test_what_is_no_language(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run = [] if command[0] == "people" else ["--run", "r"]
    assert main([*command, *run, "--language", "deutsche Sprache"]) == 2
    said = capsys.readouterr().err
    assert said.endswith(
        "language 'deutsche Sprache': no tag of a language; write one as en, pt-BR or zh-Hans (BCP 47)\n"
    )


def test_a_run_knows_its_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--run", "r", "--language", "de"]) == 2
    assert "--language de: goes with --bundle alone; a run knows its own" in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--beam", "2147483647"], ["--padded-length", "20", "2147483647"]])
def test_numbers_that_no_machine_holds(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--run", "r", *options]) == 2
    assert f"{options[0]} 2147483647: must be 1 to " in capsys.readouterr().err
