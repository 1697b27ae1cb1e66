from collections import Counter

from tests.fuzz.harness import outcomes
from tests.fuzz.made_pictures import made_pictures
from tests.fuzz.pictures import PictureCases, damaged


def test_a_few_hundred_damaged_pictures() -> None:
    found = list(outcomes(PictureCases(5), 0, 450))
    assert [str(outcome) for outcome in found if outcome.bad] == []
    results = Counter(outcome.result for outcome in found)
    assert results["read"] > 50
    assert results["refused"] > 100
    assert len({outcome.kind.split(".")[0] for outcome in found}) == 9


def test_a_case_can_be_had_again() -> None:
    made = made_pictures()
    assert damaged(1, 17, made) == damaged(1, 17, made)
    assert damaged(1, 17, made) != damaged(2, 17, made)
