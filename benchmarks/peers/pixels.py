"""Pictures as the peers' own image processors make them, by Pillow and numpy alone, so that nothing but PyTorch is needed."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.peers.base import Pixels

Floats = npt.NDArray[np.float32]

HALF = (0.5, 0.5, 0.5)
IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CLIP_MEAN, CLIP_DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def squeezed(
    picture: Pixels, size: int, filter_: Image.Resampling, mean: Sequence[float], deviation: Sequence[float]
) -> Floats:
    """Return the whole picture as a square, [1, 3, size, size], normalised."""
    image = Image.fromarray(picture).resize((size, size), filter_)
    return normalised(np.asarray(image), mean, deviation)[None]


def cropped(
    picture: Pixels, size: int, filter_: Image.Resampling, mean: Sequence[float], deviation: Sequence[float]
) -> Floats:
    """Return the middle of the picture, its shorter side made `size` pixels, [1, 3, size, size], normalised."""
    height, width = picture.shape[:2]
    scale = size / min(height, width)
    image = Image.fromarray(picture).resize((round(width * scale), round(height * scale)), filter_)
    left, top = (image.width - size) // 2, (image.height - size) // 2
    return normalised(np.asarray(image.crop((left, top, left + size, top + size))), mean, deviation)[None]


def tiled(picture: Pixels, size: int, longest: int) -> tuple[Floats, int, int]:
    """Return the picture cut into squares, and the whole of it as one more at the end, as Idefics3 does.

    Args:
        picture: The picture.
        size: Pixels a side of a square.
        longest: Pixels that the longer side is first scaled to.

    Returns:
        Squares [1, rows * columns + 1, 3, size, size], normalised to -1 to 1; rows; columns.
    """
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    rows, columns = (math.ceil(side * scale / size) for side in (height, width))
    image = Image.fromarray(picture).resize((columns * size, rows * size), Image.Resampling.LANCZOS)
    whole = image.resize((size, size), Image.Resampling.LANCZOS)
    corners = [(row * size, column * size) for row in range(rows) for column in range(columns)]
    squares = [image.crop((left, top, left + size, top + size)) for top, left in corners]
    tiles = [normalised(np.asarray(square), HALF, HALF) for square in [*squares, whole]]
    return np.stack(tiles)[None], rows, columns


def normalised(pixels: Pixels, mean: Sequence[float], deviation: Sequence[float]) -> Floats:
    """`(pixels / 255 - mean) / deviation`, [3, H, W]."""
    scale = 1 / (255 * np.asarray(deviation, np.float32))
    shift = np.asarray(mean, np.float32) / np.asarray(deviation, np.float32)
    return np.ascontiguousarray((pixels * scale - shift).transpose(2, 0, 1))
