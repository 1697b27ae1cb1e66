"""The words that a bundle knows, and the ids that its graphs speak."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from edge_runtime.errors import BundleError

PAD, START, END, UNKNOWN = "<pad>", "<start>", "<end>", "<unk>"
SPECIALS = (PAD, START, END, UNKNOWN)
_USUAL = 300
"""Words by which the letters are told; one word in thousands may have others."""


class Vocabulary:
    """Ids <-> words; the id of a word is its place in the list.

    Args:
        words: All words in the order of their ids, led by `<pad> <start> <end> <unk>`.

    Raises:
        BundleError: The special words do not lead the list, or a word stands in it twice.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        if self.words[: len(SPECIALS)] != SPECIALS:
            raise BundleError(f"vocabulary: the first words must be {' '.join(SPECIALS)}; export the bundle again")
        self._ids = {word: index for index, word in enumerate(self.words)}
        if len(self._ids) != len(self.words):
            raise BundleError("vocabulary: a word stands in it twice; export the bundle again")

    pad_id, start_id, end_id, unknown_id = range(4)

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    @property
    def letters(self) -> str:
        """Return each character of the first words, which are those said most."""
        return "".join(dict.fromkeys("".join(self.words[len(SPECIALS) : len(SPECIALS) + _USUAL])))

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return ids of words; a word outside the vocabulary becomes `<unk>`."""
        return [self._ids.get(token, self.unknown_id) for token in tokens]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return words of ids, up to the first `<end>`, without special words."""
        words = []
        for index in ids:
            if index == self.end_id:
                break
            if index >= len(SPECIALS):
                words.append(self.words[index])
        return words

    @staticmethod
    def join(words: Iterable[str]) -> str:
        """Return one sentence of words; a word that starts with an apostrophe joins the one before (`man 's` -> `man's`)."""
        return " ".join(words).replace(" '", "'")

    @classmethod
    def read(cls, path: Path) -> "Vocabulary":
        """Read a `vocabulary.txt`: UTF-8, one word a line, the line number being the id.

        Raises:
            BundleError: The file is not a vocabulary.
        """
        return cls.parse(path.read_bytes(), str(path))

    @classmethod
    def parse(cls, content: bytes, source: str) -> "Vocabulary":
        """Return the words of a `vocabulary.txt`.

        Args:
            content: UTF-8, one word a line; lines end at line feeds alone, as other separators may stand in words.
            source: What to call it in an error.

        Raises:
            BundleError: It is not a vocabulary.
        """
        try:
            lines = content.decode("utf-8").removesuffix("\n").split("\n")
        except UnicodeDecodeError:
            raise BundleError(f"{source}: not UTF-8 text; export the bundle again") from None
        try:
            return cls([line.removesuffix("\r") for line in lines])
        except BundleError as error:
            raise BundleError(f"{source}: {str(error).removeprefix('vocabulary: ')}") from None

    def to_text(self) -> str:
        """Return content of a `vocabulary.txt`."""
        return "\n".join(self.words) + "\n"

    def write(self, path: Path) -> None:
        """Write a `vocabulary.txt`."""
        path.write_text(self.to_text(), encoding="utf-8")
