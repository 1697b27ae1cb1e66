"""Damaged pictures by the thousand: `python -m tests.fuzz.pictures --count 100000 --seed 1`; see `tests.fuzz.harness`."""

import functools
import random
import re
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from edge_runtime.errors import PictureError
from edge_runtime.pictures.preprocess import load_input, load_upright
from tests.fuzz.harness import main
from tests.fuzz.made_pictures import made_pictures

_EXTREMES = (0, 1, 2, 7, 255, 256, 1000, 4096, 16383, 16384, 40000, 65500, 65535, 2**24 - 1, 2**31 - 1, 2**32 - 1)


def damaged(seed: int, number: int, made: dict[str, bytes]) -> tuple[str, bytes]:
    """Make a case.

    Args:
        seed: Of all cases.
        number: Of this one.
        made: Whole pictures, from `made_pictures`.

    Returns:
        The name of the picture that was damaged, and what it became.
    """
    chance = random.Random(seed * 1_000_003 + number)
    formats = sorted({name.split(".")[0] for name in made})
    kind = formats[number % len(formats)]
    name = chance.choice([name for name in made if name.split(".")[0] == kind])
    content = bytearray(made[name])
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        content = _damage(content, chance, made)
    return name, bytes(content)


def _damage(content: bytearray, chance: random.Random, made: dict[str, bytes]) -> bytearray:
    if len(content) < 8:
        return content
    # Headers decide what a file costs: half of all damage is done there.
    reach = len(content) if chance.random() < 0.5 else min(len(content), chance.choice((40, 200, 600)))
    at = chance.randrange(reach - 4)
    what = chance.randrange(9)
    if what == 0:
        content[at] ^= 1 << chance.randrange(8)
    elif what == 1:
        content[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    elif what == 2:
        del content[at + 4 :]
    elif what == 3:
        form = chance.choice((">I", "<I", ">H", "<H"))
        value = chance.choice(_EXTREMES) & (0xFFFFFFFF if form[1] == "I" else 0xFFFF)
        content[at : at + struct.calcsize(form)] = struct.pack(form, value)
    elif what == 4:
        content = _other_size(content, chance)
    elif what == 5:
        del content[at : at + chance.choice((1, 2, 4, 12, 100))]
    elif what == 6:
        part = content[at : at + chance.choice((2, 12, 100, 1000))]
        content[at:at] = part * chance.choice((1, 1, 2, 50, 1000))
    elif what == 7:
        content[at:at] = bytes(chance.randrange(256) for _ in range(chance.choice((1, 4, 64))))
    else:
        donor = made[chance.choice(sorted(made))]
        start = chance.randrange(len(donor))
        length = chance.choice((4, 16, 200))
        content[at : at + length] = donor[start : start + length]
    return content


def _other_size(content: bytearray, chance: random.Random) -> bytearray:
    """Another width, height, or both, wherever the old one stands, by itself or one less, in any of four forms."""
    value = chance.choice((*_EXTREMES, chance.randrange(1, 70000), chance.randrange(1, 9000)))
    both = [(64, value), (48, value * 3 // 4 + 1)]
    changes = both if chance.random() < 0.5 else [chance.choice([*both, (32, value)])]
    forms = [">I", "<I", ">H", "<H"]
    chance.shuffle(forms)
    for old, new in changes:
        spelled = [(struct.pack(form, old - less), form, new - less) for form in forms for less in (0, 1)]
        for pattern, form, number in spelled:
            found = [match.start() for match in re.finditer(re.escape(pattern), bytes(content))]
            if found:
                at = chance.choice(found[:6])
                most = 0xFFFFFFFF if form[1] == "I" else 0xFFFF
                content[at : at + len(pattern)] = struct.pack(form, number & most)
                break
        content[:40] = bytes(content[:40]).replace(b"%d" % old, b"%d" % new, 1)
    return content


@dataclass(frozen=True)
class PictureCases:
    """Damaged pictures; see `Cases`. One in four is read as a live source's, upright and large.

    Attributes:
        seed: Of all cases.
    """

    seed: int
    refusals: ClassVar[tuple[type[Exception], ...]] = (PictureError,)
    reading_is_limited: ClassVar[bool] = True

    def prepare(self, _folder: Path) -> None:
        """Read every whole picture: every decoder is loaded and has its buffers."""
        for content in _whole().values():
            load_input(content, 224, 224)

    def kind(self, number: int) -> str:
        """See `Cases`."""
        return damaged(self.seed, number, _whole())[0]

    def content(self, number: int) -> bytes:
        """See `Cases`."""
        return damaged(self.seed, number, _whole())[1]

    def attempt(self, number: int) -> None:
        """See `Cases`."""
        content = self.content(number)
        if number % 4 == 3:
            load_upright(content, 1920)
        else:
            load_input(content, 224, 224)


@functools.cache
def _whole() -> dict[str, bytes]:
    return made_pictures()


if __name__ == "__main__":
    sys.exit(main(PictureCases, "damaged pictures"))
