"""Test pictures: bars, ramps, grids, charts of resolution, an empty screen that says that there is no signal."""

import math
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from train.nonpictures.fields import Pixels, compressed, exposed, frame_shape
from train.nonpictures.fonts import font
from train.nonpictures.papers import Colour, colour, shade
from train.nonpictures.photographs import Photographs

_EBU = ((1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0))
_NO_SIGNAL: tuple[str, ...] = (
    "NO SIGNAL",
    "No signal",
    "No Signal Detected",
    "NO VIDEO",
    "Video loss",
    "CHECK CABLE",
    "Camera offline",
)
_NO_SIGNAL += ("Camera 2", "Connecting...", "No input", "PLEASE STAND BY", "HDMI 1", "Stream unavailable", "Loading...")
_FIELDS = ((0, 0, 255), (0, 0, 170), (255, 0, 0), (0, 255, 0), (255, 255, 0), (255, 0, 255), (0, 255, 255))


def bars(rng: np.random.Generator, photographs: Photographs) -> Pixels:
    """Return a test picture of some kind, as a file or a little blurred, noisy and compressed."""
    del photographs
    height, width = frame_shape(rng, 260, 400)
    image = Image.new("RGB", (width, height))
    kinds = (_smpte, _vertical, _vertical, _ramp, _sweep, _board, _hatch, _resolution, _card, _one, _no_signal, _zones)
    image = kinds[rng.integers(len(kinds))](rng, image)
    if rng.random() < 0.2:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2.5)))
    return compressed(rng, exposed(rng, np.asarray(image, np.float32), rng.choice([0, 0, 0, 3, 8])), 0.4)


def _levels(rng: np.random.Generator) -> list[Colour]:
    top, low = rng.choice([255, 235, 191, 180]), rng.choice([0, 0, 16])
    return [(int(top if r else low), int(top if g else low), int(top if b else low)) for r, g, b in _EBU]


def _stripes(image: Image.Image, colours: list[Colour], box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = box
    wide = (right - left) / len(colours)
    for at, fill in enumerate(colours):
        ImageDraw.Draw(image).rectangle((left + at * wide, top, left + (at + 1) * wide, bottom), fill)


def _smpte(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """The bars of SMPTE EG 1-1990: seven colours, their reverse, and a row for black and white."""
    colours, (width, height) = _levels(rng)[:7], image.size
    high, middle = height * rng.uniform(0.6, 0.72), height * rng.uniform(0.73, 0.8)
    _stripes(image, colours, (0, 0, width, high))
    below = [(19, 19, 19) if at % 2 else colours[6 - at] for at in range(7)]
    _stripes(image, below, (0, high, width, middle))
    foot = [(0, 33, 76), (255, 255, 255), (50, 0, 106), (19, 19, 19), (9, 9, 9), (29, 29, 29), (19, 19, 19)]
    _stripes(image, foot, (0, middle, width, height))
    return image


def _vertical(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """Bars side by side or one above the other: EBU's eight, some of them, or any colours."""
    colours = _levels(rng)
    if rng.random() < 0.4:
        count = int(rng.integers(3, 17))
        colours = [colour(rng) for _ in range(count)] if rng.random() < 0.6 else [shade(rng, 0, 255)] * count
        if len(set(colours)) == 1:
            colours = [(v, v, v) for v in np.linspace(0, 255, count).astype(int).tolist()]
    if rng.random() < 0.3:
        colours = colours[::-1]
    _stripes(image, colours, (0, 0, *image.size))
    if rng.random() < 0.25:
        image = image.transpose(Image.Transpose.ROTATE_90)
    if rng.random() < 0.25:  # a caption on it
        size = int(rng.integers(12, 40))
        place = (image.width / 2, image.height * rng.uniform(0.3, 0.9))
        pencil = ImageDraw.Draw(image)
        pencil.rectangle((place[0] - size * 4, place[1] - size, place[0] + size * 4, place[1] + size), (0, 0, 0))
        pencil.text(place, str(rng.choice(_NO_SIGNAL)), (255, 255, 255), font(rng, size, "sans"), "mm")
    return image


def _ramp(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """Ramps of grey or of a colour, smooth or in steps, several of them one above the other."""
    width, height = image.size
    rows = int(rng.choice([1, 1, 2, 4, 6]))
    field = np.zeros((height, width, 3), np.float32)
    for row in range(rows):
        ramp = np.linspace(0, 1, width, dtype=np.float32) ** np.float32(rng.choice([1, 1, 2.2]))
        steps = int(rng.choice([0, 0, 5, 8, 11, 16]))
        ramp = np.floor(ramp * steps).clip(0, steps - 1) / (steps - 1) if steps else ramp
        ramp = ramp[::-1] if rng.random() < 0.4 else ramp
        tint = (1, 1, 1) if rng.random() < 0.5 else _EBU[rng.integers(7)]
        field[row * height // rows : (row + 1) * height // rows] = ramp[None, :, None] * np.float32(255) * tint
    found = Image.fromarray(field.astype(np.uint8))
    return found.transpose(Image.Transpose.ROTATE_90) if rng.random() < 0.3 else found


def _sweep(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """All hues side by side, or colours that run into each other from corner to corner."""
    width, height = image.size
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    if rng.random() < 0.5:
        hue, value = x * 255 * rng.choice([1, 1, 2]), np.clip(2 * y, 0, 1) * 255
        parts = (hue % 256, np.clip(2 - 2 * y, 0, 1) * 255, value if rng.random() < 0.6 else np.full_like(x, 255))
        return Image.fromarray(np.stack(parts, 2).astype(np.uint8), "HSV").convert("RGB")
    corners = rng.uniform(0, 255, (4, 3))
    weights = np.stack([(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y], 2)
    return Image.fromarray((weights @ corners).astype(np.uint8))


def _board(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    side = int(rng.integers(4, 64))
    y, x = np.mgrid[0 : image.height, 0 : image.width]
    odd = (x // side + y // side) % 2 == 1
    plain = rng.random() < 0.6
    one, other = ((0, 0, 0), (255, 255, 255)) if plain else (colour(rng), colour(rng))
    return Image.fromarray(np.where(odd[..., None], one, other).astype(np.uint8))


def _hatch(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """A grid or dots for setting a tube, with circles."""
    ground, line = (shade(rng, 0, 40), (255, 255, 255)) if rng.random() < 0.7 else (colour(rng), colour(rng))
    image.paste(ground, (0, 0, *image.size))
    pencil, (width, height) = ImageDraw.Draw(image), image.size
    side, thick, dots = rng.uniform(14, 60), int(rng.integers(1, 4)), rng.random() < 0.2
    for x in np.arange(side / 2, width, side):
        for y in np.arange(side / 2, height, side) if dots else ():
            pencil.ellipse((x - thick, y - thick, x + thick, y + thick), line)
        if not dots:
            pencil.line((x, 0, x, height), line, thick)
    for y in np.arange(side / 2, height, side) if not dots else ():
        pencil.line((0, y, width, y), line, thick)
    if rng.random() < 0.6:
        for radius in rng.uniform(0.1, 0.5, int(rng.integers(1, 4))) * height:
            pencil.circle((width / 2, height / 2), radius, outline=line, width=thick)
    return image


def _gratings(rng: np.random.Generator, image: Image.Image, box: tuple[int, int, int, int], line: Colour) -> None:
    """Groups of lines, each finer than the one before."""
    left, top, right, bottom = box
    pencil, at, thick = ImageDraw.Draw(image), float(left), float(rng.uniform(4, 9))
    while at < right and thick >= 1:
        for _ in range(5):
            if at < right:
                pencil.rectangle((at, top, min(at + thick - 1, right), bottom), line)
            at += 2 * thick
        at, thick = at + 8, thick * 0.75


def _resolution(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """A chart of resolution: stars, wedges, gratings, rings."""
    (width, height), dark = image.size, rng.random() < 0.25
    ground, line = ((10, 10, 10), (245, 245, 245)) if dark else (shade(rng, 220, 255), (0, 0, 0))
    image.paste(ground, (0, 0, width, height))
    pencil = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(2, 6))):
        x, y, radius = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.12, 0.35) * height
        count, kind = int(rng.integers(8, 40)), rng.integers(3)
        for at in range(count):
            if kind == 0:
                turn = 360 / count
                pencil.pieslice((x - radius, y - radius, x + radius, y + radius), at * turn, (at + 0.5) * turn, line)
            elif kind == 1:
                pencil.circle((x, y), radius * (at + 1) / count, outline=line)
        if kind == 2:
            corner = (int(x - radius), int(y - radius / 3))
            _gratings(rng, image, (*corner, int(x + radius), int(y + radius / 3)), line)
    for at in range(int(rng.integers(3, 12))):
        pencil.text((rng.uniform(0, width), rng.uniform(0, height)), str(at * 100), line, font(rng, 11, "sans"))
    pencil.rectangle((4, 4, width - 5, height - 5), outline=line, width=2)
    return image


def _card(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """A test card: a grid, a large circle with bars, ramps and gratings in it, a name."""
    ground = shade(rng, 60, 150)
    image.paste(ground, (0, 0, *image.size))
    pencil, (width, height) = ImageDraw.Draw(image), image.size
    side = height / rng.integers(8, 15)
    for at in range(int(width / side) + 1):
        pencil.line((at * side, 0, at * side, height), (235, 235, 235), 1)
        pencil.line((0, at * side, width, at * side), (235, 235, 235), 1)
    radius = 0.45 * min(width, height)
    within = Image.new("RGB", image.size, ground)
    left, right = int(width / 2 - radius), int(width / 2 + radius)
    tops = np.linspace(height / 2 - radius, height / 2 + radius, 7).astype(int).tolist()
    rows = rng.permutation(4).tolist()
    for at, (top, bottom) in enumerate(pairwise(tops)):
        kind = rows[at % 4]
        if kind == 0:
            _stripes(within, _levels(rng), (left, top, right, bottom))
        elif kind == 1:
            _stripes(within, [(v, v, v) for v in range(0, 256, 51)], (left, top, right, bottom))
        elif kind == 2:
            _gratings(rng, within, (left, top, right, bottom), (240, 240, 240))
        else:
            _stripes(within, [(0, 0, 0), (255, 255, 255)] * int(rng.integers(2, 9)), (left, top, right, bottom))
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).circle((width / 2, height / 2), radius, 255)
    image.paste(within, mask=mask)
    pencil.circle((width / 2, height / 2), radius, outline=(240, 240, 240), width=2)
    if rng.random() < 0.7:
        pencil.text((width / 2, tops[1] - 8), "TV " + str(rng.integers(1, 99)), (255, 255, 255), font(rng, 16), "mm")
    return image


def _one(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    fill = _FIELDS[rng.integers(len(_FIELDS))] if rng.random() < 0.6 else colour(rng)
    image.paste(fill, (0, 0, *image.size))
    return image


def _no_signal(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """One colour, with a line of text or a box of it."""
    dark = shade(rng, 0, 60) if rng.random() < 0.6 else _FIELDS[rng.integers(2)]
    image.paste(dark, (0, 0, *image.size))
    pencil, (width, height) = ImageDraw.Draw(image), image.size
    place = (width * rng.uniform(0.3, 0.7), height * rng.uniform(0.2, 0.8))
    size = int(rng.integers(14, 44))
    if rng.random() < 0.4:
        fill = colour(rng)
        pencil.rectangle((place[0] - size * 4, place[1] - size, place[0] + size * 4, place[1] + size), fill)
    pencil.text(place, str(rng.choice(_NO_SIGNAL)), (245, 245, 245), font(rng, size, "sans"), "mm")
    if rng.random() < 0.3:
        pencil.text((8, 6), f"CH {rng.integers(1, 99)}", (0, 255, 0), font(rng, 20, "mono"))
    if rng.random() < 0.2:
        pencil.arc((width / 2 - 20, height * 0.7, width / 2 + 20, height * 0.7 + 40), 0, 270, (220, 220, 220), 5)
    return image


def _zones(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """A zone plate: rings, or lines, that grow finer."""
    y, x = np.mgrid[-1 : 1 : image.height * 1j, -1 : 1 : image.width * 1j]
    ways = (x**2 + y**2, (x + 1) ** 2, x * y, np.hypot(x, y))
    waves = np.cos(ways[rng.integers(4)] * rng.uniform(15, 120) * math.pi / 2)
    tint = np.array([1, 1, 1]) if rng.random() < 0.75 else rng.uniform(0, 1, 3)
    return Image.fromarray(((waves[..., None] * 0.5 + 0.5) * 255 * tint).astype(np.uint8))
