"""Two resizers, one result."""

import sys

import numpy as np
import pytest
from PIL import Image
from skimage import data

from edge_runtime.machine.opencv import opencv
from edge_runtime.pictures import resize as resizing
from edge_runtime.pictures.resize import resized


@pytest.mark.parametrize(
    "size", [(480, 640), (1080, 1920), (375, 500), (224, 224), (120, 160), (449, 671), (16, 320), (3001, 4007)]
)
@pytest.mark.parametrize("side", [224, 256])
def test_both_ways_are_within_two_levels(size: tuple[int, int], side: int) -> None:
    pytest.importorskip("cv2", reason="OpenCV is not installed")
    pixels = np.asarray(Image.fromarray(data.astronaut()).resize(size[::-1], Image.Resampling.BICUBIC))
    fast = resized(pixels, side, side, by_opencv=True)
    plain = resized(pixels, side, side)
    assert fast.shape == plain.shape == (side, side, 3)
    assert np.abs(fast.astype(int) - plain).max() <= 2
    antialiased = np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.BILINEAR))
    assert np.abs(plain.astype(int) - antialiased).mean() < 4


def test_without_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    opencv.cache_clear()
    resizing._opencv.cache_clear()
    pixels = np.random.default_rng(0).integers(0, 256, (300, 500, 3), np.uint8)
    assert np.array_equal(resized(pixels, 224, 224, by_opencv=True), resized(pixels, 224, 224))
    resizing._opencv.cache_clear()


def test_the_same_size_is_a_copy() -> None:
    pixels = np.zeros((32, 32, 3), np.uint8)
    same = resized(pixels, 32, 32)
    same[:] = 1
    assert pixels.max() == 0


def test_fine_stripes_become_grey() -> None:
    pixels = np.zeros((896, 896, 3), np.uint8)
    pixels[:, ::2] = 255
    small = resized(pixels, 224, 224)
    assert 126 <= small.min() <= small.max() <= 129


def test_nothing_moves() -> None:
    """An edge in the middle stays in the middle, whatever is averaged."""
    for wide in (448, 640, 1000, 1921, 3000):
        pixels = np.zeros((300, wide, 3), np.uint8)
        pixels[:, wide // 2 :] = 255
        row = resized(pixels, 224, 224)[100, :, 0].astype(int)
        assert abs((255 - row).sum() / 255 - 112) < 1.5, wide
