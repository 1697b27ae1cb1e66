"""Tables of captions: Kaggle's `captions.txt` (CSV with the header `image,caption`) and its like.

The separator may be a comma, semicolon, tab or bar (Flickr30k's `results.csv`); the header names a column of pictures and one of
captions, other columns are passed over. Quotes are those of RFC 4180, but a quote that is not closed ends with its line
instead of swallowing the rows after it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from train.datasets.base import CaptionTable
from train.datasets.text_file import lines
from train.errors import DatasetError

PICTURES = ("image", "image_name", "image_file", "file_name", "filename", "file", "img", "picture")
"""What the column of file names is called."""
CAPTIONS = ("caption", "captions", "comment", "text", "sentence", "description")
"""What the column of captions is called."""
_SEPARATORS = (",", ";", "\t", "|")
_QUOTED = re.compile(r'[^\S\t]*"([^"]*+(?:""[^"]*+)*+)"[^\S\t]*')
_PICTURE_NAME = re.compile(r'"?[^"]*\.[A-Za-z0-9]{2,5}"?')
_JOINED = 20
"""Lines that one quoted caption may go over."""


@dataclass(frozen=True)
class Columns:
    """What a header says.

    Attributes:
        separator: Between the cells.
        names: Of the columns.
        picture: Place of the column of file names.
        caption: Place of the column of captions.
    """

    separator: str
    names: tuple[str, ...]
    picture: int
    caption: int


def columns_of(line: str) -> Columns | None:
    """Return what a header says, or None where the line is no header of captions."""
    for separator in _SEPARATORS:
        names = tuple(cell.strip().strip('"').strip().lower() for cell in line.split(separator))
        pictures = [place for place, name in enumerate(names) if name in PICTURES]
        captions = [place for place, name in enumerate(names) if name in CAPTIONS]
        if len(pictures) == len(captions) == 1:
            return Columns(separator, names, pictures[0], captions[0])
    return None


def read_kaggle(path: Path, text: str) -> CaptionTable:
    """Read a table of captions.

    Args:
        path: The file, for messages.
        text: Its content.

    Raises:
        DatasetError: The header is another.
    """
    rows = lines(text)
    head = next((place for place, row in enumerate(rows) if row.strip()), 0)
    columns = columns_of(rows[head]) if rows else None
    if columns is None:
        raise DatasetError(f"{path}: the first line must be 'image,caption'; check the file or pass --format")
    table = CaptionTable(path)
    form = columns.separator.join(columns.names)
    for number, cells in _rows(rows, columns, head + 1):
        if cells is None:
            table.leave_out(f"line {number}", "a quote that is not closed")
        elif len(cells) != len(columns.names):
            table.leave_out(f"line {number}", f"not of the form {form}")
        else:
            table.add(cells[columns.picture].strip(), cells[columns.caption])
    return table


def _rows(rows: list[str], columns: Columns, at: int) -> Iterator[tuple[int, list[str] | None]]:
    """Yield number of a row's first line, and its cells; None where a quote is not closed."""
    while at < len(rows):
        row, first = rows[at], at
        at += 1
        if not row.strip():
            continue
        cells = _cells(row, columns)
        if cells is None:
            for after in range(at, min(at + _JOINED, len(rows))):
                if _begins_a_row(rows[after], columns):
                    break
                row = f"{row}\n{rows[after]}"
                cells = _cells(row, columns)
                if cells is not None:
                    at = after + 1
                    break
        yield first + 1, cells


def _begins_a_row(line: str, columns: Columns) -> bool:
    cells = line.split(columns.separator, columns.picture + 1)
    return len(cells) > columns.picture + 1 and _PICTURE_NAME.fullmatch(cells[columns.picture].strip()) is not None


def _cells(row: str, columns: Columns) -> list[str] | None:
    """Return the cells of a row; None where a quote opens a cell and is not closed."""
    cells: list[str] = []
    at = 0
    while at <= len(row):
        last = len(cells) == len(columns.names) - 1
        quoted = _QUOTED.match(row, at)
        end = quoted.end() if quoted else 0
        if quoted and (end == len(row) or (not last and row[end] == columns.separator)):
            cells.append(quoted.group(1).replace('""', '"'))
        elif row[at:].lstrip().startswith('"') and _is_open(row[at:].strip()):
            return None
        else:
            # Separators in the last column belong to the caption, which people often leave unquoted.
            found = -1 if last else row.find(columns.separator, at)
            end = len(row) if found < 0 else found
            cells.append(_bare(row[at:end]))
        if end == len(row):
            return cells
        at = end + 1
    return [*cells, ""]


def _is_open(cell: str) -> bool:
    """Return whether a cell that a quote begins lacks the one that ends it."""
    closing = len(cell) - len(cell.rstrip('"'))
    return cell.count('"') % 2 == 1 and (closing % 2 == 0 or closing == len(cell))


def _bare(cell: str) -> str:
    """Return a cell as it stands; quotes around it that are not of RFC 4180 go."""
    stripped = cell.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"':
        return stripped[1:-1].replace('""', '"')
    return cell
