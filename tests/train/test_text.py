from train.text import build_vocabulary, tokenise


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
