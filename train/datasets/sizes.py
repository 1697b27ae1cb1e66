"""The sizes of a data set's pictures, read from the heads of their files."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, UnidentifiedImageError


def mixed_sizes(images: Path, names: Sequence[str], size: int) -> str | None:
    """Return one sentence about pictures that are not all of one size, or None where they are.

    Args:
        images: Folder of the pictures.
        names: File names in it; one that is no picture is passed over.
        size: Height and width in pixels that they are resized to.
    """
    counts: Counter[tuple[int, int]] = Counter()
    first: dict[tuple[int, int], str] = {}
    for name in names:
        try:
            with Image.open(images / name) as picture:
                found = picture.size
        except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
            continue
        counts[found] += 1
        first.setdefault(found, name)
    if len(counts) < 2:
        return None
    examples = ", ".join(f"{first[pixels]} {pixels[0]} x {pixels[1]}" for pixels, _ in counts.most_common(3))
    more = ", ..." if len(counts) > 3 else ""
    return (
        f"{images}: {counts.total()} pictures of {len(counts)} sizes ({examples}{more}), all resized to {size} x {size}"
    )
