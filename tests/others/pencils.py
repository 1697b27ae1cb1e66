"""What all of their pictures are drawn with."""

import random
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.uint8]


Photographs = Sequence[Pixels]


Way = Callable[[random.Random, Image.Image], Image.Image]
"""Takes a photograph to spoil, which most ways leave alone."""


SIDE = 224


_STORY = """The harbour was closed on Monday after a storm had torn two cranes from their rails. Nobody was hurt. Repairs are
expected to last until the end of the month, said a speaker of the port, and ships will be sent to other places until then. In the
town hall the council voted for a new bridge by nine to four. Its cost is put at eleven million. The old one dates from 1931 and may
carry no lorries any more. Schools open at half past eight from next week on. The library asks all readers to bring back what they
borrowed before the summer. Rain is likely in the evening, with wind from the west and twelve degrees at noon."""


_NEWS = _STORY.split()


NAMES = (
    "Start",
    "Input",
    "Parse",
    "Check",
    "Store",
    "Retry",
    "Send",
    "Done",
    "Error",
    "Queue",
    "User",
    "API",
    "Cache",
)


STRONG = ("red", "green", "blue", "orange", "purple", "teal", "gold", "navy", "crimson", "steelblue", "tomato", "gray")


def numbers(chance: random.Random, size: tuple[int, int] = (8, 6), channels: int = 3) -> Image.Image:
    planes = [Image.frombytes("L", size, chance.randbytes(size[0] * size[1])) for _ in range(channels)]
    return Image.merge("RGB", planes if channels == 3 else planes * 3)


def plain(colour: str | tuple[int, ...], size: tuple[int, int] = (320, 240)) -> Image.Image:
    return Image.new("RGB", size, colour)


def noised(chance: random.Random, image: Image.Image, sigma: float) -> Image.Image:
    noise = np.random.RandomState(chance.randrange(1 << 30)).randn(image.height, image.width, 3) * sigma
    return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))


def face(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def lines(chance: random.Random, count: int, letters: int) -> list[str]:
    at, found = chance.randrange(len(_NEWS)), [""]
    while len(found) <= count:
        at = (at + 1) % len(_NEWS)
        found[-1] += f"{_NEWS[at]} "
        if len(found[-1]) > letters:
            found.append("")
    return found[:count]


def box(chance: random.Random, pencil: ImageDraw.ImageDraw, x: float, y: float, wide: float, high: float) -> None:
    fill = chance.choice(["white", "lightblue", "lightyellow", "honeydew", "mistyrose", "lightgray"])
    pencil.rectangle((x, y, x + wide, y + high), fill, "black", 2)
    pencil.text((x + wide / 2, y + high / 2), chance.choice(NAMES), "black", face(18), "mm")


def shaded(first: tuple[int, int, int], second: tuple[int, int, int], sideways: bool = False) -> Image.Image:
    shade = Image.linear_gradient("L").resize((320, 240))
    shade = shade.transpose(Image.Transpose.ROTATE_90).resize((320, 240)) if sideways else shade
    return Image.composite(plain(second), plain(first), shade)
