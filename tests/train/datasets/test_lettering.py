from pathlib import Path

import pytest

from train.datasets.lettering import check_lettering, share_in_script
from train.errors import DatasetError


@pytest.mark.parametrize(
    ("language", "caption", "share"),
    [
        ("zh-Hans", "猫穿T恤", 0.75),
        ("zh-Hans", "a cat", 0.0),
        ("ja", "ネコが寝る。", 1.0),
        ("ja-Latn", "neko ga neru", 1.0),
        ("ko", "고양이", 1.0),
        ("ar", "قطة 12", 1.0),
        ("ru", "кот", 1.0),
        ("sr-Latn", "mačka", 1.0),
        ("de", "Кот", 0.0),
        ("de", "12 !", None),
        ("chr", "ᏪᏌ", 0.0),
        ("chr-Cher", "ᏪᏌ", None),
    ],
)
def test_share_of_the_letters(language: str, caption: str, share: float | None) -> None:
    assert share_in_script([caption], language) == share


def test_captions_of_another_script_are_refused() -> None:
    with pytest.raises(DatasetError) as caught:
        check_lettering(["A cat sleeps", "猫"], "zh-Hans", Path("captions.txt"))
    assert str(caught.value) == (
        "captions.txt: 9% of the letters of the captions are of the script 'Hans', in which zh-Hans is written; "
        "name the language of these captions (--language), or captions in that one"
    )


def test_the_usual_language_refuses_nothing() -> None:
    check_lettering(["кот спит"], "en", Path("captions.txt"))
    check_lettering(["猫穿着BMW T恤"], "zh-Hans", Path("captions.txt"))
    check_lettering([], "zh-Hans", Path("captions.txt"))
