"""A camera that sees nothing, photographs that are spoilt, noise, test patterns."""

import random

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from tests.others.pencils import Way, face, noised, numbers, plain, shaded


def dim(chance: random.Random, scene: Image.Image) -> Image.Image:
    return scene.point(lambda value: int(value * 0.02) + chance.randrange(2))


def ring(chance: random.Random, colour: tuple[int, int, int], low: float) -> Image.Image:
    shade = Image.radial_gradient("L").resize((320, 240)).point(lambda value: int(255 - value * (1 - low)))
    return Image.composite(plain(colour), plain("black"), shade)


def skin(chance: random.Random, _: Image.Image) -> Image.Image:
    red = chance.randint(70, 230)
    image = shaded((red, int(red * 0.45), int(red * 0.35)), (red // 2, red // 6, red // 8), chance.random() < 0.5)
    return noised(chance, image, chance.uniform(0, 5))


def fingertip(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain((chance.randint(100, 200), 60, 45))
    left = chance.randint(-60, 200)
    ImageDraw.Draw(image).ellipse((left, -40, left + 260, 300), (chance.randint(170, 240), 110, 90))
    return image.filter(ImageFilter.GaussianBlur(35))


def corner(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain((8, 6, 6))
    x, y = chance.choice([(0, 0), (320, 0), (0, 240), (320, 240)])
    ImageDraw.Draw(image).ellipse((x - 50, y - 50, x + 50, y + 50), chance.choice(["white", "orange", "#ffd0a0"]))
    return noised(chance, image.filter(ImageFilter.GaussianBlur(22)), 3)


def fabric(chance: random.Random, _: Image.Image) -> Image.Image:
    base = plain(tuple(chance.randint(20, 120) for _ in range(3)))
    folds = numbers(chance, (5, 4), 1).resize((320, 240), Image.Resampling.BICUBIC)
    return noised(chance, Image.blend(base, folds, 0.2), 4)


def tiny(chance: random.Random, scene: Image.Image) -> Image.Image:
    side = chance.randint(4, 8)
    return scene.resize((side, side)).resize((320, 240), Image.Resampling.BICUBIC)


def smeared(chance: random.Random, scene: Image.Image) -> Image.Image:
    far = chance.randint(60, 110)
    pixels = np.asarray(scene, float)
    total = sum((np.roll(pixels, step, 1) for step in range(far)), np.zeros_like(pixels))
    return Image.fromarray((total / far).astype(np.uint8)).filter(ImageFilter.GaussianBlur(8))


def gain(least: float, most: float) -> Way:
    def way(chance: random.Random, scene: Image.Image) -> Image.Image:
        factor = chance.uniform(least, most)
        return Image.fromarray((np.asarray(scene, float) * factor).clip(0, 255).astype(np.uint8))

    return way


def fog(chance: random.Random, scene: Image.Image) -> Image.Image:
    return Image.blend(scene, plain("white"), chance.uniform(0.93, 0.98))


def sun(chance: random.Random, scene: Image.Image) -> Image.Image:
    x, y = chance.randint(80, 240), chance.randint(60, 180)
    glow = Image.new("L", (320, 240), 150)
    ImageDraw.Draw(glow).ellipse((x - 150, y - 150, x + 150, y + 150), 255)
    glow = glow.filter(ImageFilter.GaussianBlur(40))
    return Image.composite(plain("white"), ImageEnhance.Brightness(scene).enhance(4), glow)


def grains(size: tuple[int, int], channels: int, how: int = 0) -> Way:
    return lambda chance, _: numbers(chance, size, channels).resize((320, 240), how)


def salt(chance: random.Random, _: Image.Image) -> Image.Image:
    return numbers(chance, (320, 240), 1).point(lambda value: 255 if value > 225 else 0 if value < 30 else 127)


def tv(chance: random.Random, _: Image.Image) -> Image.Image:
    return numbers(chance, (320, 240), 1).point(lambda value: 255 if value > 128 else 0)


def columns(*colours: str) -> Way:
    def way(chance: random.Random, _: Image.Image) -> Image.Image:
        image, order = plain("black"), chance.sample(colours, len(colours)) if chance.random() < 0.3 else colours
        for at, colour in enumerate(order):
            ImageDraw.Draw(image).rectangle((at * 320 // len(colours), 0, 320, 240), colour)
        return image

    return way


def checks(chance: random.Random, _: Image.Image) -> Image.Image:
    side = chance.choice([8, 16, 20, 32, 40])
    y, x = np.indices((240, 320)) // side
    return Image.fromarray(((x + y) % 2 * 255).astype(np.uint8))


def target(chance: random.Random, _: Image.Image) -> Image.Image:
    image, step = plain("white"), chance.randint(6, 16)
    for at, radius in enumerate(range(200, 0, -step)):
        ImageDraw.Draw(image).circle((160, 120), radius, "black" if at % 2 else "white")
    return image


def grid(chance: random.Random, _: Image.Image) -> Image.Image:
    image, step = plain("black"), chance.randint(12, 40)
    for at in range(0, 320, step):
        ImageDraw.Draw(image).line((at, 0, at, 240), "white")
        ImageDraw.Draw(image).line((0, at, 320, at), "white")
    return image


def hues(chance: random.Random, _: Image.Image) -> Image.Image:
    row = Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_90).resize((320, 240))
    full = Image.new("L", (320, 240), 255)
    return Image.merge(
        "HSV", (row, full, Image.linear_gradient("L").resize((320, 240)) if chance.random() < 0.4 else full)
    )


def signal(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain(chance.choice(["blue", "black", "#101010"]))
    ImageDraw.Draw(image).text((160, 120), chance.choice(["NO SIGNAL", "No input"]), "white", face(34), "mm")
    return image
