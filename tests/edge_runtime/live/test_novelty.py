import numpy as np
import pytest

from edge_runtime.live.novelty import novelty

pytest.importorskip("cv2")


def _grid(*shown: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    """49 places that show the first kind of content, but for the last ones."""
    found = np.zeros((49, 8), np.float32)
    found[:, 0] = 1
    for place, kind in enumerate(shown):
        found[place] = np.eye(8, dtype=np.float32)[kind]
    return found


_ALL = np.ones((60, 80), np.bool_)


def test_content_that_was_somewhere_in_the_scene_is_nothing_new() -> None:
    assert novelty(_grid(0, 0, 3, 4), [_grid(3, 4)], _ALL) == 0


def test_what_was_nowhere_is_new() -> None:
    assert novelty(_grid(0, 0, 3, 4), [_grid()], _ALL) == 1
    assert novelty(_grid(3), [_grid()], _ALL) == pytest.approx(0.5)


def test_only_places_that_changed_count() -> None:
    below = _ALL.copy()
    below[:30] = False
    assert novelty(_grid(3, 4), [_grid()], below) == 0
    assert novelty(_grid(3, 4), [_grid()], ~_ALL) == 0


def test_content_without_places_counts_as_a_whole() -> None:
    row = np.eye(8, dtype=np.float32)
    assert novelty(row[:1], [row[1:2]], _ALL) == pytest.approx(0.5)
