"""Colours of wide gamut, as sRGB: what an ICC profile says the numbers of a picture mean."""

import io
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

MAX_PROFILE = 4 << 20
"""Bytes of a profile that is heeded."""
_NEAR = 10
"""Levels of 255 by which a profile's colours may differ from sRGB's and still be taken for it: nobody sees that, and profiles
that are sRGB by another name or a simple gamma differ by as much."""
_STEPS = 6


def in_srgb(pixels: npt.NDArray[np.uint8], profile: object) -> npt.NDArray[np.uint8]:
    """Convert pixels to sRGB where their profile is another RGB space.

    Args:
        pixels: uint8 [H, W, 3].
        profile: ICC profile as the file holds it, or whatever stands in its place.

    Returns:
        uint8 [H, W, 3]; the same array where the profile is sRGB or near it, missing, damaged, or not one of RGB.
    """
    if not isinstance(profile, bytes) or not 128 < len(profile) <= MAX_PROFILE or profile[16:20] != b"RGB ":
        return pixels
    transform = _transform(profile)
    if transform is None:
        return pixels
    from PIL import Image, ImageCms

    return np.asarray(ImageCms.applyTransform(Image.fromarray(pixels), transform))


@lru_cache(maxsize=4)
def _transform(profile: bytes) -> Any:
    """From a profile's space to sRGB; None where that would change next to nothing, or cannot be done."""
    try:
        from PIL import Image, ImageCms
    except ImportError:  # a build of Pillow without LittleCMS
        return None
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(
            given, ImageCms.createProfile("sRGB"), "RGB", "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC
        )
        steps = np.linspace(0, 255, _STEPS).astype(np.uint8)
        cube = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(_STEPS, -1, 3)
        changed = np.asarray(ImageCms.applyTransform(Image.fromarray(cube), transform))
    except (ImageCms.PyCMSError, ImportError, OSError, ValueError, TypeError):
        return None
    return transform if np.abs(changed.astype(int) - cube).max() > _NEAR else None
