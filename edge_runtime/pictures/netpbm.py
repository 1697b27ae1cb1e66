"""The headers of PBM, PGM and PPM files, and the pixels of those whose brightest value is not that of a byte."""

import re

import numpy as np
from PIL import Image

from edge_runtime.pictures.header import ExcessError, Header

MAX_HEADER = 64 << 10
"""Bytes of the header, comments included."""
MAX_COMMENTS = 1_000
"""Comments between numbers that are written out."""

_COMMENT = re.compile(rb"#[^\r\n]*")
_WRITTEN_OUT = (b"P1", b"P2", b"P3")
_BANDS = {b"P3": 3, b"P6": 3, b"PyRGBA": 4, b"PyCMYK": 4, b"P0CMYK": 4}
_SECONDS_A_NUMBER = 0.9e-6
"""Pillow reads numbers that are written out in Python."""
_BYTES_A_NUMBER = 12
_ROWS = 256
_BYTE, _TWO_BYTES = 255, 65535


def read(content: bytes) -> Header:
    """Return the header.

    Raises:
        ValueError: Damaged.
        ExcessError: A header that is too long, or too many comments.
    """
    kind, width, height, most, _ = _fields(content)
    bands = _BANDS.get(kind, 1)
    numbers = width * height * bands
    sample = 4.0 if bands > 1 or kind == b"Pf" or most > _BYTE else 1.0
    if kind in _WRITTEN_OUT:
        if content.count(b"#") > MAX_COMMENTS:
            raise ExcessError(f"more than {MAX_COMMENTS} comments in a picture are not read")
        seconds = numbers * _SECONDS_A_NUMBER * (0.2 if kind == b"P1" else 1) + len(content) * 4e-9
        memory = numbers * (3 if kind == b"P1" else _BYTES_A_NUMBER) + 64e6 * (numbers > 1e5)
        return Header("PPM", width, height, memory, seconds, why="numbers that are written out")
    return Header("PPM", width, height, width * height * sample * (1 if most in (0, _BYTE) else 2), numbers * 10e-9)


def pixels(content: bytes) -> Image.Image | None:
    """Return the picture of a binary PGM or PPM file whose values end neither at 255 nor, being grey, at 65535.

    Pillow computes these one by one in Python; the result is the same.

    Returns:
        None where the file is of another kind, or damaged.
    """
    kind, width, height, most, start = _fields(content)
    grey = kind == b"P5"
    if kind not in (b"P5", b"P6") or most == _BYTE or (grey and most == _TWO_BYTES) or not 0 < most <= _TWO_BYTES:
        return None
    wide = grey and most > _BYTE
    top = _TWO_BYTES if wide else _BYTE
    table = np.minimum(np.rint(np.arange(256 if most <= _BYTE else 65536) / most * top), top)
    table = table.astype(np.int32 if wide else np.uint8)
    row = width * (1 if grey else 3)
    stored = np.dtype(np.uint8 if most <= _BYTE else ">u2")
    if len(content) - start < row * height * stored.itemsize:
        return None
    values = np.frombuffer(content, stored, row * height, start).reshape(height, row)
    found = np.empty(values.shape, table.dtype)
    for at in range(0, height, _ROWS):
        found[at : at + _ROWS] = table[values[at : at + _ROWS]]
    return Image.fromarray(found if grey else found.reshape(height, width, 3))


def _fields(content: bytes) -> tuple[bytes, int, int, int, int]:
    """Return kind, width, height, the largest value (0 where the kind has none), and where the pixels begin."""
    head = content[:MAX_HEADER]
    kind = re.match(rb"\S{2,6}", head)
    if kind is None:
        raise ValueError("no header in it")
    wanted = 2 if kind[0] in (b"P1", b"P4") else 3
    at, found = kind.end(), list[bytes]()
    while len(found) < wanted:
        part = re.compile(rb"(?:[ \t\n\v\f\r]|#[^\r\n]*[\r\n])*([^\s#]{1,10})").match(head, at)
        if part is None:
            if len(content) > MAX_HEADER and _COMMENT.search(head):
                raise ExcessError(f"a header of more than {MAX_HEADER >> 10} KB is not read")
            raise ValueError("the file ends in its header")
        found.append(part[1])
        at = part.end()
    numbers = [0 if kind[0] == b"Pf" and i == 2 else int(value) for i, value in enumerate(found)]
    return kind[0], numbers[0], numbers[1], numbers[2] if wanted == 3 else 0, at + 1
