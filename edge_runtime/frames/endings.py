"""Which files of a folder are looked at."""

PICTURES = frozenset(
    [".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".avif", ".jp2"]
)
"""How the names of pictures end, in lower case."""
