"""The directories of TIFF files and of Exif data, which are the same: tags with values (TIFF 6.0, section 2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from edge_runtime.pictures.header import MB, ExcessError

MAX_TAG_BYTES = 16 * MB
"""Bytes of all values of a directory; several tags may name the same bytes of a file."""
MAX_VALUES = 100_000
"""Values of one tag that are looked at."""

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WHOLE = frozenset([1, 3, 4, 13, 16, 18])
_INNER = (34665, 34853, 40965)
"""Tags that name another directory: Exif, GPS, interoperability."""


@dataclass(frozen=True)
class Tags:
    """One directory.

    Attributes:
        content: The file.
        order: "little" or "big".
        entries: Tag, type, count, and where the values stand.
    """

    content: bytes
    order: str
    entries: tuple[tuple[int, int, int, int], ...]

    def values(self, tag: int) -> list[int]:
        """Whole numbers of a tag, those of its every entry where it stands more than once; none where there is no such tag.

        Raises:
            ExcessError: More than `MAX_VALUES`.
        """
        found: list[int] = []
        for this, kind, count, at in self.entries:
            if this != tag or kind not in _WHOLE:
                continue
            if len(found) + count > MAX_VALUES:
                raise ExcessError(
                    f"{len(found) + count} values of one kind in a TIFF file; at most {MAX_VALUES} are read"
                )
            size = _SIZES[kind]
            part = self.content[at : at + count * size]
            found.extend(self._number(part[i : i + size]) for i in range(0, len(part) - size + 1, size))
        return found

    def largest(self, tag: int, otherwise: int) -> int:
        """Return the largest value of a tag."""
        return max(self.values(tag), default=otherwise)

    def _number(self, part: bytes) -> int:
        return int.from_bytes(part, "little" if self.order == "little" else "big")


def directories(content: bytes) -> Iterator[Tags]:
    """Yield the first directory and those within it.

    Args:
        content: A TIFF file, or Exif data without their prefix.

    Yields:
        The first one first.

    Raises:
        ExcessError: The values of a directory take more than `MAX_TAG_BYTES`.
        ValueError: Damaged.
    """
    order = "little" if content[:2] == b"II" else "big"
    if content[:4] in (b"MM\x2a\x00", b"II\x00\x2a"):  # written the wrong way round, and taken for it
        order = "big" if content[:2] == b"MM" else "little"
    large = content[2:4] in (b"\x2b\x00", b"\x00\x2b")
    first = _at(content, order, 8, 8) if large else _at(content, order, 4, 4)
    tags = _directory(content, order, large, first)
    yield tags
    for tag in _INNER:
        for inner in tags.values(tag)[:1]:
            if 0 < inner < len(content):
                yield _directory(content, order, large, inner)


def check_tags(exif: bytes) -> None:
    """Look through Exif data for directories that unpack to much more than they are.

    Args:
        exif: With or without the prefix of the data in a JPEG file.

    Raises:
        ExcessError: They do. Damaged data are no reason: they are left to the decoder.
    """
    try:
        for _ in directories(exif.removeprefix(b"Exif\0\0")):
            pass
    except ExcessError:
        raise
    except ValueError:
        return


def _directory(content: bytes, order: str, large: bool, at: int) -> Tags:
    width, many, entry = (8, 8, 20) if large else (4, 2, 12)
    count = _at(content, order, at, many)
    at += many
    count = min(count, max(0, len(content) - at) // entry)
    if count > 65_535:
        raise ExcessError(f"{count} tags in one directory of a TIFF file; at most 65535 are read")
    entries, total = [], 0
    for start in range(at, at + count * entry, entry):
        tag, kind = _at(content, order, start, 2), _at(content, order, start + 2, 2)
        number = _at(content, order, start + 4, width)
        size = number * _SIZES.get(kind, 0)
        place = start + 4 + width
        if size > width:
            place = _at(content, order, place, width)
            total += min(size, max(0, len(content) - place))
        entries.append((tag, kind, number, place))
    if total > MAX_TAG_BYTES:
        raise ExcessError(f"tags that unpack to {total // MB} MB; at most {MAX_TAG_BYTES // MB} MB are read")
    return Tags(content, order, tuple(entries))


def _at(content: bytes, order: str, at: int, size: int) -> int:
    if at + size > len(content):
        raise ValueError("the file ends in its header")
    return int.from_bytes(content[at : at + size], "little" if order == "little" else "big")
