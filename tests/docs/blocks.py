"""The code blocks of a Markdown page, with the marks before them that say how they are run.

A mark is a comment of its own before the block; a reader does not see it:

    <!-- skip: needs a camera -->          nothing of the block is run
    <!-- skip "git clone": the network -->  lines with these words are not run
    <!-- error: 2 -->                       a shell's last command ends with this status
    <!-- error: ValueError -->              a Python block ends with this error
    <!-- given: frame = ... -->             what the page takes for granted, run before a Python block
    <!-- as: toml -->                       the language of a block that does not say it
    <!-- file: examples/x.py -->            the block is this file, which a test of its own runs
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in (
        *ROOT.glob("*.md"),
        *(ROOT / "examples").rglob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
    )
    if path.name != "CHANGELOG.md"
)
"""Every page whose blocks are held."""

SHELL = ("sh", "bash", "shell", "console")
_MARK = re.compile(r'<!--\s*(skip|error|given|as|file)(?:\s+"([^"]+)")?:\s*(.*?)\s*-->', re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A code block of a page.

    Attributes:
        page: Its file.
        line: Number of its first line of code, from 1.
        language: As it says; `sh` for an indented one, which says none.
        code: Its lines, each with its end.
        skip: Why nothing of it is run; None where it is.
        skipped: Words -> why the lines that hold them are not run.
        error: Exit status or error that it ends with; None where it must not fail.
        given: Python that is run before it.
        file: The file that it shows, from the root; None where it is a block of its own.
    """

    page: Path
    line: int
    language: str
    code: str
    skip: str | None = None
    skipped: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    given: str = ""
    file: str | None = None

    @property
    def place(self) -> str:
        """Where it stands, for a message."""
        return f"{self.page.relative_to(ROOT) if ROOT in self.page.parents else self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in their order.

    Raises:
        ValueError: A comment looks like a mark and is none, or stands before no block.
    """
    found: list[Block] = []
    marks: list[tuple[str, str, str]] = []
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        assert token.map is not None or token.type not in ("fence", "code_block", "html_block")
        if token.type == "html_block":
            wanted = len(re.findall(r"<!--\s*(?:skip|error|given|as|file)\b", token.content))
            here = _MARK.findall(token.content)
            if len(here) != wanted:
                raise ValueError(f"{page.name}: not a mark: {token.content.strip()}")
            marks += here
        elif token.type in ("fence", "code_block"):
            assert token.map is not None
            first = token.map[0] + (2 if token.type == "fence" else 1)
            found.append(_block(page, first, token.info.split(" ")[0] or "sh", token.content, marks))
            marks = []
        elif marks and token.content:
            raise ValueError(f"{page.name}: the mark '{marks[0][0]}: {marks[0][2]}' stands before no block")
    if marks:
        raise ValueError(f"{page.name}: the mark '{marks[0][0]}: {marks[0][2]}' stands before no block")
    return found


def _block(page: Path, line: int, language: str, code: str, marks: list[tuple[str, str, str]]) -> Block:
    said = {kind: text for kind, words, text in marks if not words}
    skipped = {words: text for kind, words, text in marks if words}
    for kind, words, text in marks:
        if not text or (words and kind != "skip"):
            raise ValueError(f"{page.name}:{line}: the mark '{kind}' says no reason, or takes no words")
    if missing := [words for words in skipped if words not in code]:
        raise ValueError(f"{page.name}:{line}: no line with '{missing[0]}', which is to be skipped")
    return Block(
        page,
        line,
        said.get("as", language),
        code,
        said.get("skip"),
        skipped,
        said.get("error"),
        said.get("given", ""),
        said.get("file"),
    )
