"""How a frame is turned, mirrored, masked and cut before anyone sees it."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from edge_runtime.console.options import Options, option
from edge_runtime.errors import OptionError, SourceError
from edge_runtime.frames.base import Pixels
from edge_runtime.frames.masks import Mask, check_sources, kept, parse_mask
from edge_runtime.frames.region import Region, bounds_of, check_region, parse_region
from edge_runtime.frames.zones import Zone, parse_zones

ROTATIONS = (0, 90, 180, 270)


@dataclass(frozen=True)
class Geometry:
    """How a frame is turned, then mirrored, then masked, then cut.

    Attributes:
        rotation: Degrees clockwise, one of `ROTATIONS`.
        mirror: Whether left and right are swapped.
        region: What is kept of the frame that comes of it; None is all.
        masks: What is black of it.

    Raises:
        OptionError: A value outside its range.
    """

    rotation: int = 0
    mirror: bool = False
    region: Region | None = None
    masks: tuple[Mask, ...] = ()

    def __post_init__(self) -> None:
        if self.rotation not in ROTATIONS:
            raise OptionError(f"rotation {self.rotation}: must be 0, 90, 180 or 270 degrees, clockwise")
        if self.region is not None:
            check_region(self.region)

    def apply(self, pixels: Pixels) -> Pixels:
        """Turn, mirror, mask and cut a frame.

        Args:
            pixels: uint8 [H, W, 3]; stays as it is.

        Returns:
            uint8 [h, w, 3], contiguous; the very same array where there is nothing to do.

        Raises:
            SourceError: A mask or the region lies outside the frame, or the region is too small to show a scene.
        """
        turned = np.rot90(pixels, -self.rotation // 90) if self.rotation else pixels
        if self.mirror:
            turned = turned[:, ::-1]
        height, width = turned.shape[:2]
        left, top, right, bottom = bounds_of(self.region, width, height) if self.region else (0, 0, width, height)
        cut = turned[top:bottom, left:right] if self.region else turned
        if not self.masks:
            return np.ascontiguousarray(cut)
        # Into an array of its own: the frame's may be the source's, to be given again.
        found = np.empty(cut.shape, np.uint8)
        np.bitwise_and(cut, kept(self.masks, width, height)[top:bottom, left:right], out=found)
        return found

    def check_resized(self, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        """Refuse frames of another size where a mask is in pixels: it would hide something else than it was drawn for.

        Args:
            before: Shape of the frames so far, as the source gives them.
            after: Shape of those that come now.

        Raises:
            SourceError: There is such a mask, and the shape is another.
        """
        if before != after and not all(mask.in_shares for mask in self.masks):
            raise SourceError(
                f"frames of {after[1]} x {after[0]} pixels instead of {before[1]} x {before[0]}, for which the mask in pixels was "
                "drawn; give it in shares of 1"
            )


@dataclass(frozen=True)
class PictureOptions(Options):
    """How the picture is asked to be.

    Attributes:
        rotate: Degrees clockwise.
        mirror: Whether left and right are swapped.
        region: As `parse_region` reads it; None is all.
        mask: As `parse_mask` reads each.
        zone: As `parse_zones` reads them.

    Raises:
        OptionError: A value outside its range, or no region, mask or zone.
    """

    table = "picture"

    rotate: int = option(0, "degrees by which the picture is turned clockwise", metavar="DEGREES", choices=ROTATIONS)
    mirror: bool = option(False, "mirror the picture left to right")
    region: str | None = option(
        None,
        "part that is captioned: X,Y,WIDTH,HEIGHT in pixels, or in shares of 1 of the turned picture",
        metavar="REGION",
    )
    mask: tuple[str, ...] = option(
        (),
        "part that is black before anyone sees it: X,Y X,Y X,Y ... in pixels, or in shares of 1 of the turned picture before it is cut, "
        "and @SOURCE behind it for one of several; repeat it for more",
        metavar="MASK",
        secret=True,
    )
    zone: tuple[str, ...] = option(
        (),
        "part that is captioned apart: NAME=X,Y,WIDTH,HEIGHT in pixels, or in shares of 1 of what --region leaves; repeat it for more",
        metavar="ZONE",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.geometry()
        self.zones()

    def geometry(self, names: Collection[str] = ()) -> Geometry:
        """Return the same, ready to be applied to the frames of a source.

        Args:
            names: What the source is called: its address as it was written, and its name.
        """
        region = parse_region(self.region) if self.region is not None else None
        masks = tuple(mask for mask in map(parse_mask, self.mask) if mask.is_for(names))
        return Geometry(self.rotate, self.mirror, region, masks)

    def check_sources(self, names: Collection[str]) -> None:
        """Refuse a mask for a source that there is not.

        Args:
            names: What all sources are called.

        Raises:
            OptionError: There is one.
        """
        check_sources([parse_mask(text) for text in self.mask], names)

    def zones(self) -> tuple[Zone, ...]:
        """Return what is captioned apart."""
        return parse_zones(self.zone)
