"""What a manifest says of judging: what is no clear picture, how sure a sentence is, and which words tell a person's sex."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeGuard, TypeVar

from edge_runtime.bundle.decoder_spec import DecoderSpec
from edge_runtime.bundle.json_facts import CAME_LATER, build, shown

JUDGE = "judge"
"""Name of the file with the numbers, among the manifest's `files`."""
TERMS = ("mean_log_prob", "least_log_prob", "first_words", "spread", "words", "clear", "distance", "seen")
"""What confidence may be told by; see `edge_runtime.judging.confidence`."""
WORDINGS = ("sure", "neutral")
"""How people may be spoken of: their sex is said where the model is sure of it, or never."""

_MOST_KINDS = 64
_MOST_WORDS = 1000
_LONGEST_WORD = 40
_T = TypeVar("_T")
HIGHEST = 1e6
"""Of a number by its size; sums of products with such ones stay finite."""


@dataclass(frozen=True)
class JudgeSpec:
    """How the probe in the file `judge` reads a picture.

    The file is a float32 `.npy` [rows, 2 D + 1]: a row of weights and a bias for each kind; one of the log-odds that a sentence about the
    picture is right, where it tells these; the mean and the deviation of the features of photographs, whose last column is 0. The
    features of a picture are the mean over its places of each of the D channels of a tensor of the context, then their standard
    deviation over the places.

    Attributes:
        tensor: Of the decoder's context, [R, D].
        groups: Of channels, which lie one behind the other in it, each [R, D / groups]; 1 where a row is a place.
        kinds: A word for each kind, the first one for clear pictures.
        tells_right: Whether it tells of a picture, too, how likely a sentence about it is right.
    """

    tensor: str
    groups: int
    kinds: tuple[str, ...]
    tells_right: bool = field(default=False, metadata=CAME_LATER)

    def shape(self, decoder: DecoderSpec) -> tuple[int, int]:
        """Return the shape of the matrix in the file."""
        _, width = self._grid(decoder)
        return len(self.kinds) + self.tells_right + 2, 2 * width + 1

    def _grid(self, decoder: DecoderSpec) -> tuple[int, ...]:
        return next((tensor.shape for tensor in decoder.context if tensor.name == self.tensor), ())

    def impossible(self, decoder: DecoderSpec) -> Iterator[str]:
        """Yield what no reader of this version can honour, a phrase each; a stranger may have written this."""
        grid = self._grid(decoder)
        if len(grid) != 2:
            yield f"a judge of the tensor {shown(self.tensor)}, which is none of the decoder's context with two axes"
        elif type(self.groups) is not int or not 1 <= self.groups <= grid[1] or grid[1] % self.groups:
            yield f"a judge of {shown(self.groups)} groups, which {grid[1]} channels do not part into"
        if not isinstance(self.kinds, tuple) or not 2 <= len(self.kinds) <= _MOST_KINDS:
            yield f"a judge of other than 2 to {_MOST_KINDS} kinds"
        elif not all(_is_word(kind) for kind in self.kinds):
            yield "a judge with a kind that is no word"
        if not isinstance(self.tells_right, bool):
            yield "a judge whose 'tells_right' is neither true nor false"


@dataclass(frozen=True)
class ConfidenceSpec:
    """How sure the sentences of a variant are, and what it takes to say them.

    Attributes:
        weights: Of some of `TERMS` -> weight in the log-odds that a person would call the sentence right.
        bias: Of these log-odds.
        least_clear: Log-odds of a clear picture below which no sentence is said.
        hedge_below: Confidence below which a sentence is shown as a guess.
        sex_margin: By how much, in nats, a word that tells a person's sex must be likelier than its counterpart to be said.
    """

    weights: Mapping[str, float]
    bias: float
    least_clear: float
    hedge_below: float
    sex_margin: float

    def impossible(self) -> Iterator[str]:
        """Yield what no reader of this version can honour, a phrase each."""
        if not isinstance(self.weights, Mapping) or not all(name in TERMS for name in self.weights):
            yield f"a confidence by other terms than {', '.join(TERMS)}"
        elif not all(map(_is_number, (*self.weights.values(), self.bias, self.least_clear, self.sex_margin))):
            yield "a confidence with what is no number of a usual size"
        if not _is_number(self.hedge_below) or not 0 <= self.hedge_below <= 1:
            yield "a confidence whose 'hedge_below' is not 0 to 1"


@dataclass(frozen=True)
class WordingSpec:
    """The words of the bundle's language that tell a person's sex, and what is said instead.

    Attributes:
        nouns: The word, its counterpart, the word for both, and its sex ("man", "woman", "person", "male").
        pronouns: The word, its counterpart, the word for both before a noun and elsewhere, and its sex ("her", "his", "their", "them",
            "female"). One goes by the nearest noun of its sex before it.
        modifiers: Nouns that may stand before another noun, and what is said there; empty to leave it out ("male", "").
        animals: Words that a pronoun may stand for, whose sex is no person's.
        animal_pronouns: What the pronouns for both are of an animal ("their", "its").
        verbs: Forms of verbs, before which no noun is a modifier.
        function_words: Words that are no noun, nor stand before one as an adjective does.
        phrases: What the words for both may make of a sentence, and how one says it ("a person and a person", "two people").
    """

    nouns: tuple[tuple[str, str, str, str], ...]
    pronouns: tuple[tuple[str, str, str, str, str], ...] = ()
    modifiers: tuple[tuple[str, str], ...] = ()
    animals: tuple[str, ...] = ()
    animal_pronouns: tuple[tuple[str, str], ...] = ()
    verbs: tuple[str, ...] = ()
    function_words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, str], ...] = ()

    def impossible(self) -> Iterator[str]:
        """Yield what no reader of this version can honour, a phrase each."""
        for name, columns in _COLUMNS.items():
            table = getattr(self, name)
            if (
                not isinstance(table, tuple)
                or len(table) > _MOST_WORDS
                or not all(_is_row(row, columns) for row in table)
            ):
                yield f"a wording whose '{name}' are no {'words' if columns == 1 else f'rows of {columns} words'}"


_COLUMNS = {
    "nouns": 4,
    "pronouns": 5,
    "modifiers": 2,
    "animals": 1,
    "animal_pronouns": 2,
    "verbs": 1,
    "function_words": 1,
    "phrases": 2,
}
"""Table of a `WordingSpec` -> words of a row."""


def _is_row(row: object, columns: int) -> bool:
    if columns == 1:
        return _is_word(row)
    # What stands instead of a word may be nothing; the word itself may not.
    return (
        isinstance(row, tuple)
        and len(row) == columns
        and _is_word(row[0])
        and all(cell == "" or _is_word(cell) for cell in row)
    )


def optional(kind: type[_T], content: Any, source: str) -> _T | None:
    """Return a dataclass of a JSON object, None where there is none; see `edge_runtime.bundle.json_facts.build`."""
    return None if content is None else build(kind, content, source)


def read_wording(content: Any, source: str) -> WordingSpec | None:
    """Return the wording of a JSON object, None where there is none."""
    found = optional(WordingSpec, content, source)
    if found is None:
        return None
    rows: dict[str, Any] = {
        name: tuple(tuple(row) if isinstance(row, list) else row for row in table)
        if isinstance(table, tuple)
        else table
        for name, table in asdict(found).items()
    }
    return WordingSpec(**rows)


def _is_word(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_WORD and value.isprintable()


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and abs(value) <= HIGHEST
