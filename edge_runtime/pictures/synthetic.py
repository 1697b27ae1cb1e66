"""Frames of no camera, for timing where no picture is at hand."""

import numpy as np
import numpy.typing as npt

FRAME = (480, 640, 3)
"""Height, width and channels, a camera's."""


def synthetic_frame(rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A smooth random picture: sentences come out as long as on real ones.

    Args:
        rng: Of its colours and its noise.

    Returns:
        uint8 [480, 640, 3].
    """
    coarse = rng.integers(0, 256, (6, 8, 3)).astype(np.float64)
    frame = np.kron(coarse, np.ones((FRAME[0] // 6, FRAME[1] // 8, 1)))
    pixels: npt.NDArray[np.uint8] = np.clip(frame + rng.normal(0, 8, FRAME), 0, 255).astype(np.uint8)
    return pixels


def synthetic_frames(count: int) -> list[npt.NDArray[np.uint8]]:
    """The same frames every time.

    Args:
        count: How many.
    """
    rng = np.random.default_rng(0)
    return [synthetic_frame(rng) for _ in range(count)]
