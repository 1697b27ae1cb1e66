"""Ranges of activations from calibration data: what a static int8 form maps to its 256 levels.

Four methods: `min-max` over everything seen; `mean-min-max`, the mean of each example's lowest and highest value; `percentile`,
which leaves a share of the largest values outside; `entropy`, the range whose 256 levels keep the distribution best in the sense of
Kullback and Leibler (Migacz 2017, "8-bit inference with TensorRT").
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Method = Literal["min-max", "mean-min-max", "percentile", "entropy"]
METHODS: tuple[Method, ...] = get_args(Method)
Range = tuple[float, float]

_BINS = 4096
"""Of a histogram; even, so that two bins merge into one when its range doubles."""
_LEVELS = 256
_OUTSIDE = 1e-5
"""Share of the values that `percentile` leaves beyond either end."""
_SHRINKS = np.linspace(0.3, 1.0, 36)


class Observed:
    """What one tensor was seen to hold.

    Args:
        channel_axis: Which axis the channels lie along.
        spread: Whether to count how often which value comes, which `percentile` and `entropy` need and takes most of the time.

    Attributes:
        count: Examples seen.
        low: Lowest value.
        high: Highest value.
    """

    def __init__(self, channel_axis: int = -1, spread: bool = True) -> None:
        self.count = 0
        self._channel_axis, self._spread = channel_axis, spread
        self._mean_sum: npt.NDArray[np.float64] | float = 0.0
        self.low, self.high = np.inf, -np.inf
        self._low_sum = self._high_sum = 0.0
        self._limit = 0.0
        self._histogram = np.zeros(_BINS, np.int64)

    def add(self, values: npt.NDArray[np.float32]) -> None:
        """Look at one example's values."""
        low, high = float(values.min()), float(values.max())
        self.count += 1
        others = tuple(axis for axis in range(values.ndim) if axis != self._channel_axis % values.ndim)
        mean = values.mean(others, dtype=np.float64)
        # An axis whose length changes from example to example holds no channels.
        self._mean_sum = self._mean_sum + mean if np.shape(self._mean_sum) in ((), mean.shape) else np.nan
        self._low_sum += low
        self._high_sum += high
        self.low, self.high = min(self.low, low), max(self.high, high)
        if not self._spread:
            return
        largest = max(-low, high)
        if self._limit == 0:
            self._limit = largest
        while self._limit and largest > self._limit:
            self._double()
        if self._limit:
            self._histogram += np.histogram(values, _BINS, (-self._limit, self._limit))[0]

    def _double(self) -> None:
        quarter = _BINS // 4
        merged = self._histogram.reshape(-1, 2).sum(1)
        self._histogram = np.concatenate([np.zeros(quarter, np.int64), merged, np.zeros(quarter, np.int64)])
        self._limit *= 2

    def range(self, method: Method) -> Range:
        """Return lowest and highest value to keep, 0 between them."""
        if method == "mean-min-max":
            low, high = self._low_sum / self.count, self._high_sum / self.count
        elif method == "min-max" or not self._limit:
            low, high = self.low, self.high
        elif method == "percentile":
            low, high = self._percentile()
        else:
            low, high = self._entropy()
        return min(low, 0.0), max(high, 0.0)

    @property
    def mean(self) -> npt.NDArray[np.float64]:
        """[channels], the mean of each channel."""
        return np.asarray(self._mean_sum / self.count)

    def _edges(self) -> npt.NDArray[np.float64]:
        return np.linspace(-self._limit, self._limit, _BINS + 1)

    def _percentile(self) -> Range:
        share = np.cumsum(self._histogram) / self._histogram.sum()
        first, last = np.searchsorted(share, [_OUTSIDE, 1 - _OUTSIDE])
        edges = self._edges()
        return max(float(edges[first]), self.low), min(float(edges[last + 1]), self.high)

    def _entropy(self) -> Range:
        """Return the share of the full range at which the histogram, laid on 256 levels, diverges least from itself."""
        centres = (self._edges()[:-1] + self._edges()[1:]) / 2
        # Zero, which a rectified tensor holds most of the time, is kept exactly by any range and says nothing about them.
        histogram = self._histogram.copy()
        histogram[_BINS // 2 - 1 : _BINS // 2 + 1] = 0
        seen = histogram > 0
        best, best_divergence = 1.0, np.inf
        for shrink in _SHRINKS:
            low, high = min(self.low, 0.0) * shrink, max(self.high, 0.0) * shrink
            step = (high - low) / (_LEVELS - 1)
            level = np.clip(np.rint((centres - low) / step), 0, _LEVELS - 1).astype(int)
            inside = seen & (centres >= low - step / 2) & (centres <= high + step / 2)
            if not inside.any():
                continue
            # What is cut off is found at the ends: it counts in the true distribution and is missing from the levels'.
            true = np.where(inside, histogram, 0).astype(float)
            ends = np.flatnonzero(inside)[[0, -1]]
            true[ends[0]] += histogram[: ends[0]].sum()
            true[ends[1]] += histogram[ends[1] + 1 :].sum()
            mass = np.bincount(level[inside], histogram[inside], _LEVELS)
            bins = np.bincount(level[inside], minlength=_LEVELS)
            spread = np.where(inside, mass[level] / np.maximum(bins[level], 1), 0.0)
            p, q = true[inside] / true.sum(), spread[inside] / spread.sum()
            divergence = float((p * np.log(p / q)).sum())
            if divergence < best_divergence:
                best, best_divergence = float(shrink), divergence
        return self.low * best, self.high * best


Feeds = Mapping[str, npt.NDArray[np.generic]]


def observe(
    run: Callable[[Feeds], Mapping[str, npt.NDArray[np.float32]]],
    examples: Iterable[Feeds],
    channels_first: bool = False,
    methods: Collection[Method] = METHODS,
) -> dict[str, Observed]:
    """Look at every tensor of a graph.

    Args:
        run: From a graph's inputs to its inner tensors by name.
        examples: Inputs.
        channels_first: Whether pictures lie in memory as [B, C, H, W].
        methods: By which ranges will be taken.
    """
    spread = not {"min-max", "mean-min-max"}.issuperset(methods)
    found: dict[str, Observed] = {}
    for example in examples:
        for name, values in run(example).items():
            axis = 1 if channels_first and values.ndim == 4 else -1
            found.setdefault(name, Observed(axis, spread)).add(values)
    return found


def ranges(observed: Mapping[str, Observed], method: Method) -> dict[str, Range]:
    """Return the range of every tensor."""
    return {name: seen.range(method) for name, seen in observed.items()}
