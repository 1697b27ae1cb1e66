"""A record of `encoders` as a Markdown table and as a picture."""

import io

from benchmarks.encoder_bundles import FORMS
from benchmarks.encoders import REFERENCE, row_name
from benchmarks.report.charts import entitle, logarithmic_milliseconds, name_axis
from benchmarks.report.writing import heading
from edge_runtime.bench.result import Record, Row


def encoders_markdown(record: Record) -> str:
    """A line an encoder: milliseconds in each form, and the ratio to the reference's in the same form.

    Args:
        record: Of kind `encoders`.
    """
    lines = [
        *heading(record, "What the encoders cost"),
        f"Medians; in brackets the ratio to {REFERENCE} in the same form.",
        "",
        f"| encoder | input | million parameters | MB of onnx-int8 | {' | '.join(f'{form}, ms' for form in FORMS)} |",
        "|---" * (len(FORMS) + 4) + "|",
    ]
    reasons = []
    for name in record.options["encoders"]:
        rows = _rows(record, name)
        if rows[0].missing:
            reasons.append(f"{name}: {rows[0].missing}")
            lines.append(f"| {name} | {rows[0].facts['input']} |" + " - |" * (len(FORMS) + 2))
            continue
        cells = [_cell(record, row) for row in rows]
        size = rows[FORMS.index("onnx-int8")].values["size_bytes"] / 1e6
        facts = rows[0].facts
        lines.append(
            f"| {name} | {facts['input']} | {facts['parameters'] / 1e6:.1f} | {size:.1f} | {' | '.join(cells)} |"
        )
    return "\n".join([*lines, "", *record.notes, *reasons]) + "\n"


def encoders_picture(record: Record) -> bytes:
    """Bars, as a PNG file.

    Args:
        record: Of kind `encoders`.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    names = [name for name in record.options["encoders"] if not _rows(record, name)[0].missing]
    figure, axes = pyplot.subplots(figsize=(9, 0.75 * len(names) + 1.6), layout="constrained")
    height = 0.8 / len(FORMS)
    for place, form in enumerate(FORMS):
        rows = [_rows(record, name)[place] for name in names]
        places = [index + (place - (len(FORMS) - 1) / 2) * height for index in range(len(names))]
        bars = axes.barh(places, [row.values["encode_ms_p50"] for row in rows], height, label=form)
        labels = [f"{ratio:.1f}x" if (ratio := _ratio(record, row)) is not None else "" for row in rows]
        axes.bar_label(bars, labels, padding=2, fontsize=7)
    axes.set_yticks(range(len(names)), [f"{name}, {_rows(record, name)[0].facts['input']}" for name in names])
    axes.invert_yaxis()
    logarithmic_milliseconds(axes)
    axes.margins(x=0.06, y=0.01)
    threads = record.options["threads"]
    name_axis(
        axes,
        f"ms a picture, {threads} thread{'s' if threads > 1 else ''}; labels: ratio to {REFERENCE} in the same form",
    )
    figure.legend(fontsize=8, loc="outside lower center", ncols=len(FORMS))
    entitle(figure, f"Encoders on {record.machine['cpu']}")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    pyplot.close(figure)
    return buffer.getvalue()


def _rows(record: Record, encoder: str) -> list[Row]:
    """An encoder's rows, in the order of `FORMS`."""
    return [row for form in FORMS if (row := record.row(row_name(encoder, form))) is not None]


def _ratio(record: Record, row: Row) -> float | None:
    """To the reference in the same form; None where that could not be measured."""
    reference = record.row(row_name(REFERENCE, row.facts["variant"]))
    if reference is None or reference.missing:
        return None
    return row.values["encode_ms_p50"] / reference.values["encode_ms_p50"]


def _cell(record: Record, row: Row) -> str:
    ratio = _ratio(record, row)
    return f"{row.values['encode_ms_p50']:.1f}" + (f" ({ratio:.2f})" if ratio is not None else "")
