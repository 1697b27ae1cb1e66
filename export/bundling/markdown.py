"""Markdown that can be read as text: lines that are broken, and wide tables that become narrow ones or lists."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

WIDTH = 120
"""Characters of a line, at the most."""

_ITEM = re.compile(r" *(?:[-*+]|\d+\.) +")
_MARK = re.compile(r" (?=(?:[-+*#>=|]|\d+\.) )")
"""A blank before what would be a list, a heading or a quotation if a line began with it."""
_TIE = "\x00"


def narrow(page: str, width: int = WIDTH) -> str:
    """The page with no line wider than asked, where its words allow it; what is narrow already stays as it is.

    A table whose lines are too wide becomes several with the same first column. If that cannot name a row, or a cell is a
    whole sentence, it becomes a list. Code, headings and pictures are left alone.

    Args:
        page: Markdown; a table has blanks around its cells, as all of ours have.
        width: Characters of a line.
    """
    lines: list[str] = []
    fenced = False
    for table, group in groupby(page.split("\n"), lambda line: line.startswith("|")):
        if table and not fenced:
            lines += _table(list(group), width)
            continue
        for line in group:
            if line.startswith("```"):
                fenced = not fenced
            lines += [line] if fenced or line.startswith(("    ", "#", "![", "|")) else _wrapped(line, width)
    return "\n".join(lines)


def _wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    item = _ITEM.match(line)
    indent = " " * len(item[0]) if item else " " * (len(line) - len(line.lstrip(" ")))
    head = line[: len(indent)]
    broken = textwrap.wrap(
        _MARK.sub(_TIE, line[len(indent) :]),
        width,
        initial_indent=head,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [part.replace(_TIE, " ") for part in broken]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _table(lines: list[str], width: int) -> list[str]:
    """The lines of a table, of several, or of a list.

    Args:
        lines: The head, the line below it, and the body.
        width: Characters of a line.
    """
    if all(len(line) <= width for line in lines):
        return lines
    rows = [_cells(line) for line in lines]
    if any(len(row) != len(rows[0]) for row in rows):
        # Not a whole table: better too wide than a cell under another's name.
        return lines
    head, _, *body = rows
    named = len({row[0] for row in body}) == len(body)
    pairs = (_line([row[0], row[column]]) for row in rows for column in range(1, len(head)))
    if not named or any(len(pair) > width for pair in pairs) or any(_is_sentence(cell) for row in body for cell in row):
        return [line for row in body for line in _listed(head, row, width)]
    tables: list[str] = []
    for columns in _grouped(rows, width):
        tables += [*([""] if tables else []), *(_line([row[0], *(row[c] for c in columns)]) for row in rows)]
    return tables


def _is_sentence(cell: str) -> bool:
    return len(cell) > WIDTH // 2


def _grouped(rows: list[list[str]], width: int) -> Iterator[list[int]]:
    """Columns, without the first, that stand in one table."""
    columns: list[int] = []
    for column in range(1, len(rows[0])):
        wanted = [*columns, column]
        if columns and any(len(_line([row[0], *(row[c] for c in wanted)])) > width for row in rows):
            yield columns
            wanted = [column]
        columns = wanted
    yield columns


def _listed(head: list[str], row: list[str], width: int) -> list[str]:
    """A row as an item, and an item below it for each of its other cells."""
    lines = _wrapped(f"- {row[0]}" if row[0].startswith("**") else f"- **{row[0]}**", width)
    for name, cell in zip(head[1:], row[1:], strict=True):
        if cell:
            lines += _wrapped(f"  - {name}: {cell}" if name else f"  - {cell}", width)
    return lines
