"""Copies the files that pages show into their blocks again: `python -m tests.docs.copying`, after a change of such a file."""

from pathlib import Path

from tests.docs.blocks import PAGES, ROOT, blocks


def copied(page: Path) -> str:
    """The page's text, each block that shows a file with the file as it is now."""
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    for block in reversed(blocks(page)):
        if block.file is not None:
            first, last = block.line - 1, block.line - 1 + len(block.code.splitlines())
            lines[first:last] = [(ROOT / block.file).read_text(encoding="utf-8")]
    return "".join(lines)


if __name__ == "__main__":
    for page in PAGES:
        if any(block.file for block in blocks(page)):
            page.write_text(copied(page), encoding="utf-8")
