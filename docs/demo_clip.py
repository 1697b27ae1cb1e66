"""The clip that `edge-caption demo` plays: three photographs, over which a camera seems to move, and a cat that comes and goes.

    python docs/demo_clip.py

writes `edge_runtime/demo/clip.mp4`. Everything shown is CC0, see edge_runtime/demo/README.md. FFmpeg writes: install
Debian's `ffmpeg`.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).parent.parent
CLIP = ROOT / "edge_runtime" / "demo" / "clip.mp4"
WIDTH, HEIGHT, RATE = 480, 360, 12
"""Pixels, and frames a second."""

_CAT = (
    (10, 300), (20, 200), (38, 120), (40, 50), (52, 8), (80, 3), (104, 20), (165, 15), (235, 9), (300, 12), (330, 3), (385, 3),
    (375, 40), (362, 75), (362, 150), (335, 205), (318, 250), (330, 300),
)  # fmt: skip
"""Around the cat's head, in pixels of its picture."""
_SHARE, _LEFT = 0.8, 150
"""How large the cat is beside its picture, and at which pixel of a row it looks over the edge."""
_VISIT, _STAY, _GONE = 7.0, 7.0, 5.0
"""Seconds of the table alone, with the cat, and alone again."""
_ENTERS = 0.4
"""Seconds that the cat takes to come or go."""
_PORTRAIT, _FIELD, _DARK = 7.0, 8.0, 4.0
"""Seconds of the cat's picture, of the photographer, and of the covered lens."""
_FADE = 0.4

Box = tuple[float, float, float, float]
"""Left, upper, right and lower edge in shares of the picture."""


def _picture(name: str) -> Image.Image:
    with Image.open(ROOT / "examples" / name) as opened:
        return opened.convert("RGB")


def _view(picture: Image.Image, begin: Box, end: Box, share: float) -> Image.Image:
    """Return what a camera sees on its way from one part of a picture to another.

    Args:
        picture: All of it.
        begin: Where it is at first; both of the shape of the clip.
        end: Where it gets to.
        share: Of the way, 0 to 1.
    """
    box = [a + (b - a) * share for a, b in zip(begin, end, strict=True)]
    wide, high = picture.size
    edges = (box[0] * wide, box[1] * high, box[2] * wide, box[3] * high)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, edges)


def _part(picture: Image.Image, left: float, top: float, width: float) -> Box:
    """Return a part of the clip's shape: where its corner is and how wide it is, in shares of the picture."""
    return left, top, left + width, top + width * picture.width * HEIGHT / WIDTH / picture.height


def _table() -> Iterator[Image.Image]:
    """A cup of coffee; a cat looks over the edge of the table, and goes."""
    coffee, cat = _picture("outside/coffee.jpg"), _picture("outside/cat.jpg")
    mask = Image.new("L", cat.size)
    ImageDraw.Draw(mask).polygon(_CAT, fill=255)
    size = (round(cat.width * _SHARE), round(cat.height * _SHARE))
    cat, mask = cat.resize(size), mask.filter(ImageFilter.GaussianBlur(2)).resize(size)
    seconds = _VISIT + _STAY + _GONE
    begin, end = _part(coffee, 0.06, 0.0, 0.88), _part(coffee, 0.1, 0.05, 0.82)
    for number in range(round(seconds * RATE)):
        at = number / RATE
        frame = _view(coffee, begin, end, at / seconds)
        seen = min(1.0, max(0.0, min(at - _VISIT, _VISIT + _STAY - at) / _ENTERS))
        seen = seen * seen * (3 - 2 * seen)
        frame.paste(cat, (_LEFT, round(HEIGHT - seen * cat.height)), mask)
        yield frame


def _still(
    name: str, begin: tuple[float, float, float], end: tuple[float, float, float], seconds: float
) -> Iterator[Image.Image]:
    picture = _picture(name)
    count = round(seconds * RATE)
    for number in range(count):
        yield _view(picture, _part(picture, *begin), _part(picture, *end), number / count)


def frames() -> Iterator[Image.Image]:
    """Yield the frames of the clip; the last is as dark as what comes before the first."""
    yield from _table()
    yield from _still("outside/cat.jpg", (0.0, 0.0, 0.86), (0.05, 0.01, 0.86), _PORTRAIT)
    last = None
    for last in _still("photographer.jpg", (0.0, 0.04, 0.7), (0.0, 0.04, 0.69), _FIELD):
        yield last
    dark = Image.new("RGB", (WIDTH, HEIGHT))
    for number in range(round(_DARK * RATE)):
        yield Image.blend(last or dark, dark, min(1.0, number / RATE / _FADE))


def main() -> None:
    """Write the clip."""
    CLIP.parent.mkdir(exist_ok=True)
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-video_size", f"{WIDTH}x{HEIGHT}", "-framerate", str(RATE), "-i", "pipe:0", "-an"]
    # One thread, and no name of a version: two runs of one FFmpeg write the same bytes.
    command += ["-c:v", "libx264", "-preset", "veryslow", "-crf", "25", "-threads", "1", "-pix_fmt", "yuv420p"]
    command += ["-movflags", "+faststart", "-fflags", "+bitexact", "-flags:v", "+bitexact", str(CLIP)]
    count = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child, cast(IO[bytes], child.stdin) as pipe:
        for count, frame in enumerate(frames(), 1):  # noqa: B007
            pipe.write(frame.tobytes())
    if child.returncode:
        raise SystemExit(child.returncode)
    print(f"{CLIP.name}: {count} frames, {count / RATE:g} s, {CLIP.stat().st_size} bytes")


if __name__ == "__main__":
    main()
