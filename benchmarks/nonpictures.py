"""Pictures that are no clear picture as a stranger would make them: in a few lines for each kind, of what is at hand.

What finds such pictures is taught on those of `train.nonpictures`; these are to test it on. They are drawn by other means on
purpose, with Pillow's own blur, shades and text, and share nothing with those but the names of the kinds.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps

from edge_runtime.errors import OptionError, PictureError

Pixels = npt.NDArray[np.uint8]

_SIDE = 224
_SENTENCES = (
    "The committee met again on Tuesday.",
    "Nothing of this was known before.",
    "Please return the form in time.",
    "A second look at the figures showed why.",
    "Prices rose slightly in the north.",
    "See chapter four for an explanation.",
    "He had not expected an answer.",
    "All rights belong to their owners.",
)
_CODE = ("def main():", "    for i in range(10):", "        print(i)", "    return 0", "import os", "x = [1, 2, 3]")
_RAINBOW = ("white", "yellow", "cyan", "lime", "magenta", "red", "blue", "black")


def stranger_draw(kind: str, count: int, photographs: Sequence[Pixels] = (), seed: int = 0) -> Pixels:
    """Return pictures of a kind.

    Where scikit-image is installed, its scanned page is among the pages.

    Args:
        kind: One of `train.nonpictures.kinds.KINDS`.
        count: How many.
        photographs: What blurred and overexposed pictures are made of, uint8 [H, W, 3] each.
        seed: Of everything that is chosen.

    Returns:
        uint8 [count, 224, 224, 3].

    Raises:
        OptionError: No such kind.
        PictureError: The kind is made of photographs, and there are none.
    """
    if kind not in _MAKERS:
        raise OptionError(f"{kind!r}: no kind of non-pictures; choose one of {', '.join(_MAKERS)}")
    if kind in ("blurred", "overexposed") and not photographs:
        raise PictureError(f"{kind}: is made of photographs, and there are none; pass some")
    rng = np.random.default_rng(seed)
    made = [_MAKERS[kind](rng, photographs).convert("RGB").resize((_SIDE, _SIDE)) for _ in range(count)]
    return np.stack([np.asarray(image, np.uint8) for image in made])


def _one_of(rng: np.random.Generator, photographs: Sequence[Pixels]) -> Image.Image:
    return Image.fromarray(photographs[int(rng.integers(len(photographs)))]).resize((_SIDE, _SIDE))


def _array(values: npt.ArrayLike) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _black(rng: np.random.Generator, _: Sequence[Pixels]) -> Image.Image:
    if rng.random() < 0.4:
        return _array(np.zeros((480, 640, 3)))
    return _array(np.abs(rng.normal(0, rng.integers(1, 10), (480, 640, 3))))


def _white(rng: np.random.Generator, _: Sequence[Pixels]) -> Image.Image:
    if rng.random() < 0.4:
        return _array(np.full((480, 640, 3), 255))
    return _array(255 - np.abs(rng.normal(0, rng.integers(1, 12), (480, 640, 3))))


def _covered(rng: np.random.Generator, _: Sequence[Pixels]) -> Image.Image:
    colours = ("#2a1410", "#80352a", "#c06a50", "#141414", "#303030", "#a01818")
    image = Image.new("RGB", (320, 240), colours[rng.integers(len(colours))])
    shade = Image.radial_gradient("L").resize(image.size)
    image = ImageChops.multiply(image, ImageOps.invert(shade.point(lambda value: value // 2)).convert("RGB"))
    if rng.random() < 0.4:
        x = int(rng.integers(0, 320))
        ImageDraw.Draw(image).ellipse((x - 50, -60, x + 50, 20), "#ffb080")
        image = image.filter(ImageFilter.GaussianBlur(25))
    return _array(np.asarray(image, np.float32) + rng.normal(0, rng.integers(1, 6), (240, 320, 3)))


def _blurred(rng: np.random.Generator, photographs: Sequence[Pixels]) -> Image.Image:
    return _one_of(rng, photographs).filter(ImageFilter.GaussianBlur(int(rng.integers(12, 26))))


def _noise(rng: np.random.Generator, _: Sequence[Pixels]) -> Image.Image:
    kind = rng.integers(4)
    if kind == 0:
        return _array(rng.integers(0, 256, (_SIDE, _SIDE, 3)))
    if kind == 1:
        return _array(rng.normal(128, 60, (_SIDE, _SIDE, 3)))
    if kind == 2:
        return _array(rng.integers(0, 256, (_SIDE, _SIDE)))
    return _array(rng.integers(0, 2, (_SIDE, _SIDE)) * 255)


def _bars(rng: np.random.Generator, _: Sequence[Pixels]) -> Image.Image:
    image = Image.new("RGB", (640, 480))
    pencil, kind = ImageDraw.Draw(image), rng.integers(4)
    names = list(_RAINBOW) if rng.random() < 0.5 else [str(name) for name in rng.permutation(_RAINBOW)]
    for at, name in enumerate(names):
        across = (at * 80, 0, at * 80 + 79, 479) if kind < 2 else (0, at * 60, 639, at * 60 + 59)
        pencil.rectangle(across, name)
    if kind == 1:
        for at in range(16):
            pencil.rectangle((at * 40, 360, at * 40 + 39, 479), (at * 17,) * 3)
    if kind == 3:
        image = ImageOps.colorize(Image.linear_gradient("L"), "black", names[0] if names[0] != "black" else "white")
    return image


def _overexposed(rng: np.random.Generator, photographs: Sequence[Pixels]) -> Image.Image:
    seen = np.asarray(_one_of(rng, photographs), np.float32)
    return _array(seen * rng.integers(6, 13) if rng.random() < 0.5 else seen + rng.integers(215, 250))


def _page(rng: np.random.Generator, _: Sequence[Pixels]) -> Image.Image:
    if rng.random() < 0.15 and (scan := _scanned_page()) is not None:
        left, top = rng.integers(0, scan.width // 4), rng.integers(0, scan.height // 4)
        return scan.crop((int(left), int(top), scan.width, scan.height))
    image = Image.new("RGB", (600, 800), "white" if rng.random() < 0.6 else "#f4ecd8")
    size = int(rng.integers(14, 30))
    count, each = int(700 / (size * 1.4)), max(1, 40 // size)
    lines = [" ".join(rng.choice(_SENTENCES, each)) for _ in range(count)]
    ImageDraw.Draw(image).multiline_text((40, 40), "\n".join(lines), "black", ImageFont.load_default(size), spacing=8)
    return image.rotate(float(rng.uniform(-2, 2)), fillcolor="white")


def _scanned_page() -> Image.Image | None:
    try:
        from skimage import data
    except ImportError:
        return None
    page: Callable[[], Pixels] = data.page
    return Image.fromarray(page())


def _screenshot(rng: np.random.Generator, _: Sequence[Pixels]) -> Image.Image:
    dark = rng.random() < 0.5
    image = Image.new("RGB", (1280, 720), "#1e1e1e" if dark else "#2d6fa8")
    pencil, ink = ImageDraw.Draw(image), "#dddddd" if dark else "black"
    for _window in range(int(rng.integers(1, 4))):
        x, y = int(rng.integers(0, 600)), int(rng.integers(0, 300))
        wide, high = int(rng.integers(400, 680)), int(rng.integers(250, 400))
        pencil.rectangle((x, y, x + wide, y + high), "#2b2b2b" if dark else "white", "gray", 2)
        pencil.rectangle((x, y, x + wide, y + 28), "#444444" if dark else "#dddddd")
        pencil.text((x + 10, y + 5), "Untitled - Window", ink, ImageFont.load_default(16))
        texts = _CODE if rng.random() < 0.5 else _SENTENCES
        rows = "\n".join(str(row) for row in rng.choice(texts, high // 30 - 1))
        pencil.multiline_text((x + 14, y + 40), rows, ink, ImageFont.load_default(18))
    pencil.rectangle((0, 684, 1280, 720), "#111111" if dark else "#cccccc")
    for at in range(6):
        pencil.rectangle((10 + at * 44, 690, 40 + at * 44, 714), str(rng.choice(["red", "green", "orange", "blue"])))
    return image


def _diagram(rng: np.random.Generator, _: Sequence[Pixels]) -> Image.Image:
    image = Image.new("RGB", (800, 600), "white")
    pencil, face = ImageDraw.Draw(image), ImageFont.load_default(22)
    if rng.random() < 0.4:
        pencil.line((80, 40, 80, 540, 760, 540), "black", 3)
        heights = rng.integers(40, 460, 8)
        for at, high in enumerate(heights):
            if rng.random() < 0.7:
                pencil.rectangle((110 + at * 80, 540 - high, 160 + at * 80, 540), "steelblue", "black")
        pencil.line([(135 + at * 80, 520 - high) for at, high in enumerate(heights[::-1])], "red", 3)
        return image
    places = [(60, 80), (320, 80), (580, 80), (60, 380), (320, 380), (580, 380)]
    chosen = [places[at] for at in sorted(rng.choice(6, int(rng.integers(3, 7)), replace=False))]
    for (x, y), (u, v) in pairwise(chosen):
        pencil.line((x + 80, y + 40, u + 80, v + 40), "black", 3)
        pencil.regular_polygon((((x + u) // 2 + 80), (y + v) // 2 + 40, 10), 3, 30, "black")
    for at, (x, y) in enumerate(chosen):
        pencil.rectangle((x, y, x + 160, y + 80), "white" if rng.random() < 0.5 else "lightyellow", "black", 3)
        pencil.text((x + 80, y + 40), f"Step {at + 1}", "black", face, "mm")
    return image


_MAKERS: dict[str, Callable[[np.random.Generator, Sequence[Pixels]], Image.Image]] = {
    "black": _black,
    "white": _white,
    "covered": _covered,
    "blurred": _blurred,
    "noise": _noise,
    "bars": _bars,
    "overexposed": _overexposed,
    "page": _page,
    "screenshot": _screenshot,
    "diagram": _diagram,
}
