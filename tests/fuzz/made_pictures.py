"""Small pictures of every format that is read, for damaging."""

import io
import struct
import warnings

import numpy as np
from PIL import Image, ImageCms

_SIZE = (64, 48)


def made_pictures() -> dict[str, bytes]:
    """Whole pictures by name; what stands before the dot is the format."""
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 255, (6, 8, 3), np.uint8))
    image = coarse.resize(_SIZE, Image.Resampling.BICUBIC)
    grey, palette = image.convert("L"), image.quantize(32)
    clear = image.convert("RGBA")
    clear.putalpha(grey)
    sixteen = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    other = image.transpose(Image.Transpose.ROTATE_180)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "maker"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    frames = {"save_all": True, "append_images": [other]}
    wanted: dict[str, tuple[Image.Image, str, dict[str, object]]] = {
        "jpeg.plain": (image, "JPEG", {}),
        "jpeg.progressive": (image, "JPEG", {"progressive": True, "exif": exif, "icc_profile": profile}),
        "jpeg.grey": (grey, "JPEG", {"restart_marker_blocks": 2}),
        "jpeg.cmyk": (image.convert("CMYK"), "JPEG", {"progressive": True}),
        "png.plain": (image, "PNG", {}),
        "png.palette": (palette, "PNG", {"transparency": 3}),
        "png.sixteen": (sixteen, "PNG", {"exif": exif}),
        "png.profile": (clear, "PNG", {"icc_profile": profile}),
        "png.animated": (image, "PNG", frames),
        "gif.plain": (palette, "GIF", {"comment": b"a comment"}),
        "gif.animated": (palette, "GIF", {**frames, "transparency": 2, "disposal": 2}),
        "bmp.plain": (image, "BMP", {}),
        "bmp.palette": (palette, "BMP", {}),
        "ppm.plain": (image, "PPM", {}),
        "ppm.grey": (grey, "PPM", {}),
        "webp.lossy": (image, "WEBP", {"exif": exif}),
        "webp.lossless": (clear, "WEBP", {"lossless": True, "icc_profile": profile}),
        "webp.animated": (image, "WEBP", frames),
        "tiff.plain": (image, "TIFF", {}),
        "tiff.lzw": (clear, "TIFF", {"compression": "tiff_lzw"}),
        "tiff.deflate": (sixteen, "TIFF", {"compression": "tiff_adobe_deflate", "exif": exif}),
        "tiff.jpeg": (image, "TIFF", {"compression": "jpeg"}),
        "tiff.group4": (grey.convert("1"), "TIFF", {"compression": "group4"}),
        "tiff.pages": (palette, "TIFF", frames),
        "jp2.lossless": (image, "JPEG2000", {}),
        "jp2.tiles": (clear, "JPEG2000", {"tile_size": (32, 32), "irreversible": True}),
        "jp2.stream": (sixteen, "JPEG2000", {"no_jp2": True, "quality_layers": [20, 5], "quality_mode": "rates"}),
        "avif.plain": (image, "AVIF", {"quality": 50, "speed": 10}),
        "avif.alpha": (clear, "AVIF", {"quality": 50, "speed": 10, "exif": exif}),
        "avif.animated": (image, "AVIF", {**frames, "speed": 10}),
    }
    made = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, (picture, kind, options) in wanted.items():
            stream = io.BytesIO()
            picture.save(stream, kind, **options)
            made[name] = stream.getvalue()
    values = np.asarray(image)
    made["ppm.ten"] = b"P5\n64 48\n1023\n" + (np.asarray(grey).astype(">u2") * 4).tobytes()
    made["ppm.text"] = b"P3\n# words\n64 48\n255\n" + b" ".join(b"%d" % value for value in values.ravel())
    made["ppm.bits"] = b"P1\n64 48\n" + b"".join(b"%d" % (value > 99) for value in np.asarray(grey).ravel())
    made["bmp.rle"] = _run_lengths()
    made["tiff.tiles"] = _tiled()
    return made


def _run_lengths() -> bytes:
    rows = b"".join(b"\x20" + bytes([row]) + b"\x20\x07" + b"\0\0" for row in range(48)) + b"\0\1"
    colours = b"".join(bytes([level, level // 2, 255 - level, 0]) for level in range(256))
    start = 14 + 40 + len(colours)
    header = struct.pack("<IiiHHIIiiII", 40, 64, 48, 1, 8, 1, len(rows), 2835, 2835, 256, 256)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + colours + rows


def _tiled() -> bytes:
    tiles = [bytes([number * 40]) * (32 * 32) for number in range(4)]
    entries = [(256, 64), (257, 48), (258, 8), (259, 1), (262, 1), (277, 1), (322, 32), (323, 32)]
    start = 8 + 2 + 12 * (len(entries) + 2) + 4
    data = start + 32
    directory = struct.pack("<H", len(entries) + 2)
    for tag, value in entries:
        directory += struct.pack("<HHII", tag, 4, 1, value)
    directory += struct.pack("<HHII", 324, 4, 4, start) + struct.pack("<HHII", 325, 4, 4, start + 16)
    places = struct.pack("<4I", *(data + 1024 * number for number in range(4))) + struct.pack("<4I", *[1024] * 4)
    return b"II\x2a\0\x08\0\0\0" + directory + struct.pack("<I", 0) + places + b"".join(tiles)
