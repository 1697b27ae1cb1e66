import pytest

from edge_runtime.bundle.scripts import direction_of, is_spaceless, parts_words, script_of


@pytest.mark.parametrize(
    ("tag", "script"),
    [
        ("en", "Latn"),
        ("pt-BR", "Latn"),
        ("xx", "Latn"),
        ("zh", "Hans"),
        ("zh-SG", "Hans"),
        ("zh-TW", "Hant"),
        ("zh-Hant-CN", "Hant"),
        ("sr", "Cyrl"),
        ("sr-Latn-RS", "Latn"),
        ("pa-PK", "Arab"),
        ("ru", "Cyrl"),
        ("de-1996-x-abcd", "Latn"),
        ("de-x-thai", "Latn"),
    ],
)
def test_script_is_that_of_the_tag_else_the_usual_one(tag: str, script: str) -> None:
    assert script_of(tag) == script


@pytest.mark.parametrize("tag", ["ar", "he", "fa", "ur", "dv", "az-Arab"])
def test_right_to_left(tag: str) -> None:
    assert (direction_of(tag), parts_words(tag)) == ("rtl", True)


@pytest.mark.parametrize("tag", ["zh-Hans", "zh-TW", "ja", "th", "lo", "km", "my"])
def test_without_spaces(tag: str) -> None:
    assert (direction_of(tag), parts_words(tag)) == ("ltr", False)


@pytest.mark.parametrize("tag", ["en", "de", "ko", "vi", "hi", "bo"])
def test_with_spaces(tag: str) -> None:
    assert (direction_of(tag), parts_words(tag)) == ("ltr", True)


def test_letters_without_spaces() -> None:
    assert all(map(is_spaceless, "狗犬ねネー々ก็ລខမ\U00020000"))
    assert not any(map(is_spaceless, "aß3٣๓개да。 'は"[:-1]))
