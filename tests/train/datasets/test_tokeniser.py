import re
import unicodedata
from pathlib import Path

import pytest

from edge_runtime.bundle.reader import DEFAULT_BUNDLE
from edge_runtime.bundle.vocabulary import Vocabulary
from train.datasets.loading import flickr8k_source, read_captions
from train.datasets.tokeniser import build_vocabulary, tokenise


def test_words_of_a_caption() -> None:
    assert tokenise("A man 's T-shirt , is Red .") == ["a", "man", "'s", "t-shirt", "is", "red"]
    assert tokenise("The dog's ball isn't here!") == ["the", "dog", "'s", "ball", "isn't", "here"]
    assert tokenise('The dog\N{RIGHT SINGLE QUOTATION MARK}s 2 balls -- "gone"') == [
        "the",
        "dog",
        "'s",
        "2",
        "balls",
        "gone",
    ]
    assert tokenise("Ein Mädchen läuft") == ["ein", "mädchen", "läuft"]
    assert tokenise(" . ") == []


def test_vocabulary_by_count_then_alphabet() -> None:
    vocabulary = build_vocabulary(["b a a", "c a b", "d"], 1)
    assert vocabulary.words == ("<pad>", "<start>", "<end>", "<unk>", "a", "b", "c", "d")
    assert build_vocabulary(["b a a", "c a b", "d"], 2).words[4:] == ("a", "b")


@pytest.mark.parametrize(
    ("caption", "words"),
    [
        ("एक कुत्ता पानी में दौड़ता है", "एक कुत्ता पानी में दौड़ता है"),
        ("একটি কুকুর দৌড়াচ্ছে", "একটি কুকুর দৌড়াচ্ছে"),
        ("ஒரு நாய் ஓடுகிறது", "ஒரு நாய் ஓடுகிறது"),
        ("สุนัข วิ่ง ในสวน", "สุนัข วิ่ง ในสวน"),
        ("كلبٌ يَجري في الحديقة.", "كلبٌ يَجري في الحديقة"),
        ("סגרתי את הדֶּלֶת, צה״ל", "סגרתי את הדֶּלֶת צה״ל"),
        ("سگ می\u200cدود\u200c .", "سگ می\u200cدود"),
        ("क्\u200dष അവന്\u200d", "क्\u200dष അവന്\u200d"),
        ("İKİ köpek IŞIK iki\u0307", "iki köpek işik iki"),
        ("col·lecció · Fuß\u00adball", "col·lecció fußball"),
        ("Собака бежит", "собака бежит"),
    ],
)
def test_letters_stay_with_their_marks(caption: str, words: str) -> None:
    expected = [unicodedata.normalize("NFC", word) for word in words.split(" ")]
    for form in ("NFC", "NFD"):
        assert tokenise(unicodedata.normalize(form, caption)) == expected


def test_the_words_of_the_model_that_ships_are_those_of_its_captions(flickr8k: Path) -> None:
    dataset = flickr8k_source(flickr8k).load()
    world = flickr8k.parent / "world"
    if not world.is_dir():
        pytest.skip("the world set is not on this machine")
    texts_of = [text for texts in dataset.captions_of("train").values() for text in texts]
    names = {line.strip() for line in (world / "world.trainImages.txt").open(encoding="utf-8")}
    for file in ("people", "annotator", "short"):
        captions = read_captions(world / f"captions.{file}.token.txt").captions
        texts_of += [text for name, texts in captions.items() if name in names for text in texts]
    words = build_vocabulary(texts_of, 5).words
    shipped = Vocabulary.read(DEFAULT_BUNDLE / "vocabulary.txt").words
    assert words[: len(shipped)] == shipped
    before = re.compile(r"'s\b|[^\W_]+(?:-[^\W_]+)*(?:'(?!s\b)[^\W_]+)*")
    for texts in dataset.captions.values():
        for text in texts:
            assert tokenise(text) == before.findall(text.lower())
