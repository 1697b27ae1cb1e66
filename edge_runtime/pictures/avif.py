"""The header of an AVIF file: the sizes that its boxes name, and those that its AV1 data name (AVIF 1.1)."""

from collections.abc import Iterator

from edge_runtime.pictures import av1
from edge_runtime.pictures.boxes import boxes
from edge_runtime.pictures.header import MB, ExcessError, Header, big

MAX_ITEMS = 1_000
"""Coded pictures of one file, such as the tiles of a grid."""
MAX_UNITS = 20_000
"""Units of AV1 data in all of them."""

_BYTES_A_PIXEL, _DEEP_BYTES_A_PIXEL, _ALPHA_BYTES_A_PIXEL = 11.2, 18, 3
_FIXED = 8 * MB
_SECONDS_A_PIXEL, _SECONDS_A_BYTE = 45e-9, 0.1e-6
_HOLDERS = {b"meta": 4, b"iprp": 0, b"ipco": 0, b"moov": 0, b"trak": 0, b"mdia": 0, b"minf": 0, b"stbl": 0}
"""Boxes that hold others, and how many bytes stand before these."""
_LEAVES = frozenset([b"ispe", b"av1C", b"auxC", b"iloc", b"idat", b"stco", b"co64", b"stsd", b"stsz"])


def read(content: bytes) -> Header:
    """Return the header.

    Raises:
        ValueError: Damaged.
        ExcessError: Too many boxes, pictures, or units of one.
    """
    width = height = 0
    pieces, units, deep, alpha, frames, coded = 0, 0, False, False, 0, 0.0
    found = list(_leaves(content, 0, len(content), 0))
    data = next(((body, end) for kind, body, end in found if kind == b"idat"), (0, 0))
    sample = max((_first_sample(content, body) for kind, body, _ in found if kind == b"stsz"), default=0)
    for kind, body, end in found:
        sizes = [(0, 0)]
        if kind == b"ispe":
            sizes = [(big(content, body + 4, 4), big(content, body + 8, 4))]
        elif kind == b"auxC":
            alpha = True
        elif kind == b"av1C":
            deep = deep or bool(content[body + 2] & 0x40) if body + 2 < end else deep
            sizes = [av1.largest(content, body + 4, end)[:2]]
        elif kind == b"stsd" and body + 16 + 36 <= end:
            sizes = [(big(content, body + 8 + 32, 2), big(content, body + 8 + 34, 2))]
            deep = True  # not looked up
        elif kind in (b"iloc", b"stco", b"co64"):
            places = (
                _items(content, body, end, data) if kind == b"iloc" else _first_of_track(content, body, kind, sample)
            )
            for start, stop in places:
                pieces += 1
                if pieces > MAX_ITEMS:
                    raise ExcessError(f"more than {MAX_ITEMS} pictures in an AVIF file are not read")
                if stop - start == 8 or stop - start == 12:  # the sizes of a grid
                    wide = 2 if stop - start == 8 else 4
                    sizes.append((big(content, start + 4, wide), big(content, start + 4 + wide, wide)))
                across, down, more, parts = av1.largest(content, start, stop)
                units += parts
                if units > MAX_UNITS:
                    raise ExcessError(f"more than {MAX_UNITS} units of AV1 data in an AVIF file are not read")
                sizes.append((across, down))
                frames = max(frames, more)
                coded = max(coded, across * down)
        width, height = max([width, *(size[0] for size in sizes)]), max([height, *(size[1] for size in sizes)])
    if not width or not height:
        raise ValueError("no picture in it")
    pixels = width * height
    each = (_DEEP_BYTES_A_PIXEL if deep else _BYTES_A_PIXEL) + (_ALPHA_BYTES_A_PIXEL if alpha else 0)
    seconds = pixels * _SECONDS_A_PIXEL * (1.3 if alpha else 1) + coded * max(0, frames - 1) * _SECONDS_A_PIXEL
    return Header("AVIF", width, height, pixels * each + _FIXED, seconds + len(content) * _SECONDS_A_BYTE)


def _leaves(content: bytes, start: int, end: int, depth: int) -> Iterator[tuple[bytes, int, int]]:
    if depth > 8:
        return
    for kind, body, last in boxes(content, start, end):
        if kind in _HOLDERS:
            yield from _leaves(content, body + _HOLDERS[kind], last, depth + 1)
        elif kind in _LEAVES:
            yield kind, body, last


def _items(content: bytes, body: int, end: int, data: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield where the items of a file stand: begin and end of each part."""
    version = content[body]
    sizes, index = big(content, body + 4, 1), big(content, body + 5, 1)
    offset_size, length_size, base_size, index_size = sizes >> 4, sizes & 15, index >> 4, index & 15
    number = 4 if version == 2 else 2
    count, at = big(content, body + 6, number), body + 6 + number
    for _ in range(count):
        at += number
        method = 0
        if version in (1, 2):
            method, at = big(content, at, 2) & 15, at + 2
        base = big(content, at + 2, base_size)
        at += 2 + base_size
        extents, at = big(content, at, 2), at + 2
        for _ in range(extents):
            at += index_size if version in (1, 2) else 0
            start = base + big(content, at, offset_size)
            length = big(content, at + offset_size, length_size)
            at += offset_size + length_size
            if at > end:
                return
            if method == 1:
                start += data[0]
            yield start, min(start + length if length else len(content), len(content))


def _first_sample(content: bytes, body: int) -> int:
    """Return bytes of the first picture of a track."""
    return big(content, body + 4, 4) or big(content, body + 12, 4)


def _first_of_track(content: bytes, body: int, kind: bytes, size: int) -> Iterator[tuple[int, int]]:
    """Yield where the first picture of a track stands; the others are not decoded."""
    if big(content, body + 4, 4):
        start = big(content, body + 8, 8 if kind == b"co64" else 4)
        yield start, min(start + size, len(content))
