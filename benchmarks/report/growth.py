"""How a cost grows: a line and a power law through what was measured, by least squares, and a sentence about it.

Both laws have two parameters. Through two points any line goes exactly, so a law is only spoken of where at least three sizes more
than it has parameters were measured: with fewer, the sentence says what was measured, and no more.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.readable import number, percent

PARAMETERS = 2
"""Of `a + b n`, and of `c n^k`."""
FEWEST_SIZES = PARAMETERS + 3
"""Sizes below which nothing is fitted: what is left over for the fit to be wrong by is too little to judge it."""
_SAME = 0.05
"""Growth over the whole range, as a share of the cost at its beginning, below which it is called none."""
_EXPLAINED = 0.95
"""Share of the variance that a law must explain to be spoken of."""
_Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Law:
    """What was fitted.

    Attributes:
        start: `a` of `a + b n`.
        slope: `b` of it, per unit of size.
        straightness: Share of the variance that the line explains, at most 1; 1 where nothing varies.
        exponent: `k` of `c n^k`.
        power: Share of the variance that the power law explains, at most 1.
    """

    start: float
    slope: float
    straightness: float
    exponent: float
    power: float


@dataclass(frozen=True)
class Growth:
    """Costs at several sizes, fitted where there are enough of them.

    Attributes:
        costs: Size and cost, the smallest size first.
        law: None where fewer than `FEWEST_SIZES` sizes were measured.
    """

    costs: tuple[tuple[float, float], ...]
    law: Law | None

    @property
    def change(self) -> float:
        """By how much the line rises over the range; without a law, how much more the largest size costs than the smallest."""
        (first, cost), (last, other) = self.costs[0], self.costs[-1]
        return other - cost if self.law is None else self.law.slope * (last - first)

    @property
    def kind(self) -> str:
        """`too few`, `none`, `linear`, `power` or `irregular`, the first that fits."""
        if self.law is None:
            return "too few"
        if abs(self.change) <= _SAME * abs(self.law.start + self.law.slope * self.costs[0][0]):
            return "none"
        if self.law.straightness >= _EXPLAINED:
            return "linear"
        return "power" if self.law.power >= _EXPLAINED else "irregular"

    def sentence(self, what: str, unit: str, each: str, size: str) -> str:
        """In words, such as `time grows linearly with pictures: by 5.20 ms a picture`.

        Args:
            what: What costs: `time`, `memory`.
            unit: Of the cost: `ms`, `MB`.
            each: One unit of size: `picture`.
            size: Many: `pictures`.
        """
        if self.law is None:
            told = ", ".join(f"{number(cost)} {unit} at {number(at)}" for at, cost in self.costs)
            return (
                f"{what} with {size}: {told} (nothing is fitted through {len(self.costs)} sizes: "
                f"a law with {PARAMETERS} parameters takes {FEWEST_SIZES})"
            )
        (first, cost), (last, other) = self.costs[0], self.costs[-1]
        ends = f"from {number(first)} to {number(last)}"
        if self.kind == "none":
            more = "more" if self.change >= 0 else "less"
            return f"{what} does not grow with {size}: {number(abs(self.change))} {unit} {more} {ends}"
        verb = "grows" if self.change > 0 else "falls"
        if self.kind == "linear":
            # What is nothing beside the whole is the noise of the fit, and may be below 0.
            base = (
                f", on top of {number(self.law.start)} {unit}" if abs(self.law.start) > _SAME * abs(self.change) else ""
            )
            return (
                f"{what} {verb} linearly with {size}: by {number(abs(self.law.slope))} {unit} a {each}{base} "
                f"(a line explains {percent(self.law.straightness, 1)})"
            )
        if self.kind == "power":
            return (
                f"{what} {verb} with {size} as n^{self.law.exponent:.2f} "
                f"(which explains {percent(self.law.power, 1)}, a line {percent(self.law.straightness, 1)})"
            )
        return (
            f"{what} {verb} with {size} by no simple law: "
            f"{number(cost)} {unit} at {number(first)}, {number(other)} {unit} at {number(last)}"
        )

    def to_dict(self) -> dict[str, Any]:
        """For a record's facts: `kind`, `sizes`, `first`, `last`, and the law's figures where there is one."""
        law = {} if self.law is None else {name: round(value, 6) for name, value in asdict(self.law).items()}
        return {
            **law,
            "kind": self.kind,
            "sizes": len(self.costs),
            "first": self.costs[0][0],
            "last": self.costs[-1][0],
        }


def fit(costs: Mapping[float, float]) -> Growth:
    """Fit both laws, where there are sizes enough.

    Args:
        costs: Size -> cost, all above 0, two at the least.

    Raises:
        ValueError: Fewer than two sizes, or one that is not above 0.
    """
    if len(costs) < 2 or min(min(costs), min(costs.values())) <= 0:
        raise ValueError("growth takes two sizes at the least, and sizes and costs above 0")
    ordered = tuple((float(size), float(costs[size])) for size in sorted(costs))
    return Growth(ordered, _law(*np.array(ordered).T) if len(ordered) >= FEWEST_SIZES else None)


def _law(sizes: _Array, values: _Array) -> Law:
    slope, start = np.polyfit(sizes, values, 1)
    exponent, factor = np.polyfit(np.log(sizes), np.log(values), 1)
    line, curve = start + slope * sizes, np.exp(factor) * sizes**exponent
    return Law(float(start), float(slope), _explained(values, line), float(exponent), _explained(values, curve))


def _explained(values: _Array, fitted: _Array) -> float:
    spread = float(((values - values.mean()) ** 2).sum())
    return 1 - float(((values - fitted) ** 2).sum()) / spread if spread > 0 else 1.0
