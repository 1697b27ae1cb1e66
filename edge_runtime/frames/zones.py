"""Named parts of a picture that are captioned apart from the whole."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from edge_runtime.console.validation import shortened
from edge_runtime.errors import OptionError
from edge_runtime.frames.base import Pixels
from edge_runtime.frames.region import Region, bounds_of, check_region, parse_region

_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True)
class Zone:
    """A part of the picture as it is after it was turned, mirrored, masked and cut.

    Attributes:
        name: Letters, digits, `-` and `_`, at most 32.
        region: Of that picture.

    Raises:
        OptionError: No such name, or a region that no picture has.
    """

    name: str
    region: Region

    def __post_init__(self) -> None:
        if _NAME.fullmatch(self.name) is None:
            raise OptionError(
                f"zone {shortened(self.name)!r}: no name; it has letters, digits, - and _, 32 at the most"
            )
        check_region(self.region, self._label)

    def cut(self, pixels: Pixels) -> Pixels:
        """Return the zone's part of a picture.

        Args:
            pixels: uint8 [H, W, 3].

        Returns:
            uint8 [h, w, 3], contiguous.

        Raises:
            SourceError: It lies outside the picture, or is too small to show a scene.
        """
        left, top, right, bottom = bounds_of(self.region, pixels.shape[1], pixels.shape[0], self._label)
        return np.ascontiguousarray(pixels[top:bottom, left:right])

    @property
    def _label(self) -> str:
        return f"zone {self.name}"


def parse_zones(texts: Iterable[str]) -> tuple[Zone, ...]:
    """Return zones as written: `NAME=X,Y,WIDTH,HEIGHT`.

    Args:
        texts: As the user wrote them.

    Raises:
        OptionError: One is none, or two have the same name.
    """
    zones: list[Zone] = []
    for text in texts:
        name, equals, region = text.partition("=")
        if not equals:
            raise OptionError(f"zone {shortened(text)!r}: must be NAME=X,Y,WIDTH,HEIGHT")
        zone = Zone(name.strip(), parse_region(region, f"zone {shortened(name.strip())}"))
        if any(zone.name == known.name for known in zones):
            raise OptionError(f"zone {zone.name}: named twice; give each zone a name of its own")
        zones.append(zone)
    return tuple(zones)
