"""Pages of text."""

import random

from PIL import Image, ImageDraw

from tests.others.pencils import Way, face, lines, plain


def prose(size: int, paper: str = "white", turned: float = 0) -> Way:
    def way(chance: random.Random, _: Image.Image) -> Image.Image:
        image = plain(paper, (480, 640))
        rows = lines(chance, int(560 / (size * 1.5)), int(760 / size))
        ImageDraw.Draw(image).multiline_text((40, 40), "\n".join(rows), "black", face(size), spacing=size * 0.3)
        return image.rotate(chance.uniform(-turned, turned), fillcolor="gray")

    return way


def scan(chance: random.Random, scene: Image.Image) -> Image.Image:
    """A corner of scikit-image's scanned page, where that is installed."""
    try:
        from skimage import data
    except ImportError:
        return prose(20)(chance, scene)
    page = Image.fromarray(chance.choice([data.page, data.text])())
    left, top = chance.randint(0, page.width // 3), chance.randint(0, page.height // 3)
    return page.crop((left, top, left + page.width // 2, top + page.height // 2))


def numbered(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain("ivory", (480, 640))
    pencil = ImageDraw.Draw(image)
    pencil.text((240, 50), chance.choice(["Shopping list", "Invoice", "Minutes", "Agenda"]), "black", face(40), "mm")
    for at, row in enumerate(lines(chance, 13, 20)):
        pencil.text((50, 110 + at * 38), f"{at + 1}. {row}", "black", face(22))
        pencil.line((40, 140 + at * 38, 440, 140 + at * 38), "silver")
    return image


def two_columns(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain("#f2efe6", (600, 640))
    pencil = ImageDraw.Draw(image)
    pencil.text((300, 50), " ".join(lines(chance, 1, 12)).upper(), "black", face(42), "mm")
    for x in (30, 315):
        pencil.multiline_text((x, 100), "\n".join(lines(chance, 26, 26)), "#222222", face(16), spacing=4)
    return image
