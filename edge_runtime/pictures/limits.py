"""What a picture from outside may cost: nothing is decoded whose header asks for more."""

import struct
from collections.abc import Callable

from edge_runtime.errors import PictureError
from edge_runtime.pictures import avif, jpeg, jpeg2000, netpbm, plain, png, tiff
from edge_runtime.pictures.header import MB, ExcessError, Header

MAX_PIXELS = 50_000_000
"""Pixels that are decoded at the most; of a JPEG file, which can be decoded at an eighth of its sides, 64 times as many."""
MAX_MEMORY = 280 * MB
"""Bytes that reading a picture takes at the most, its file included."""
MAX_SECONDS = 2.0
"""Processor time of decoding at the most, as estimated for a desktop's core."""

_READERS: dict[str, Callable[[bytes], Header]] = {
    "JPEG": jpeg.read,
    "PNG": png.read,
    "GIF": plain.read_gif,
    "BMP": plain.read_bmp,
    "WEBP": plain.read_webp,
    "TIFF": tiff.read,
    "PPM": netpbm.read,
    "JPEG2000": jpeg2000.read,
    "AVIF": avif.read,
}
FORMATS = tuple(_READERS)
"""File formats that are read, by Pillow's names; none of them starts another program."""

_TIFF = (b"MM\0\x2a", b"II\x2a\0", b"MM\x2a\0", b"II\0\x2a", b"MM\0\x2b", b"II\x2b\0")
_AVIF = (b"avif", b"avis", b"mif1", b"msf1")


def header_of(content: bytes, name: str) -> Header:
    """Read a picture's header, by the format that its first bytes say.

    Args:
        content: The file.
        name: What to call it in a message.

    Raises:
        PictureError: It is of no format that can be read, is damaged, or asks for too much.
    """
    kind = _format_of(content)
    if kind is None:
        raise PictureError(f"{name}: not a picture in a format that can be read; use JPEG, PNG, WebP, GIF, BMP or TIFF")
    try:
        return _READERS[kind](content)
    except ExcessError as error:
        raise PictureError(f"{name}: {error}; save it again as an ordinary picture") from None
    except (ValueError, IndexError, OverflowError, struct.error) as error:
        raise PictureError(f"{name}: damaged ({error}); copy or fetch it again") from None


def halvings(header: Header, file_bytes: int, name: str, wanted: int = 0, after: int = 0) -> int:
    """Return how often the decoder must halve a picture for it to stay within the limits.

    Args:
        header: Of the picture.
        file_bytes: Length of its file.
        name: What to call it in a message.
        wanted: Halvings that are done anyway.
        after: Bytes that are needed beside the pixels once they are decoded.

    Returns:
        `wanted`, or more where it takes more.

    Raises:
        PictureError: None are enough.
    """
    shape = f"{name}: {header.width} x {header.height} pixels"
    for count in range(min(wanted, header.shrinks), header.shrinks + 1):
        pixels = -(-header.width // 2**count) * -(-header.height // 2**count)
        memory = file_bytes + max(header.memory_at(count), 4 * pixels + after)
        if pixels <= MAX_PIXELS and memory <= MAX_MEMORY and header.seconds_at(count) <= MAX_SECONDS:
            return count
    if pixels > MAX_PIXELS:
        most = MAX_PIXELS * 4**header.shrinks // 10**6
        raise PictureError(f"{shape} is too large; at most {most} megapixels are read, make it smaller")
    of = f" ({header.why})" if header.why else ""
    if memory > MAX_MEMORY:
        raise PictureError(
            f"{shape}{of} would take {memory / MB:.0f} MB to decode; at most {MAX_MEMORY // MB} MB are spent, make it smaller"
        )
    takes = header.seconds_at(header.shrinks)
    raise PictureError(
        f"{shape}{of} would take {takes:.1f} s to decode; at most {MAX_SECONDS:.0f} s are spent, make it smaller"
    )


def _format_of(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if content.startswith(b"BM"):
        return "BMP"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    if content.startswith(_TIFF):
        return "TIFF"
    if content.startswith((b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n")):
        return "JPEG2000"
    if content[4:8] == b"ftyp" and content[8:12] in _AVIF:
        return "AVIF"
    if content[:1] == b"P" and content[1:2] in b"0123456fy" and len(content) > 2:
        return "PPM"
    return None
