import pytest

from train.datasets.tokeniser import tokeniser
from train.scoring.caption_faults import repeats, speech
from train.scoring.dangling import UNFINISHED, dangles


@pytest.mark.parametrize(
    ("caption", "repeated", "unfinished"),
    [
        ("a dog runs through the grass", False, False),
        ("a dog in a", False, True),
        ("a dog dog runs", True, False),
        ("a man in a red shirt and a man in a red hat", True, False),
        ("a man in a hat and a woman in a coat", False, False),
        ("two dogs are playing with", False, True),
        ("", False, True),
    ],
)
def test_faults(caption: str, repeated: bool, unfinished: bool) -> None:
    assert repeats(caption.split()) is repeated
    assert dangles(caption.split()) is unfinished


def test_shares_of_a_set() -> None:
    captions = {"1": "a dog runs", "2": "a dog runs", "3": "a cat in a", "4": "a a cat"}
    found = speech(captions, ["a dog  runs", "a horse"])
    assert (found.distinct_words, found.distinct_captions, found.mean_length) == (5, 3, 3.25)
    assert (found.repeated, found.dangling, found.novel) == (0.25, 0.25, 0.5)
    assert speech(captions).novel is None


@pytest.mark.parametrize(
    ("language", "caption", "repeated", "unfinished"),
    [
        ("pt-BR", "um menino com uma", False, True),
        ("pt-BR", "um gato dorme em cima do telhado", False, False),
        ("de", "eine Katze liegt zwischen den", False, True),
        ("de", "eine Katze schaut dem Mann Mann zu", True, False),
        ("ar", "قطة تجلس على", False, True),
        ("ar", "قطة تجلس على كرسي", False, False),
        ("zh-Hans", "爸爸和妈妈看猫猫睡觉", False, False),
        ("zh-Hans", "红衣服的女孩和黄衣服的女孩", True, False),
        ("zh-Hans", "小猫小猫睡觉", True, False),
        ("zh-Hans", "猫猫猫睡觉", True, False),
        ("zh-Hans", "白猫看着一只", False, True),
    ],
)
def test_faults_of_other_languages(language: str, caption: str, repeated: bool, unfinished: bool) -> None:
    words = tokeniser(language)(caption)
    assert repeats(words, language) is repeated
    assert dangles(words, language) is unfinished


def test_last_words_are_words_of_their_language() -> None:
    for language, words in UNFINISHED.items():
        assert [*words] == [parted for word in words for parted in tokeniser(language)(word)]


def test_a_language_without_a_table_says_so() -> None:
    assert dangles(["кот", "на"], "ru") is None
    found = speech({"1": "Кот на на крыше.", "2": "кот."}, ["Кот."], "ru")
    assert (found.distinct_words, found.repeated, found.dangling, found.novel) == (3, 0.5, None, 0.5)


def test_shares_by_characters() -> None:
    found = speech({"1": "白猫睡觉。", "2": "一只猫在"}, ["白猫，睡觉"], "zh-Hans")
    assert (found.distinct_words, found.mean_length, found.dangling, found.novel) == (7, 4.0, 0.5, 0.5)
