import io
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_runtime.errors import PictureError
from edge_runtime.frames.jpeg import frame_refusal
from edge_runtime.pictures.preprocess import load_input, load_upright
from tests.edge_runtime.pictures.made_tiffs import tiff


def _saved(kind: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, kind, **options)
    return stream.getvalue()


def _many_scans(size: tuple[int, int], count: int) -> bytes:
    """A progressive JPEG file whose last scan is there so many times more."""
    content = _saved("JPEG", size, progressive=True)
    end = content.rindex(b"\xff\xd9")
    last = content.rindex(b"\xff\xc4", 0, content.rindex(b"\xff\xda"))
    return content[:end] + content[last:end] * count + content[end:]


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _in_jpeg(part: bytes) -> bytes:
    content = _saved("JPEG")
    return content[:2] + part + content[2:]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _in_png(part: bytes) -> bytes:
    content = _saved("PNG")
    return content[:33] + part + content[33:]


def _other_size(kind: str, old: bytes, new: bytes, **options: Any) -> bytes:
    content = _saved(kind, **options)
    at = content.index(old)
    return content[:at] + new + content[at + len(old) :]


def _tiles(side: int, compression: int) -> bytes:
    tags: dict[int, tuple[int, list[int]]] = {256: (4, [40]), 257: (4, [40]), 258: (3, [8]), 259: (3, [compression])}
    tags |= {262: (3, [1]), 277: (3, [1]), 322: (4, [side]), 323: (4, [side]), 324: (4, [-1]), 325: (4, [3000])}
    return tiff(tags, bytes(3000))


def _same_bytes(count: int, length: int) -> bytes:
    """A directory whose tags all name the same bytes."""
    entries = b"".join(struct.pack("<HHII", 1000 + number, 7, length, 8) for number in range(count))
    return b"II\x2a\0" + struct.pack("<IH", 8, count) + entries + bytes(4) + bytes(length)


_BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "scans": (lambda: _many_scans((3000, 2000), 1000), r"3000 x 2000 pixels \(1010 scans\) .*; at most 2 s are spent"),
    "large progressive": (
        lambda: _other_size("JPEG", struct.pack(">HH", 48, 64), struct.pack(">HH", 20000, 20000), progressive=True),
        "at most 280 MB are spent",
    ),
    "more than a JPEG may have": (
        lambda: _other_size("JPEG", struct.pack(">HH", 48, 64), struct.pack(">HH", 65000, 65000)),
        "65000 x 65000 pixels is too large; at most 3200 megapixels are read",
    ),
    "segments": (lambda: _in_jpeg(_segment(0xFE, b"") * 20_000), "more than 10000 parts before the pixels"),
    "fill bytes": (lambda: _in_jpeg(b"\xff" * 1_000_000), "more than 256 KB that belong to no part"),
    "Exif in parts": (lambda: _in_jpeg(_segment(0xE1, b"Exif\0\0" + bytes(60_000)) * 100), "in more than 64 parts"),
    "Exif tags": (
        lambda: _in_jpeg(_segment(0xE1, b"Exif\0\0" + _same_bytes(3000, 20000))),
        "at most 16 MB are read; save it again as an ordinary picture",
    ),
    "PNG chunks": (lambda: _in_png(_chunk(b"abCd", b"") * 200_000), "more than 100000 parts in a PNG file"),
    "PNG texts": (
        lambda: _in_png(_chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(1_000_000))) * 80),
        "texts and other parts beside the pixels.* at most 280 MB",
    ),
    "PNG Exif": (lambda: _in_png(_chunk(b"eXIf", _same_bytes(3000, 20000))), "at most 16 MB are read"),
    "PNG of 16 bits": (
        lambda: _other_size(
            "PNG", struct.pack(">IIBB", 64, 48, 8, 6), struct.pack(">IIBB", 7000, 7000, 16, 6), mode="RGBA"
        ),
        "at most 2 s are spent",
    ),
    "WebP": (lambda: _saved("WEBP", (6000, 6000), method=0), "6000 x 6000 pixels would take .* at most 280 MB"),
    "WebP canvas": (
        lambda: _other_size(
            "WEBP",
            bytes([63, 0, 0, 47, 0, 0]),
            b"\xff\x3f\0\xff\x3f\0",
            save_all=True,
            append_images=[Image.new("RGB", (64, 48), "red")],
        ),
        "16384 x 16384 pixels is too large; at most 50 megapixels",
    ),
    "AVIF": (lambda: _saved("AVIF", (6000, 6000), speed=10), "6000 x 6000 pixels would take .* at most 280 MB"),
    "AVIF that says it is small": (
        lambda: _other_size(
            "AVIF", struct.pack(">II", 9000, 6000), struct.pack(">II", 64, 48), size=(9000, 6000), speed=10
        ),
        "9000 x 6000 pixels is too large; at most 50 megapixels",
    ),
    "JPEG 2000 tiles": (lambda: _saved("JPEG2000", (2000, 2000), tile_size=(16, 16)), "15625 tiles .* at most 5000"),
    "JPEG 2000 without levels": (
        lambda: _saved("JPEG2000", (3900, 3900), num_resolutions=1),
        "3900 x 3900 pixels would take .* at most 2 s are spent",
    ),
    "TIFF tile": (lambda: _tiles(40_000, 8), r"40 x 40 pixels \(tiles of 40000 x 40000\) .* at most 280 MB"),
    "TIFF tile, plain": (lambda: _tiles(40_000, 1), r"40 x 40 pixels \(tiles of 40000 x 40000\) .* at most 280 MB"),
    "TIFF tags": (lambda: _same_bytes(60_000, 1_000_000), "at most 16 MB are read"),
    "text": (lambda: b"P3\n2000 1500\n255\n" + b"1 " * 9_000_000, r"\(numbers that are written out\) .* at most 2 s"),
    "comments": (lambda: b"P2\n32 32\n255\n" + b"#\n" * 5000 + b"1 " * 1024, "more than 1000 comments"),
    "comment of a header": (lambda: b"P5\n#" + b"x" * 100_000 + b"\n32 32\n255\n" + bytes(1024), "more than 64 KB"),
    "GIF comment": (lambda: b"GIF89a\x20\0\x20\0\0\0\0!\xfe" + b"\1x" * 200_000 + b"\0", "more than 100000 blocks"),
    "run lengths": (
        lambda: b"BM" + bytes(12) + struct.pack("<IiiHHI", 40, 2000, 2000, 1, 8, 1) + bytes(20) + b"\1\1" * 3_000_000,
        r"2000 x 2000 pixels \(run lengths\) would take .* at most 2 s",
    ),
}


@pytest.mark.parametrize("name", _BOMBS)
def test_refused_in_a_sentence_that_names_the_limit(name: str) -> None:
    make, words = _BOMBS[name]
    content = make()
    for decode in (lambda: load_input(content, 224, 224), lambda: load_upright(content, 1920)):
        with pytest.raises(PictureError, match=words) as caught:
            decode()
        assert "\n" not in str(caught.value)


def test_refusals_take_no_memory() -> None:
    """All of those above but the ones that are made slowly, in a process of their own."""
    code = (
        "import resource; from tests.edge_runtime.pictures import test_limits as t\n"
        "made = {name: make() for name, (make, _) in t._BOMBS.items() if 'WebP' != name and 'AVIF' not in name"
        " and 'levels' not in name}\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for content in made.values():\n"
        "    try: t.load_input(content, 224, 224); raise SystemExit('was read')\n"
        "    except t.PictureError: pass\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert int(done.stdout) < 40


@pytest.mark.parametrize(
    ("size", "progressive"), [((16320, 12240), False), ((20000, 4000), True), ((12000, 9000), False)]
)
def test_a_telephones_photograph_and_a_panorama_are_read(size: tuple[int, int], progressive: bool) -> None:
    """In a process of its own, within the memory that a picture may take."""
    code = (
        "import io, re, sys; from pathlib import Path; from PIL import Image\n"
        "from edge_runtime.pictures.preprocess import load_input, load_upright\n"
        "content = sys.stdin.buffer.read()\n"
        "load_input(Path('examples/street.jpg'), 224, 224)\n"
        "def memory(): return int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024\n"
        "before = memory()\n"
        "print(load_input(content, 224, 224).mean().round(), load_upright(content, 1920).shape, memory() - before < 300)"
    )
    image = Image.new("RGB", size, (90, 90, 90))
    stream = io.BytesIO()
    image.save(stream, "JPEG", progressive=progressive)
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], input=stream.getvalue(), capture_output=True, cwd=root, check=True
    )
    high = 1440 if size[1] > 4000 else 384
    assert done.stdout.decode().strip() == f"90.0 ({high}, 1920, 3) True"


def test_the_limit_that_is_printed_is_the_limit_that_is_applied() -> None:
    for kind, sides in (("PNG", (7071, 7072)), ("GIF", (7071, 7072))):
        within, beyond = _saved(kind, (sides[0], sides[0]), "L"), _saved(kind, (sides[1], sides[1]), "L")
        assert load_input(within, 32, 32).shape == (32, 32, 3)
        with pytest.raises(PictureError, match="at most 50 megapixels are read"):
            load_input(beyond, 32, 32)
    with pytest.raises(PictureError) as caught:
        load_input(_saved("WEBP", (5000, 5000), method=0), 32, 32)
    found = re.search(r"would take (\d+) MB to decode; at most (\d+) MB", str(caught.value))
    assert found is not None
    taken, most = map(int, found.groups())
    side = int(5000 * (most / taken) ** 0.5)
    assert load_input(_saved("WEBP", (side - 20, side - 20), method=0), 32, 32).max() == 0


def test_a_few_scans_more_are_no_reason() -> None:
    assert load_input(_many_scans((640, 480), 300), 32, 32).max() == 0


def test_jpeg_2000_beyond_the_limits_is_read_small() -> None:
    pixels = np.zeros((4500, 4600, 3), np.uint8)
    pixels[:, 2300:, 0] = 200
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG2000")
    small = load_input(stream.getvalue(), 32, 32).astype(int)
    assert small[16, 8].tolist() == [0, 0, 0]
    assert small[16, 24].tolist() == [200, 0, 0]
    assert load_upright(stream.getvalue(), 1920).shape == (1878, 1920, 3)


def test_frames_of_a_stream_are_held_to_the_same() -> None:
    assert frame_refusal(_saved("JPEG", (1280, 720))) is None
    assert frame_refusal(_saved("JPEG", (1280, 720), progressive=True)) is None
    assert "at most 2 s are spent" in (frame_refusal(_many_scans((3000, 2000), 1000)) or "")
    huge = _other_size("JPEG", struct.pack(">HH", 48, 64), struct.pack(">HH", 20000, 20000))
    assert frame_refusal(huge) == "a frame of 20000 x 20000 pixels is too large; have the source send smaller ones"
    assert "damaged" in (frame_refusal(_saved("JPEG")[:100]) or "")
    assert "no JPEG picture" in (frame_refusal(_saved("PNG")) or "")
