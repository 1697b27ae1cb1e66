"""From a file, bytes, an array or a Pillow picture to the encoder's input.

The one definition for training and for the device: what a decoder was trained on is what it is shown. The whole picture
is squeezed to the input size without cropping, as the training pictures were. What a file would cost is read in its header
before anything decodes it (docs/decisions/017).
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from edge_runtime.errors import OptionError, PictureError, PictureWarning
from edge_runtime.pictures import netpbm, tiff
from edge_runtime.pictures.colours import in_srgb
from edge_runtime.pictures.content import content_of
from edge_runtime.pictures.flattening import Grey, flattener, scaled
from edge_runtime.pictures.header import ExcessError, Header
from edge_runtime.pictures.limits import halvings, header_of
from edge_runtime.pictures.resize import resized, resized_picture
from edge_runtime.pictures.tiff_tags import check_tags

Picture = str | PathLike[str] | bytes | npt.NDArray[np.generic] | Image.Image
"""Whatever can be captioned: a path, an encoded file's bytes, pixels as an array, a Pillow picture."""

ChannelOrder = Literal["RGB", "BGR"]

MIN_SIDE = 16
"""Shortest side in pixels that still shows a scene."""
MAX_ASPECT = 20
"""Longest side over shortest; beyond it the squeeze leaves nothing to recognise."""

_SIXTEEN_BITS = 65535.0
_DRAFT = 4
"""Large pictures are decoded at no less than this multiple of the input size; the resize that follows hides the difference."""
_ORIENTATION = 0x0112
_COLOURED = ("RGB", "RGBA", "RGBX", "P", "PA", "YCbCr")
"""Modes of which a profile of RGB speaks."""
_BLACK, _WHITE = 16, 239
"""No lighter, or no darker, than this of 255 is a picture of 12 bits that is taken for one of 16."""


def load_input(picture: Picture, height: int, width: int, channel_order: ChannelOrder = "RGB") -> npt.NDArray[np.uint8]:
    """Turn any picture into the encoder's input.

    Args:
        picture: A path, the bytes of an encoded picture, a Pillow picture, or an array: uint8 or uint16, [H, W], [H, W, 1],
            [H, W, 3] or [H, W, 4] (alpha last), full value range.
        height: Input height in pixels.
        width: Input width in pixels.
        channel_order: Order of an array's colour channels; OpenCV's frames are "BGR". Other kinds of picture know theirs.

    Returns:
        uint8 [height, width, 3], RGB, 0 to 255; what an ICC profile of another RGB space says is converted to sRGB.

    Raises:
        PictureNotFoundError: No file at the path.
        PictureError: Not a picture, damaged, or of a size or cost outside the limits.
        OptionError: A channel order that is neither "RGB" nor "BGR".
    """
    if channel_order not in ("RGB", "BGR"):
        raise OptionError(f"channel order {channel_order!r}: must be 'RGB' or 'BGR'")
    if isinstance(picture, np.ndarray):
        return _from_array(picture, channel_order, height, width)
    if isinstance(picture, Image.Image):
        _check_size(picture.size, "picture")
        with _damage("picture"):
            return _squeeze(picture, height, width, Grey())
    content, name = content_of(picture)
    return _decode_small(content, name, header_of(content, name), height, width)


def load_upright(picture: str | PathLike[str] | bytes, longest: int) -> npt.NDArray[np.uint8]:
    """Decode an encoded picture at its own size, or smaller.

    Args:
        picture: A path, or the bytes of an encoded picture.
        longest: Pixels of the longer side at the most; a larger picture is scaled down to it.

    Returns:
        uint8 [H, W, 3], sRGB, 0 to 255, upright, alpha over white.

    Raises:
        PictureNotFoundError: No file at the path.
        PictureError: Not a picture, damaged, or of a size or cost outside the limits.
    """
    content, name = content_of(picture)
    return _decode_small(content, name, header_of(content, name), longest, None)


def _decode_small(content: bytes, name: str, header: Header, height: int, width: int | None) -> npt.NDArray[np.uint8]:
    """Decode and squeeze a picture, at a fraction of its size where that is possible and enough.

    Args:
        content: The file.
        name: What to call it.
        header: Its own.
        height: GraphTensors height; of both sides the longer where `width` is None.
        width: GraphTensors width; None keeps the shape.
    """
    _check_size((header.width, header.height), name)
    side = _DRAFT * max(height, width or 0)
    draft = header.format == "JPEG" and header.shrinks > 0
    if width is None and draft:
        side = _DRAFT * min(height, max(header.width, header.height))
    wanted = _eighths(header, side) if draft else 0
    fewer = halvings(header, len(content), name, wanted, _resizing_bytes(header, height, width))
    with _damage(name), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata; what matters becomes an error
        image = _opened(content, header)
        _check_size(image.size, name)
        if image.width * image.height > header.pixels:
            raise ValueError("its header says two sizes")
        if width is None:
            height, width = _shape(image, height)
        if isinstance(image, JpegImageFile) and draft:
            if fewer > wanted:
                side = min(header.width, header.height) // 2**fewer
            image.draft(None, (side, side))
        elif fewer:  # JPEG 2000, whose attribute of this name hides the method until it is 0 again
            image.reduce = fewer  # type: ignore[method-assign, assignment]
            image.load()
            image.reduce = 0  # type: ignore[method-assign, assignment]
        grey = Grey()
        if header.format == "TIFF" and image.mode.startswith(("I;16", "F")):
            white_is_zero, most = tiff.meaning(content)
            grey = Grey(white_is_zero, most or None)
        small = _squeeze(image, height, width, grey)
    if header.deep:
        _warn_of_few_bits(small, name, grey)
    return small


@contextmanager
def _damage(name: str) -> Iterator[None]:
    """Whatever a decoder raises on a file that is damaged, or made to be, as one sentence.

    Decoders raise what they like: Pillow's for AVIF a RuntimeError, others a SyntaxError, an OverflowError or a zlib.error.
    """
    try:
        yield
    except PictureError:
        raise
    except ExcessError as error:
        raise PictureError(f"{name}: {error}; save it again as an ordinary picture") from None
    except UnidentifiedImageError:
        raise PictureError(
            f"{name}: damaged, or of a kind of its format that cannot be read; copy or fetch it again, or save it as PNG"
        ) from None
    except MemoryError:
        raise PictureError(
            f"{name}: there is no memory to decode it; close other programs, or make the picture smaller"
        ) from None
    except Exception as error:
        words = " ".join(str(error).split()) or type(error).__name__
        raise PictureError(f"{name}: damaged or truncated ({words}); copy or fetch it again") from None


def _opened(content: bytes, header: Header) -> Image.Image:
    """Let Pillow read the header, by the decoder of the format whose limits were looked up."""
    if header.format == "JPEG":
        # Not by `Image.open`, which refuses a telephone's 200 megapixels before it can be asked to decode them small.
        return JpegImageFile(io.BytesIO(content))
    image = (netpbm.pixels(content) if header.format == "PPM" else None) or Image.open(
        io.BytesIO(content), formats=(header.format,)
    )
    if isinstance(image.info.get("exif"), bytes):
        check_tags(image.info["exif"])
    return image


def _eighths(header: Header, side: int) -> int:
    """Return how often Pillow halves a JPEG file that need not be smaller than a square."""
    scale = min(header.width // side, header.height // side)
    return 3 if scale >= 8 else 2 if scale >= 4 else 1 if scale >= 2 else 0


def _resizing_bytes(header: Header, height: int, width: int | None) -> int:
    """Return what resizing takes: a picture of up to twice the wanted sides, and two of the wanted size."""
    longest = max(header.width, header.height)
    scale = min(1.0, height / longest)
    wanted = header.pixels * scale * scale if width is None else height * width
    return round(min(header.pixels, 4 * wanted) * 4 + 2 * wanted * 4)


def _shape(image: Image.Image, longest: int) -> tuple[int, int]:
    """Return height and width of a picture upright, scaled down to a longest side."""
    width, height = image.size
    # A TIFF has its size upright from the start.
    if image.format != "TIFF" and image.getexif().get(_ORIENTATION) in (5, 6, 7, 8):
        width, height = height, width
    scale = min(1.0, longest / max(width, height))
    return max(1, round(height * scale)), max(1, round(width * scale))


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
    if pixels.dtype.kind == "u" and pixels.dtype.itemsize == 2:  # of either byte order
        pixels = scaled(pixels.astype(np.float32), 0.0, _SIXTEEN_BITS)
    if pixels.dtype != np.uint8:
        raise PictureError(f"array of {pixels.dtype}: not pixel values; pass uint8 in 0..255 or uint16 in 0..65535")
    _check_size((pixels.shape[1], pixels.shape[0]), "array")
    if pixels.shape[2:] == (3,):
        small = resized(pixels.astype(np.uint8, copy=False), height, width, by_opencv=True)
    else:
        with _damage("array"):
            small = _squeeze(Image.fromarray(np.ascontiguousarray(pixels)), height, width, Grey())
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


def _squeeze(image: Image.Image, height: int, width: int, grey: Grey) -> npt.NDArray[np.uint8]:
    """Flatten to RGB, resize, turn upright and convert to sRGB, in the order that moves the fewest pixels.

    The picture given stays as it is. Raises whatever its decoder does.
    """
    image.load()  # a TIFF turns itself upright here, and only here forgets its orientation
    orientation = image.getexif().get(_ORIENTATION, 1)
    turned = isinstance(orientation, int) and 2 <= orientation <= 8
    size = (height, width) if turned and orientation >= 5 else (width, height)
    profile = image.info.get("icc_profile") if image.mode in _COLOURED else None
    small = _flat(image, size[1], size[0], grey)
    if turned:
        upright = Image.fromarray(small)
        upright.getexif()[_ORIENTATION] = orientation
        small = np.asarray(ImageOps.exif_transpose(upright))
    return in_srgb(small, profile)


def _flat(image: Image.Image, height: int, width: int, grey: Grey) -> npt.NDArray[np.uint8]:
    """RGB of a loaded picture of any mode, resized."""
    if image.mode != "RGB" or "transparency" in image.info:
        step = min(image.width // (_DRAFT * width), image.height // (_DRAFT * height))
        if step > 1:
            # Pictures that must be converted are thinned out first: every n-th pixel, which keeps _DRAFT times what is needed.
            thin = image.resize((image.width // step, image.height // step), Image.Resampling.NEAREST)
            thin.format = image.format
            image = thin
    return resized_picture(image, height, width, flattener(image, grey))


def _warn_of_few_bits(small: npt.NDArray[np.uint8], name: str, grey: Grey) -> None:
    """Say so where a picture of 16 bits is as dark throughout as one of 10 or 12 bits would be in their place."""
    if (grey.white_is_zero and small.min() >= _WHITE) or (not grey.white_is_zero and 0 < small.max() <= _BLACK):
        warnings.warn(
            PictureWarning(
                f"{name}: no value is beyond a sixteenth of its 16 bits, so little can be seen; "
                "if they are 10 or 12 bits, scale them to 0..65535"
            ),
            stacklevel=4,
        )
