"""A record of `limits` as Markdown."""

from collections.abc import Sequence

from benchmarks.report.writing import heading
from edge_runtime.bench.result import Record, Row


def limits_markdown(record: Record) -> str:
    """Return three tables: captions against their floor, graphs against the machine, and the slowest layers.

    Args:
        record: Of kind `limits`.
    """
    rows = [row for row in record.rows if not row.name.startswith(("machine", "layer"))]
    machine = [row for row in record.rows if row.name.startswith("machine")]
    slow = [row for row in record.rows if row.name.startswith("layer")]
    return "\n".join(
        [
            *heading(record, "Limits"),
            "## A caption against its graphs alone",
            "",
            *_captions(rows),
            "",
            "## Graphs against the machine",
            "",
            *_graphs(rows),
            "",
            *_machine(machine),
            "",
            *(["## The slowest layers of the encoder", "", *_layers(slow), ""] if slow else []),
            *(f"- {note}" for note in record.notes),
            *(f"- {row.name}: {row.missing}" for row in record.rows if row.missing),
        ]
    )


def _captions(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| configuration | total, ms | floor, ms | total / floor | without resizing | words |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        if row.missing:
            lines.append(f"| {row.name} | - | - | - | - | - |")
            continue
        v = row.values
        lines.append(
            f"| {row.name} | {v['total_ms_p50']:.2f} | {v['floor_ms_p50']:.2f} | **{v['over_floor']:.3f}** | "
            f"{v['over_floor_without_preprocess']:.3f} | {row.facts['words']:.1f} |"
        )
    return lines


def _graphs(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| configuration | encoder ms | GMAC/s | of peak | word, us | of peak | weights a word, MB | GB/s | of cache | of memory |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in (row for row in rows if not row.missing):
        v = row.values
        peak, step = (_share(row, name) for name in ("encoder_of_peak", "decoder_of_peak"))
        rate = f"{v['encoder_gmacs_per_s']:.0f}" if "encoder_gmacs_per_s" in v else "-"
        lines.append(
            f"| {row.name} | {v['floor_encode_ms_p50']:.2f} | {rate} | {peak} | {v['word_us']:.0f} | {step} | "
            f"{v['weights_per_word_mb']:.2f} | {v['weights_gb_per_s']:.1f} | {_share(row, 'weights_of_cache')} | "
            f"{_share(row, 'weights_of_memory')} |"
        )
    return lines


def _machine(rows: Sequence[Row]) -> list[str]:
    lines = ["| this machine | measured |", "|---|---|"]
    for row in rows:
        if row.missing:
            lines.append(f"| {row.name.removeprefix('machine, ')} | - |")
        elif "gmacs_per_s" in row.values:
            size = row.facts["matrices"]
            lines.append(
                f"| {row.name.removeprefix('machine, ')} | {row.values['gmacs_per_s']:.0f} GMAC/s, at {size} x {size} |"
            )
        else:
            lines.append(f"| {row.name.removeprefix('machine, ')}, one thread | {row.values['gb_per_s']:.1f} GB/s |")
    return lines


def _layers(rows: Sequence[Row]) -> list[str]:
    lines = ["| layer | operator | weights | output | ms | of encoder | of peak |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        facts, v = row.facts, row.values
        shapes = (" x ".join(str(n) for n in facts[name]) or "-" for name in ("weights", "output"))
        lines.append(
            f"| {row.name.removeprefix('layer ')} | {facts['operator']} | {' | '.join(shapes)} | {v['ms']:.3f} | "
            f"{_share(row, 'of_encoder')} | {_share(row, 'of_peak')} |"
        )
    return lines


def _share(row: Row, name: str) -> str:
    value = row.values.get(name)
    return "-" if value is None else f"{value * 100:.0f} %"
