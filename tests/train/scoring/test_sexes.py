"""Whether captions say the sex of people."""

import pytest

from train.scoring.objects import words_of
from train.scoring.sexes import sexes_said


@pytest.mark.parametrize(
    ("caption", "sexes"),
    [
        ("two boys run", {"male"}),
        ("a lady with a cake", {"female"}),
        ("a man and a woman", {"male", "female"}),
        ("a person brushes her teeth", {"female"}),
        ("a woman and her dog", {"female"}),
        ("a man holds her bag", {"male"}),
        ("a child on a swing", set()),
        ("a fisherman", {"male"}),
        ("a gal and a dude", {"male", "female"}),
        ("a cow and her calf", set()),
        ("a female elephant", set()),
        ("a mother elephant and a baby", set()),
        ("a boy feeds a mother elephant", {"male"}),
        ("a person in a cowboy hat", set()),
        ("a person outside the men's restroom", set()),
        ("a visitor in a girl's bedroom", set()),
    ],
)
def test_sexes(caption: str, sexes: set[str]) -> None:
    assert sexes_said(words_of(caption)) == sexes
