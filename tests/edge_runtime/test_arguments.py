import pytest

from edge_runtime.arguments import Parser
from edge_runtime.cli import build_parser


def _refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stop:
        build_parser().parse_args(arguments)
    assert stop.value.code == 2
    return capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("digits", [10, 19, 400, 5000])
def test_a_number_of_many_digits(digits: int, capsys: pytest.CaptureFixture[str]) -> None:
    message = _refused(["caption", "a.jpg", "--beam", "9" * digits], capsys)
    assert "argument --beam: must be a whole number, not '9999999" in message
    assert message.endswith("; give one up to 2147483647")
    assert len(_refused(["live", "--max-fps", "9" * digits + "x" * 30], capsys)) < 700


def test_nul_in_any_argument(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["caption", "a\0.jpg"], ["bundle", "info", "\0"], ["doctor", "--bundle", "b\0"], ["\0"]):
        assert _refused(arguments, capsys).endswith("holds a NUL character; leave it out")


@pytest.mark.parametrize("value", ["nan", "inf", "1e999"])
def test_a_number_that_is_not_finite(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="p")
    parser.add_argument("--seconds", type=float)
    with pytest.raises(SystemExit):
        parser.parse_args(["--seconds", value])
    assert capsys.readouterr().err.endswith(f"argument --seconds: must be a number, not '{value}'\n")


@pytest.mark.parametrize("arguments", [[], ["bundle"]])
def test_a_command_that_is_given_nothing_prints_its_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        build_parser().parse_args(arguments)
    assert stop.value.code == 0
    assert "examples:\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    ["", "caption", "live", "bench", "doctor", "bundle", "bundle info", "bundle verify", "bundle tune"],
)
def test_every_help_ends_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args([*command.split(), "--help"])
    ending = capsys.readouterr().out.partition("\nexamples:\n")[2].splitlines()
    assert ending
    assert all(line.startswith("  ") and "edge-caption" in line for line in ending)
