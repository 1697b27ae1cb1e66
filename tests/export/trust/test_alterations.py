"""Photographs that are poorer, and photographs still."""

import numpy as np
import pytest

from edge_runtime.pictures.synthetic import synthetic_frames
from export.trust.alterations import ALTERATIONS, altered, dusk


@pytest.mark.parametrize("place", range(len(ALTERATIONS)))
def test_each_alteration_leaves_most_of_a_picture(place: int) -> None:
    picture = next(iter(synthetic_frames(1)))
    found = altered(picture, place, 3)
    assert found.dtype == np.uint8
    assert found.shape == picture.shape
    assert not np.array_equal(found, picture)
    assert np.array_equal(found, altered(picture, place, 3))
    dim = found.astype(int) - picture <= 0  # a lamp adds light, and hides what is behind it
    shown = dim if ALTERATIONS[place] is dusk else np.ones_like(dim)
    assert shown.mean() > 0.6
    assert np.corrcoef(found[shown], picture[shown])[0, 1] > (0.8 if ALTERATIONS[place] is dusk else 0.9)


def test_light_goes_where_it_is_said_to() -> None:
    grey = np.full((32, 32, 3), 120, np.uint8)
    assert altered(grey, 0, 0).mean() < 100 < 135 < altered(grey, 1, 0).mean()


def test_dusk_is_dark_with_lamps() -> None:
    grey = np.full((64, 64, 3), 120, np.uint8)
    found = [dusk(np.random.default_rng(seed), grey) for seed in range(20)]
    assert all(np.median(picture) < 90 for picture in found)
    assert 5 < sum(picture.max() > 140 for picture in found) < 20
