"""What captions say that no reference does, counted by hand."""

import json
import time

import pytest

from train.scoring.metrics import ScoringError
from train.scoring.truth import FIGURES, Share, leave_one_out, truth

_REFERENCES = {
    "kitchen": ["a white fridge in a kitchen", "an oven and a refrigerator", "a kitchen"],
    "swing": ["a girl on a swing", "a young girl swings", "a girl in a red coat"],
    "beach": ["a man and his dog", "a person with a brown dog", "a dog on sand"],
}
_CAPTIONS = {
    "kitchen": "a man in a black shirt beside a fridge",
    "swing": "a boy in a blue coat on a bench",
    "beach": "a woman walks a brown dog",
}


def test_every_share_by_hand() -> None:
    found = truth(_CAPTIONS, _REFERENCES)
    assert found.pictures == 3
    # man, fridge; boy, bench; woman, dog: of six the man and the bench are not there.
    assert found.objects_unseen == Share(2, 6)
    assert found.captions_unseen == Share(2, 3)
    assert found.people_invented == Share(1, 1)
    # black, blue and brown; each picture has a colour of its own.
    assert found.colours_unseen == Share(2, 3)
    assert found.colours_wrong == Share(2, 3)
    # Only of the swing do all say one sex, and the same.
    assert found.sex_wrong == Share(1, 1)
    assert found.sex_unsaid == Share(0, 1)
    assert found.abstained == Share(0, 3)


def test_a_colour_is_wrong_only_where_people_say_one() -> None:
    found = truth({"1": "a red bus", "2": "a red bus"}, {"1": ["a bus"], "2": ["a blue bus"]})
    assert (found.colours_unseen, found.colours_wrong) == (Share(2, 2), Share(1, 1))


def test_a_ball_is_there_where_a_reference_says_its_game() -> None:
    references = {"a": ["boys play football"], "b": ["boys play"]}
    assert truth({"a": "a boy kicks a ball", "b": "a boy kicks a ball"}, references).objects_unseen == Share(1, 4)


def test_refused_pictures_are_no_true_captions() -> None:
    references = {name: ["a man in a red coat", "a man"] for name in "abc"}
    found = truth({"a": "", "b": "a woman in a blue coat", "c": "..."}, references)
    assert (found.pictures, found.abstained) == (3, Share(2, 3))
    assert found.captions_unseen == Share(0, 1)
    assert found.colours_wrong == Share(1, 1)
    assert (found.sex_wrong, found.sex_unsaid) == (Share(1, 1), Share(0, 1))
    nothing = truth({"a": ""}, {"a": ["grass"]}).figures()
    assert (nothing["abstained"], nothing["captions_unseen_of"], nothing["people_invented_of"]) == (1.0, 0, 0)
    assert "captions_unseen" not in nothing


def test_no_sex_said_is_unsaid_and_both_are_wrong() -> None:
    references = {name: ["a man runs", "a man jogs"] for name in "abc"}
    found = truth({"a": "a person runs", "b": "a man and a woman run", "c": "a man runs"}, references)
    assert (found.sex_wrong, found.sex_unsaid) == (Share(1, 3), Share(1, 3))


def test_one_reference_without_a_sex_is_no_agreement() -> None:
    assert truth({"a": "a woman runs"}, {"a": ["a man runs", "a person runs"]}).sex_wrong == Share(0, 0)


def test_people_against_each_other() -> None:
    found = leave_one_out({"a": ["a cat", "a cat on a bench", "a cat"], "b": ["alone, a horse"]})
    assert found.pictures == 3
    assert found.objects_unseen == Share(1, 4)
    assert found.people_invented == Share(0, 3)


def test_figures_have_what_they_are_of_and_nothing_is_no_share() -> None:
    found = truth(_CAPTIONS, _REFERENCES).figures()
    assert (found["objects_unseen"], found["objects_unseen_of"]) == (0.3333, 6)
    assert set(found) == {key for name in FIGURES for key in (name, f"{name}_of")}
    empty = truth({"a": "grass"}, {"a": ["a man"]}).figures()
    assert empty["people_invented_of"] == 0
    assert "people_invented" not in empty
    assert str(Share(0, 0)) == "none to count"
    assert str(Share(1, 1200)) == "0.1 % of 1,200"


def test_json_has_the_counts() -> None:
    assert json.loads(truth(_CAPTIONS, _REFERENCES).to_json())["objects_unseen"] == {"count": 2, "of": 6}


def test_what_cannot_be_held_against_anything() -> None:
    with pytest.raises(ScoringError, match="1 captions for 3 pictures with references; give one caption for each"):
        truth({"swing": "a girl"}, _REFERENCES)
    with pytest.raises(ScoringError, match="a: no reference to hold its caption against"):
        truth({"a": "a girl"}, {"a": []})


def test_a_thousand_pictures_take_no_time() -> None:
    captions = {str(number): _CAPTIONS["beach"] for number in range(1000)}
    references = {name: [*_REFERENCES["swing"], *_REFERENCES["beach"][:2]] for name in captions}
    start = time.process_time()
    truth(captions, references)
    assert time.process_time() - start < 2
