"""A model before it is timed."""

import numpy as np

from benchmarks.scale.frames import USUAL, patches
from edge_runtime.captioner import Captioner

_PICTURES = 10


def warmed(captioner: Captioner, beam: int) -> Captioner:
    """Return the same captioner, after pictures that do not count.

    Args:
        captioner: Loaded.
        beam: Hypotheses kept.
    """
    rng = np.random.default_rng(0)
    for _ in range(_PICTURES):
        captioner.caption(patches(rng, *USUAL), beam)
    return captioner
