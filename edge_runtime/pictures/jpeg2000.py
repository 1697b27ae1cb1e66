"""The header of a JPEG 2000 file (ISO/IEC 15444-1, annexes A and I)."""

from collections.abc import Iterator

from edge_runtime.pictures.boxes import boxes
from edge_runtime.pictures.header import ExcessError, Header, big

MAX_TILES = 5_000
MAX_MARKERS = 20_000
"""Segments of all headers together, of which every part of a tile has one."""
MAX_COMPONENTS = 4

_CODESTREAM = b"\xff\x4f\xff\x51"
_SIZE, _STYLE, _COMPONENT_STYLE, _TILE_PART, _DATA, _END = 0x51, 0x52, 0x53, 0x90, 0x93, 0xD9
_TILE_BYTES, _TILE_COMPONENT_BYTES = 6_000, 1_600
"""What OpenJPEG keeps of every tile from the start."""
_BLOCK_BYTES, _PRECINCT_BYTES = 250, 400
_SECONDS_A_BYTE = 0.2e-6
_SECONDS_A_SAMPLE, _DEEP_SECONDS_A_SAMPLE = 48e-9, 96e-9
"""However few bytes it is stored in: a plane of equal values packs to nothing, and is unpacked bit by bit."""


def read(content: bytes) -> Header:
    """Return the header, its tiles, precincts and layers.

    Raises:
        ValueError: Damaged.
        ExcessError: Too many tiles, parts of tiles or components.
    """
    start, width, height = 0, 0, 0
    if not content.startswith(_CODESTREAM):
        start = -1
        for kind, body, end in boxes(content):
            if kind == b"jp2h":
                for inner, at, _ in boxes(content, body, end):
                    if inner == b"ihdr":
                        height, width = max(height, big(content, at, 4)), max(width, big(content, at + 4, 4))
            elif kind == b"jp2c" and start < 0:
                start = body
    if start < 0 or content[start : start + 4] != _CODESTREAM:
        raise ValueError("no picture in it")
    left, top = big(content, start + 16, 4), big(content, start + 20, 4)
    width = max(width, big(content, start + 8, 4) - left)
    height = max(height, big(content, start + 12, 4) - top)
    tile_width, tile_height = big(content, start + 24, 4), big(content, start + 28, 4)
    components = big(content, start + 40, 2)
    depth = max((content[start + 42 + 3 * i] & 0x7F) + 1 for i in range(min(components, MAX_COMPONENTS)))
    if components > MAX_COMPONENTS:
        raise ExcessError(f"{components} components in a JPEG 2000 file; at most {MAX_COMPONENTS} are read")
    if not tile_width or not tile_height:
        raise ValueError("tiles without a size")
    tiles = -(-(width + left) // tile_width) * -(-(height + top) // tile_height)
    if tiles > MAX_TILES:
        raise ExcessError(f"{tiles} tiles in a JPEG 2000 file; at most {MAX_TILES} are read")
    samples = width * height * components
    beside, levels = 0.0, 32
    for style in set(_styles(content, start)):
        here, more = _blocks(style, samples)
        levels, beside = min(levels, here), max(beside, more)
    fixed = tiles * (_TILE_BYTES + _TILE_COMPONENT_BYTES * components)
    memory = fixed + beside + samples * (5 if depth <= 8 else 6) + width * height * 4
    each = _SECONDS_A_SAMPLE if depth <= 8 else _DEEP_SECONDS_A_SAMPLE
    seconds = max((len(content) - start) * _SECONDS_A_BYTE, samples * each)
    why = "small blocks, many layers" if beside > samples * 5 else ""
    return Header("JPEG2000", width, height, memory, seconds, fixed, 0.0, levels, why)


def _styles(content: bytes, start: int) -> Iterator[bytes]:
    """Coding styles: how deep, and in what blocks, from the whole file's header and the tiles'; each without its first byte."""
    at, part = start + 2, 0
    for _ in range(MAX_MARKERS):
        if at + 4 > len(content):
            return
        marker, length = content[at + 1], big(content, at + 2, 2)
        if content[at] != 0xFF or marker == _END:
            return
        if marker == _STYLE:
            yield content[at + 5 : at + 2 + length]
        elif marker == _COMPONENT_STYLE:
            yield b"\0\0\1\0" + content[at + 6 : at + 2 + length]
        elif marker == _TILE_PART:
            part = at + big(content, at + 6, 4)
        if marker == _DATA:
            if part <= at:
                return
            at = part
        else:
            at += 2 + max(length, 2)
    raise ExcessError(f"more than {MAX_MARKERS} segments in a JPEG 2000 file are not read")


def _blocks(style: bytes, samples: int) -> tuple[int, float]:
    """Return how often the picture is halved, and what its blocks, precincts and layers take in bytes."""
    if len(style) < 9:
        raise ValueError("the file ends in its header")
    layers, levels = max(1, big(style, 1, 2)), style[4]
    block = 2 ** ((style[5] & 15) + 2 + (style[6] & 15) + 2)
    precincts = 0.0
    for level in range(min(levels, 32) + 1):
        size = style[9 + level] if 9 + level < len(style) else 0xFF
        across, down = size & 15, size >> 4
        share = samples / 4 ** (levels - level)
        precincts += share / 2 ** (across + down) + 1
        # No block is larger than half its precinct.
        block = min(block, 2 ** (max(0, across - 1) + max(0, down - 1)))
    packets = precincts * (layers + 1) * 2
    return levels, samples / block * _BLOCK_BYTES + precincts * 3 * _PRECINCT_BYTES + packets
