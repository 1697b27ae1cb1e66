import pytest

from train.datasets.sides import says_side


@pytest.mark.parametrize(
    ("language", "caption"),
    [
        ("en", "A cat on the LEFT"),
        ("en-GB", "its right paw"),
        ("pt-BR", "um gato à direita"),
        ("pt-BR", "a pata esquerda"),
        ("de", "Links sitzt eine Katze"),
        ("de", "mit der rechten Pfote"),
        ("ar", "قطة على اليسار"),
        ("ar", "بيدها اليمنى"),
        ("zh-Hans", "猫在右边"),
    ],
)
def test_left_and_right(language: str, caption: str) -> None:
    assert says_side(caption, language)


@pytest.mark.parametrize(
    ("language", "caption"),
    [("en", "links of a bright chain"), ("pt", "um gato"), ("de", "a cat left"), ("zh", "猫"), ("xx", "left links 左")],
)
def test_neither(language: str, caption: str) -> None:
    assert not says_side(caption, language)
