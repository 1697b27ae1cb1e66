"""Screenshots without photographs: desktops, terminals, editors, pages, chats, sheets, dialogs, telephones, dashboards."""

import numpy as np
from PIL import Image, ImageDraw

from train.nonpictures.fields import Pixels, compressed, slope
from train.nonpictures.fonts import font, phrase
from train.nonpictures.papers import colour, scanned, shade
from train.nonpictures.photographs import Photographs
from train.nonpictures.programs import (
    Theme,
    browser,
    chat,
    dashboard,
    editor,
    files,
    sheet,
    short_lines,
    terminal,
    theme,
)
from train.nonpictures.text import Box


def screenshot(rng: np.random.Generator, photographs: Photographs) -> Pixels:
    """Return what a screen shows, as a file; now and then as a camera before the screen has it."""
    del photographs
    kinds = (desktop, desktop, terminal, editor, browser, chat, sheet, dialog, telephone, dashboard, files)
    kind = kinds[rng.integers(len(kinds))]
    size = (int(rng.integers(420, 620)), int(rng.integers(270, 380)))
    image = Image.new("RGB", size[::-1] if kind is telephone else size)
    kind(rng, image, (0, 0, *image.size), theme(rng))
    if kind is not telephone and kind is not desktop and rng.random() < 0.3:
        _taskbar(rng, image, theme(rng))
    if rng.random() < 0.12:
        return scanned(rng, image, 1)
    return compressed(rng, np.asarray(image), 0.35)


def _title_bar(rng: np.random.Generator, pencil: ImageDraw.ImageDraw, box: Box, style: Theme) -> Box:
    """A window's frame and title; returns what lies within."""
    left, top, right, bottom = box
    high = float(rng.integers(10, 18))
    pencil.rectangle(box, style.ground, style.line)
    pencil.rectangle((left, top, right, top + high), style.accent if rng.random() < 0.3 else style.panel)
    for at, fill in enumerate([(255, 95, 86), (255, 189, 46), (39, 201, 63)]):
        x = left + 8 + at * 9 if style.panel[0] % 2 else right - 8 - at * 9
        pencil.circle((x, top + high / 2), 2.5, fill if style.panel[1] % 2 else style.text)
    pencil.text(((left + right) / 2, top + high / 2), phrase(rng), style.text, font(rng, 8, "sans"), "mm")
    return left + 1, top + high, right - 1, bottom - 1


def _taskbar(rng: np.random.Generator, image: Image.Image, style: Theme) -> None:
    pencil, high = ImageDraw.Draw(image), int(rng.integers(11, 20))
    top = image.height - high
    pencil.rectangle((0, top, image.width, image.height), style.panel)
    for at in range(int(rng.integers(4, 14))):
        left = 6 + at * (high + 3)
        pencil.rounded_rectangle((left, top + 3, left + high - 6, image.height - 4), 2, colour(rng))
    clock = f"{rng.integers(24):02}:{rng.integers(60):02}"
    pencil.text((image.width - 6, top + high / 2), clock, style.text, font(rng, 8, "sans"), "rm")


def desktop(rng: np.random.Generator, image: Image.Image, box: Box, style: Theme) -> None:
    """Icons and windows before a plain ground or one that runs from colour to colour."""
    one, other = np.array(colour(rng, 0, 200)), np.array(colour(rng, 0, 255))
    run = slope(rng, (image.height, image.width))[..., None] if rng.random() < 0.7 else np.zeros((1, 1, 1), np.float32)
    ground = np.broadcast_to(one * (1 - run) + other * run, (image.height, image.width, 3))
    image.paste(Image.fromarray(ground.astype(np.uint8)))
    pencil, face = ImageDraw.Draw(image), font(rng, 7, "sans")
    for at in range(int(rng.integers(0, 16))):
        x, y = 12 + at // 7 * 46, 10 + at % 7 * 40
        pencil.rounded_rectangle((x, y, x + 20, y + 20), 4, colour(rng))
        pencil.text((x + 10, y + 24), phrase(rng, 1)[:8], (255, 255, 255), face, "ma")
    inner = (terminal, editor, browser, chat, sheet, files, dashboard)
    for _ in range(int(rng.choice([0, 1, 1, 2, 2, 3]))):
        wide, high = box[2] * rng.uniform(0.35, 0.8), box[3] * rng.uniform(0.35, 0.8)
        left, top = rng.uniform(0, box[2] - wide), rng.uniform(0, box[3] - high)
        window = Image.new("RGB", (int(wide), int(high)))
        program = theme(rng)
        within = _title_bar(rng, ImageDraw.Draw(window), (0, 0, window.width - 1, window.height - 1), program)
        inner[rng.integers(len(inner))](rng, window, within, program)
        image.paste(window, (int(left), int(top)))
    _taskbar(rng, image, style)


def dialog(rng: np.random.Generator, image: Image.Image, box: Box, style: Theme) -> None:
    """Settings: a list of pages, switches, sliders, fields, buttons."""
    pencil, (left, top, right, bottom) = ImageDraw.Draw(image), box
    pencil.rectangle(box, shade(rng, 30, 220, 20))
    if rng.random() < 0.6:
        margin = (right - left) * rng.uniform(0.04, 0.25)
        left, top, right, bottom = left + margin, top + margin * 0.4, right - margin, bottom - margin * 0.4
    left, top, right, bottom = _title_bar(rng, pencil, (left, top, right, bottom), style)
    edge = left + (right - left) * rng.uniform(0.2, 0.35)
    pencil.rectangle((left, top, edge, bottom), style.panel)
    short_lines(
        rng, pencil, (left + 8, top + 8, edge, bottom), [style.text, style.text, style.accent], int(rng.integers(7, 10))
    )
    face, middle = font(rng, 9, "sans"), edge + (right - edge) * 0.55
    for y in np.arange(top + 10, bottom - 30, rng.uniform(18, 30)):
        pencil.text((edge + 10, y), phrase(rng, 2)[:18], style.text, face)
        kind = rng.integers(4)
        if kind == 0:
            on = rng.random() < 0.5
            pencil.rounded_rectangle((middle, y, middle + 22, y + 11), 5, style.accent if on else style.line)
            pencil.circle((middle + (16 if on else 6), y + 5.5), 4, (255, 255, 255))
        elif kind == 1:
            at = rng.uniform(middle, right - 20)
            pencil.line((middle, y + 5, right - 20, y + 5), style.line, 2)
            pencil.circle((at, y + 5), 4, style.accent)
        elif kind == 2:
            pencil.rectangle((middle, y - 1, right - 20, y + 12), outline=style.line)
            pencil.text((middle + 4, y), phrase(rng, 1), style.text, face)
        else:
            pencil.rectangle((middle, y, middle + 10, y + 10), style.accent, style.line)
    for at in range(int(rng.integers(1, 4))):
        x = right - 60 - at * 58
        pencil.rounded_rectangle(
            (x, bottom - 18, x + 50, bottom - 4), 3, style.accent if at == 0 else style.panel, style.line
        )


def telephone(rng: np.random.Generator, image: Image.Image, box: Box, style: Theme) -> None:
    """A telephone: a list, a chat, icons or a page, under a line with the time."""
    pencil, (left, top, right, bottom) = ImageDraw.Draw(image), box
    pencil.rectangle(box, style.ground)
    pencil.text((left + 10, top + 3), f"{rng.integers(24)}:{rng.integers(60):02}", style.text, font(rng, 9, "sans"))
    pencil.rectangle((right - 24, top + 4, right - 10, top + 11), style.text)
    inside = (left, top + 15, right, bottom - 16)
    kind = rng.integers(4)
    if kind == 0:
        chat(rng, image, inside, style)
    elif kind == 1:
        browser(rng, image, inside, style)
    elif kind == 2:
        ground, columns = colour(rng, 0, 180), int(rng.integers(3, 6))
        pencil.rectangle(inside, ground)
        wide = (right - left) / columns
        for x in np.arange(left, right - wide / 2, wide):
            for y in np.arange(top + 30, bottom - wide, wide * 1.15)[: int(rng.integers(2, 8))]:
                pencil.rounded_rectangle((x + wide * 0.2, y, x + wide * 0.8, y + wide * 0.6), wide * 0.14, colour(rng))
                pencil.text(
                    (x + wide / 2, y + wide * 0.65), phrase(rng, 1)[:8], (255, 255, 255), font(rng, 7, "sans"), "ma"
                )
    else:
        pencil.text((left + 14, top + 24), phrase(rng, 2), style.text, font(rng, 18, "sans"))
        for y in np.arange(top + 54, bottom - 40, rng.uniform(30, 50)):
            pencil.rounded_rectangle((left + 12, y, left + 34, y + 22), 5, colour(rng))
            pencil.text((left + 44, y), phrase(rng, 2), style.text, font(rng, 10, "sans"))
            pencil.text((left + 44, y + 12), phrase(rng, 3), style.line, font(rng, 8, "sans"))
            pencil.line((left + 44, y + 27, right, y + 27), style.line)
    pencil.rectangle((left, bottom - 16, right, bottom), style.panel)
    for x in np.linspace(left, right, 6)[1:-1]:
        pencil.circle((x, bottom - 8), 4, style.text)
