import numpy as np

from edge_runtime.live.motion import Motion
from edge_runtime.live.structure import COLUMNS, ROWS, Mask


def place(*columns: tuple[int, int]) -> Mask:
    """Places that have changed, from column to column."""
    found = np.zeros((ROWS, COLUMNS), np.bool_)
    for left, right in columns:
        found[20:40, left:right] = True
    return found


def test_what_comes_has_come() -> None:
    thing = place((10, 20))
    assert (Motion().come(thing, thing, 0.0) == thing).all()


def test_what_uncovers_where_it_was_has_moved() -> None:
    assert not Motion().come(place((10, 20)), place((15, 20)), 0.0).any()


def test_what_is_further_in_is_still_the_same() -> None:
    motion = Motion()
    motion.follow(place((0, 6)), 5.0)
    further = place((6, 12))
    assert not motion.come(further, further, 5.5).any()
    assert motion.come(further, further, 9.0).any()


def test_another_one_comes_while_one_moves() -> None:
    motion = Motion()
    motion.follow(place((10, 20)), 5.0)
    found = motion.come(place((10, 28), (50, 60)), place((20, 28), (50, 60)), 5.3)
    assert (found == place((50, 60))).all()


def test_of_another_view_nothing_is_followed() -> None:
    motion = Motion()
    motion.follow(place((0, 6)), 5.0)
    motion.clear()
    further = place((6, 12))
    assert motion.come(further, further, 5.5).any()
