"""A small picture of a scene."""

import io

WIDEST = 320
"""Pixels."""
_QUALITY = 75


def thumbnail(jpeg: bytes) -> bytes:
    """Return a frame's JPEG at most `WIDEST` pixels wide; empty where it is none, or cannot be read.

    Args:
        jpeg: As `SceneEvent` holds it.
    """
    if not jpeg:
        return b""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as picture:
            # The decoder itself halves a picture, at a quarter of the price.
            picture.draft("RGB", (WIDEST, round(WIDEST * picture.height / picture.width)))
            if picture.width > WIDEST:
                height = max(1, round(picture.height * WIDEST / picture.width))
                small = picture.resize((WIDEST, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
            else:
                small = picture.copy()
            out = io.BytesIO()
            small.convert("RGB").save(out, "JPEG", quality=_QUALITY)
            return out.getvalue()
    except (OSError, ValueError, Image.DecompressionBombError):
        return b""
