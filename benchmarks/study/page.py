"""The page of the study: a picture, and what every system says of it."""

import io
import textwrap
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from edge_runtime.pictures.preprocess import load_input

_SIDE = 480
"""Pixels a side that the picture is shown with."""
_LINE = 64
"""Characters of a line of text."""


def draw_page(picture: Path, sentences: Mapping[str, str], random: Collection[str], references: Sequence[str]) -> bytes:
    """Return the page as a PNG.

    Args:
        picture: File.
        sentences: Name of a system -> its sentence.
        random: Names of the systems with random weights.
        references: What people said of the picture.
    """
    from matplotlib.figure import Figure

    blocks = [(f"{name}{' – random weights' if name in random else ''}", text) for name, text in sentences.items()]
    blocks += [("people", text) for text in references[:2]]
    lines = [
        (text, bold)
        for name, said in blocks
        for text, bold in ((name, True), *((t, False) for t in _wrapped(said)), ("", False))
    ]
    figure = Figure(figsize=(11, max(4.2, 0.23 * len(lines) + 0.4)), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(4, 6))
    left.imshow(load_input(picture, _SIDE, _SIDE))
    left.set_title(picture.name, fontsize=9)
    for axes in (left, right):
        axes.set_axis_off()
    for number, (text, bold) in enumerate(lines):
        right.text(
            0.0,
            1 - (number + 0.5) / len(lines),
            text,
            fontsize=9,
            fontweight="bold" if bold else "normal",
            va="center",
            transform=right.transAxes,
            parse_math=False,
        )
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=120, metadata={"Software": None})
    return content.getvalue()


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _LINE) or ["(nothing)"]
