"""What programs show: terminals, editors, pages, chats, sheets of numbers, dashboards, lists of files."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from train.nonpictures.charts import bar_chart, line_chart, pie_chart
from train.nonpictures.fonts import amount, font, phrase, words
from train.nonpictures.papers import Colour, colour, shade
from train.nonpictures.text import Box, write


@dataclass(frozen=True)
class Theme:
    """Colours of a program: what lies behind, panels, lines, writing, and what stands out."""

    ground: Colour
    panel: Colour
    line: Colour
    text: Colour
    accent: Colour


def theme(rng: np.random.Generator) -> Theme:
    """Return a light or a dark theme."""
    accent = colour(rng, 30, 220)
    if rng.random() < 0.5:
        return Theme(shade(rng, 240, 255), shade(rng, 215, 240), shade(rng, 180, 215), shade(rng, 0, 70), accent)
    return Theme(shade(rng, 12, 45, 8), shade(rng, 35, 70, 8), shade(rng, 70, 100), shade(rng, 185, 245), accent)


def short_lines(
    rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, fills: list[Colour], size: int, style: str = "sans"
) -> None:
    """Short lines of text one below the other, each in one of the colours."""
    face = font(rng, size, style)
    for y in np.arange(box[1], box[3] - size, size * 1.5):
        pencil.text(
            (box[0], y), phrase(rng, 3)[: int((box[2] - box[0]) / size * 1.4)], fills[rng.integers(len(fills))], face
        )


def terminal(rng: np.random.Generator, image: Image.Image, box: Box, style: Theme) -> None:
    """Lines of one width on a dark ground, seldom a light one."""
    del style
    dark = rng.random() < 0.88
    ground = (
        (shade(rng, 0, 40, 8), (48, 10, 36), (0, 43, 54))[rng.choice(3, p=[0.8, 0.1, 0.1])] if dark else (250, 250, 245)
    )
    pencil, size = ImageDraw.Draw(image), int(rng.integers(7, 13))
    pencil.rectangle(box, ground)
    face, plain = font(rng, size, "mono"), shade(rng, 180, 240) if dark else shade(rng, 20, 60)
    if rng.random() < 0.2:
        plain = (60, 230, 80)
    prompt, last = f"{phrase(rng, 1).lower()}:~$ ", box[1] + (box[3] - box[1]) * rng.uniform(0.3, 1)
    room = int((box[2] - box[0]) / (size * 0.6))
    for y in np.arange(box[1] + 3, min(box[3] - size, last), size * 1.25):
        kind, x = rng.integers(6), box[0] + 4
        if kind == 0:
            pencil.text((x, y), prompt, colour(rng, 60, 240), face)
            pencil.text((x + face.getlength(prompt), y), " ".join(words(rng, 3)).lower(), plain, face)
        elif kind == 1:
            pencil.text((x, y), phrase(rng, 2), colour(rng, 60, 255), face)
        elif kind < 5:
            line = " ".join(words(rng, int(rng.integers(2, 12)))).lower()
            pencil.text((x, y), line[:room], plain, face)


def editor(rng: np.random.Generator, image: Image.Image, box: Box, style: Theme) -> None:
    """Source code in colours, with numbers of lines, a tree of files and tabs."""
    pencil, size = ImageDraw.Draw(image), int(rng.integers(7, 12))
    left, top, right, bottom = box
    pencil.rectangle(box, style.ground)
    if rng.random() < 0.7:
        wide = (right - left) * rng.uniform(0.12, 0.25)
        pencil.rectangle((left, top, left + wide, bottom), style.panel)
        short_lines(rng, pencil, (left + 6, top + 8, left + wide, bottom), [style.text], 7)
        left += wide
    pencil.rectangle((left, top, right, top + 14), style.panel)
    for at in range(int(rng.integers(1, 5))):
        pencil.text((left + 6 + at * 60, top + 3), phrase(rng, 1)[:8] + ".py", style.text, font(rng, 7, "sans"))
    pencil.rectangle((left, bottom - 9, right, bottom), style.accent)
    dark = sum(style.ground) < 380
    fills = [style.text, *(colour(rng, 90, 250) if dark else colour(rng, 0, 170) for _ in range(4))]
    face, depth = font(rng, size, "mono"), 0
    for number, y in enumerate(np.arange(top + 18, bottom - size - 9, size * 1.35)):
        pencil.text((left + 4, y), str(number + 1), style.line, face)
        if rng.random() < 0.15:
            continue
        depth = int(np.clip(depth + rng.integers(-1, 2), 0, 5))
        x = left + 28 + depth * size * 1.6
        for _ in range(int(rng.integers(1, 6))):
            text = phrase(rng, 1).lower() + str(rng.choice(["", "(", ")", " =", ":", ".", ","]))
            pencil.text((x, y), text, fills[rng.integers(5)], face)
            x += face.getlength(text + " ")


def browser(rng: np.random.Generator, image: Image.Image, box: Box, style: Theme) -> None:
    """A page with its address, a head, columns of text, buttons and boxes."""
    pencil = ImageDraw.Draw(image)
    left, top, right, bottom = box
    pencil.rectangle(box, style.ground)
    pencil.rectangle((left, top, right, top + 24), style.panel)
    pencil.rounded_rectangle((left + 4, top + 2, left + 90, top + 12), 3, style.ground)
    pencil.rounded_rectangle((left + 40, top + 13, right - 30, top + 23), 5, style.ground)
    address = f"https://{phrase(rng, 1).lower()}.example/{phrase(rng, 1).lower()}"
    pencil.text((left + 48, top + 14), address, style.text, font(rng, 7, "sans"))
    top += 24
    head = float(rng.integers(16, 60))
    pencil.rectangle((left, top, right, top + head), style.accent if rng.random() < 0.5 else style.panel)
    pencil.text((left + 14, top + head / 2), phrase(rng, 2), style.text, font(rng, int(head * 0.4)), "lm")
    for at in range(int(rng.integers(3, 7))):
        pencil.text((right - 40 - at * 46, top + head / 2), phrase(rng, 1)[:7], style.text, font(rng, 7, "sans"), "lm")
    top += head + 8
    count = int(rng.integers(1, 5))
    wide = (right - left - 20) / count
    for at in range(count):
        x, y = left + 12 + at * wide, top
        while y < bottom - 20:
            kind, end = rng.integers(5), min(bottom, y + rng.uniform(30, 120))
            if kind == 0:
                pencil.text((x, y), phrase(rng, 3), style.text, font(rng, int(rng.integers(10, 20))))
                end = y + 24
            elif kind == 1:
                pencil.rounded_rectangle((x, y, x + wide - 12, end), 4, style.panel, style.line)
                write(rng, pencil, (x + 5, y + 4, x + wide - 18, end - 2), font(rng, 7, "sans"), style.text)
            elif kind == 2:
                pencil.rounded_rectangle((x, y, x + min(70, wide - 12), y + 16), 4, style.accent)
                pencil.text((x + 8, y + 8), phrase(rng, 1)[:9], (255, 255, 255), font(rng, 8, "sans"), "lm")
                end = y + 18
            else:
                write(rng, pencil, (x, y, x + wide - 12, end), font(rng, int(rng.integers(7, 10))), style.text)
            y = end + 6


def chat(rng: np.random.Generator, image: Image.Image, box: Box, style: Theme) -> None:
    """Bubbles to the left and right, a list of names beside them where there is room."""
    pencil = ImageDraw.Draw(image)
    left, top, right, bottom = box
    pencil.rectangle(box, style.ground)
    if right - left > 300:
        edge = left + (right - left) * 0.28
        pencil.rectangle((left, top, edge, bottom), style.panel)
        for y in np.arange(top + 6, bottom - 24, 26):
            pencil.circle((left + 16, y + 10), 8, colour(rng))
            pencil.text((left + 30, y + 2), phrase(rng, 1)[:9], style.text, font(rng, 8, "sans"))
            pencil.text((left + 30, y + 12), phrase(rng, 2)[:14], style.line, font(rng, 7, "sans"))
        left = edge
    y, size = top + 8, int(rng.integers(8, 12))
    while y < bottom - 40:
        wide, high = (right - left) * rng.uniform(0.25, 0.7), float(rng.integers(1, 4)) * size * 1.6 + 6
        mine = rng.random() < 0.5
        x = right - wide - 8 if mine else left + 8
        pencil.rounded_rectangle((x, y, x + wide, y + high), 7, style.accent if mine else style.panel)
        write(rng, pencil, (x + 6, y + 3, x + wide - 4, y + high + 4), font(rng, size, "sans"), style.text)
        y += high + rng.uniform(5, 14)
    pencil.rounded_rectangle((left + 8, bottom - 18, right - 8, bottom - 4), 6, style.panel, style.line)


def sheet(rng: np.random.Generator, image: Image.Image, box: Box, style: Theme) -> None:
    """Cells with numbers, heads of rows and columns, a bar of tools."""
    pencil, (left, top, right, bottom) = ImageDraw.Draw(image), box
    pencil.rectangle(box, style.ground)
    pencil.rectangle((left, top, right, top + 22), style.accent if rng.random() < 0.4 else style.panel)
    for at in range(int(rng.integers(5, 18))):
        pencil.rectangle((left + 6 + at * 16, top + 6, left + 16 + at * 16, top + 16), shade(rng, 80, 200, 30))
    top += 22
    wide, high = float(rng.integers(32, 70)), float(rng.integers(10, 16))
    pencil.rectangle((left, top, right, top + high), style.panel)
    pencil.rectangle((left, top, left + 20, bottom), style.panel)
    face, filled = font(rng, int(high * 0.65), "sans"), rng.uniform(0.2, 0.95)
    for column, x in enumerate(np.arange(left + 20, right, wide)):
        pencil.line((x, top, x, bottom), style.line)
        pencil.text((x + wide / 2, top + 1), chr(65 + column % 26), style.text, face, "ma")
        numbers = rng.random() < 0.7
        for y in np.arange(top + high, bottom - high, high):
            if rng.random() < filled:
                pencil.text((x + 3, y + 1), amount(rng) if numbers else phrase(rng, 1)[:8], style.text, face)
    for row, y in enumerate(np.arange(top + high, bottom, high)):
        pencil.line((left, y, right, y), style.line)
        pencil.text((left + 3, y + 1), str(row + 1), style.text, face)


def dashboard(rng: np.random.Generator, image: Image.Image, box: Box, style: Theme) -> None:
    """Tiles with numbers and charts."""
    pencil, (left, top, right, bottom) = ImageDraw.Draw(image), box
    pencil.rectangle(box, style.panel)
    pencil.text((left + 8, top + 4), phrase(rng), style.text, font(rng, 11, "sans"))
    columns, rows = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    wide, high = (right - left - 6) / columns, (bottom - top - 24) / rows
    for at in range(columns * rows):
        x, y = left + 6 + at % columns * wide, top + 20 + at // columns * high
        tile = (x, y, x + wide - 6, y + high - 6)
        pencil.rounded_rectangle(tile, 4, style.ground, style.line)
        pencil.text((x + 5, y + 3), phrase(rng, 2)[: int(wide / 6)], style.text, font(rng, 8, "sans"))
        inner = (x + 8, y + 16, x + wide - 14, y + high - 12)
        kind = rng.integers(4)
        if kind == 0 or inner[2] - inner[0] < 30 or inner[3] - inner[1] < 24:
            size = int(np.clip(high * 0.35, 8, 34))
            pencil.text((x + 8, y + high / 2), amount(rng), style.accent, font(rng, size, "sans"), "lm")
        else:
            (bar_chart, line_chart, pie_chart)[kind - 1](rng, pencil, inner, style.text)


def files(rng: np.random.Generator, image: Image.Image, box: Box, style: Theme) -> None:
    """A list of files, or of mails, with columns."""
    pencil, (left, top, right, bottom) = ImageDraw.Draw(image), box
    pencil.rectangle(box, style.ground)
    pencil.rectangle((left, top, right, top + 20), style.panel)
    edge = left + (right - left) * rng.uniform(0.15, 0.28)
    pencil.rectangle((left, top, edge, bottom), style.panel)
    size = int(rng.integers(7, 11))
    short_lines(rng, pencil, (left + 6, top + 26, edge, bottom), [style.text], size)
    face, step = font(rng, size, "sans"), size * rng.uniform(1.5, 2.6)
    for row, y in enumerate(np.arange(top + 26, bottom - size, step)):
        if rng.random() < 0.08:
            pencil.rectangle((edge + 2, y - 2, right, y + step - 3), style.accent)
        pencil.rectangle((edge + 6, y, edge + 6 + size, y + size), colour(rng, 60, 230) if row % 3 else (240, 200, 90))
        pencil.text((edge + 12 + size, y), phrase(rng, 2), style.text, face)
        pencil.text((edge + (right - edge) * 0.6, y), amount(rng), style.text, face)
        pencil.text((right - 50, y), f"{rng.integers(1, 29)}.{rng.integers(1, 13)}.", style.text, face)
