"""Small made pictures whose sentences are right by a known rule."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from export.trust.options import Outside
from tests.tiny_bundle import SIZE
from train.datasets.base import Dataset

KINDS = ("dark", "bright")
ENGLISH = ("a {} picture", "the {} picture", "a {} picture of nothing")
GERMAN = ("Ein {} Bild.", "das {} Bild", "Ein {} Bild von nichts.")


def draw(kind: str, count: int, photographs: Sequence[np.ndarray], seed: int, size: int) -> np.ndarray:
    """Pictures all black or all white but for a little."""
    assert photographs[0].shape == (SIZE, SIZE, 3)
    low = {"dark": 0, "bright": 248}[kind]
    levels = np.random.default_rng(seed).integers(low, low + 8, (count, 1, 1, 1))
    return np.broadcast_to(levels, (count, size, size, 3)).astype(np.uint8)


OUTSIDE = Outside(lambda _: frozenset(), lambda _: frozenset(), lambda _: frozenset(), KINDS, draw)


def grey_pictures(
    folder: Path, train: int, dev: int, said: Sequence[str] = ENGLISH, words: tuple[str, str] = ("dark", "bright")
) -> Dataset:
    """Grey pictures; people say of those near the middle the opposite of what the bundle does."""
    folder.mkdir(parents=True)
    captions: dict[str, tuple[str, ...]] = {}
    splits: dict[str, list[str]] = {"train": [], "dev": [], "test": []}
    levels = np.linspace(50, 205, train + dev).round().astype(int)
    for place, level in enumerate(np.random.default_rng(0).permutation(levels).tolist()):
        name = f"{place:03}.png"
        Image.new("RGB", (40, 30), (level, level, level)).save(folder / name)
        wrong = abs(level - 127.5) < 25
        seen = words[(level > 127) != wrong]
        captions[name] = tuple(text.format(seen) for text in said)
        splits["train" if place < train else "dev"].append(name)
    return Dataset(folder, captions, {split: tuple(names) for split, names in splits.items()}, (), folder / "c.txt")  # type: ignore[misc]
