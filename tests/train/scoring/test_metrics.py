import pytest

from train.scoring.metrics import CaptionScorer, ScoringError, protocol, require_java

_REFERENCES = {
    "a": ["A dog runs across the green grass .", "The brown dog is running outside ."],
    "b": ["Two men ride bicycles on a street", "A pair of men are riding their bikes"],
    "c": ["A girl swims in a pool", "The little girl is swimming"],
}


def test_a_caption_that_is_a_reference_is_perfect_but_for_cider() -> None:
    scores = CaptionScorer(_REFERENCES).score({name: texts[0] for name, texts in _REFERENCES.items()})
    assert (scores.bleu_1, scores.bleu_4, scores.rouge_l) == pytest.approx((1, 1, 1), abs=1e-6)
    assert scores.meteor == pytest.approx(1.0, abs=0.05)
    assert scores.cider > 3


def test_case_and_punctuation_do_not_count_and_wrong_words_do() -> None:
    scorer = CaptionScorer(_REFERENCES)
    good = {
        "a": "A DOG runs , across the green grass!",
        "b": "two men ride bicycles on a street",
        "c": "a girl swims in a pool",
    }
    bad = dict.fromkeys(_REFERENCES, "an aeroplane over mountains")
    assert scorer.score(good, meteor=False).bleu_4 == pytest.approx(1, abs=1e-6)
    assert scorer.score(bad, meteor=False).cider == 0
    assert scorer.score(bad, meteor=False).meteor is None


def test_a_line_end_inside_a_caption_shifts_no_other(capfd: pytest.CaptureFixture[str]) -> None:
    torn = {
        **_REFERENCES,
        "a": [text.replace(" dog ", end) for text, end in zip(_REFERENCES["a"], "\u2028\x85", strict=True)],
    }
    said = {name: texts[0] for name, texts in _REFERENCES.items()}
    one, other = (CaptionScorer(references).cider_by_picture(said) for references in (_REFERENCES, torn))
    assert other["c"] > 3
    assert other["c"] == pytest.approx(one["c"], rel=0.2)
    assert "PTBTokenizer" not in capfd.readouterr().err


def test_captions_of_other_pictures_are_refused() -> None:
    with pytest.raises(ScoringError, match="1 captions for 3 pictures"):
        CaptionScorer(_REFERENCES).score({"a": "a dog"})


def test_without_java_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ScoringError, match="install default-jre-headless"):
        CaptionScorer(_REFERENCES)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en-GB", "PTB tokeniser"),
        ("de", "Unicode words in lower case"),
        ("ar", "Unicode words in lower case, without diacritics"),
        ("zh-Hans", "a character a word"),
        ("th", "a character a word"),
    ],
)
def test_a_protocol_a_language(language: str, words: str) -> None:
    assert protocol(language) == f"pycocoevalcap, {words}, raw references"


@pytest.mark.parametrize(
    ("language", "references", "captions"),
    [
        (
            "de",
            {"a": ["Eine Katze schläft auf dem Dach."], "b": ["Der Vogel singt ein Lied"]},
            "eine katze Schläft auf dem dach",
        ),
        ("zh-Hans", {"a": ["白猫在睡觉。"], "b": ["老人看书"]}, "白猫，在睡觉"),
        ("ar", {"a": ["قِطّةٌ تنام على السطح"], "b": ["عصفور يغني أغنية"]}, "قطة تنام على السطح."),
    ],
)
def test_other_languages_need_no_java_and_have_no_meteor(
    language: str, references: dict[str, list[str]], captions: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    require_java(language)
    scorer = CaptionScorer(references, language)
    found = scorer.score({"a": captions, "b": references["a"][0]})
    assert found.meteor is None
    assert found.cider == pytest.approx(5.0, abs=0.01)
    assert [round(value, 3) for value in scorer.cider_by_picture({"a": captions, "b": ""}).values()] == [10.0, 0.0]
