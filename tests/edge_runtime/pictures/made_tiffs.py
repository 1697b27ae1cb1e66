"""TIFF files by their tags, for what Pillow does not write."""

import struct

_SIZES = {1: "B", 3: "H", 4: "I", 7: "B"}


def tiff(tags: dict[int, tuple[int, list[int]]], pixels: bytes = b"", big: bool = False) -> bytes:
    """A TIFF file of one directory.

    Args:
        tags: Type and values of each tag; a value of -1 becomes the place where the pixels stand.
        pixels: Behind everything else.
        big: Most significant byte first.
    """
    order = ">" if big else "<"
    start = 8 + 2 + 12 * len(tags) + 4
    lengths = [struct.calcsize(_SIZES[kind]) * len(values) for kind, values in tags.values()]
    place = start + sum(length for length in lengths if length > 4)
    entries, body = b"", b""
    for tag, (kind, values) in sorted(tags.items()):
        values = [place if value == -1 else value for value in values]
        data = struct.pack(f"{order}{len(values)}{_SIZES[kind]}", *values)
        if len(data) > 4:
            data, body = struct.pack(f"{order}I", start + len(body)), body + data
        entries += struct.pack(f"{order}HHI", tag, kind, len(values)) + data.ljust(4, b"\0")
    magic = b"MM\0\x2a" if big else b"II\x2a\0"
    head = magic + struct.pack(f"{order}IH", 8, len(tags))
    return head + entries + struct.pack(f"{order}I", 0) + body + pixels


def grey(width: int, height: int, bits: int, meaning: int, pixels: bytes, **more: tuple[int, list[int]]) -> bytes:
    """An uncompressed greyscale TIFF file.

    Args:
        width: Pixels.
        height: Pixels.
        bits: Of a value.
        meaning: 0 where 0 is white, 1 where it is black.
        pixels: As they are stored.
        more: Further tags, `t281=(3, [1023])`.
    """
    tags: dict[int, tuple[int, list[int]]] = {
        256: (4, [width]),
        257: (4, [height]),
        258: (3, [bits]),
        259: (3, [1]),
        262: (3, [meaning]),
        273: (4, [-1]),
        277: (3, [1]),
        278: (4, [height]),
        279: (4, [len(pixels)]),
    }
    tags.update({int(name[1:]): value for name, value in more.items()})
    return tiff(tags, pixels)
