"""The header of a TIFF file: its pixels, and the strips or tiles that they are stored in."""

from edge_runtime.pictures import jpeg
from edge_runtime.pictures.header import ExcessError, Header
from edge_runtime.pictures.tiff_tags import MAX_VALUES, Tags, directories

MAX_JPEG_PARTS = 10_000
"""Strips or tiles of a TIFF file that are JPEG pictures of their own."""

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _MEANING, _SAMPLES = 256, 257, 258, 259, 262, 277
_STRIPS, _ROWS, _STRIP_BYTES = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILES, _TILE_BYTES = 322, 323, 324, 325
_OLD_JPEG, _NEW_JPEG, _LZMA, _WEBP = 6, 7, 34925, 50001
_YCBCR = 6
_SECONDS_A_BYTE = 1 / 130e6
_SLOWER = {_LZMA: 4.0, _WEBP: 4.0, _OLD_JPEG: 2.0, _NEW_JPEG: 2.0}


def read(content: bytes) -> Header:
    """Return the header of the first picture.

    Raises:
        ValueError: Damaged.
        ExcessError: Tags, strips or tiles that unpack to too much.
    """
    tags, *_ = directories(content)
    width, height = tags.largest(_WIDTH, 0), tags.largest(_HEIGHT, 0)
    samples = max(tags.largest(_SAMPLES, 1), 1)
    bits = max(tags.largest(_BITS, 1), 1)
    compression = tags.values(_COMPRESSION) or [1]
    converted = tags.largest(_MEANING, 0) == _YCBCR or {_OLD_JPEG, _NEW_JPEG} & set(compression)
    pixel = max(4.0 if converted else 0.0, samples * bits / 8)
    rows, tile_width, tile_height = tags.values(_ROWS), tags.values(_TILE_WIDTH), tags.values(_TILE_HEIGHT)
    strip = width * min(max(rows, default=height), height) * pixel
    tile = max(tile_width, default=0) * max(tile_height, default=0) * pixel
    counts = [tags.values(_STRIP_BYTES), tags.values(_TILE_BYTES)]
    stored = min(max((max(values, default=0) for values in counts), default=0), len(content))
    plain = compression == [1]
    buffers = tile if plain else max(strip, tile) + stored
    kept = width * height * (1 if samples * bits <= 8 and not converted else 4)
    seconds = width * height * pixel * _SECONDS_A_BYTE * max(_SLOWER.get(kind, 1.0) for kind in compression)
    why = f"tiles of {max(tile_width)} x {max(tile_height)}" if tile > strip and tile_width and tile_height else ""
    parts = max(len(tags.values(_STRIPS)), len(tags.values(_TILES)))
    if parts > MAX_VALUES:
        raise ExcessError(f"{parts} strips in a TIFF file; at most {MAX_VALUES} are read")
    if {_OLD_JPEG, _NEW_JPEG} & set(compression):
        seconds = max(seconds, _jpeg_seconds(content, tags))
    if tile > 0:  # a tile may be far larger than the picture, and is decoded whole
        across, down = -(-width // max(1, max(tile_width))), -(-height // max(1, max(tile_height)))
        seconds = max(seconds, tile * max(1, across) * max(1, down) * _SECONDS_A_BYTE)
    return Header("TIFF", width, height, kept + buffers, seconds, why=why, deep=bits == 16)


def meaning(content: bytes) -> tuple[bool, int]:
    """Return what the numbers of a greyscale TIFF file mean.

    Returns:
        Whether 0 is white, and the value that is the other end: 2 ** bits - 1, or less where the file says so, 0 where it
        has no whole numbers of 9 to 16 bits.
    """
    tags, *_ = directories(content)
    bits = tags.largest(_BITS, 1)
    most = 2**bits - 1 if 8 < bits <= 16 else 0
    says = [value for tag in (281, 341) for value in tags.values(tag) if 255 < value < most]
    return tags.values(_MEANING)[-1:] == [0], says[0] if says else most


def _jpeg_seconds(content: bytes, tags: Tags) -> float:
    """Return seconds of all strips or tiles that are JPEG pictures, whose scans are not those of one picture."""
    places = tags.values(_STRIPS) + tags.values(_TILES) + tags.values(513)
    sizes = tags.values(_STRIP_BYTES) + tags.values(_TILE_BYTES) + tags.values(514)
    if len(places) > MAX_JPEG_PARTS:
        raise ExcessError(f"{len(places)} JPEG pictures in a TIFF file; at most {MAX_JPEG_PARTS} are read")
    if sum(sizes) > 2 * len(content):
        raise ExcessError("JPEG pictures in a TIFF file that lie over one another are not read")
    return sum(jpeg.seconds(content[at : at + size]) for at, size in zip(places, sizes, strict=False))
