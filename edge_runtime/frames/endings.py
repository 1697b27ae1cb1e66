"""How names of pictures end."""

PICTURES = frozenset(
    [".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".avif", ".jp2"]
)
"""In lower case; a folder without one of them is no folder of pictures."""
