"""Tests of export.cli."""

import pytest

from export import cli


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    _, _, listed = capsys.readouterr().out.partition("other commands, each with --help:\n")
    assert [line.split()[0] for line in listed.splitlines()] == [*cli.COMMANDS, "across"]
    assert set(cli.COMMANDS) < {line.split()[0] for line in listed.splitlines()}
    assert "  check           Hold a bundle's variants against its float one." in listed
    assert "  across          The same as 'python -m benchmarks across', its new name." in listed


@pytest.mark.parametrize("name", [*cli.COMMANDS])
def test_every_listed_command_has_a_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: python -m export {name} ")
