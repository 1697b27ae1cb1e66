"""Boxes, of which AVIF and JPEG 2000 files are made (ISO/IEC 14496-12, 15444-1 annex I)."""

from collections.abc import Iterator

from edge_runtime.pictures.header import ExcessError, big

MAX_BOXES = 10_000
"""Boxes in a box."""


def boxes(content: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Yield the boxes that stand one after another.

    Args:
        content: The file.
        start: Where the first begins.
        end: Where the last ends; the end of the file where None.

    Yields:
        The kind, and where its body begins and ends.

    Raises:
        ExcessError: More than `MAX_BOXES`.
    """
    end = len(content) if end is None else min(end, len(content))
    at = start
    for _ in range(MAX_BOXES):
        if at + 8 > end:
            return
        length, kind, body = big(content, at, 4), content[at + 4 : at + 8], at + 8
        if length == 1 and at + 16 <= end:
            length, body = big(content, at + 8, 8), at + 16
        last = end if length == 0 else min(end, at + length)
        if last < body:
            return
        yield kind, body, last
        at = last
    raise ExcessError(f"more than {MAX_BOXES} boxes in a file are not read")
