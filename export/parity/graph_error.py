"""How far a quantised graph's outputs lie from the float graph's."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from export.calibration.ranges import Feeds
from export.parity.measure import cosine


def encoder_error(reference: Sequence[Sequence[Any]], run: Callable[[Feeds], Sequence[Any]], inputs: Any) -> float:
    """1 - cosine of the worst output, the mean over inputs."""
    found = [
        [cosine(a, b) for a, b in zip(run(feeds), outs, strict=True)]
        for feeds, outs in zip(inputs, reference, strict=True)
    ]
    return float(1 - np.mean(found, axis=0).min())


def step_error(reference: Sequence[Sequence[Any]], run: Callable[[Feeds], Sequence[Any]], inputs: Any) -> float:
    """Return divergence of Kullback and Leibler of the next word's distribution, the mean over steps, in nats."""
    found = []
    for feeds, outs in zip(inputs, reference, strict=True):
        true, other = outs[0].astype(np.float64), run(feeds)[0].astype(np.float64)
        found.append((np.exp(true) * (true - other)).sum(1).mean())
    return float(np.mean(found))
