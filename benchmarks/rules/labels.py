"""Pairs of a rule and a sentence, each labelled by a person, and how many of them rules get right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.console.terminal import plain
from edge_runtime.errors import RecordError
from edge_runtime.rules.expression import parse
from edge_runtime.rules.tokens import tokens

_TRUTHS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Labelled:
    """A sentence, and whether a rule holds of it.

    Attributes:
        group: Of like pairs, such as `hard`.
        rule: An expression.
        sentence: What a person wrote of a picture.
        holds: What a person says who read both.
    """

    group: str
    rule: str
    sentence: str
    holds: bool

    @property
    def found(self) -> bool:
        """Return what the rule says."""
        return parse(self.rule).matches(tokens(self.sentence))


def read_labels(path: Path) -> list[Labelled]:
    """Read lines of group, rule, `yes` or `no`, and sentence, with tabs between.

    Args:
        path: UTF-8.

    Raises:
        RecordError: It cannot be read, or a line has another form.
    """
    shown = plain(str(path))
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{shown}: cannot be read ({getattr(error, 'strerror', 'not UTF-8')})") from None
    return list(_labels(shown, lines))


def score(pairs: Sequence[Labelled]) -> dict[str, tuple[int, int]]:
    """Return how many of each group are right, and how many there are; of all together under `all`.

    Args:
        pairs: Of any number.
    """
    counts: dict[str, tuple[int, int]] = {}
    for pair in pairs:
        for group in (pair.group, "all"):
            right, number = counts.get(group, (0, 0))
            counts[group] = right + (pair.found is pair.holds), number + 1
    return counts


def _labels(shown: str, lines: Sequence[str]) -> Iterator[Labelled]:
    for number, line in enumerate(lines, 1):
        parts = line.split("\t")
        if len(parts) != 4 or parts[2] not in _TRUTHS:
            raise RecordError(f"{shown}: line {number} is no group, rule, yes or no, and sentence with tabs between")
        yield Labelled(parts[0], parts[1], parts[3], _TRUTHS[parts[2]])
