"""What `scale` measures along each axis, and in which words its growth is told."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.report.growth import fit
from edge_runtime.bench.result import Row

COSTS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "pictures": (("time_s", "time", "s"), ("memory_mb", "memory", "MB")),
    "cameras": (
        ("interval_ms", "time from one caption of a camera to its next", "ms"),
        ("age_ms_p50", "age of a caption", "ms"),
        ("memory_mb", "memory", "MB"),
    ),
    "words": (("total_ms_p50", "time", "ms"), ("memory_mb", "memory", "MB")),
    "input": (("total_ms_p50", "time", "ms"), ("memory_mb", "memory", "MB")),
    "threads": (("total_ms_p50", "time", "ms"), ("memory_mb", "memory", "MB")),
}
"""Axis -> figures whose growth is fitted: name in the rows, what it is, its unit."""
_UNITS = {
    "pictures": ("picture", "pictures"),
    "cameras": ("camera", "cameras"),
    "words": ("word", "words"),
    "input": ("megapixel", "megapixels of a frame"),
    "threads": ("thread", "threads"),
}


def growth_of_axis(axis: str, rows: Sequence[Row]) -> list[Row]:
    """How an axis's costs grow, a row a cost; none where fewer than two sizes were measured.

    Args:
        axis: Of `COSTS`.
        rows: That were measured along it.

    Returns:
        Rows `growth of WHAT with AXIS`: the sentence in `facts`, and both fits where there are points enough for them.
    """
    measured = [row for row in rows if not row.missing]
    found = []
    for figure, what, unit in COSTS[axis]:
        costs = {float(row.facts["size"]): row.values[figure] for row in measured if row.values.get(figure, 0) > 0}
        if len(costs) < 2:
            continue
        # Seconds of thousands of pictures, but milliseconds of each.
        shown, shown_unit = ({n: cost * 1e3 for n, cost in costs.items()}, "ms") if unit == "s" else (costs, unit)
        each, many = _UNITS[axis]
        sentence = fit(shown).sentence(what, shown_unit, each, many)
        facts: dict[str, Any] = {"figure": figure, "unit": unit, **fit(costs).to_dict(), "sentence": sentence}
        found.append(Row(f"growth of {what} with {axis}", facts=facts))
    return found


def growth_of(rows: Sequence[Row]) -> list[Row]:
    """The same of every axis, from a record's rows: what a record of an earlier version says in words is not taken over."""
    by_axis = {axis: [row for row in rows if row.facts.get("axis") == axis] for axis in COSTS}
    return [row for axis, found in by_axis.items() for row in growth_of_axis(axis, found)]
