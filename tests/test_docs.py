"""Every command line that README and the guides show is one that the real argument parsers accept."""

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.cli import build_parser as benchmarks_parser
from edge_runtime.cli import build_parser as product_parser
from export import cli as export_cli
from train.cli import build_parser as train_parser

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "examples" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

_MADE = {"build", "dist", "runs", "features", "bundles", "models"}
"""Folders of what is made, not written; a bundle's model card is held by its digest, and stays as it was exported."""
NARROW = [
    path
    for path in sorted(ROOT.rglob("*.md"))
    if not any(part.startswith(".") or part in _MADE for part in path.relative_to(ROOT).parts)
]
WIDEST = 120
"""Characters of a line in these."""

SKIPPED: dict[str, str] = {}
"""Commands that cannot be parsed, for a placeholder in them, and why."""

_EXPORT = {name: module.build_parser for name, module in export_cli.COMMANDS.items()}
_OURS = ("train", "export", "benchmarks")
_BREAKS = {"&&", "||", "|", ";", ">", ">>", "<", "2>", "&", "do", "done"}


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines of code: indented by four, or fenced as a shell's."""
    block: list[str] = []
    fence = ""
    for line in text.splitlines():
        if line.startswith("```"):
            fence = "" if fence else line.removeprefix("```").strip() or "text"
        elif fence in ("sh", "bash", "shell", "console", "text") or (not fence and line.startswith("    ")):
            block.append(line.strip())
            continue
        if block:
            yield block
            block = []
    if block:
        yield block


def _commands(line: str) -> Iterator[list[str]]:
    """The simple commands of a shell's line, without `sudo` and variables set before them."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for token in [*lexer, ";"]:
        if token in _BREAKS:
            while words and (words[0] == "sudo" or re.fullmatch(r"[A-Za-z_]+=.*", words[0])):
                words.pop(0)
            if words:
                yield words
            words = []
        else:
            words.append(token)


def _ours(words: list[str]) -> list[str] | None:
    """The words as `edge-caption ...` or `python -m PACKAGE ...`; None if they run another program."""
    program = words[0].rpartition("/")[2]
    if program == "edge-caption":
        return ["edge-caption", *words[1:]]
    if program in ("python", "python3") and words[1:2] == ["-m"] and words[2:3] and words[2] in _OURS:
        return ["python", *words[1:]]
    return None


def shown(text: str) -> list[list[str]]:
    """Whole command lines of a document's code blocks; the variables that a block sets are put in."""
    found = []
    for block in _blocks(text):
        variables: dict[str, str] = {}
        for line in "\n".join(block).replace("\\\n", " ").splitlines():
            for name, value in variables.items():
                line = re.sub(rf"\${name}\b", value, line)
            setting = re.fullmatch(r'(\w+)="(.*)"', line)
            if setting:
                variables[setting[1]] = setting[2]
                continue
            if "edge-caption" not in line and "python" not in line:
                continue
            found += [ours for words in _commands(line) if (ours := _ours(words)) is not None]
    return found


def mentioned(text: str) -> list[str]:
    """Commands between backticks in the prose: often without what they would need to run."""
    prose = "\n".join(line for line in text.splitlines() if not line.startswith("    "))
    spans = re.findall(r"`([^`\n]+)`", prose)
    return [
        " ".join(span.split()) for span in spans if re.match(rf"(edge-caption|python -m ({'|'.join(_OURS)})) ", span)
    ]


def _parser(words: list[str]) -> tuple[argparse.ArgumentParser, list[str]]:
    """The parser that a command meets, and the arguments that it is given."""
    if words[0] == "edge-caption":
        return product_parser(), words[1:]
    package, arguments = words[2], words[3:]
    if package == "export" and arguments and arguments[0] in _EXPORT:
        return _EXPORT[arguments[0]](), arguments[1:]
    return {"train": train_parser, "export": export_cli.build_parser, "benchmarks": benchmarks_parser}[
        package
    ](), arguments


def _unknown(words: list[str]) -> list[str]:
    """Sub-commands and options of a mentioned command that no parser has."""
    parser, arguments = _parser(words)
    while arguments:
        actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
        if not actions or arguments[0].startswith("-"):
            break
        if arguments[0] not in actions[0].choices:
            return [arguments[0]]
        parser, arguments = actions[0].choices[arguments[0]], arguments[1:]
    return [word for word in arguments if re.match(r"--?[a-z]", word) and word not in parser._option_string_actions]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_are_shown_can_be_parsed(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = []
    for words in shown(document.read_text(encoding="utf-8")):
        line = " ".join(words)
        if line in SKIPPED:
            continue
        parser, arguments = _parser(words)
        try:
            parser.parse_args(arguments)
        except SystemExit as ended:
            if ended.code:
                wrong.append(f"{line}: {capsys.readouterr().err.strip().splitlines()[-1]}")
    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_are_mentioned_exist(document: Path) -> None:
    found = [line for line in mentioned(document.read_text(encoding="utf-8")) if line not in SKIPPED]
    assert {line: unknown for line in found if (unknown := _unknown(line.split()))} == {}


def test_nothing_is_skipped_that_is_not_there() -> None:
    texts = [document.read_text(encoding="utf-8") for document in DOCUMENTS]
    lines = {line for text in texts for line in (*mentioned(text), *(" ".join(words) for words in shown(text)))}
    assert set(SKIPPED) - lines == set()


def test_what_is_found_in_a_document() -> None:
    text = (
        "Text\n\n    sudo A=b /opt/x/bin/edge-caption caption a.jpg --bean 3 | tee out   # a comment\n"
        '    fit="python -m train fit"\n    $fit --run r \\\n        --epochs 2\n    cd edge-caption\n'
        "\nSee `edge-caption bundle infos` and `python -m benchmarks compare --loud`.\n"
    )
    assert shown(text) == [
        ["edge-caption", "caption", "a.jpg", "--bean", "3"],
        ["python", "-m", "train", "fit", "--run", "r", "--epochs", "2"],
    ]
    assert [_unknown(line.split()) for line in mentioned(text)] == [["infos"], ["--loud"]]
    parser, arguments = _parser(shown(text)[0])
    with pytest.raises(SystemExit):
        parser.parse_args(arguments)


def test_the_documents_have_commands() -> None:
    assert sum(len(shown(document.read_text(encoding="utf-8"))) for document in DOCUMENTS) > 50


@pytest.mark.parametrize("document", NARROW, ids=lambda path: str(path.relative_to(ROOT)))
def test_lines_are_not_too_wide(document: Path) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()
    assert [(number, len(line)) for number, line in enumerate(lines, 1) if len(line) > WIDEST] == []
