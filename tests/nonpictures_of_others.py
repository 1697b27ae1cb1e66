"""Pictures that are no clear picture as somebody makes them who has never seen ours: a few lines of Pillow for each way.

They are a test that nothing was taught or chosen on. Nothing here is shared with what draws the pictures to teach on, and the ways
of a kind come in turn, so each of them is in every ten or so.
"""

import random

import numpy as np
from PIL import Image, ImageFilter

from tests.others.diagrams import bar_chart, curves, dots, flow, net, pie, rooms, sets, tree
from tests.others.frames import (
    checks,
    columns,
    corner,
    dim,
    fabric,
    fingertip,
    fog,
    gain,
    grains,
    grid,
    hues,
    ring,
    salt,
    signal,
    skin,
    smeared,
    sun,
    target,
    tiny,
    tv,
)
from tests.others.pencils import SIDE, Photographs, Pixels, Way, noised, numbers, plain, shaded
from tests.others.screens import PROGRAM, SHELL, cells, chat, dialog, phone, programs, site
from tests.others.sheets import numbered, prose, scan, two_columns


def stranger_draw(kind: str, count: int, photographs: Photographs = (), seed: int = 0) -> Pixels:
    """Return pictures of a kind.

    Args:
        kind: One of `WAYS`.
        count: How many.
        photographs: To spoil, uint8 [H, W, 3] each; without them coloured squares stand in.
        seed: Of everything that is chosen.

    Returns:
        uint8 [count, 224, 224, 3].
    """
    ways, made = WAYS[kind], []
    for at in range(count):
        chance = random.Random(f"{kind} {seed} {at}")
        scene = Image.fromarray(chance.choice(photographs)) if photographs else _squares(chance)
        image = ways[at % len(ways)](chance, scene.convert("RGB").resize((320, 240)))
        made.append(np.asarray(image.convert("RGB").resize((SIDE, SIDE)), np.uint8))
    return np.stack(made)


def _squares(chance: random.Random) -> Image.Image:
    return numbers(chance).resize((320, 240), 0)


WAYS: dict[str, tuple[Way, ...]] = {
    "black": (
        lambda chance, _: plain("black"),
        lambda chance, _: plain((chance.randint(1, 18),) * 3),
        lambda chance, _: noised(chance, plain("black"), chance.uniform(2, 12)),
        dim,
        lambda chance, _: shaded((0, 0, 0), (chance.randint(8, 26),) * 3, chance.random() < 0.5),
    ),
    "white": (
        lambda chance, _: plain("white"),
        lambda chance, _: plain((chance.randint(238, 254),) * 3),
        lambda chance, _: noised(chance, plain("white"), chance.uniform(2, 12)),
        lambda chance, _: shaded((255, 255, 255), (chance.randint(215, 245),) * 3, chance.random() < 0.5),
        lambda chance, _: noised(chance, plain((250, 246, chance.randint(225, 245))), 2),
    ),
    "covered": (
        skin,
        fingertip,
        corner,
        fabric,
        lambda chance, _: noised(chance, ring(chance, (60, 35, 30), 0.1), 5),
        lambda chance, _: noised(chance, plain(tuple(chance.randint(10, 60) for _ in range(3))), 6),
    ),
    "blurred": (
        lambda chance, scene: scene.filter(ImageFilter.GaussianBlur(chance.randint(17, 36))),
        lambda chance, scene: scene.filter(ImageFilter.BoxBlur(chance.randint(30, 60))),
        lambda chance, scene: noised(chance, scene.filter(ImageFilter.GaussianBlur(22)), 8),
        tiny,
        smeared,
    ),
    "noise": (
        grains((320, 240), 3),
        grains((320, 240), 1),
        lambda chance, _: noised(chance, plain((128, 128, 128)), chance.uniform(40, 90)),
        salt,
        tv,
        grains((80, 60), 3),
        grains((40, 30), 3),
        grains((40, 30), 1, 3),
        grains((1, 240), 3),
    ),
    "bars": (
        columns("white", "yellow", "cyan", "lime", "magenta", "red", "blue", "black"),
        columns("silver", "#c0c000", "#00c0c0", "#00c000", "#c000c0", "#c00000", "#0000c0"),
        columns("black", "#333333", "#666666", "#999999", "#cccccc", "white"),
        columns("red", "lime", "blue"),
        checks,
        target,
        grid,
        hues,
        signal,
        lambda chance, _: plain(chance.choice(["blue", "red", "lime", "magenta", "cyan", "yellow"])),
        lambda chance, _: shaded((0, 0, 0), (255, 255, 255), True),
    ),
    "overexposed": (gain(9, 20), gain(9, 20), fog, sun),
    "page": (prose(14), prose(20), prose(28, "#f4ecd8"), prose(18, "white", 4), scan, numbered, two_columns),
    "screenshot": (
        programs(PROGRAM, True),
        programs(SHELL, True),
        programs(PROGRAM, False),
        site,
        cells,
        phone,
        chat,
        dialog,
    ),
    "diagram": (flow, bar_chart, curves, dots, pie, net, sets, tree, rooms),
}
"""Kind -> the ways to make one."""
