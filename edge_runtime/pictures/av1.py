"""The units of AV1 data (AV1 bitstream specification, section 5): how large their pictures are, and how many."""

from edge_runtime.pictures.header import ExcessError

MAX_UNITS = 1_000

_SEQUENCE, _FRAME_HEADER, _FRAME, _TILE_GROUP = 1, 3, 6, 4


class _Bits:
    def __init__(self, content: bytes) -> None:
        self._value, self._left = int.from_bytes(content, "big"), len(content) * 8

    def take(self, count: int) -> int:
        """Return the next bits as a number."""
        if count > self._left:
            raise ValueError("the data end in their header")
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)


def largest(content: bytes, start: int, end: int) -> tuple[int, int, int, int]:
    """Return the largest picture that data announce.

    Args:
        content: The file.
        start: Where the data begin in it.
        end: Where they end.

    Returns:
        Width and height, 0 where no sequence header is among them, the number of frames, shown or not, and of units.

    Raises:
        ExcessError: More than `MAX_UNITS` units.
    """
    width = height = frames = 0
    at, units = start, 0
    end = min(end, len(content))
    while at < end:
        units += 1
        if units > MAX_UNITS:
            raise ExcessError(f"more than {MAX_UNITS} units of AV1 data are not read")
        kind, extended, sized = content[at] >> 3 & 15, content[at] >> 2 & 1, content[at] >> 1 & 1
        at += 1 + extended
        size = end - at
        if sized:
            size = shift = 0
            while at < end and shift < 56:
                byte = content[at]
                size |= (byte & 127) << shift
                at, shift = at + 1, shift + 7
                if byte < 128:
                    break
        if kind == _SEQUENCE:
            try:
                wide, high = _size(_Bits(content[at : at + min(size, 256)]))
            except ValueError:
                return width, height, frames, units
            width, height = max(width, wide), max(height, high)
        elif kind in (_FRAME, _FRAME_HEADER):
            frames += 1
        at += size
    return width, height, frames, units


def _size(bits: _Bits) -> tuple[int, int]:
    """Return width and height of a sequence header, whose first fields are of many lengths."""
    bits.take(3 + 1)
    if bits.take(1):  # reduced still picture header
        bits.take(5)
    else:
        model = 0
        if bits.take(1):  # timing
            bits.take(32), bits.take(32)
            if bits.take(1):  # equal intervals, their length in Golomb's code
                zeros = 0
                while zeros < 32 and not bits.take(1):
                    zeros += 1
                bits.take(zeros if zeros < 32 else 0)
            model = bits.take(1)
            if model:
                delay = bits.take(5) + 1
                bits.take(32), bits.take(10)
        shown = bits.take(1)
        for _ in range(bits.take(5) + 1):
            bits.take(12)
            if bits.take(5) > 7:
                bits.take(1)
            if model and bits.take(1):
                bits.take(2 * delay + 1)
            if shown and bits.take(1):
                bits.take(4)
    across, down = bits.take(4) + 1, bits.take(4) + 1
    return bits.take(across) + 1, bits.take(down) + 1
