"""Flat things as a camera sees them: a sheet on a table, aslant, in uneven light, or a file as it is."""

import math

import numpy as np
from PIL import Image, ImageFilter

from train.nonpictures.fields import Pixels, cast, clouds, compressed, exposed, slope, tinted, vignette

Colour = tuple[int, int, int]


def colour(rng: np.random.Generator, low: int = 0, high: int = 255) -> Colour:
    """Return a random colour whose channels lie within bounds."""
    red, green, blue = rng.integers(low, high + 1, 3).tolist()
    return red, green, blue


def shade(rng: np.random.Generator, low: int, high: int, spread: int = 4) -> Colour:
    """Return a colour near grey, between two brightnesses."""
    base = int(rng.integers(low, high + 1))
    red, green, blue = np.clip(base + rng.integers(-spread, spread + 1, 3), 0, 255).tolist()
    return red, green, blue


def paper(rng: np.random.Generator) -> Colour:
    """Return the colour of a sheet: white, cream, grey, now and then of another light colour."""
    kind = rng.random()
    if kind < 0.4:
        return (255, 255, 255)
    if kind < 0.7:
        light = int(rng.integers(225, 253))
        return light, light - int(rng.integers(0, 10)), light - int(rng.integers(4, 40))
    return shade(rng, 205, 250) if kind < 0.9 else colour(rng, 190, 250)


def ink(rng: np.random.Generator) -> Colour:
    """Return the colour of writing: mostly near black."""
    return shade(rng, 0, 70) if rng.random() < 0.85 else colour(rng, 0, 120)


def scanned(rng: np.random.Generator, sheet: Image.Image, share: float = 0.5) -> Pixels:
    """Return a sheet as a file, or, in a share of cases, as a camera that looks at it has it.

    Args:
        rng: Of everything.
        sheet: RGB.
        share: Of those that a camera took.

    Returns:
        uint8 [H, W, 3].
    """
    if rng.random() >= share:
        if rng.random() < 0.25:
            sheet = sheet.rotate(rng.uniform(-3, 3), Image.Resampling.BILINEAR, fillcolor=(250, 250, 250))
        return compressed(rng, np.asarray(sheet), 0.4)
    if rng.random() < 0.75:
        sheet = _aslant(rng, sheet)
    if rng.random() < 0.4:
        sheet = sheet.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.6)))
    shape = (sheet.height, sheet.width)
    light = vignette(rng, shape, 0.5) * np.float32(rng.uniform(0.6, 1.05))
    if rng.random() < 0.5:
        light = light * (1 - rng.uniform(0.1, 0.5) * slope(rng, shape))
    if rng.random() < 0.25:  # the shadow of who holds the camera
        edge = slope(rng, shape) - rng.uniform(0.3, 0.7)
        light = light * (1 - rng.uniform(0.2, 0.5) / (1 + np.exp(-edge * rng.uniform(10, 60))))
    field = np.asarray(sheet, np.float32) * tinted(light.astype(np.float32), cast(rng, 0.06))
    return compressed(rng, exposed(rng, field, rng.choice([0, 2, 4, 8])), 0.7, 25)


def _aslant(rng: np.random.Generator, sheet: Image.Image) -> Image.Image:
    """Lay the sheet on a table, turned and seen in perspective."""
    width, height = sheet.size
    ground = colour(rng, 15, 130) if rng.random() < 0.6 else shade(rng, 20, 190)
    reach, angle = rng.uniform(0.75, 1.3), math.radians(rng.normal(0, 7))
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float) * reach + rng.uniform(-0.09, 0.09, (4, 2))
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    seen = (corners @ turn + 1) / 2 * (width, height)
    sheet_corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    laid = sheet.convert("RGBA").transform(
        (width, height), Image.Transform.PERSPECTIVE, _perspective(seen, sheet_corners), Image.Resampling.BILINEAR
    )
    grained = tinted(0.7 + 0.3 * clouds(rng, (height, width), int(rng.integers(2, 40))), ground)
    table = Image.fromarray(exposed(rng, grained))
    table.paste(laid.convert("RGB"), mask=laid.getchannel("A"))
    return table


def _perspective(seen: np.ndarray, sheet: np.ndarray) -> list[float]:
    """Return the eight coefficients that lead from four places of the frame to those of the sheet."""
    rows, sides = [], []
    for (x, y), (u, v) in zip(seen, sheet, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        sides += [u, v]
    found: list[float] = np.linalg.solve(np.array(rows), np.array(sides)).tolist()
    return found
