"""The header of a JPEG file, and its scans (ITU-T T.81, annex B)."""

import re
from dataclasses import dataclass

from edge_runtime.pictures.header import ExcessError, Header, big
from edge_runtime.pictures.tiff_tags import check_tags

MAX_SEGMENTS = 10_000
"""Segments before the pixels."""
MAX_INNER_SEGMENTS = 100
"""Likewise, of a strip of a TIFF file."""
MAX_PARTS = 20_000
"""Scans, and segments between them."""
MAX_JUNK = 256 << 10
"""Bytes between segments, which a decoder looks at one by one."""
MAX_EXIF_SEGMENTS = 64
"""Parts of the Exif data, 64 KB each."""

_EXIF = b"Exif\0\0"
_SCAN, _END = 0xDA, 0xD9
_FRAMES = frozenset([0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF])
_PROGRESSIVE = frozenset([0xC2, 0xC6, 0xCA, 0xCE])
_ARITHMETIC = frozenset([0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF])
_SCALABLE = frozenset([0xC0, 0xC1, 0xC2, 0xC9, 0xCA])
"""Kinds that are decoded at a fraction of their size: those of a discrete cosine transform, without a hierarchy."""
_ALONE = frozenset([0x00, 0xC8, *range(0xD0, 0xDA), *range(0xF0, 0xFE)])
"""Markers that no length follows."""
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""What ends the data of a scan: neither a stuffed byte nor a restart."""

_SECONDS_A_BYTE = 12e-9
_SECONDS_A_PIXEL = 0.6e-9
_SECONDS_A_PIXEL_SHOWN = 5e-9
_SECONDS_A_BYTE_IN_SCANS = 55e-9
_SECONDS_A_BLOCK_IN_SCANS = 1.3e-9 * 64
_ARITHMETIC_FACTOR = 5


@dataclass(frozen=True)
class _Frame:
    kind: int
    width: int
    height: int
    sampling: dict[int, tuple[int, int]]  # of each component, across and down

    def blocks(self, components: bytes) -> float:
        """Return blocks of 8 x 8 that a scan of these components visits."""
        across = max(horizontal for horizontal, _ in self.sampling.values())
        down = max(vertical for _, vertical in self.sampling.values())
        whole = (self.width / 8 + across) * (self.height / 8 + down)
        shares = (self.sampling.get(component, (across, down)) for component in components)
        return whole * sum(horizontal * vertical / (across * down) for horizontal, vertical in shares)


def read(content: bytes, segments: int = MAX_SEGMENTS) -> Header:
    """Return the header, the scans being counted where there can be more than one.

    Args:
        content: The file.
        segments: Allowed before the pixels.

    Raises:
        ValueError: Damaged.
        ExcessError: Too many segments, too much between them, or Exif data that unpack to too much.
    """
    frame, at = _frame(content, segments)
    length = big(content, at + 2, 2)
    components = content[at + 5 : at + 5 + 2 * content[at + 4] : 2]
    pixels = frame.width * frame.height
    slow = _ARITHMETIC_FACTOR if frame.kind in _ARITHMETIC else 1
    shrinks = 3 if frame.kind in _SCALABLE else 0
    if frame.kind not in _PROGRESSIVE and len(components) >= len(frame.sampling):
        fixed = slow * ((len(content) - at) * _SECONDS_A_BYTE + pixels * _SECONDS_A_PIXEL)
        seconds = fixed + pixels * _SECONDS_A_PIXEL_SHOWN
        return Header("JPEG", frame.width, frame.height, 4 * pixels + 2 * at, seconds, 2 * at, fixed, shrinks)
    scans, blocks, end = _scans(content, at, frame)
    fixed = slow * (max(0, end - at - length) * _SECONDS_A_BYTE_IN_SCANS + blocks * _SECONDS_A_BLOCK_IN_SCANS)
    seconds = fixed + pixels * _SECONDS_A_PIXEL_SHOWN
    # All coefficients, two bytes each, are kept until the last scan; how small the picture is wanted does not matter.
    kept = 2 * at + 128 * frame.blocks(bytes(frame.sampling))
    why = f"{scans} scans"
    return Header("JPEG", frame.width, frame.height, kept + 4 * pixels, seconds, kept, fixed, shrinks, why)


def seconds(content: bytes) -> float:
    """Return seconds that a JPEG picture within another file takes to decode, 0 where it is damaged.

    Raises:
        ExcessError: As `read`, with fewer segments.
    """
    try:
        return read(content, MAX_INNER_SEGMENTS).seconds
    except ExcessError:
        raise
    except (ValueError, IndexError):
        return 0.0


def _frame(content: bytes, segments: int) -> tuple[_Frame, int]:
    """Return the largest frame, and where the first scan's marker stands; goes through the file as Pillow does."""
    at, junk, frames, exif = 2, 0, list[_Frame](), list[bytes]()
    for _ in range(segments):
        found = content.find(b"\xff", at)
        junk += max(0, found - at)
        while found >= 0 and content[found + 1 : found + 2] == b"\xff" and junk <= MAX_JUNK:
            found += 1
            junk += 1
        if junk > MAX_JUNK:
            raise ExcessError(f"more than {MAX_JUNK >> 10} KB that belong to no part of a JPEG file are not read")
        if found < 0 or found + 1 >= len(content):
            raise ValueError("no picture in it")
        at, marker = found, content[found + 1]
        if marker in _ALONE:
            at += 2
            continue
        length = big(content, at + 2, 2)
        body = content[at + 4 : at + 2 + length]
        if marker in _FRAMES:
            parts = {body[6 + 3 * i]: (body[7 + 3 * i] >> 4 or 1, body[7 + 3 * i] & 15 or 1) for i in range(body[5])}
            frames.append(_Frame(marker, big(body, 3, 2), big(body, 1, 2), parts))
        elif marker == 0xE1 and body.startswith(_EXIF):
            exif.append(body[len(_EXIF) :])
            if len(exif) > MAX_EXIF_SEGMENTS:
                raise ExcessError(f"Exif data in more than {MAX_EXIF_SEGMENTS} parts are not read")
        elif marker == _SCAN:
            if not frames or not all(frame.sampling for frame in frames):
                raise ValueError("no frame before its pixels")
            if exif:
                check_tags(b"".join(exif))
            return max(frames, key=lambda frame: (frame.width * frame.height, frame.kind)), at
        at += 2 + max(length, 2)
    raise ExcessError(f"more than {segments} parts before the pixels of a JPEG file are not read")


def _scans(content: bytes, at: int, frame: _Frame) -> tuple[int, float, int]:
    """Return how many scans there are, how many blocks they visit together, and where the picture ends."""
    scans, blocks = 0, 0.0
    for _ in range(MAX_PARTS):
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at + 1] == _SCAN:
            scans += 1
            components = content[at + 5 : at + 5 + 2 * content[at + 4] : 2] if at + 4 < len(content) else b""
            blocks += frame.blocks(components)
        found = _MARKER.search(content, at + 2 if content[at + 1] in _ALONE else at + 2 + length)
        if found is None:
            return scans, blocks, len(content)
        at = found.start()
        if content[at + 1] == _END:
            return scans, blocks, at
    raise ExcessError(f"more than {MAX_PARTS} parts in the pixels of a JPEG file are not read")
