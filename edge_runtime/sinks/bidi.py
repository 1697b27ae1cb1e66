"""The order in which a line's letters stand, where some run from left to right and some from right to left.

A reduced Unicode Bidirectional Algorithm (UAX #9): rules P2, P3, W1 to W7, N1, N2, I1, I2, L1 and L2. Captions and names hold no
characters that turn text, and brackets are taken as other signs are.
"""

import unicodedata
from dataclasses import dataclass
from itertools import groupby, pairwise

from edge_runtime.console.direction import holds_right_to_left, runs_right_to_left

_NUMBERS = ("EN", "AN")


@dataclass(frozen=True)
class Stretch:
    """Letters of a line that run one way.

    Attributes:
        text: In the order in which it is read.
        right_to_left: Whether its first letter stands at its right end.
    """

    text: str
    right_to_left: bool


def stretches(line: str) -> list[Stretch]:
    """Return the stretches of a line as they stand, from left to right.

    Args:
        line: In the order in which it is read; one without letters from right to left is one stretch.
    """
    if not holds_right_to_left(line):
        return [Stretch(line, False)]
    levels = _levels(line)
    runs = [list(run) for _, run in groupby(range(len(line)), key=levels.__getitem__)]
    for level in range(max(levels), 0, -1):  # L2
        runs = _turned(runs, levels, level)
    return [Stretch("".join(line[index] for index in run), levels[run[0]] % 2 == 1) for run in runs]


def _turned(runs: list[list[int]], levels: list[int], level: int) -> list[list[int]]:
    turned: list[list[int]] = []
    for high, group in groupby(runs, key=lambda run: levels[run[0]] >= level):
        members = list(group)
        turned += reversed(members) if high else members
    return turned


def _levels(line: str) -> list[int]:
    """Return the level of each character, odd where it runs from right to left."""
    base = int(runs_right_to_left(line))
    kinds = _with_directions(_weak(line, base), base)
    # I1 and I2
    levels = [
        base + int(kind in ("R", *_NUMBERS)) + int(kind in _NUMBERS)
        if base == 0
        else base + int(kind in ("L", *_NUMBERS))
        for kind in kinds
    ]
    end = len(line.rstrip())
    return levels[:end] + [base] * (len(line) - end)  # L1


def _weak(line: str, base: int) -> list[str]:
    """Return the kind of each character, `L`, `R`, `EN`, `AN` or `ON`: rules W1 to W7."""
    begin = "R" if base else "L"
    kinds: list[str] = []
    strong = before = begin
    for kind in map(unicodedata.bidirectional, line):
        found = before if kind in ("NSM", "BN") else kind
        if found in ("L", "R", "AL"):
            strong = found
        before = "AN" if found == "EN" and strong == "AL" else found
        kinds.append(before)
    for index in range(1, len(kinds) - 1):  # W4
        left, kind, right = kinds[index - 1 : index + 2]
        if left == right and ((left == "EN" and kind in ("ES", "CS")) or (left == "AN" and kind == "CS")):
            kinds[index] = left
    for way in (1, -1):  # W5
        indices = range(len(kinds))[::way]
        for near, index in pairwise(indices):
            if kinds[index] == "ET" and kinds[near] == "EN":
                kinds[index] = "EN"
    return _after_latin(kinds, begin)


def _after_latin(kinds: list[str], begin: str) -> list[str]:
    """Numbers behind Latin letters run with them (W7); what is neither letter nor number has no direction of its own (W6)."""
    found = []
    strong = begin
    for kind in kinds:
        plain = {"AL": "R"}.get(kind, kind if kind in ("L", "R", *_NUMBERS) else "ON")
        strong = plain if plain in ("L", "R") else strong
        found.append("L" if plain == "EN" and strong == "L" else plain)
    return found


def _with_directions(kinds: list[str], base: int) -> list[str]:
    """Signs and spaces run as both their neighbours do, else as the line does: rules N1 and N2."""
    line = "R" if base else "L"
    runs = [(kind, len(list(run))) for kind, run in groupby(kinds)]
    sides = ["R" if kind in ("R", *_NUMBERS) else kind for kind, _ in runs]
    found: list[str] = []
    for index, (kind, count) in enumerate(runs):
        left = sides[index - 1] if index else line
        right = sides[index + 1] if index + 1 < len(sides) else line
        found += [(left if left == right else line) if kind == "ON" else kind] * count
    return found
