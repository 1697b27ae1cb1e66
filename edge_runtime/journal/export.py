"""A journal as a table for other programs."""

import csv
import io
from collections.abc import Iterator, Sequence

from edge_runtime.console.terminal import json_text, plain
from edge_runtime.events import iso_time
from edge_runtime.journal.entry import Entry

COLUMNS = (
    "id",
    "source",
    "zone",
    "started_at",
    "ended_at",
    "caption",
    "shown",
    "confidence",
    "abstained",
    "hedged",
    "language",
    "rules",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""


def csv_head() -> str:
    """Return the line of the columns' names."""
    return _line(COLUMNS)


def csv_line(entry: Entry) -> str:
    r"""Return an entry as a line of CSV (RFC 4180, but for the end of the line, which is \n).

    A name or sentence that a spreadsheet would run as a formula gets an apostrophe before it, as the OWASP foundation advises; control
    characters are escaped. JSON has every text as it is.

    Args:
        entry: A scene.
    """
    return _line(
        (
            _cell(entry.id),
            _cell(entry.source),
            _cell(entry.zone),
            iso_time(entry.started_at),
            "" if entry.ended_at is None else iso_time(entry.ended_at),
            _cell(entry.text),
            _cell(entry.shown),
            "" if entry.confidence is None else f"{entry.confidence:.4f}",
            _cell(entry.abstained),
            "true" if entry.hedged else "false",
            _cell(entry.language),
            _cell(" ".join(entry.rules)),
        )
    )


def lines(entries: Iterator[Entry], form: str) -> Iterator[str]:
    """Yield a journal line by line.

    Args:
        entries: What is exported.
        form: `csv` or `jsonl`.
    """
    if form == "csv":
        yield csv_head()
        yield from map(csv_line, entries)
    else:
        for entry in entries:
            yield json_text(entry.to_dict())


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def _cell(text: str) -> str:
    return plain(f"'{text}" if text.startswith(_FORMULA) else text)
