"""Bundles of several sizes: a record of what each costs and scores, and its part of a report."""

from collections.abc import Mapping, Sequence

from benchmarks.report.blocks import Block, Paragraph, Table
from benchmarks.report.readable import percent
from edge_runtime.bench.result import Record, Row

SIZES = "sizes"
"""Kind of a record of bundles of several sizes."""
CIDER = "cider_"
"""Begins the figure that is CIDEr on a data set, whose name follows."""


def price_list(record: Record) -> Table:
    """Return bytes, milliseconds and CIDEr of each bundle, and the last two against the first bundle of the same variant, threads and beam.

    Args:
        record: Of kind `sizes`.
    """
    rows = [row for row in record.rows if not row.missing]
    data = list(dict.fromkeys(name for row in rows for name in row.values if name.startswith(CIDER)))
    firsts: dict[tuple[object, ...], Row] = {}
    for row in rows:
        firsts.setdefault(_of(row), row)
    columns = ["bundle", "MB", "ms, median", "ms, against the first"]
    for name in data:
        columns += [f"CIDEr, {name.removeprefix(CIDER)}", "of the first's"]
    return Table(columns, [_cells(row, firsts[_of(row)], data) for row in rows])


def size_blocks(records: Mapping[str, Record]) -> list[Block]:
    """Return the list of sizes, nothing where none was measured.

    Args:
        records: Kind -> record.
    """
    if SIZES not in records:
        return []
    record = records[SIZES]
    return [
        *(Paragraph(f"Not valid ({record.kind}): {warning}.", strong=True) for warning in record.warnings),
        Paragraph(" ".join(record.notes)),
        price_list(record),
        *(Paragraph(f"{row.name}: {row.missing}") for row in record.rows if row.missing),
    ]


def _of(row: Row) -> tuple[object, ...]:
    return tuple(row.facts[name] for name in ("variant", "threads", "beam"))


def _cells(row: Row, first: Row, data: Sequence[str]) -> list[str]:
    total = row.values["total_ms_p50"]
    cells = [
        row.name,
        f"{row.values['size_bytes'] / 1e6:.2f}",
        f"{total:.2f}",
        f"{total / first.values['total_ms_p50']:.2f}",
    ]
    for name in data:
        value, most = row.values.get(name), first.values.get(name)
        cells += [
            "-" if value is None else f"{value:.4f}",
            percent(value / most) if value is not None and most else "-",
        ]
    return cells
