from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.captioner import Captioner, Encoded
from edge_runtime.steady import MARGIN, Steady


@pytest.fixture
def captioner(tiny_bundle: Path) -> Captioner:
    return Captioner.load(tiny_bundle)


def _frame(captioner: Captioner, level: int) -> Encoded:
    return captioner.encode(np.full((32, 32, 3), level, np.uint8))


def _seen_as(encoded: Encoded, distance: float) -> Encoded:
    """The same frame, whose values lie `distance` (1 - cosine) apart from what a frame of no distance shows."""
    cosine = 1 - distance
    values = np.zeros_like(encoded.picture.values)
    values[0, 0, :2] = cosine, np.sqrt(1 - cosine * cosine)
    return replace(encoded, picture=replace(encoded.picture, values=values))


def test_a_still_scene_between_two_sentences_keeps_its_own(captioner: Captioner) -> None:
    """Frames of 120 to 135 levels are said to be dark or bright by turns; what is shown stays the first of it."""
    levels = np.random.default_rng(0).integers(120, 136, 40).tolist()
    steady, said, changes = Steady(captioner), [], 0
    for level in levels:
        encoded = _frame(captioner, level)
        caption = captioner.decode(encoded, 1)
        said.append(caption.text)
        changes += steady.take(caption, _seen_as(encoded, 0.1))
    flicker = sum(one != other for one, other in pairwise(said))
    assert set(said) == {"a dark picture", "a bright picture"}
    assert flicker > 10
    assert (changes, steady.text) == (1, said[0])


def test_another_scene_is_shown_at_once(captioner: Captioner) -> None:
    steady = Steady(captioner)
    dark, bright = _frame(captioner, 120), _frame(captioner, 135)
    assert steady.take(captioner.decode(dark, 1), _seen_as(dark, 0.0))
    assert steady.margin(_seen_as(bright, 0.6)) == 0
    assert steady.take(captioner.decode(bright, 1), _seen_as(bright, 0.6))
    assert steady.text == "a bright picture"
    assert not steady.take(captioner.decode(dark, 1), _seen_as(dark, 0.6))
    assert steady.text == "a bright picture"


def test_the_margin_shrinks_with_what_is_seen(captioner: Captioner) -> None:
    steady = Steady(captioner)
    dark, bright = _frame(captioner, 0), _frame(captioner, 255)
    assert steady.margin(dark) == 0
    steady.take(captioner.decode(dark, 1), _seen_as(dark, 0.0))
    margins = [steady.margin(_seen_as(bright, distance)) for distance in (0.0, 0.25, 0.5)]
    assert margins == pytest.approx([MARGIN, MARGIN / 2, 0], abs=1e-6)
    caption = captioner.decode(bright, 1)
    gain = captioner.score_of(caption) - captioner.score(bright, ("a", "dark", "picture"))
    # Scores of two words that differ by 1, over four tokens.
    assert gain == pytest.approx(1 / 4**0.7, rel=1e-4)
    assert not steady.take(caption, _seen_as(bright, 0.25))
    assert steady.take(caption, _seen_as(bright, 0.28))
    assert steady.text == "a bright picture"


def test_a_score_is_that_of_the_caption_itself(captioner: Captioner) -> None:
    encoded = _frame(captioner, 40)
    caption = captioner.decode(encoded, 1)
    assert captioner.score(encoded, caption.tokens) == pytest.approx(captioner.score_of(caption), abs=1e-6)
