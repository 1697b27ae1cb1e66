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

from edge_runtime.errors import OptionError, PictureError, PictureNotFoundError
from edge_runtime.resizing import resized

Picture = str | PathLike[str] | bytes | npt.NDArray[np.generic] | Image.Image
"""Whatever can be captioned: a path, an encoded file's bytes, pixels as an array, a Pillow picture."""

ChannelOrder = Literal["RGB", "BGR"]

MIN_SIDE = 16
"""Shortest side in pixels that still shows a scene."""
MAX_ASPECT = 20
"""Longest side over shortest; beyond it the squeeze leaves nothing to recognise."""
MAX_PIXELS = 50_000_000
"""Pixels of a file that are decoded at the most, 200 MB; a JPEG file may have more, it is decoded small."""
MAX_BYTES = 256 << 20
"""Bytes of a file that are read at the most."""
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "PPM", "WEBP", "TIFF", "JPEG2000", "AVIF")
"""File formats that are read, by Pillow's names; none of them starts another program."""

_SIXTEEN_BITS = 65535.0
_DRAFT = 4
"""Large pictures are decoded at no less than this multiple of the input size; the resize that follows hides the difference."""
_ORIENTATION = 0x0112
_DAMAGE = (
    OSError,
    ValueError,
    TypeError,
    SyntaxError,
    LookupError,
    OverflowError,
    EOFError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
)
"""What Pillow raises on files that are damaged, or made to be."""


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
        OptionError: A channel order that is neither "RGB" nor "BGR".
    """
    if channel_order not in ("RGB", "BGR"):
        raise OptionError(f"channel order {channel_order!r}: must be 'RGB' or 'BGR'")
    if isinstance(picture, np.ndarray):
        return _from_array(picture, channel_order, height, width)
    if isinstance(picture, Image.Image):
        _check_size(picture.size, "picture")
        return _squeeze(picture, "picture", height, width)
    content, name = _content(picture)
    image = _open(content, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata; what matters becomes an error
        return _decode_small(image, name, height, width)


def load_upright(picture: str | PathLike[str] | bytes, longest: int) -> npt.NDArray[np.uint8]:
    """Decode an encoded picture at its own size, or smaller.

    Args:
        picture: A path, or the bytes of an encoded picture.
        longest: Pixels of the longer side at the most; a larger picture is scaled down to it.

    Returns:
        uint8 [H, W, 3], RGB, 0 to 255, upright, alpha over white.

    Raises:
        PictureNotFoundError: No file at the path.
        PictureError: Not a picture, damaged, or of a size outside the limits of this module.
    """
    content, name = _content(picture)
    image = _open(content, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata; what matters becomes an error
        width, height = image.size
        try:
            # A TIFF has its size upright from the start.
            if image.format != "TIFF" and image.getexif().get(_ORIENTATION) in (5, 6, 7, 8):
                width, height = height, width
        except _DAMAGE as error:
            raise PictureError(f"{name}: damaged ({error}); copy or fetch it again") from None
        scale = min(1.0, longest / max(width, height))
        return _decode_small(image, name, max(1, round(height * scale)), max(1, round(width * scale)))


def _content(picture: str | PathLike[str] | bytes) -> tuple[bytes, str]:
    """The bytes of a file, and what to call it."""
    if isinstance(picture, bytes | bytearray | memoryview):
        content, name = bytes(picture), "picture bytes"
    elif isinstance(picture, str | PathLike):
        name = str(picture)
        try:
            with Path(picture).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            raise PictureNotFoundError(f"{name}: no such file; check the path") from None
        except IsADirectoryError:
            raise PictureError(f"{name}: a folder, not a picture; name a file in it") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise PictureError(f"{name}: cannot be read ({reason}); check the path and its permissions") from None
    else:
        raise PictureError(
            f"a {type(picture).__name__} is no picture; pass a path, bytes, an array or a Pillow picture"
        )
    if len(content) > MAX_BYTES:
        raise PictureError(f"{name}: more than {MAX_BYTES >> 20} MB; make the file smaller")
    if not content:
        raise PictureError(f"{name}: the file is empty; copy or fetch it again")
    return content, name


def _open(content: bytes, name: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `_check_size` says it in our words
            return Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        raise PictureError(
            f"{name}: not a picture in a format that can be read; use JPEG, PNG, WebP, GIF, BMP or TIFF"
        ) from None
    except Image.DecompressionBombError:
        raise PictureError(f"{name}: more than {MAX_PIXELS // 10**6} megapixels; make the picture smaller") from None
    except _DAMAGE as error:
        raise PictureError(f"{name}: damaged ({error}); copy or fetch it again") from None


def _decode_small(image: Image.Image, name: str, height: int, width: int) -> npt.NDArray[np.uint8]:
    """Squeeze a picture that has just been opened; a large JPEG file is decoded at a fraction of its size."""
    _check_size(image.size, name)
    if image.format in ("JPEG", "MPO"):
        side = _DRAFT * max(height, width)
        image.draft(None, (side, side))
    if image.size[0] * image.size[1] > MAX_PIXELS:
        shape = f"{image.size[0]} x {image.size[1]} pixels"
        raise PictureError(
            f"{name}: {shape} is too large; at most {MAX_PIXELS // 10**6} megapixels are read, make it smaller"
        )
    return _squeeze(image, name, height, width)


def _from_array(
    pixels: npt.NDArray[np.generic], channel_order: ChannelOrder, height: int, width: int
) -> npt.NDArray[np.uint8]:
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
    _check_size((pixels.shape[1], pixels.shape[0]), "array")
    if pixels.shape[2:] == (3,):
        small = resized(pixels.astype(np.uint8, copy=False), height, width, by_opencv=True)
    else:
        small = _squeeze(Image.fromarray(np.ascontiguousarray(pixels)), "array", height, width)
    if channel_order == "BGR" and pixels.ndim == 3:
        small = small[:, :, ::-1]
    return np.ascontiguousarray(small)


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    shape = f"{name}: {width} x {height} pixels"
    if min(size) < MIN_SIDE:
        raise PictureError(f"{shape} is too small; at least {MIN_SIDE} x {MIN_SIDE} are needed")
    if max(size) > MAX_ASPECT * min(size):
        raise PictureError(f"{shape} is too narrow; crop it to at most {MAX_ASPECT} : 1")


def _squeeze(image: Image.Image, name: str, height: int, width: int) -> npt.NDArray[np.uint8]:
    """Flatten to RGB, resize and turn upright, in the order that moves the fewest pixels; the picture given stays as it is."""
    try:
        image.load()  # a TIFF turns itself upright here, and only here forgets its orientation
        orientation = image.getexif().get(_ORIENTATION, 1)
        turned = isinstance(orientation, int) and 2 <= orientation <= 8
        size = (height, width) if turned and orientation >= 5 else (width, height)
        flat = _flatten(image, size)
        small = resized(np.asarray(flat), size[1], size[0])
        if not turned:
            return small
        upright = Image.fromarray(small)
        upright.getexif()[_ORIENTATION] = orientation
        return np.asarray(ImageOps.exif_transpose(upright))
    except _DAMAGE as error:
        raise PictureError(f"{name}: damaged or truncated ({error}); copy or fetch it again") from None


def _flatten(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """RGB of any mode: alpha over white, 16 bit and float greyscale to 8, the first picture of an animation."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    step = min(image.size[0] // (_DRAFT * size[0]), image.size[1] // (_DRAFT * size[1]))
    if step > 1:
        # The conversions below make several copies: take every n-th pixel first, which keeps _DRAFT times what is needed.
        image = image.resize((image.size[0] // step, image.size[1] // step), Image.Resampling.NEAREST)
    if image.mode.startswith(("I", "F")):
        image = _to_eight_bits(image)
    if image.mode == "La":
        image = image.convert("LA")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Greyscale of 16 bits by its range; of 32 bits and floats from its lowest to its highest value, where that is not 8 bits."""
    values = np.asarray(image, dtype=np.float32)
    finite = values[np.isfinite(values)]
    if not finite.size:
        raise ValueError("no pixel has a value")
    low, high = float(finite.min()), float(finite.max())
    if image.mode.startswith("I;16") or (image.mode == "I" and low >= 0 and 255 < high <= _SIXTEEN_BITS):
        low, high = 0.0, _SIXTEEN_BITS
    elif low >= 0 and 1 < high <= 255:
        low, high = 0.0, 255.0
    return Image.fromarray(_scaled(np.nan_to_num(values, nan=low, posinf=high, neginf=low), low, high))


def _scaled(values: npt.NDArray[np.float32], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Values from `low` to `high` as 0 to 255."""
    scaled = np.rint((values - low) * (255.0 / max(high - low, 1e-6)))
    result: npt.NDArray[np.uint8] = np.clip(scaled, 0, 255).astype(np.uint8)
    return result
