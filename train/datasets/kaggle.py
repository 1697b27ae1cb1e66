"""Kaggle's `captions.txt`: CSV with the header `image,caption`, a row a caption."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from train.datasets.base import CaptionTable, LeftOut
from train.errors import DatasetError


def read_kaggle(path: Path, text: str) -> CaptionTable:
    """Read an `image,caption` CSV.

    Args:
        path: The file, for messages.
        text: Its content.

    Raises:
        DatasetError: The header is another.
    """
    table = CaptionTable(path)
    rows = csv.reader(io.StringIO(text))
    header = [cell.strip().lower() for cell in text.partition("\n")[0].split(",")]
    next(rows, None)
    if header != ["image", "caption"]:
        raise DatasetError(f"{path}: the first line must be 'image,caption'; check the file or pass --format")
    for row in _rows(rows, path):
        if not row:
            continue
        if len(row) < 2:
            table.left_out.append(LeftOut(f"line {rows.line_num}", "not of the form image,caption"))
        else:
            table.add(row[0].strip(), ",".join(row[1:]))
    return table


def _rows(rows: Any, path: Path) -> Iterator[list[str]]:
    try:
        yield from rows
    except csv.Error as error:
        raise DatasetError(f"{path}: line {rows.line_num}: {error}; look for a quote that is not closed") from None
