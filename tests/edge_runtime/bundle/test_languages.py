import pytest

from edge_runtime.bundle.languages import ENGLISH, Sentences, canonical_tag, from_environment, matching
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.errors import OptionError

_GERMAN = Sentences(" ", True, ".", "ltr")
_CHINESE = Sentences("", False, "。", "ltr")


@pytest.mark.parametrize("words", [[], ["a", "man", "'s", "hat"], ["3", "dogs"], ["'s"]])
def test_english_is_as_before(words: list[str]) -> None:
    assert ENGLISH.said(words) == Vocabulary.join(words) == ENGLISH.begun(words)


@pytest.mark.parametrize(
    ("sentences", "words", "said"),
    [
        (_GERMAN, ["ein", "Hund", "läuft"], "Ein Hund läuft."),
        (_GERMAN, ["über", "dem", "Dach"], "Über dem Dach."),
        (_GERMAN, ["3", "Hunde"], "3 Hunde."),
        (_GERMAN, [], ""),
        (_CHINESE, ["一", "只", "狗"], "一只狗。"),
        (_CHINESE, ["两", "只", "golden", "retriever", "在", "跑"], "两只golden retriever在跑。"),
        (_CHINESE, ["3", "只", "狗", "bob", "'s"], "3只狗bob's。"),
        (Sentences("", False, "", "ltr"), ["ห", "ม", "า", "2", "ตั", "ว"], "หมา2ตัว"),
        (Sentences(" ", False, "", "rtl"), ["كلب", "يجري"], "كلب يجري"),
    ],
)
def test_said(sentences: Sentences, words: list[str], said: str) -> None:
    assert sentences.said(words) == said
    assert said == sentences.begun(words) + (sentences.stop if words else "")


def test_impossible_sentences_are_told() -> None:
    assert [*ENGLISH.impossible()] == []
    wrong = Sentences(separator="\x1b[2J", capital=1, stop=["."], direction="up")  # type: ignore[arg-type]
    assert [*wrong.impossible()] == [
        "sentences whose 'separator' is '\\x1b[2J', not one of '', ' '",
        "sentences whose 'stop' is ['.'], not one of '', '.', '\\u3002'",
        "sentences whose 'direction' is 'up', not one of 'ltr', 'rtl'",
        "sentences whose 'capital' is neither true nor false",
    ]


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("EN", "en"),
        ("PT-br", "pt-BR"),
        ("zh_hans", "zh-Hans"),
        ("ZH-hANT-hk", "zh-Hant-HK"),
        ("es-419", "es-419"),
        ("iw", "he"),
        ("zh-YUE-hk", "zh-yue-HK"),
        ("DE-ch-1996", "de-CH-1996"),
        ("de-DE-u-CO-phonebk", "de-DE-u-co-phonebk"),
        ("sl-rozaj-biske-x-A", "sl-rozaj-biske-x-a"),
    ],
)
def test_tags_have_one_spelling(tag: str, canonical: str) -> None:
    assert canonical_tag(tag) == canonical
    assert canonical_tag(canonical) == canonical


@pytest.mark.parametrize(
    "tag",
    ["", "d", "deutschland", "de-", "-de", "de DE", "de-DE-CH", "français", "en\n", "12", "x-a", "a" * 999, "de-ß"],
)
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(OptionError, match=r"no tag of a language; write one as en, pt-BR or zh-Hans \(BCP 47\)$"):
        canonical_tag(tag)


@pytest.mark.parametrize(
    ("tag", "available", "found"),
    [
        ("de-AT", ["en", "de"], "de"),
        ("de-AT", ["de", "de-AT"], "de-AT"),
        ("zh-CN", ["en", "zh-Hans"], "zh-Hans"),
        ("zh_CN.UTF-8", ["zh-Hant", "zh-Hans"], "zh-Hans"),
        ("zh", ["zh-Hant", "zh-Hans"], "zh-Hans"),
        ("zh-TW", ["zh-Hans", "zh"], None),
        ("zh-TW", ["zh-Hant"], "zh-Hant"),
        ("pt", ["en", "pt-BR"], "pt-BR"),
        ("pt-PT", ["pt-BR"], "pt-BR"),
        ("pt-PT", ["pt-BR", "pt"], "pt"),
        ("EN_gb", ["en"], "en"),
        ("sr_RS@latin", ["sr"], None),
        ("sr_RS@latin", ["sr", "sr-Latn"], "sr-Latn"),
        ("ca_ES.UTF-8@valencia", ["ca"], "ca"),
        ("de-CH-1996", ["de", "de-CH"], "de-CH"),
        ("fr", ["en", "de"], None),
        ("de", [], None),
        ("de", ["DE"], "DE"),
    ],
)
def test_what_serves_who_asks(tag: str, available: list[str], found: str | None) -> None:
    assert matching(tag, available) == found


def test_a_wish_that_is_no_tag_is_refused() -> None:
    with pytest.raises(OptionError, match="'german language': no tag"):
        matching("german language", ["de"])


@pytest.mark.parametrize(
    ("environ", "tag"),
    [
        ({}, None),
        ({"LANG": "C"}, None),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "POSIX"}, None),
        ({"LANG": "de_DE.UTF-8"}, "de-DE"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "pt_BR"}, "pt-BR"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}, "de-DE"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, None),
        ({"LC_ALL": "sr_RS.UTF-8@latin"}, "sr-Latn-RS"),
        ({"LC_CTYPE": "de_DE.UTF-8"}, None),
        ({"LANG": "../../etc"}, None),
    ],
)
def test_language_of_an_environment(environ: dict[str, str], tag: str | None) -> None:
    assert from_environment(environ) == tag
