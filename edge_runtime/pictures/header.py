"""What the header of an encoded picture says, and what decoding it would take."""

from dataclasses import dataclass

MB = 1 << 20


class ExcessError(ValueError):
    """A file that asks for more of something than is given; the message names both, and no file."""


@dataclass(frozen=True)
class Header:
    """An encoded picture, before a decoder has seen it.

    Attributes:
        format: Pillow's name of the format.
        width: Pixels as they are stored, before any turn upright.
        height: Likewise.
        memory: Bytes that decoding takes at full size, beyond the file itself.
        seconds: Processor time that decoding takes, as measured on a core of 2020 or so.
        fixed: Bytes out of `memory` that no reduction saves.
        fixed_seconds: Likewise, out of `seconds`.
        shrinks: How many times the decoder can halve both sides while it decodes.
        why: What makes it costly, where that is not the number of pixels alone ("1000 scans").
        deep: Whether its values have 16 bits.
    """

    format: str
    width: int
    height: int
    memory: float
    seconds: float
    fixed: float = 0.0
    fixed_seconds: float = 0.0
    shrinks: int = 0
    why: str = ""
    deep: bool = False

    @property
    def pixels(self) -> int:
        """Return width times height."""
        return self.width * self.height

    def memory_at(self, halvings: int) -> float:
        """Return bytes of decoding with both sides halved so many times."""
        return self.fixed + (self.memory - self.fixed) * 0.25**halvings

    def seconds_at(self, halvings: int) -> float:
        """Return seconds of decoding with both sides halved so many times; the finest detail holds most of the data."""
        return self.fixed_seconds + (self.seconds - self.fixed_seconds) * 0.4**halvings


def big(content: bytes, at: int, size: int) -> int:
    """Return an unsigned integer, most significant byte first.

    Raises:
        ValueError: The file ends before it.
    """
    if at < 0 or at + size > len(content):
        raise ValueError("the file ends in its header")
    return int.from_bytes(content[at : at + size], "big")


def little(content: bytes, at: int, size: int) -> int:
    """Return an unsigned integer, least significant byte first.

    Raises:
        ValueError: The file ends before it.
    """
    if at < 0 or at + size > len(content):
        raise ValueError("the file ends in its header")
    return int.from_bytes(content[at : at + size], "little")
