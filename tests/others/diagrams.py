"""Diagrams and charts."""

import math
import random
from itertools import pairwise

from PIL import Image, ImageDraw

from tests.others.pencils import STRONG, box, face, plain


def flow(chance: random.Random, _: Image.Image) -> Image.Image:
    image, places = plain("white", (640, 480)), [(60, 50), (400, 50), (400, 200), (60, 200), (60, 360), (400, 360)]
    pencil = ImageDraw.Draw(image)
    for (x, y), (u, v) in pairwise(places):
        pencil.line((x + 80, y + 35, u + 80, v + 35), "black", 3)
        pencil.regular_polygon(((x + u) / 2 + 80, (y + v) / 2 + 35, 10), 3, chance.randrange(360), "black")
    for x, y in places:
        box(chance, pencil, x, y, 160, 70)
    return image


def _axes(chance: random.Random, title: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = plain("white", (640, 480))
    pencil = ImageDraw.Draw(image)
    if chance.random() < 0.5:
        for y in range(60, 420, 60):
            pencil.line((80, y, 600, y), "lightgray")
    pencil.rectangle((80, 50, 600, 420), None, "black", 2)
    pencil.text((340, 28), title, "black", face(22), "mm")
    for at in range(6):
        pencil.text((70, 420 - at * 70), str(at * 20), "black", face(16), "rm")
        pencil.text((100 + at * 95, 438), str(2015 + at), "black", face(16), "mm")
    return image, pencil


def bar_chart(chance: random.Random, _: Image.Image) -> Image.Image:
    image, pencil = _axes(chance, "Sales")
    one, count = chance.choice(STRONG), chance.randint(4, 10)
    for at in range(count):
        x = 95 + at * 500 // count
        pencil.rectangle((x, chance.randint(70, 400), x + 340 // count, 420), one, "black")
    return image


def curves(chance: random.Random, _: Image.Image) -> Image.Image:
    image, pencil = _axes(chance, "sin(x)")
    for colour in chance.sample(STRONG, chance.randint(1, 4)):
        turn, high, fast = chance.uniform(0, 6), chance.uniform(40, 160), chance.uniform(0.01, 0.05)
        pencil.line([(x, 235 + high * math.sin(x * fast + turn)) for x in range(82, 600, 4)], colour, 3)
    return image


def dots(chance: random.Random, _: Image.Image) -> Image.Image:
    image, pencil = _axes(chance, "Scatter")
    for _dot in range(chance.randint(30, 150)):
        x = chance.gauss(340, 100)
        pencil.circle((x, 240 + (x - 340) * 0.6 + chance.gauss(0, 40)), 5, chance.choice(STRONG[:3]))
    return image


def pie(chance: random.Random, _: Image.Image) -> Image.Image:
    image, start = plain("white", (640, 480)), 0
    while start < 360:
        wide = chance.randint(25, 110)
        ImageDraw.Draw(image).pieslice(
            (140, 60, 500, 420), start, min(start + wide, 360), chance.choice(STRONG), "white", 3
        )
        start += wide
    return image


def net(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain("white", (640, 480))
    pencil, layers = ImageDraw.Draw(image), [chance.randint(2, 6) for _ in range(chance.randint(3, 5))]
    places = [[(90 + at * 115, 240 + (one - (n - 1) / 2) * 75) for one in range(n)] for at, n in enumerate(layers)]
    for left, right in pairwise(places):
        for one in left:
            for other in right:
                pencil.line((*one, *other), "gray", 2)
    for layer in places:
        colour = chance.choice(STRONG)
        for place in layer:
            pencil.circle(place, 22, colour, "black", 2)
    return image


def sets(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain("white", (640, 480))
    for x, y in ((240, 190), (400, 190), (320, 310))[: chance.randint(2, 3)]:
        layer = plain("white", (640, 480))
        ImageDraw.Draw(layer).circle((x, y), 130, chance.choice(STRONG), "black", 3)
        image = Image.blend(image, layer, 0.4)
    ImageDraw.Draw(image).text((320, 40), "A and B", "black", face(28), "mm")
    return image


def tree(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain("white", (640, 480))
    pencil, count = ImageDraw.Draw(image), chance.randint(2, 4)
    for at in range(count):
        x = 20 + at * 620 // count
        pencil.line((320, 100, 320, 180, x + 60, 180, x + 60, 240, x + 60, 380), "black", 2)
        box(chance, pencil, x, 240, 120, 55)
        box(chance, pencil, x, 370, 120, 55)
    box(chance, pencil, 240, 45, 160, 60)
    return image


def rooms(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain("white", (640, 480))
    pencil, x, y = ImageDraw.Draw(image), chance.randint(200, 420), chance.randint(160, 320)
    pencil.rectangle((40, 40, 600, 440), None, "black", 8)
    pencil.line((x, 40, x, 440), "black", 6)
    pencil.line((x, y, 600, y), "black", 6)
    pencil.arc((x - 60, y - 110, x + 60, y + 10), 180, 270, "black", 3)
    for place, text in (((120, 240), "Living"), ((x + 90, 100), "Bath"), ((x + 90, 390), "Bedroom")):
        pencil.text(place, text, "black", face(24), "mm")
    return image
