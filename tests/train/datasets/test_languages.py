import unicodedata

import pytest

from edge_runtime.bundle.languages import ENGLISH, Sentences, canonical_tag
from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from train.datasets.languages import LANGUAGES, Tokenising, is_english, language_of
from train.datasets.tokeniser import build_vocabulary, tokenise, tokeniser


@pytest.mark.parametrize("tag", LANGUAGES)
def test_rows_are_tags_and_sentences_that_a_device_can_say(tag: str) -> None:
    assert canonical_tag(tag) == tag
    assert [*LANGUAGES[tag].sentences.impossible()] == []


@pytest.mark.parametrize(
    ("tag", "like"),
    [("en-GB", "en"), ("pt-BR", "pt"), ("de-AT", "de"), ("zh-Hans", "zh"), ("zh-TW", "zh"), ("ar-EG", "ar")],
)
def test_a_region_makes_no_difference(tag: str, like: str) -> None:
    assert language_of(tag) is LANGUAGES[like]


@pytest.mark.parametrize(
    ("tag", "by_characters", "sentences"),
    [
        ("fr", False, Sentences(" ", True, ".", "ltr")),
        ("ru", False, Sentences(" ", True, ".", "ltr")),
        ("zh-Latn", False, Sentences(" ", True, ".", "ltr")),
        ("hi", False, Sentences(" ", False, "", "ltr")),
        ("ko", False, Sentences(" ", False, "", "ltr")),
        ("he", False, Sentences(" ", False, "", "rtl")),
        ("fa", False, Sentences(" ", False, "", "rtl")),
        ("ur", False, Sentences(" ", False, "", "rtl")),
        ("km", True, Sentences("", False, "", "ltr")),
        ("lo", True, Sentences("", False, "", "ltr")),
        ("my", True, Sentences("", False, "", "ltr")),
    ],
)
def test_what_is_not_listed_goes_by_its_script(tag: str, by_characters: bool, sentences: Sentences) -> None:
    assert language_of(tag).tokenising == Tokenising(by_characters, keeps_case=by_characters)
    assert language_of(tag).sentences == sentences


def test_english_has_every_region() -> None:
    assert [is_english(tag) for tag in ("en", "en-GB", "enm", "de")] == [True, True, False, False]
    assert language_of("en").sentences is ENGLISH


@pytest.mark.parametrize(
    ("tag", "captions", "caption", "words", "said"),
    [
        ("en", ["a man"], "A Man 's hat .", ["a", "man", "'s", "hat"], "a man's hat"),
        ("pt-BR", [], "A Avó dá pão à criança .", ["a", "avó", "dá", "pão", "à", "criança"], "A avó dá pão à criança."),
        (
            "de",
            ["Ein Hund und noch ein Hund auf der Straße", "Hier steht auf der Straße ein Hund"],
            "auf der straße STEHT Ein hund!",
            ["auf", "der", "Straße", "steht", "ein", "Hund"],
            "Auf der Straße steht ein Hund.",
        ),
        (
            "zh-Hans",
            ["他穿T恤。"],
            "28号穿着ｔ恤，看golden retriever跑。",
            ["28", "号", "穿", "着", "T", "恤", "看", "golden", "retriever", "跑"],
            "28号穿着T恤看golden retriever跑。",
        ),
        ("ja", [], "白い犬がボールで遊ぶ。", [*"白い犬がボールで遊ぶ"], "白い犬がボールで遊ぶ。"),
        ("th", [], "หมา ๒ ตัว วิ่ง", ["ห", "ม", "า", "๒", "ตั", "ว", "วิ่", "ง"], "หมา๒ตัววิ่ง"),
        ("ar", [], "كَلْبٌ صـغـيـر يجري، سريعًا.", ["كلب", "صغير", "يجري", "سريعا"], "كلب صغير يجري سريعا"),
        ("fr", [], "L'Enfant joue à l’eau !", ["l'enfant", "joue", "à", "l'eau"], "L'enfant joue à l'eau."),
        ("ru", [], "Собака бежит по снегу.", ["собака", "бежит", "по", "снегу"], "Собака бежит по снегу."),
        ("fa", [], "سگ می\u200cدود", ["سگ", "می\u200cدود"], "سگ می\u200cدود"),
    ],
)
def test_there_and_back(tag: str, captions: list[str], caption: str, words: list[str], said: str) -> None:
    vocabulary = build_vocabulary(captions, 1, tag)
    for form in ("NFC", "NFD"):
        assert tokeniser(tag, vocabulary)(unicodedata.normalize(form, caption)) == words
    assert language_of(tag).sentences.said(words) == said
    assert tokeniser(tag, vocabulary)(said) == words


@pytest.mark.parametrize(
    ("tag", "caption", "words"),
    [
        ("de", "Ein Hund ÜBER Bord", ["ein", "hund", "über", "bord"]),
        ("zh-Hans", "穿T恤的DJ", ["穿", "t", "恤", "的", "dj"]),
        ("ar", "كَلْبٌ", ["كلب"]),
    ],
)
def test_captions_are_compared_in_lower_case(tag: str, caption: str, words: list[str]) -> None:
    assert tokeniser(tag)(caption) == words


def test_a_vocabulary_tells_the_forms_that_it_was_built_of() -> None:
    captions = ["Ein Mann rennt", "Mann sieht ein Rennen", "Zwei sehen zwei rennen, ein Mann", "ein mann beim rennen"]
    vocabulary = build_vocabulary(captions, 1, "de")
    words = ["Mann", "ein", "Rennen", "zwei", "beim", "rennen", "rennt", "sehen", "sieht"]
    assert vocabulary.words == (*SPECIALS, *words)
    assert [word for caption in captions for word in tokeniser("de", vocabulary)(caption)] == (
        "ein Mann rennt Mann sieht ein Rennen zwei sehen zwei rennen ein Mann ein Mann beim Rennen".split()  # noqa: SIM905
    )


def test_marks_and_spaces_alone_are_no_words() -> None:
    for tag in ("zh-Hans", "ar", "th", "de"):
        assert tokeniser(tag, Vocabulary(SPECIALS))(" 。،،. \u064b ") == []


def test_case_is_kept_as_written_where_asked() -> None:
    assert tokenise("Ein HUnd", Tokenising(keeps_case=True)) == ["Ein", "HUnd"]
