"""Things cut out of photographs, to be put into others: people, dogs and cars as a camera sees them, each with its outline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from edge_runtime.frames.base import Pixels
from edge_runtime.pictures.preprocess import load_input

HEIGHT, WIDTH = 480, 640
"""Of a frame, in pixels."""

_INSET, _ROUNDS = 0.12, 3
"""Share of a picture's margins that surely belong to the background, and rounds of GrabCut (Rother et al., SIGGRAPH 2004)."""
_LEAST, _MOST = 0.06, 0.4
"""Share of the picture that a thing covers: less is a scrap, more is a landscape."""
_SOLID = 0.45
"""Share of its own box that it covers: less is grass or a fence."""
_WHOLE = 0.9
"""Share of what GrabCut finds that hangs together."""
_CONTRAST, _DETAIL = 18.0, 30.0
"""Levels by which its mean colour differs from that of the picture around it, and by which it varies in itself: less is a patch of the
same wall, or of sky and water."""
_WIDEST = 0.7
"""Share of the picture's width: what is wider is a landscape too."""
_SOFT = 5
"""Pixels over which its outline fades."""

Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class CutOut:
    """A thing.

    Attributes:
        origin: The picture that it is cut out of.
        pixels: uint8 [H, W, 3], B, G, R: its box.
        mask: uint8 [H, W], 255 where it is.
    """

    origin: Path
    pixels: Pixels
    mask: Mask

    def pasted(self, frame: Pixels, height: float, x: float, y: float) -> tuple[Pixels, float]:
        """Return a frame with the thing in it, and the share of the frame that it covers.

        Args:
            frame: uint8 [480, 640, 3]; it is left as it is.
            height: Of the thing, as a share of the frame's.
            x: Its middle, 0 to 1 and beyond: what lies outside is not seen.
            y: The same downward.
        """
        scale = height * HEIGHT / self.pixels.shape[0]
        thing = cv2.resize(self.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        mask = cv2.GaussianBlur(cv2.resize(self.mask, (thing.shape[1], thing.shape[0])), (_SOFT, _SOFT), 0)
        high, wide = thing.shape[:2]
        left, top = round(x * WIDTH - wide / 2), round(y * HEIGHT - high / 2)
        x0, x1, y0, y1 = max(0, left), min(WIDTH, left + wide), max(0, top), min(HEIGHT, top + high)
        found = frame.copy()
        if x0 >= x1 or y0 >= y1:
            return found, 0.0
        inner = slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)
        alpha = mask[inner][:, :, None] / np.float32(255)
        found[y0:y1, x0:x1] = found[y0:y1, x0:x1] * (1 - alpha) + thing[inner] * alpha
        return found, float((mask[inner] > 127).sum() / (HEIGHT * WIDTH))


def photograph(path: Path) -> Pixels:
    """Return a picture as a camera of 640 x 480 shows it, uint8 [480, 640, 3], B, G, R."""
    found: Pixels = np.ascontiguousarray(load_input(path, HEIGHT, WIDTH)[:, :, ::-1])
    return found


def cut_outs(paths: Sequence[Path]) -> Iterator[CutOut]:
    """Yield what stands out in the middle of pictures; those without such a thing are left out.

    Args:
        paths: Pictures, in the order in which they are looked at.
    """
    for path in paths:
        found = _cut_out(path)
        if found is not None:
            yield found


def _cut_out(path: Path) -> CutOut | None:
    pixels = cv2.resize(photograph(path), (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    high, wide = pixels.shape[:2]
    x, y = round(_INSET * wide), round(_INSET * high)
    labels = np.zeros((high, wide), np.uint8)
    # GrabCut draws the beginnings of its clusters by chance.
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(pixels, labels, (x, y, wide - 2 * x, high - 2 * y), *models, _ROUNDS, cv2.GC_INIT_WITH_RECT)
    front = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    front = cv2.morphologyEx(front, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    if not front.any():
        return None
    _, parts, areas, _ = cv2.connectedComponentsWithStats(front)
    largest = 1 + int(np.argmax(areas[1:, cv2.CC_STAT_AREA]))
    left, top, w, h, area = (int(value) for value in areas[largest])
    whole = area / front.sum() >= _WHOLE
    if w > _WIDEST * wide or not (whole and _LEAST <= area / (high * wide) <= _MOST and area / (w * h) >= _SOLID):
        return None
    mask = ((parts == largest) * 255).astype(np.uint8)
    detail = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)[mask > 0].std()
    contrast = np.abs(pixels[mask > 0].mean(axis=0) - pixels[mask == 0].mean(axis=0)).max()
    if contrast < _CONTRAST or detail < _DETAIL:
        return None
    box = slice(top, top + h), slice(left, left + w)
    return CutOut(path, np.ascontiguousarray(pixels[box]), np.ascontiguousarray(mask[box]))
