"""RGB of a picture of any mode: alpha over white, greyscale of more than 8 bits to 8."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

_SIXTEEN_BITS = 65535.0
_BAND_ROWS = 512


@dataclass(frozen=True)
class Grey:
    """What the numbers of greyscale of more than 8 bits mean, as far as the file says.

    Attributes:
        white_is_zero: Whether 0 is white.
        most: The value at the other end from 0; None where the file does not say.
    """

    white_is_zero: bool = False
    most: float | None = None


def flattener(image: Image.Image, grey: Grey) -> Callable[[Image.Image], Image.Image] | None:
    """Return how to make RGB of a picture, and of any part of it.

    Args:
        image: The picture, loaded.
        grey: What its numbers mean where it is greyscale of more than 8 bits.

    Returns:
        What makes RGB of a part; None where the picture is RGB.

    Raises:
        ValueError: No pixel has a value.
    """
    if image.mode == "RGB" and "transparency" not in image.info:
        return None
    if not image.mode.startswith(("I", "F")):
        return _flat
    low, high = _range(image, grey)

    def to_eight_bits(part: Image.Image) -> Image.Image:
        values = np.nan_to_num(np.asarray(part, dtype=np.float32), nan=low, posinf=high, neginf=low)
        small = scaled(values, low, high)
        return Image.fromarray(255 - small if grey.white_is_zero else small).convert("RGB")

    return to_eight_bits


def scaled(values: npt.NDArray[np.float32], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Return values from `low` to `high` as 0 to 255."""
    levels = np.rint((values - low) * (255.0 / max(high - low, 1e-6)))
    result: npt.NDArray[np.uint8] = np.clip(levels, 0, 255).astype(np.uint8)
    return result


def _flat(image: Image.Image) -> Image.Image:
    if image.mode == "La":
        image = image.convert("LA")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def _range(image: Image.Image, grey: Grey) -> tuple[float, float]:
    """Of 16 bits the file's; of 32 bits and floats from the lowest to the highest value, where that is not 8 bits."""
    lows, highs = [], []
    for top in range(0, image.height, _BAND_ROWS):
        band = image.crop((0, top, image.width, min(top + _BAND_ROWS, image.height)))
        values = np.asarray(band, dtype=np.float32)
        finite = values[np.isfinite(values)]
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    if not lows:
        raise ValueError("no pixel has a value")
    low, high = min(lows), max(highs)
    if image.mode.startswith("I;16"):
        return 0.0, grey.most or _SIXTEEN_BITS
    if image.mode == "I" and (image.format == "PPM" or (low >= 0 and 255 < high <= _SIXTEEN_BITS)):
        return 0.0, _SIXTEEN_BITS
    if low >= 0 and 1 < high <= 255:
        return 0.0, 255.0
    return low, high
