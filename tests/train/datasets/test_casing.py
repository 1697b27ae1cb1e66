from train.datasets.casing import Casing, has_capitals, learn_casing

_CAPTIONS = (
    *["ein Hund rennt über die Wiese"] * 9,
    "Ein HUnd beim Rennen im Freien",
    "die Hunde rennen",
    "Ein Junge und ein junger Mann rennen",
    "ein junge und ein junge sehen einen hund",
)


def test_forms_are_learnt_within_captions_that_have_capitals() -> None:
    casing = learn_casing([caption.split() for caption in _CAPTIONS])
    assert casing.settled(["Hund", "rennt", "Über", "die", "wiese"]) == ["Hund", "rennt", "über", "die", "Wiese"]
    assert casing.settled(["ein", "hund", "und", "zwei", "HUnde"]) == ["ein", "Hund", "und", "zwei", "Hunde"]
    assert casing.settled(["WIESE"]) == ["Wiese"]


def test_two_words_that_differ_in_the_capital_alone_stay_two() -> None:
    casing = Casing(["rennen", "Rennen", "Junge", "junge", "Mann"])
    assert casing.settled(["Zwei", "Mann", "beim", "Rennen"]) == ["Zwei", "Mann", "beim", "Rennen"]
    assert casing.settled(["Mann", "rennen", "junge", "Mann"]) == ["Mann", "rennen", "junge", "Mann"]
    assert casing.settled(["beim", "Rennen"]) == ["beim", "Rennen"]
    assert casing.settled(["beim", "rennen", "ein", "junge"]) == ["beim", "rennen", "ein", "Junge"]
    assert casing.settled(["Rennen"]) == ["rennen"]


def test_a_slip_is_no_form() -> None:
    often = [["der", "Ball"]] * 10
    assert learn_casing([*often, ["der", "BAll"]]).settled(["Ein", "BAll"]) == ["Ein", "Ball"]
    assert learn_casing([*often[:8], ["der", "BAll"]]).settled(["Ein", "BAll"]) == ["Ein", "BAll"]


def test_capitals_behind_the_first_word() -> None:
    assert not has_capitals(["Ein", "hund"])
    assert not has_capitals([])
    assert has_capitals(["ein", "T-shirt"])
