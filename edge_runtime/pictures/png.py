"""The header of a PNG file, and the chunks that a decoder unpacks besides its pixels (ISO/IEC 15948)."""

from edge_runtime.pictures.header import MB, ExcessError, Header, big

MAX_CHUNKS = 100_000

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_SECONDS_A_BYTE = 1 / 110e6
_TEXT = 1 * MB
"""What Pillow lets a compressed text or colour profile unpack to, at the most."""


def read(content: bytes) -> Header:
    """Return the header.

    Raises:
        ValueError: Damaged.
        ExcessError: Too many chunks.
    """
    if content[12:16] != b"IHDR":
        raise ValueError("no header in it")
    width, height, depth, colour = big(content, 16, 4), big(content, 20, 4), big(content, 24, 1), big(content, 25, 1)
    channels = _CHANNELS.get(colour, 4)
    row = 1 + (width * channels * depth + 7) // 8
    at, chunks, beside = 8, 0, 0.0
    while at + 8 <= len(content):
        length, kind = big(content, at, 4), content[at + 4 : at + 8]
        chunks += 1
        if chunks > MAX_CHUNKS:
            raise ExcessError(f"more than {MAX_CHUNKS} parts in a PNG file are not read")
        if kind == b"IEND":
            break
        if kind == b"iTXt":  # one character takes up to 4 bytes
            beside += 4 * (length + _TEXT)
        elif kind in (b"zTXt", b"iCCP"):
            beside += length + _TEXT
        elif kind != b"IDAT" and kind != b"fdAT":
            beside += 2 * length
        at += 12 + length
    sample = 1 if channels == 1 and depth <= 8 else 2 if channels == 1 else 4
    why = "texts and other parts beside the pixels" if beside > width * height * sample else ""
    memory, seconds = width * height * sample + beside, height * row * _SECONDS_A_BYTE
    return Header("PNG", width, height, memory, seconds, why=why, deep=depth == 16)
