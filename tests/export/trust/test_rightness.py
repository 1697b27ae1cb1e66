"""Who calls a sentence right."""

import pytest

from export.trust.rightness import PEOPLE_RIGHT, Rater
from train.errors import DatasetError

_REFERENCES = {
    f"{place}.jpg": [
        f"a {colour} square on a white floor",
        f"a {colour} square lies on the floor",
        f"the {colour} square on a white floor",
    ]
    for place, colour in enumerate(["red", "green", "blue", "yellow"])
}


def _objects(caption: str) -> frozenset[str]:
    return frozenset({"dog", "square"} & set(caption.split()))


def test_right_is_what_names_nothing_else_and_is_like_what_people_say() -> None:
    rater = Rater("squares", _REFERENCES, _objects, _objects)
    assert rater.people >= PEOPLE_RIGHT
    said = {
        "0.jpg": "a red square on a floor",
        "1.jpg": "a green square on a white floor with a dog",
        "2.jpg": "a red square on a white floor",
        "3.jpg": "",
    }
    assert rater.right(said) == {"0.jpg": True, "1.jpg": False, "2.jpg": False, "3.jpg": False}


def test_most_of_what_people_say_is_right() -> None:
    strange = {name: [*texts[:2], "nothing of the sort"] for name, texts in _REFERENCES.items()}
    rater = Rater("squares", {**_REFERENCES, "x.jpg": strange["0.jpg"]}, _objects, _objects)
    # One of fifteen is odd, and .88 of fifteen are fourteen.
    assert rater.people == pytest.approx(14 / 15)
    assert rater.bar > 0


def test_without_other_captions_nobody_knows_what_people_reach() -> None:
    with pytest.raises(DatasetError, match="dogs: no picture has two captions"):
        Rater("dogs", {"a.jpg": ["a dog"]}, _objects, _objects)


def test_where_everybody_names_something_else_nothing_tells_right_from_wrong() -> None:
    apart = {name: [texts[0], f"{texts[1]} with a dog"] for name, texts in _REFERENCES.items()}
    with pytest.raises(DatasetError, match="dogs: only 50% of people's captions name no object that the others do not"):
        Rater("dogs", apart, _objects, _objects)
