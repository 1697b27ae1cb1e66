"""What a report says of news: which scenes were told, and what was told though nothing had happened."""

from collections.abc import Mapping

from benchmarks.report.blocks import Block, Paragraph, Table
from benchmarks.report.readable import amount, percent, title
from edge_runtime.bench.result import Record, Row

_SHARE = "_share"


def news_blocks(records: Mapping[str, Record]) -> list[Block]:
    """Return a line a row.

    Args:
        records: Kind -> record, one of kind `news` among them.
    """
    record = records["news"]
    asked = "{scenes} scenes of {pictures} pictures, {things} things cut out; seed {seed}.".format(**record.options)
    rows = [[row.name, figures(row)] for row in record.rows if not row.missing]
    return [Paragraph(asked), Table(["what", "found"], rows), *(Paragraph(note) for note in record.notes)]


def figures(row: Row) -> str:
    """Return a row's figures as people read them: `in time: 97.0 %, false events: 0`.

    Args:
        row: Of such a record.
    """
    told = []
    for name, value in row.values.items():
        if name.endswith(_SHARE):
            told.append(f"{name.removesuffix(_SHARE).replace('_', ' ')}: {percent(value, 1)}")
        else:
            told.append(f"{title(name)}: {amount(name, value)}")
    return ", ".join(told)
