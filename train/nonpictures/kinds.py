"""The ten kinds of pictures that are no clear picture, and pictures of each."""

from collections.abc import Callable

import numpy as np

from edge_runtime.console.validation import LARGEST, check_within
from edge_runtime.errors import OptionError, PictureError
from edge_runtime.pictures.resize import resized
from train.nonpictures.bars import bars
from train.nonpictures.cameras import black, covered, white
from train.nonpictures.diagrams import diagram
from train.nonpictures.fields import Pixels
from train.nonpictures.noise import noise
from train.nonpictures.photographs import Photographs, blurred, overexposed
from train.nonpictures.screens import screenshot
from train.nonpictures.writing import page

_DRAWERS: dict[str, Callable[[np.random.Generator, Photographs], Pixels]] = {
    "black": black,
    "white": white,
    "covered": covered,
    "blurred": blurred,
    "noise": noise,
    "bars": bars,
    "overexposed": overexposed,
    "page": page,
    "screenshot": screenshot,
    "diagram": diagram,
}
KINDS: tuple[str, ...] = tuple(_DRAWERS)
"""The kinds, each in a word that can say why there is no sentence."""
FROM_PHOTOGRAPHS = frozenset(["blurred", "overexposed"])
"""Kinds that are made of photographs."""
SIZE = 224
"""Pixels of a side, where nothing else is asked for."""
_LARGEST_SIZE = 1024
"""More than any of them has before it is squeezed."""


def draw(kind: str, count: int, photographs: Photographs = (), seed: int = 0, size: int = SIZE) -> Pixels:
    """Return pictures of a kind, each drawn at a shape of its own and squeezed as a camera's frame is.

    A picture depends on its place and not on the count: the first ten of a hundred are the ten that are drawn alone. On
    another machine letters may differ, see `train.nonpictures.fonts.font`.

    Args:
        kind: One of `KINDS`.
        count: How many.
        photographs: Of which blurred and overexposed pictures are made, uint8 [H, W, 3] each; others may show what is left of one.
        seed: Of everything that is chosen, 0 or more.
        size: Pixels of a side.

    Returns:
        uint8 [count, size, size, 3].

    Raises:
        OptionError: No such kind, or a count, a seed or a size that none is.
        PictureError: The kind is made of photographs, and there are none.
    """
    if kind not in _DRAWERS:
        raise OptionError(f"{kind!r}: no kind of non-pictures; choose one of {', '.join(KINDS)}")
    check_within("count", [count], 1, LARGEST)
    check_within("seed", [seed], 0, LARGEST)
    check_within("size", [size], 8, _LARGEST_SIZE)
    if kind in FROM_PHOTOGRAPHS and not photographs:
        raise PictureError(f"{kind}: is made of photographs, and there are none; pass some")
    drawn = np.empty((count, size, size, 3), np.uint8)
    for at in range(count):
        rng = np.random.default_rng([seed, KINDS.index(kind), at])
        drawn[at] = resized(_DRAWERS[kind](rng, photographs), size, size)
    return drawn
