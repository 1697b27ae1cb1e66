"""A record of `scale` as Markdown."""

from benchmarks.report.readable import number
from benchmarks.report.writing import heading
from edge_runtime.bench.result import Record, Row

_COLUMNS = {
    "pictures": (("time_s", "time, s"), ("memory_mb", "memory, MB"), ("memory_most_mb", "at the most, MB")),
    "cameras": (
        ("interval_ms", "a caption of each camera every, ms"),
        ("captions_per_s", "captions a second, all together"),
        ("age_ms_p50", "age p50, ms"),
        ("age_ms_p99", "age p99, ms"),
        ("cpu_percent", "processor, % of a core"),
        ("memory_mb", "memory at the most, MB"),
    ),
    "words": (("total_ms_p50", "p50, ms"), ("total_ms_p90", "p90, ms"), ("memory_mb", "memory, MB")),
    "input": (
        ("total_ms_p50", "p50, ms"),
        ("total_ms_p90", "p90, ms"),
        ("preprocess_ms_p50", "of it preprocessing p50, ms"),
        ("memory_mb", "memory at the most, MB"),
    ),
    "threads": (
        ("total_ms_p50", "p50, ms"),
        ("total_ms_p90", "p90, ms"),
        ("encode_ms_p50", "of it encoder p50, ms"),
        ("memory_mb", "memory at the most, MB"),
    ),
}


def scale_markdown(record: Record) -> str:
    """Return how each axis grows in words, then a table an axis.

    Args:
        record: Of kind `scale`.
    """
    growth = [row for row in record.rows if "sentence" in row.facts]
    told = {f"{str(row.facts['sentence']).capitalize()}." for row in growth}
    lines = [
        *heading(record, "How it scales"),
        "| what | with what | a + b n | n^k | in words |",
        "|---|---|---|---|---|",
    ]
    lines += map(_growth_line, growth)
    lines.append("")
    for axis, columns in _COLUMNS.items():
        rows = [row for row in record.rows if row.facts.get("axis") == axis]
        if rows:
            lines += [f"## {axis.capitalize()}", "", f"| {axis} | " + " | ".join(title for _, title in columns) + " |"]
            lines += [
                "|---" * (len(columns) + 1) + "|",
                *(_line(row, [name for name, _ in columns]) for row in rows),
                "",
            ]
    lines += [note for note in record.notes if note not in told]
    return "\n".join(lines) + "\n"


def _growth_line(row: Row) -> str:
    facts = row.facts
    what, _, axis = row.name.removeprefix("growth of ").rpartition(" with ")
    if "slope" not in facts:
        return f"| {what} | {axis} | - | - | {facts['sentence']} |"
    sign = "-" if facts["slope"] < 0 else "+"
    line = f"{number(facts['start'], 4)} {sign} {number(abs(facts['slope']), 4)} n {facts['unit']}"
    return f"| {what} | {axis} | {line} | {facts['exponent']:.3f} | {facts['sentence']} |"


def _line(row: Row, figures: list[str]) -> str:
    size = row.name.partition(" ")[2]
    if row.missing:
        return f"| {size} | {row.missing} |" + " |" * (len(figures) - 1)
    return f"| {size} | " + " | ".join(number(row.values[figure], 4) for figure in figures) + " |"
