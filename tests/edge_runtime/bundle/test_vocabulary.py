from pathlib import Path

import pytest

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from edge_runtime.errors import BundleError


def test_there_and_back(tmp_path: Path) -> None:
    vocabulary = Vocabulary((*SPECIALS, "a", "man", "'s", "hat"))
    assert vocabulary.encode(["a", "man", "unheard-of"]) == [4, 5, 3]
    assert vocabulary.decode([4, 5, 6, 7, 2, 4]) == ["a", "man", "'s", "hat"]
    assert Vocabulary.join(vocabulary.decode([4, 5, 6, 7])) == "a man's hat"
    vocabulary.write(tmp_path / "v.txt")
    assert Vocabulary.read(tmp_path / "v.txt").words == vocabulary.words


def test_the_letters_of_what_is_said_most() -> None:
    assert Vocabulary((*SPECIALS, "a", "Hund", "fährt", "a\u0300")).letters == "aHundfährt\u0300"
    many = Vocabulary((*SPECIALS, *(f"w{number}" for number in range(300)), "rare"))
    assert set(many.letters) == set("w0123456789")


def test_refuses_what_is_no_vocabulary(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="the first words must be <pad> <start> <end> <unk>"):
        Vocabulary(["a", "b"])
    with pytest.raises(BundleError, match="stands in it twice"):
        Vocabulary((*SPECIALS, "a", "a"))
    (tmp_path / "v.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(BundleError, match="not UTF-8"):
        Vocabulary.read(tmp_path / "v.txt")
