"""A record of `latency` as a Markdown table with ratios."""

from benchmarks.report.writing import heading
from edge_runtime.bench.interleaved import STAGES
from edge_runtime.bench.result import Record, Row
from edge_runtime.bench.statistics import PERCENTILES


def latency_markdown(record: Record) -> str:
    """The table, the first row that was measured being the one that ratios are to.

    Args:
        record: Of kind `latency`.
    """
    first = next(row for row in record.rows if not row.missing)
    lines = [
        *heading(record, "Latency"),
        "Milliseconds: the median, what 90 of a hundred captions are within, and what 99 are.",
        "",
        "| configuration | MB | words | " + " | ".join(f"{stage}, ms" for stage in STAGES) + " | ratio |",
        "|---" * (len(STAGES) + 4) + "|",
        *(_line(row, first) for row in record.rows),
        "",
        *record.notes,
        *(f"{row.name}: {row.missing}" for row in record.rows if row.missing),
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row, first: Row) -> str:
    if row.missing:
        return f"| {row.name} |" + " - |" * (len(STAGES) + 3)
    cells = ["/".join(f"{row.values[f'{stage}_ms_p{share}']:.2f}" for share in PERCENTILES) for stage in STAGES]
    ratio = row.values["total_ms_p50"] / first.values["total_ms_p50"]
    size, words = row.values["size_bytes"] / 1e6, row.facts["words"]
    return f"| {row.name} | {size:.2f} | {words:.1f} | {' | '.join(cells)} | {ratio:.2f} |"
