"""From a file, bytes, an array or a Pillow picture to the encoder's input.

The one definition for training and for the device: what a decoder was trained on is what it is shown. The whole picture
is squeezed to the input size without cropping, as the training pictures were.
"""

import io
import struct
import warnings
from os import PathLike
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from edge_runtime.errors import PictureError, PictureNotFoundError

Picture = str | PathLike[str] | bytes | npt.NDArray[np.generic] | Image.Image
"""Whatever can be captioned: a path, an encoded file's bytes, pixels as an array, a Pillow picture."""

ChannelOrder = Literal["RGB", "BGR"]

MIN_SIDE = 16
"""Shortest side in pixels that still shows a scene."""
MAX_ASPECT = 20
"""Longest side over shortest; beyond it the squeeze leaves nothing to recognise."""
MAX_PIXELS = 100_000_000
"""Pixels that are decoded at the most: a 100 megapixel photograph passes, a decompression bomb does not."""

_SIXTEEN_BITS = 65535.0
_DRAFT = 4
"""JPEG files are decoded at no less than this multiple of the input size; the resize that follows hides the difference."""


def load_input(picture: Picture, height: int, width: int, channel_order: ChannelOrder = "RGB") -> npt.NDArray[np.uint8]:
    """Turn any picture into the encoder's input.

    Args:
        picture: A path, the bytes of an encoded picture, a Pillow picture, or an array: uint8 or uint16, [H, W], [H, W, 1],
            [H, W, 3] or [H, W, 4] (alpha last), full value range.
        height: Input height in pixels.
        width: Input width in pixels.
        channel_order: Order of an array's colour channels; OpenCV's frames are "BGR". Other kinds of picture know theirs.

    Returns:
        uint8 [height, width, 3], RGB, 0 to 255.

    Raises:
        PictureNotFoundError: No file at the path.
        PictureError: Not a picture, damaged, or of a size outside the limits of this module.
    """
    if isinstance(picture, np.ndarray):
        image, name = _from_array(picture, channel_order), "array"
    elif isinstance(picture, Image.Image):
        image, name = picture, "picture"
    elif isinstance(picture, bytes | bytearray | memoryview):
        name = "picture bytes"
        image = _open(io.BytesIO(picture), name, len(picture))
    else:
        path = Path(picture)
        name = str(path)
        image = _open(path, name, _file_size(path))
    _check_size(image.size, name)
    return np.asarray(_squeeze(image, name, height, width))


def _file_size(path: Path) -> int:
    try:
        if path.is_dir():
            raise PictureError(f"{path}: a folder, not a picture; name a file in it")
        return path.stat().st_size
    except FileNotFoundError:
        raise PictureNotFoundError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise PictureError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions") from None


def _open(file: Path | io.BytesIO, name: str, size: int) -> Image.Image:
    if size == 0:
        raise PictureError(f"{name}: the file is empty; copy or fetch it again")
    try:
        with warnings.catch_warnings():
            # `_check_size` says the same in our words.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(file)
    except UnidentifiedImageError:
        raise PictureError(
            f"{name}: not a picture in a format that can be read; use JPEG, PNG, WebP, GIF, BMP or TIFF"
        ) from None
    except Image.DecompressionBombError:
        raise PictureError(f"{name}: more than {MAX_PIXELS // 10**6} megapixels; make the picture smaller") from None
    except (OSError, ValueError, SyntaxError, struct.error) as error:
        raise PictureError(f"{name}: cannot be read ({error}); check the file and its permissions") from None


def _from_array(pixels: npt.NDArray[np.generic], channel_order: ChannelOrder) -> Image.Image:
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim != 2 and not (pixels.ndim == 3 and pixels.shape[2] in (3, 4)):
        shape = " x ".join(map(str, pixels.shape))
        raise PictureError(f"array of shape {shape or '()'}: not a picture; pass [H, W], [H, W, 3] or [H, W, 4]")
    if 0 in pixels.shape:
        raise PictureError("array without pixels: not a picture; pass at least 16 x 16 pixels")
    if pixels.dtype == np.uint16:
        pixels = _scaled(pixels.astype(np.float32), 0.0, _SIXTEEN_BITS)
    if pixels.dtype != np.uint8:
        raise PictureError(f"array of {pixels.dtype}: not pixel values; pass uint8 in 0..255 or uint16 in 0..65535")
    if channel_order == "BGR" and pixels.ndim == 3:
        pixels = pixels[:, :, [2, 1, 0, 3][: pixels.shape[2]]]
    return Image.fromarray(np.ascontiguousarray(pixels))


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    shape = f"{name}: {width} x {height} pixels"
    if min(size) < MIN_SIDE:
        raise PictureError(f"{shape} is too small; at least {MIN_SIDE} x {MIN_SIDE} are needed")
    if width * height > MAX_PIXELS:
        raise PictureError(f"{shape} is too large; at most {MAX_PIXELS // 10**6} megapixels are read, make it smaller")
    if max(size) > MAX_ASPECT * min(size):
        raise PictureError(f"{shape} is too narrow; crop it to at most {MAX_ASPECT} : 1")


def _squeeze(image: Image.Image, name: str, height: int, width: int) -> Image.Image:
    """Decode, turn upright, flatten to RGB and resize, in the order that moves the fewest pixels."""
    try:
        if image.format == "JPEG":
            side = _DRAFT * max(height, width)
            image.draft(None, (side, side))
        image.load()  # a TIFF turns itself upright here, and only here forgets its orientation
        image = _flatten(image)
        orientation = image.getexif().get(0x0112, 1)
        size = (height, width) if orientation >= 5 else (width, height)
        small = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0) if image.size != size else image.copy()
        if orientation != 1:
            small.getexif()[0x0112] = orientation
            small = ImageOps.exif_transpose(small)
        return small
    except (
        OSError,
        ValueError,
        SyntaxError,
        struct.error,
        EOFError,
        MemoryError,
        Image.DecompressionBombError,
    ) as error:
        raise PictureError(f"{name}: damaged or truncated ({error}); copy or fetch it again") from None


def _flatten(image: Image.Image) -> Image.Image:
    """RGB of any mode: alpha over white, 16 bit and float greyscale to 8, the first picture of an animation."""
    if image.mode == "RGB":
        return image
    exif = image.getexif()
    if image.mode.startswith(("I", "F")):
        image = _to_eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image = image.convert("RGB")
    image.getexif().update(exif)
    return image


def _to_eight_bits(image: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    floating = image.mode == "F"
    low, high = (float(values.min()), float(values.max())) if floating else (0.0, _SIXTEEN_BITS)
    return Image.fromarray(_scaled(values, low, high))


def _scaled(values: npt.NDArray[np.float32], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Values from `low` to `high` as 0 to 255."""
    scaled = np.rint((values - low) * (255.0 / max(high - low, 1e-6)))
    result: npt.NDArray[np.uint8] = np.clip(scaled, 0, 255).astype(np.uint8)
    return result
