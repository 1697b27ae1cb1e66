"""A measurement of `edge-caption bench` as lines for people."""

from collections.abc import Iterator
from typing import Any

from edge_runtime.bench.result import Record, Row
from edge_runtime.bench.statistics import PERCENTILES
from edge_runtime.console.columns import padded, width
from edge_runtime.console.terminal import plain

_FIGURES = ("load", "cold_start", "preprocess", "encode", "decode", "total", "first_word")

_NARROWEST = 28
"""Columns of the first column, at the least."""


def bench_table(record: Record) -> str:
    """Return the machine, its state before and after, and a block a configuration, 80 columns wide where names allow it.

    Args:
        record: Of kind `bench`.
    """
    lines = [*_head(record)]
    first = max(_NARROWEST, *(width(row.name) for row in record.rows)) + 2
    for row in record.rows:
        lines += ["", *_block(row, first)]
    measured = [row for row in record.rows if not row.missing]
    if len(measured) > 1:
        lines += ["", *_ratios(measured, first)]
    return "\n".join(map(plain, [*lines, "", *record.notes]))


def _head(record: Record) -> Iterator[str]:
    machine = record.machine
    bundles = ", ".join(f"{name} (SHA-256 {digest[:16]})" for name, digest in machine["bundles"].items())
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    features = " ".join(machine["cpu_features"]) or "none known"
    memory = f", {machine['memory_mb']} MB" if machine["memory_mb"] is not None else ""
    options = record.options
    yield f"bundle     {bundles}"
    yield f"machine    {f'{board}, ' if (board := machine['board']) else ''}{machine['cpu']}, {machine['cores']} cores{memory}"
    yield f"features   {features}; {machine['architecture']}, {machine['system']}"
    yield f"versions   Python {machine['python']}, {packages}"
    yield f"governor   {machine['governor'] or 'not told'}"
    for name in ("before", "after"):
        yield f"{name:<9}  {_moment(machine['state'][name])}"
    yield f"measured   {record.date}, {options['rounds']} pictures each after {options['warm_up_s']:g} s of warm-up"


def _moment(told: dict[str, Any]) -> str:
    heat = f"{told['temperature']:.0f} C" if told["temperature"] is not None else "temperature not told"
    clock = f", {told['clock_mhz']} MHz" if told["clock_mhz"] is not None else ""
    held = ", ".join(told["throttled"]) or "not throttled as far as the system tells"
    others = f", {told['busy']:.2f} cores busy with other processes" if told["busy"] is not None else ""
    return f"{heat}{clock}{others}, {held}"


def _block(row: Row, columns: int) -> Iterator[str]:
    if row.missing:
        yield f"{row.name}: not measured: {row.missing}"
        return
    yield padded(row.name, columns) + "".join(f"{f'p{share}':>12}" for share in PERCENTILES)
    for figure in _FIGURES:
        cells = "".join(f"{row.values[f'{figure}_ms_p{share}']:9.2f} ms" for share in PERCENTILES)
        yield f"  {figure.replace('_', ' '):<{columns - 2}}{cells}"
    memory = f"{row.values['memory_mb']:.0f} MB" if "memory_mb" in row.values else "memory not told"
    yield (
        f"  {row.values['fps']:.1f} captions a second of {row.facts['words']:.1f} words, "
        f"{memory} at the most, {row.values['size_bytes'] / 1e6:.2f} MB of graphs"
    )


def _ratios(rows: list[Row], columns: int) -> Iterator[str]:
    """Yield totals beside the first row's: what travels from machine to machine better than milliseconds do."""
    first = rows[0].values["total_ms_p50"]
    yield f"{'total, p50, beside the first':<{columns}}{'ratio':>12}"
    for row in rows:
        yield f"  {padded(row.name, columns - 2)}{row.values['total_ms_p50'] / first:12.2f}"
