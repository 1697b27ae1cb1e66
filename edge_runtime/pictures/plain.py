"""The headers of GIF, BMP and WebP files."""

from edge_runtime.pictures.header import ExcessError, Header, little

MAX_BLOCKS = 100_000
"""Blocks of a GIF file before its first picture, and chunks of a WebP file."""

_GIF_SECONDS_A_PIXEL = 14e-9
_BMP_SECONDS_A_BYTE = 1 / 500e6
_RLE_SECONDS_A_BYTE = 0.45e-6
_WEBP_BYTES_A_PIXEL = 16.5
"""Two canvases of the decoder, its answer and Pillow's copy of it, 4 bytes each."""
_WEBP_SECONDS_A_PIXEL = 55e-9


def read_gif(content: bytes) -> Header:
    """Return the header and the first picture's; the pictures after it are not decoded.

    Raises:
        ValueError: Damaged.
        ExcessError: Too many blocks.
    """
    width, height, flags = little(content, 6, 2), little(content, 8, 2), little(content, 10, 1)
    at = 13 + (3 << ((flags & 7) + 1) if flags & 128 else 0)
    for _ in range(MAX_BLOCKS):
        kind = little(content, at, 1)
        if kind == 0x2C:
            left, top = little(content, at + 1, 2), little(content, at + 3, 2)
            width = max(width, left + little(content, at + 5, 2))
            height = max(height, top + little(content, at + 7, 2))
            return Header("GIF", width, height, 3 * width * height, width * height * _GIF_SECONDS_A_PIXEL)
        at += 1
        if kind == 0x21:
            at += 1
            for _ in range(MAX_BLOCKS):
                size = little(content, at, 1)
                at += 1 + size
                if not size:
                    break
            else:
                break
    else:
        raise ExcessError(f"more than {MAX_BLOCKS} blocks before the picture of a GIF file are not read")
    raise ExcessError(f"a comment of more than {MAX_BLOCKS} blocks in a GIF file is not read")


def read_bmp(content: bytes) -> Header:
    """Return the header.

    Raises:
        ValueError: Damaged.
    """
    size = little(content, 14, 4)
    if size == 12:
        width, height, bits, compression = little(content, 18, 2), little(content, 20, 2), little(content, 24, 2), 0
    else:
        width, height, bits = little(content, 18, 4), little(content, 22, 4), little(content, 28, 2)
        compression = little(content, 30, 4)
        height = min(height, 2**32 - height)  # negative where the rows stand from above
    pixels = width * height
    if compression in (1, 2):  # Pillow unpacks these in Python
        seconds = (len(content) - 14) * _RLE_SECONDS_A_BYTE + pixels * 4e-9
        return Header("BMP", width, height, 4 * pixels, seconds, why="run lengths")
    return Header("BMP", width, height, pixels * (1 if bits <= 8 else 4), pixels * bits / 8 * _BMP_SECONDS_A_BYTE)


def read_webp(content: bytes) -> Header:
    """Return the header; of an animation the canvas.

    Raises:
        ValueError: Damaged.
        ExcessError: Too many chunks.
    """
    kind, width, height = content[12:16], 0, 0
    if kind == b"VP8X":
        width, height = little(content, 24, 3) + 1, little(content, 27, 3) + 1
    at, chunks = 12, 0
    while at + 8 <= len(content):
        kind, length = content[at : at + 4], little(content, at + 4, 4)
        chunks += 1
        if chunks > MAX_BLOCKS:
            raise ExcessError(f"more than {MAX_BLOCKS} parts in a WebP file are not read")
        start = at + 8 + (16 if kind == b"ANMF" else 0)
        if kind == b"ANMF" and start + 8 <= at + 8 + length and content[start : start + 4] == b"ALPH":
            start += 8 + little(content, start + 4, 4) + (little(content, start + 4, 4) & 1)
        inner, body = (content[start : start + 4], start + 8) if kind == b"ANMF" else (kind, at + 8)
        if inner == b"VP8 " and body + 10 <= len(content):
            width = max(width, little(content, body + 6, 2) & 0x3FFF)
            height = max(height, little(content, body + 8, 2) & 0x3FFF)
        elif inner == b"VP8L" and body + 5 <= len(content):
            packed = little(content, body + 1, 4)
            width, height = max(width, (packed & 0x3FFF) + 1), max(height, (packed >> 14 & 0x3FFF) + 1)
        at += 8 + length + (length & 1)
    pixels = width * height
    memory = _WEBP_BYTES_A_PIXEL * pixels + len(content)
    return Header("WEBP", width, height, memory, pixels * _WEBP_SECONDS_A_PIXEL)
