"""A record of `quality` as a Markdown table."""

from benchmarks.report.writing import heading
from edge_runtime.bench.result import Record, Row

_COLUMNS = ("cider", "bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor", "rouge_l")


def quality_markdown(record: Record) -> str:
    """The table.

    Args:
        record: Of kind `quality`.
    """
    lines = [
        *heading(record, "Quality"),
        "| variant | MB | CIDEr | BLEU-1/2/3/4 | METEOR | ROUGE-L "
        "| different words / a sentence | new | repeated / dangling | same as the first |",
        "|---" * 10 + "|",
        *(_line(row) for row in record.rows),
        "",
        *record.notes,
        *(f"{row.name}: {row.missing}" for row in record.rows if row.missing),
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    if row.missing:
        return f"| {row.name} |" + " - |" * 9
    v = row.values
    bleu = "/".join(f"{v[name] * 100:.1f}" for name in _COLUMNS[1:5])
    return (
        f"| {row.name} | {v['size_bytes'] / 1e6:.2f} | {v['cider']:.4f} | {bleu} | {v['meteor']:.4f} | {v['rouge_l']:.4f} | "
        f"{v['distinct_words']:.0f} / {v['mean_length']:.1f} | "
        f"{v['novel'] * 100:.1f} % | {v['repeated'] * 100:.1f} / {v['dangling'] * 100:.1f} % | {v['same_as_first'] * 100:.1f} % |"
    )
