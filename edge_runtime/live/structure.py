"""Where two frames of a camera show something else, whatever the light does.

Each is looked at as a small green sketch, block by block: the structural term of SSIM (Wang et al., IEEE TIP 13(4), 2004) with the
contrast term, which a change of brightness leaves alone and an object that comes or goes does not. Noise is averaged away by the
sketch, a camera that trembles is aligned first, and blocks that are burnt out or black say nothing.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.decoding import Floats
from edge_runtime.frames.base import Pixels
from edge_runtime.machine.opencv import opencv

Mask = npt.NDArray[np.bool_]
Sketch = Floats

COLUMNS, ROWS = 80, 60
_BLOCK = 9
"""Side of a block, in places of the sketch."""
_QUIET = 30.0
"""Variance in squared levels below which a block counts as even: what is left of noise, and of a lens's shading."""
_OTHER = 0.5
"""Structure of two blocks, 1 being the same and 0 unrelated, below which a place shows something else."""
_DARK, _BRIGHT, _WHITE, _CLIPPED = 4.0, 240.0, 255.0, 0.3
"""Levels that a sensor does not tell apart any more, its highest, and the share of them from which on a block says nothing."""
_COVERED, _BLINDED = 0.6, 0.97
"""Share of the picture that goes dark from which on that is a change: a covered lens, a lamp that is switched off; and share that burns
out, for light that goes up by 30 % burns most of a snowfield out."""
_LIFT = 8.0
"""Levels added to both before their gain is taken, so that black pixels do not decide it."""
_SMOOTH = 3
"""Rows over which that gain is smoothed."""
_SHAKE, _STILL = 4.0, 0.2
"""Places of the sketch by which a camera may have moved, and by which it moves without being noticed."""


def sketch(pixels: Pixels) -> Sketch:
    """Return a frame as a small picture of its green: half of a sensor's pixels, and the last to burn out of a blue pool or a red coat.

    Args:
        pixels: uint8 [H, W, 3], B, G, R.

    Returns:
        float32 [60, 80], 0 to 255.
    """
    cv2 = opencv()
    small = cv2.resize(pixels, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return np.asarray(small[:, :, 1], np.float32)


def changed(now: Sketch, known: Iterable[Sketch]) -> Mask:
    """Return where a frame shows what none of the known ones does.

    Args:
        now: Sketch of the frame.
        known: Sketches of the same scene, at least one.

    Returns:
        bool [60, 80].
    """
    return in_all(_differs(one, now) for one in known)


def in_all(masks: Iterable[Mask]) -> Mask:
    """Return the places that are in every mask; once none is left the rest is not asked for.

    Args:
        masks: bool [60, 80] each.
    """
    found = np.ones((ROWS, COLUMNS), np.bool_)
    for one in masks:
        found &= one
        if not found.any():
            break
    return found


def _differs(known: Sketch, now: Sketch) -> Mask:
    """Return where two sketches differ, as they are or aligned, whichever differs less."""
    found = _unlike(known, now)
    if found.mean() < 0.01:
        return found
    cv2 = opencv()
    # It weights what it is given in place.
    (right, down), _ = cv2.phaseCorrelate(
        known.copy(), now.copy(), cv2.createHanningWindow((COLUMNS, ROWS), cv2.CV_32F)
    )
    if not _STILL < max(abs(right), abs(down)) <= _SHAKE:
        return found
    moved = cv2.warpAffine(
        known, np.array([[1, 0, right], [0, 1, down]], np.float32), (COLUMNS, ROWS), borderMode=cv2.BORDER_REPLICATE
    )
    aligned = _unlike(moved, now)
    edge = int(np.ceil(max(abs(right), abs(down)))) + 1
    inner = np.zeros_like(aligned)
    inner[edge:-edge, edge:-edge] = aligned[edge:-edge, edge:-edge]
    return inner if inner.mean() < found.mean() else found


def _unlike(one: Sketch, other: Sketch) -> Mask:
    # What a sensor cannot tell apart is no difference: it ends at the same level in both.
    lit = np.minimum(one * _gain(one, other), _WHITE)
    mean_one, mean_other = _blocks(lit), _blocks(other)
    variance = _blocks(lit * lit) - mean_one**2 + _blocks(other * other) - mean_other**2
    shared = _blocks(lit * other) - mean_one * mean_other
    unlike = (2 * shared + _QUIET) < _OTHER * (variance + _QUIET)
    dark = _clipped(one <= _DARK), _clipped(other <= _DARK)
    bright = _clipped(one >= _BRIGHT), _clipped(other >= _BRIGHT)
    if (dark[0] != dark[1]).mean() > _COVERED or (bright[0] != bright[1]).mean() > _BLINDED:
        return np.ones_like(unlike)
    return np.asarray(unlike & ~(dark[0] | dark[1] | bright[0] | bright[1]), np.bool_)


def _gain(one: Sketch, other: Sketch) -> Sketch:
    """Return by how much each row is brighter in the other one, [60, 1]: lamps on alternating current leave bands on a rolling shutter.

    What is burnt out in one of them does not tell; a row without much else is as bright as the whole.
    """
    brighter = (other + _LIFT) / (one + _LIFT)
    burnt = (one >= _BRIGHT) | (other >= _BRIGHT)
    if burnt.any() and not burnt.all():
        brighter = np.where(burnt, np.median(brighter[~burnt]), brighter)
    rows = np.median(brighter, axis=1).astype(np.float32)
    found: Sketch = opencv().blur(rows[:, None], (1, _SMOOTH))
    return found


def _clipped(places: Mask) -> Mask:
    """Return which blocks say nothing, for so many of their places are too dark or too bright."""
    return np.asarray(_blocks(places.astype(np.float32)) > _CLIPPED, np.bool_)


def _blocks(one: Sketch) -> Sketch:
    """Return the mean of the block around each place."""
    found: Sketch = opencv().boxFilter(one, -1, (_BLOCK, _BLOCK))
    return found
