"""Repeated timings of one thing, and what is said of them."""

import statistics
from collections.abc import Sequence

import numpy as np

PERCENTILES = (50, 90, 99)
_BLOCKS = 5
"""Parts of a run whose medians tell how much a median may be off."""


def percentile(values: Sequence[float], share: float) -> float:
    """Return percentile by linear interpolation.

    Args:
        values: At least one.
        share: 0 to 100.
    """
    return float(np.percentile(values, share))


def summary(name: str, values: Sequence[float]) -> dict[str, float]:
    """`NAME_p50`, `NAME_p90`, `NAME_p99` to three decimals."""
    return {f"{name}_p{share}": round(percentile(values, share), 3) for share in PERCENTILES}


def noise(values: Sequence[float]) -> float:
    """Return half the spread of the medians of a run's parts, as a share of the whole run's median.

    The parts follow each other in time, so that a machine that slows down, or is slowed down for a while, shows.

    Args:
        values: In the order of time; fewer than 10 tell nothing and give 0.
    """
    size = len(values) // _BLOCKS
    if size < 2:
        return 0.0
    medians = [statistics.median(values[start * size : (start + 1) * size]) for start in range(_BLOCKS)]
    middle = statistics.median(values)
    return round((max(medians) - min(medians)) / 2 / middle, 4) if middle else 0.0


def spread(values: Sequence[float]) -> float:
    """Return half the distance of the extremes, as a share of the median: what stands for `noise` where there are few repeats.

    Args:
        values: At least one.
    """
    middle = statistics.median(values)
    return round((max(values) - min(values)) / 2 / middle, 4) if middle else 0.0
