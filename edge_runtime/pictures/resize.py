"""Pixels at another size: whole numbers of them averaged, the rest interpolated.

Pillow does it, or, ten times faster and within two levels of 255, OpenCV (docs/decisions/011).
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import SourceError
from edge_runtime.machine.opencv import opencv

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = npt.NDArray[np.uint8]


def resized(pixels: Pixels, height: int, width: int, by_opencv: bool = False) -> Pixels:
    """Squeeze or stretch a picture.

    Averages whole numbers of pixels first, then interpolates bilinearly by less than 2, so that nothing is skipped. At the far
    ends fewer pixels than are averaged may be left over.

    Args:
        pixels: uint8 [H, W, 3].
        height: GraphTensors height.
        width: GraphTensors width.
        by_opencv: Let OpenCV do it where it is installed.

    Returns:
        uint8 [height, width, 3], a new array.
    """
    rows, columns = _averaged(pixels.shape[0], height), _averaged(pixels.shape[1], width)
    high, wide = pixels.shape[0] // rows, pixels.shape[1] // columns
    whole = np.ascontiguousarray(pixels)[: high * rows, : wide * columns]
    if whole.shape[:2] == (height, width):
        return whole.copy()
    cv2 = _opencv() if by_opencv else None
    if cv2 is None:
        return _by_pillow(whole, rows, columns, height, width)
    if rows > 1 or columns > 1:
        whole = cv2.resize(whole, (wide, high), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


_BAND = 1_000_000
"""Pixels of a picture that are flattened at a time."""


def resized_picture(
    picture: "Image", height: int, width: int, flat: "Callable[[Image], Image] | None" = None
) -> Pixels:
    """Do what `resized` does without OpenCV to a Pillow picture, without a copy of the whole.

    Args:
        picture: Of mode RGB, or of any mode with `flat`.
        height: GraphTensors height.
        width: GraphTensors width.
        flat: Makes RGB of a part of the picture; what it makes of a pixel must not depend on the others.

    Returns:
        uint8 [height, width, 3], a new array.
    """
    from PIL import Image

    rows, columns = _averaged(picture.height, height), _averaged(picture.width, width)
    high, wide = picture.height // rows, picture.width // columns
    if flat is None:
        small = picture.reduce((columns, rows), (0, 0, wide * columns, high * rows))
    else:
        small = Image.new("RGB", (wide, high))
        step = max(1, _BAND // (wide * columns * rows))
        for top in range(0, high, step):
            band = (0, top * rows, wide * columns, min(top + step, high) * rows)
            part = flat(picture if band == (0, 0, *picture.size) else picture.crop(band))
            small.paste(part.reduce((columns, rows)), (0, top))
    unchanged = rows == columns == 1 and (high, wide) == (height, width)
    return np.array(small) if unchanged else _interpolated(small, height, width)


def _averaged(have: int, want: int) -> int:
    """Return how many pixels of one axis become one: nearly as many as leave enough, with as few as possible left over."""
    most = max(1, have // want)
    return min(range(most, most * 3 // 4, -1), key=lambda count: have % count)


@cache
def _opencv() -> Any:
    """OpenCV, which is no part of the base install, or None."""
    try:
        return opencv()
    except SourceError:
        return None


def _by_pillow(whole: Pixels, rows: int, columns: int, height: int, width: int) -> Pixels:
    from PIL import Image

    return _interpolated(Image.fromarray(whole).reduce((columns, rows)), height, width)


def _interpolated(image: "Image", height: int, width: int) -> Pixels:
    from PIL import Image

    # Pillow's own bilinear filter would look at more than two pixels of an axis.
    scales = (image.width / width, 0, 0, 0, image.height / height, 0)
    return np.asarray(image.transform((width, height), Image.Transform.AFFINE, scales, Image.Resampling.BILINEAR))
