"""Whether a frame shows content that a scene has not shown yet, by what the encoder sees at each place of its grid."""

from collections.abc import Sequence

import numpy as np

from edge_runtime.backends.decoding import Floats
from edge_runtime.captioner import Encoded
from edge_runtime.live.structure import Mask
from edge_runtime.machine.opencv import opencv

_TOUCHED = 0.15
"""Share of a grid cell that has changed from which on its content counts."""
_CELLS = 2
"""The newest cells whose mean is taken: one alone may be a whim of the encoder."""


def grid(encoded: Encoded) -> Floats:
    """Return what the encoder sees at each place, float32 [R, D], each row 1 long."""
    heads = encoded.heads
    rows = heads.transpose(1, 0, 2).reshape(heads.shape[1], -1)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def novelty(now: Floats, known: Sequence[Floats], changed: Mask) -> float:
    """Return how new the content of the changed places is: the distance to whatever is nearest to it anywhere in the scene.

    A person who moves within a scene is nothing new; one who enters is.

    Args:
        now: `grid` of the frame, [R, D].
        known: The same of the scene's frames, at least one.
        changed: Where the picture shows something else, bool [H, W].

    Returns:
        0 to 2: 1 - cosine, the mean of the two newest places; 0 where nothing has changed.
    """
    places = _places(changed, len(now))
    if not places.any():
        return 0.0
    nearest = (now[places] @ np.concatenate(known).T).max(axis=1)
    newest = np.sort(1 - nearest)[::-1][:_CELLS]
    return float(newest.sum() / _CELLS)


def _places(changed: Mask, places: int) -> Mask:
    """Return which places of the grid have changed; all of them where they are no square grid."""
    side = round(places**0.5)
    if side * side != places:
        return np.full(places, changed.any(), np.bool_)
    cv2 = opencv()
    share = cv2.resize(changed.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(share.ravel() > _TOUCHED, np.bool_)
