"""What has come, told apart from what has moved: people walk about, and that is no news, while another one who comes is."""

import numpy as np
import numpy.typing as npt

from edge_runtime.live.structure import COLUMNS, ROWS, Mask
from edge_runtime.machine.opencv import opencv

_NEAR = 5
"""Places of the sketch within which changes are one thing's: its arm and its leg, where it was and where it is."""
_UNCOVERED = 0.3
"""Size of what a thing uncovers where it was, as a share of what is new, from which on it has moved rather than come."""
_FOLLOWED = 3.0
"""Seconds after which a thing that was seen at a place is not followed from there any more."""


class Motion:
    """Follows what moves in one view, by where it was last."""

    def __init__(self) -> None:
        self._last: Mask = np.zeros((ROWS, COLUMNS), np.bool_)
        self._at = -np.inf

    def clear(self) -> None:
        """Forget everything: it is another view."""
        self._at = -np.inf

    def follow(self, unknown: Mask, at: float) -> None:
        """Remember where something is that has been told, or that has moved.

        Args:
            unknown: Where the picture has never been like that, bool [60, 80].
            at: Seconds of any clock.
        """
        self._last, self._at = _spread(unknown) > 0, at

    def come(self, changed: Mask, unknown: Mask, at: float) -> Mask:
        """Return which of a change is something that has come: it uncovers little, and nothing that is followed was next to it.

        Args:
            changed: Where the picture shows something else than before, bool [60, 80].
            unknown: Which of it has never been seen.
            at: As for `follow`.
        """
        number, things = opencv().connectedComponents(_spread(unknown), connectivity=8)
        size = np.bincount(things[unknown], minlength=number)
        has_come = np.bincount(things[changed & ~unknown], minlength=number) < _UNCOVERED * size
        if at - self._at <= _FOLLOWED:
            has_come &= np.bincount(things[unknown & self._last], minlength=number) == 0
        has_come[0] = False
        return np.asarray(has_come[things] & unknown, np.bool_)


def _spread(mask: Mask) -> npt.NDArray[np.uint8]:
    found: npt.NDArray[np.uint8] = opencv().dilate(mask.astype(np.uint8), np.ones((_NEAR, _NEAR), np.uint8))
    return found
