"""Colours that captions say."""

import pytest

from train.scoring.colours import colours_said
from train.scoring.objects import words_of


@pytest.mark.parametrize(
    ("caption", "colours"),
    [
        ("a red bus and a red car", {"red"}),
        ("A grey wall, a Gray door", {"gray"}),
        ("a black-and-white photograph", {"black", "white"}),
        ("an orange and white cat", {"orange", "white"}),
        ("the boat is orange", {"orange"}),
        ("an orange in a blue bowl", {"blue"}),
        ("a golden retriever on golden sand", {"gold"}),
        ("a colourful kite", set()),
    ],
)
def test_colours(caption: str, colours: set[str]) -> None:
    assert colours_said(words_of(caption)) == colours
