"""A parity report as files: JSON, Markdown and a picture."""

from pathlib import Path

from export.parity.check import CheckReport
from export.report_files import write_report

_QUANTISERS = ("QuantizeLinear", "DequantizeLinear", "QUANTIZE", "DEQUANTIZE")


def write_parity(report: CheckReport, folder: Path) -> list[Path]:
    """Write `parity.json`, `parity.md` and `parity.png`, each whole or not at all.

    Raises:
        OutputError: The folder cannot be written.
    """
    return write_report(folder, "parity", report.to_dict(), markdown(report), {"parity.png": _picture(report)})


def markdown(report: CheckReport) -> str:
    """The report for people."""
    protocol = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in report.protocol.items())
    lines = [
        f"# Parity of {report.bundle}",
        "",
        f"Every variant against {report.reference}; {protocol}. Times are medians, in turns: read them as ratios.",
        "",
        "| variant | MB | CIDEr | of float | other sentence | features: lowest cosine / largest error | "
        "log-probs: cosine / largest error | encode ms | decode ms | total ms | ratio |",
        "|---" * 11 + "|",
    ]
    first = next(iter(report.variants.values())).milliseconds["total"]
    for name, found in report.variants.items():
        ms = found.milliseconds
        cosine = min(difference.cosine for difference in found.features.values())
        largest = max(difference.largest for difference in found.features.values())
        lines.append(
            f"| {name} | {found.bytes['total'] / 1e6:.2f} | {found.cider:.4f} | {found.cider_share:.1%} | {found.other_captions:.1%} "
            f"| {cosine:.4f} / {largest:.2f} | {found.log_probs.cosine:.4f} / {found.log_probs.largest:.2f} "
            f"| {ms['encode']:.2f} | {ms['decode']:.2f} | {ms['total']:.2f} | {ms['total'] / first:.2f} |"
        )
    lines += [
        "",
        "## Operators that run",
        "",
        "| variant | graph | operators | quantise or dequantise |",
        "|---|---|---|---|",
    ]
    for name, found in report.variants.items():
        for graph, operators in found.operators.items():
            listed = ", ".join(f"{count} {kind}" for kind, count in operators.items())
            lines.append(f"| {name} | {graph} | {listed} | {sum(operators.get(kind, 0) for kind in _QUANTISERS)} |")
    lines += ["", "## Past the bars", "", *(f"- {line}" for line in report.failures or ["nothing"])]
    return "\n".join(lines) + "\n"


def _picture(report: CheckReport) -> bytes:
    """Bytes, milliseconds and CIDEr of every variant, side by side."""
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = list(report.variants)
    figure = Figure(figsize=(11, 1.2 + 0.45 * len(names)), layout="constrained")
    panels = figure.subplots(1, 3, sharey=True)
    columns = (
        ("MB", [report.variants[name].bytes["total"] / 1e6 for name in names]),
        ("ms a caption (median)", [report.variants[name].milliseconds["total"] for name in names]),
        ("CIDEr on dev", [report.variants[name].cider for name in names]),
    )
    for panel, (title, values) in zip(panels, columns, strict=True):
        bars = panel.barh(names, values, color=["#999999", *["#3b6ea5"] * (len(names) - 1)])
        panel.bar_label(bars, fmt="%.3g", padding=3)
        panel.set_xlim(0, max(values) * 1.2)
        panel.set_title(title)
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].invert_yaxis()
    content = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(content, format="png")
    return content.getvalue()
