"""The picture of README: examples with the sentences of the model that ships, drawn as `live --record` draws them.

    python docs/captions_picture.py

writes `docs/captions.webp` and prints the text that README gives for those who cannot see it. OpenCV draws: install
`.[live]`.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from edge_runtime import Captioner
from edge_runtime.sinks.overlay import draw_caption

ROOT = Path(__file__).parent.parent
SHOWN = (
    ("outside/cat.jpg", "street.jpg", "cyclist.jpg"),
    ("officer.jpg", "photographer.jpg", "outside/rocket.jpg"),
)
"""Of `examples/`: what the model knows in the first row, what it gets wrong in the second, with or without knowing it."""
_WIDTH, _HEIGHT, _GAP = 400, 300, 6
"""Pixels of a picture, and between two."""


def panel(picture: Path, sentence: str) -> Image.Image:
    """Return the whole picture on a dark ground, its sentence on the band that a recording has."""
    with Image.open(picture) as opened:
        fitted = ImageOps.pad(opened.convert("RGB"), (_WIDTH, _HEIGHT), Image.Resampling.LANCZOS, color=(32, 32, 32))
    # The overlay takes and gives B, G, R, as OpenCV's frames are.
    drawn = draw_caption(np.ascontiguousarray(np.asarray(fitted)[:, :, ::-1]), sentence)
    return Image.fromarray(drawn[:, :, ::-1])


def main() -> None:
    """Caption, draw and write."""
    captioner = Captioner.load()
    columns, rows = len(SHOWN[0]), len(SHOWN)
    size = (columns * (_WIDTH + _GAP) - _GAP, rows * (_HEIGHT + _GAP) - _GAP)
    sheet = Image.new("RGB", size, "white")
    for row, names in enumerate(SHOWN):
        for column, name in enumerate(names):
            picture = ROOT / "examples" / name
            sentence = captioner.caption(picture).shown
            sheet.paste(panel(picture, sentence), (column * (_WIDTH + _GAP), row * (_HEIGHT + _GAP)))
            print(f"{name}: {sentence}")
    sheet.save(ROOT / "docs" / "captions.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
