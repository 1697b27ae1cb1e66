import numpy as np
import pytest

from edge_runtime.frames.base import Pixels
from edge_runtime.live.structure import COLUMNS, ROWS, changed, sketch
from edge_runtime.machine.opencv import opencv
from tests.edge_runtime.fake_source import noisy

pytest.importorskip("cv2")


def room(seed: int = 0) -> Pixels:
    """A picture with edges and even places, 480 x 640, with no black and nothing burnt out."""
    rng = np.random.default_rng(seed)
    found: Pixels = np.full((480, 640, 3), 120, np.uint8)
    for _ in range(25):
        x, y, wide, high = (int(value) for value in rng.integers((0, 0, 30, 30), (560, 400, 160, 160)))
        found[y : y + high, x : x + wide] = rng.integers(40, 190, 3)
    return found


def with_object(pixels: Pixels, x: int = 260, y: int = 180, wide: int = 130, high: int = 220) -> Pixels:
    """The same with something in it."""
    found = pixels.copy()
    rng = np.random.default_rng(9)
    for row in range(y, y + high, 20):
        found[row : row + 20, x : x + wide] = rng.integers(10, 240, 3)
    return found


def lit(pixels: Pixels, gain: object) -> Pixels:
    found: Pixels = np.clip(pixels * np.asarray(gain), 0, 255).astype(np.uint8)
    return found


def share(now: Pixels, known: Pixels) -> float:
    return float(changed(sketch(noisy(now, 1, 4)), [sketch(noisy(known, 2, 4))]).mean())


def test_a_sketch_is_small_and_of_one_colour() -> None:
    found = sketch(room())
    assert found.shape == (ROWS, COLUMNS)
    assert found.dtype == np.float32


@pytest.mark.parametrize("seed", range(4))
def test_what_comes_is_a_change_where_it_is(seed: int) -> None:
    before = room(seed)
    found = changed(sketch(with_object(before)), [sketch(before)])
    place = np.zeros_like(found)
    place[180 * ROWS // 480 : 400 * ROWS // 480, 260 * COLUMNS // 640 : 390 * COLUMNS // 640] = True
    assert found[place].mean() > 0.6
    assert found[~place].mean() < 0.1


@pytest.mark.parametrize("seed", range(4))
def test_light_and_noise_are_no_change(seed: int) -> None:
    before = room(seed)
    rows = np.arange(480)[:, None, None]
    for gain in (0.7, 1.3, 1 + 0.12 * np.sin(rows / 30), np.linspace(0.85, 1.15, 640)[None, :, None]):
        assert share(lit(before, gain), before) == 0, gain
    assert share(noisy(before, 3, 12), before) == 0


def test_a_camera_that_trembles_is_aligned() -> None:
    before = room()
    assert share(np.roll(before, (6, -9), (0, 1)), before) < 0.015


def test_a_frame_that_matches_any_known_state_in_a_place_has_not_changed_there() -> None:
    before = room()
    left, right = with_object(before, x=20), with_object(before, x=480)
    both = with_object(left, x=480)
    known = [sketch(one) for one in (before, left, right)]
    assert changed(sketch(both), known[:1]).mean() > 0.1
    assert changed(sketch(both), known).mean() < 0.01


def test_sketches_stay_as_they_are() -> None:
    before, after = sketch(room()), sketch(np.roll(room(), (6, -9), (0, 1)))
    kept = before.copy(), after.copy()
    changed(after, [before])
    assert np.array_equal(before, kept[0])
    assert np.array_equal(after, kept[1])
    assert opencv() is not None


def test_a_snowfield_that_burns_out_is_no_change() -> None:
    snow = lit(room(), 1.0)
    snow[:400] = np.clip(snow[:400].astype(int) // 12 + 205, 0, 255)
    assert share(lit(snow, 1.3), snow) == 0
