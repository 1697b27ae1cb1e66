"""How a cost grows: a line and a power law through what was measured, by least squares, and a sentence about it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

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
    """

    start: float
    slope: float
    straightness: float
    exponent: float
    first: float
    last: float

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
            return f"{what} does not grow with {size}: {_figure(self.change)} {unit} from {self.first:,.6g} to {self.last:,.6g}"
        verb = "grows" if self.change > 0 else "falls"
        if self.kind == "linear":
            # What is nothing beside the whole is the noise of the fit, and may be below 0.
            base = f" on top of {_figure(self.start)} {unit}" if abs(self.start) > _SAME * abs(self.change) else ""
            return (
                f"{what} {verb} linearly with {size}: {_figure(self.slope)} {unit} a {each}{base} "
                f"(a line explains {self.straightness:.1%})"
            )
        return f"{what} {verb} with {size} as n^{self.exponent:.2f}, on no straight line (it explains {self.straightness:.1%})"

    def to_dict(self) -> dict[str, Any]:
        """For a record's facts."""
        return {name: round(value, 6) for name, value in asdict(self).items()} | {"kind": self.kind}


def fit(costs: Mapping[float, float]) -> Growth:
    """Fit both laws.

    Args:
        costs: Size -> cost, all above 0, two at the least.

    Raises:
        ValueError: Fewer than two sizes, or one that is not above 0.
    """
    if len(costs) < 2 or min(min(costs), min(costs.values())) <= 0:
        raise ValueError("growth takes two sizes at the least, and sizes and costs above 0")
    sizes, values = np.array(list(costs), float), np.array(list(costs.values()), float)
    start, slope = _line(sizes, values)
    _, exponent = _line(np.log(sizes), np.log(values))
    spread = float(((values - values.mean()) ** 2).sum())
    left = float(((values - start - slope * sizes) ** 2).sum())
    straightness = 1 - left / spread if spread > 0 else 1.0
    return Growth(start, slope, straightness, exponent, float(sizes.min()), float(sizes.max()))


def _line(places: Sequence[float] | np.ndarray[Any, Any], values: np.ndarray[Any, Any]) -> tuple[float, float]:
    slope, start = np.polyfit(np.asarray(places, float), values, 1)
    return float(start), float(slope)


def _figure(value: float) -> str:
    """Three figures, nothing below a hundredth."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
