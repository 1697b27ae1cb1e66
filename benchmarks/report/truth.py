"""The part of a report that tells what captions say that is not so, and what a reader made of them."""

from collections.abc import Mapping

from benchmarks.report.blocks import Block, Items, Paragraph, Table
from benchmarks.report.reading import VERDICTS
from edge_runtime.bench.result import Record, Row
from export.bundling.truth_table import TRUTH_COLUMNS, TRUTH_NOTES, has_truth, truth_cells


def truth_blocks(records: Mapping[str, Record]) -> list[Block]:
    """Return the figures of each data set, those of people beside them, and the reading where there is one.

    Args:
        records: Kind -> record; with `quality`.
    """
    record = records["quality"]
    rows = [row for row in record.rows if has_truth(row.values)]
    blocks: list[Block] = []
    for name in dict.fromkeys(_set_of(row.facts, record) for row in rows):
        own = [row for row in rows if _set_of(row.facts, record) == name]
        table = [[_title(row), *truth_cells(row.values)] for row in own]
        blocks += [Paragraph(f"{name}:"), Table(["captions", *TRUTH_COLUMNS.values()], table)]
    if rows:
        blocks.append(Items(list(TRUTH_NOTES)))
    else:
        blocks.append(Paragraph("The measurement of quality does not tell this: measure it again with this version."))
    return [*blocks, *_reading(records)]


def _title(row: Row) -> str:
    """Return a row's name without that of its data set."""
    return f"{row.facts['variant']}, beam {row.facts['beam']}" if "variant" in row.facts else "people"


def _set_of(facts: Mapping[str, object], record: Record) -> str:
    """Return a row's data set for people; rows of an earlier version are of the record's own."""
    options = record.options
    data, split, pictures = (facts.get(name, options.get(name)) for name in ("data", "split", "pictures"))
    return f"{data}, {pictures} {split} pictures"


def _reading(records: Mapping[str, Record]) -> list[Block]:
    """Return the verdicts, counted and of 100; nothing where nobody read."""
    if "reading" not in records:
        return []
    record = records["reading"]
    pictures = record.options["pictures"]
    table = [
        [row.name, *(f"{row.values[v]:.0f} ({row.values[v] / pictures * 100:.0f} of 100)" for v in VERDICTS)]
        for row in record.rows
    ]
    return [
        Paragraph(
            f"Read against the pictures: {pictures} that seed {record.options['seed']} picked, every one looked at; the reader is "
            f"{record.options['reader']}."
        ),
        Table(["model", *(verdict.replace("_", " ") for verdict in VERDICTS)], table),
    ]
