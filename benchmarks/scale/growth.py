"""How a cost grows: a line and a power law through what was measured, by least squares, and a sentence about it.

Each law has two parameters, and goes through any two points: a fit takes more points than it has parameters, three at the least.
Of fewer the sentence gives both costs, and no law.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from benchmarks.readable import number, percent

POINTS_LEAST = 3
"""A line and a power law have two parameters each: with two points they explain everything and say nothing."""
_SAME = 0.05
"""Growth over the whole range, as a share of the cost at its beginning, below which it is called none."""
_STRAIGHT = 0.95
"""Share of the variance that a line must explain to be called one."""


@dataclass(frozen=True)
class Growth:
    """Costs at several sizes, fitted.

    Attributes:
        start: `a` of `a + b n`.
        slope: `b` of it, per unit of size.
        straightness: Share of the variance that the line explains, 0 to 1; 1 where nothing varies.
        exponent: `k` of `c n^k`.
        first: The smallest size.
        last: The largest.
        points: How many were measured, 3 or more.
    """

    start: float
    slope: float
    straightness: float
    exponent: float
    first: float
    last: float
    points: int

    @property
    def change(self) -> float:
        """By how much the line rises over the range."""
        return self.slope * (self.last - self.first)

    @property
    def kind(self) -> str:
        """`none`, `linear`, or `power`, the first that fits."""
        at_first = abs(self.start + self.slope * self.first)
        if abs(self.change) <= _SAME * at_first:
            return "none"
        return "linear" if self.straightness >= _STRAIGHT else "power"

    def sentence(self, what: str, unit: str, each: str, size: str) -> str:
        """In words, such as `time grows linearly with pictures: 5.2 ms a picture`.

        Args:
            what: What costs: `time`, `memory`.
            unit: Of the cost: `ms`, `MB`.
            each: One unit of size: `picture`.
            size: Many: `pictures`.
        """
        if self.kind == "none":
            return f"{what} does not grow with {size}: {number(self.change)} {unit} from {number(self.first)} to {number(self.last)}"
        verb = "grows" if self.change > 0 else "falls"
        if self.kind == "linear":
            # What is nothing beside the whole is the noise of the fit, and may be below 0.
            base = f" on top of {number(self.start)} {unit}" if abs(self.start) > _SAME * abs(self.change) else ""
            return (
                f"{what} {verb} linearly with {size}: {number(self.slope)} {unit} a {each}{base} "
                f"(a line through {self.points} points explains {percent(self.straightness, 1)})"
            )
        return f"{what} {verb} with {size} as n^{self.exponent:.2f}, on no straight line (it explains {percent(self.straightness, 1)})"

    def to_dict(self) -> dict[str, Any]:
        """For a record's facts."""
        return {name: round(value, 6) for name, value in asdict(self).items()} | {"kind": self.kind}


def fit(costs: Mapping[float, float]) -> Growth:
    """Fit both laws.

    Args:
        costs: Size -> cost, all above 0, `POINTS_LEAST` at the least.

    Raises:
        ValueError: Fewer sizes, or one that is not above 0.
    """
    if len(costs) < POINTS_LEAST or min(min(costs), min(costs.values())) <= 0:
        raise ValueError(f"growth takes {POINTS_LEAST} sizes at the least, and sizes and costs above 0")
    sizes, values = np.array(list(costs), float), np.array(list(costs.values()), float)
    start, slope = _line(sizes, values)
    _, exponent = _line(np.log(sizes), np.log(values))
    spread = float(((values - values.mean()) ** 2).sum())
    left = float(((values - start - slope * sizes) ** 2).sum())
    straightness = 1 - left / spread if spread > 0 else 1.0
    return Growth(start, slope, straightness, exponent, float(sizes.min()), float(sizes.max()), len(costs))


def without_law(costs: Mapping[float, float], what: str, unit: str, size: str) -> str:
    """In words what was measured, where there are too few points for a fit.

    Args:
        costs: Size -> cost.
        what: What costs: `time`, `memory`.
        unit: Of the cost: `ms`, `MB`.
        size: Many: `pictures`.
    """
    told = ", ".join(f"{number(cost)} {unit} at {number(at)}" for at, cost in sorted(costs.items()))
    return f"{what} with {size}: {told}; no law is fitted to fewer than {POINTS_LEAST} points"


def _line(places: Sequence[float] | np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> tuple[float, float]:
    slope, start = np.polyfit(np.asarray(places, float), values, 1)
    return float(start), float(slope)
