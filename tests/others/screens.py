"""Screenshots."""

import random

from PIL import Image, ImageDraw

from tests.others.pencils import NAMES, STRONG, Way, face, lines, plain, shaded

PROGRAM = """import csv

def read(path):
    rows = []
    with open(path) as file:
        for row in csv.reader(file):
            if not row:
                continue
            rows.append(tuple(row))
    return rows

class Ledger:
    def __init__(self, name):
        self.name = name
        self.total = 0

    def add(self, amount):
        self.total += amount
        return self"""


SHELL = """$ ls -l
total 48
-rw-r--r-- 1 user user  1204 notes.txt
drwxr-xr-x 2 user user  4096 build
$ make all
cc -O2 -c main.c
cc -o app main.o
$ ./app --help
usage: app [-h] FILE
$ ping host
64 bytes: time=12.1 ms
64 bytes: time=11.8 ms"""


def _window(
    chance: random.Random, image: Image.Image, box: tuple[int, int, int, int], rows: list[str], dark: bool
) -> None:
    pencil, (left, top, right, bottom) = ImageDraw.Draw(image), box
    pencil.rectangle(box, "#1c1c22" if dark else "white", "black")
    pencil.rectangle((left, top, right, top + 26), "#3a3a44" if dark else "#d8dce4")
    for at, colour in enumerate(("red", "gold", "limegreen")):
        pencil.circle((left + 14 + at * 18, top + 13), 6, colour)
    for at, row in enumerate(rows[: (bottom - top - 40) // 20]):
        colour = chance.choice(["#9cdcfe", "#ce9178", "#d4d4d4", "#6a9955"]) if dark else "black"
        pencil.text((left + 14, top + 34 + at * 20), row[: (right - left) // 9], colour, face(16))


def programs(text: str, dark: bool) -> Way:
    def way(chance: random.Random, _: Image.Image) -> Image.Image:
        image = plain(chance.choice(["#30506e", "#225544", "#553355", "#dddddd", "black"]), (800, 500))
        for _window_of in range(chance.randint(1, 2)):
            left, top = chance.randint(0, 200), chance.randint(0, 90)
            _window(chance, image, (left, top, left + chance.randint(380, 590), top + 370), text.split("\n"), dark)
        ImageDraw.Draw(image).rectangle((0, 470, 800, 500), "#202020" if dark else "#c8c8c8")
        return image

    return way


def site(chance: random.Random, _: Image.Image) -> Image.Image:
    image, accent = plain("white", (800, 500)), chance.choice(STRONG)
    pencil = ImageDraw.Draw(image)
    pencil.rectangle((0, 0, 800, 40), "#e0e0e0")
    pencil.rounded_rectangle((120, 8, 700, 32), 10, "white", "silver")
    pencil.text((140, 12), "https://www.example.com/news", "gray", face(14))
    pencil.rectangle((0, 40, 800, 100), accent)
    pencil.text((30, 70), "Daily Example", "white", face(32), "lm")
    for at, text in enumerate(("Home", "News", "About")):
        pencil.text((480 + at * 100, 70), text, "white", face(20), "lm")
    for x in range(30, 760, 250):
        pencil.rectangle((x, 130, x + 220, 220), "#f0f0f0", "silver")
        pencil.multiline_text((x, 235), "\n".join(lines(chance, 11, 22)), "#333333", face(15))
    return image


def cells(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain("white", (800, 500))
    pencil = ImageDraw.Draw(image)
    pencil.rectangle((0, 0, 800, 60), "#217346" if chance.random() < 0.5 else "#eeeeee")
    for y in range(60, 500, 22):
        for x in range(0, 800, 80):
            pencil.rectangle((x, y, x + 80, y + 22), "#eeeeee" if y == 60 or x == 0 else "white", "silver")
            if chance.random() < 0.6:
                pencil.text((x + 6, y + 4), str(chance.randint(1, 9999)), "black", face(13))
    return image


def phone(chance: random.Random, _: Image.Image) -> Image.Image:
    image = shaded((chance.randint(0, 90), 40, 120), (20, chance.randint(40, 160), 200)).resize((360, 640))
    pencil = ImageDraw.Draw(image)
    pencil.text((16, 8), "12:45", "white", face(18))
    for at in range(24):
        x, y = 30 + at % 4 * 80, 60 + at // 4 * 90
        pencil.rounded_rectangle((x, y, x + 56, y + 56), 14, chance.choice(STRONG))
        pencil.text((x + 28, y + 68), chance.choice(NAMES), "white", face(13), "mm")
    return image


def chat(chance: random.Random, _: Image.Image) -> Image.Image:
    dark = chance.random() < 0.5
    image = plain("#111b21" if dark else "#ece5dd", (400, 640))
    pencil = ImageDraw.Draw(image)
    pencil.rectangle((0, 0, 400, 50), "#075e54")
    pencil.text((60, 25), "Group", "white", face(22), "lm")
    for y in range(70, 600, 75):
        x = chance.choice([15, 130])
        pencil.rounded_rectangle(
            (x, y, x + 250, y + 58), 10, "#005c4b" if dark else chance.choice(["white", "#dcf8c6"])
        )
        pencil.multiline_text((x + 12, y + 9), "\n".join(lines(chance, 2, 22)), "white" if dark else "black", face(16))
    return image


def dialog(chance: random.Random, _: Image.Image) -> Image.Image:
    image = plain(chance.choice(["teal", "#3a6ea5", "#2c2c2c"]), (640, 480))
    pencil = ImageDraw.Draw(image)
    pencil.rectangle((120, 100, 520, 380), "#f0f0f0", "black")
    pencil.rectangle((120, 100, 520, 130), "navy")
    pencil.text((130, 115), "Settings", "white", face(18), "lm")
    for y in range(155, 320, 36):
        pencil.rectangle((150, y, 168, y + 18), "white", "black")
        pencil.text((185, y + 9), " ".join(lines(chance, 1, 20)), "black", face(17), "lm")
    for x, text in ((290, "OK"), (400, "Cancel")):
        pencil.rectangle((x, 335, x + 95, 365), "#dddddd", "gray")
        pencil.text((x + 47, 350), text, "black", face(17), "mm")
    return image
