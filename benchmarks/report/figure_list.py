"""`docs/figures.toml`, read: which figures documents quote, and from which record each comes."""

import math
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report.readable import number, percent
from edge_runtime.errors import RecordError

FORMATS: Mapping[str, Callable[[float], str]] = {
    "plain": str,
    "whole": lambda value: f"{value:,.0f}",
    "one decimal": lambda value: f"{value:.1f}",
    "two digits": lambda value: f"{round(value, 1 - math.floor(math.log10(abs(value)))) if value else 0:,.0f}",
    "digits": number,
    "percent": percent,
    "percent, one decimal": lambda value: percent(value, 1),
    "score": lambda value: f"{value:.3f}".removeprefix("0"),
    "score of 100": lambda value: f"{value * 100:.1f}",
    "megabytes of bytes": lambda value: f"{value / 1e6:.1f}",
    "day": lambda value: str(value)[:10],
}
"""How a figure may be written."""

PLACE = "{}"
"""Stands in the words for a figure."""


@dataclass(frozen=True)
class Quote:
    """Words of a document with figures in them.

    Attributes:
        document: Its path, from the folder of the checkout.
        words: As they are written, `{}` for each figure; line breaks count as spaces.
        sources: A figure each: `RECORD | ROW | FIGURE`, `RECORD | FIELD`, or one `over` another.
        style: Of `FORMATS`.
    """

    document: str
    words: str
    sources: Sequence[str]
    style: str


@dataclass(frozen=True)
class Exempt:
    """A figure of a document that no measurement of ours gives.

    Attributes:
        document: Its path, from the folder of the checkout.
        words: As they are written, the figure among them.
        reason: Where it comes from instead.
    """

    document: str
    words: str
    reason: str


@dataclass(frozen=True)
class FigureList:
    """`docs/figures.toml`, read.

    Attributes:
        complete: Documents in which every measured figure must be quoted or exempt.
        quotes: Figures that come from records.
        exempt: Those that do not, with the reason.
    """

    complete: Sequence[str]
    quotes: Sequence[Quote]
    exempt: Sequence[Exempt]

    @classmethod
    def read(cls, path: Path) -> "FigureList":
        """Read the file.

        Raises:
            RecordError: It is missing, no TOML, or an entry lacks a field.
        """
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            quotes = [Quote(q["document"], q["words"], q["from"], q["as"]) for q in data["quote"]]
            exempt = [Exempt(e["document"], e["words"], e["reason"]) for e in data["exempt"]]
            found = cls(data["complete"], quotes, exempt)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RecordError(f"{path}: not a list of figures ({error}); see the one of the checkout") from error
        for quote in quotes:
            if quote.style not in FORMATS:
                raise RecordError(
                    f"{path}: no such way to write a figure: {quote.style!r}; take one of {', '.join(FORMATS)}"
                )
            if quote.words.count(PLACE) != len(quote.sources):
                raise RecordError(f"{path}: {quote.words!r} has not as many places as its 'from' has sources; mend one")
        return found

    def documents(self) -> list[str]:
        """Return every document that is named."""
        named = (*self.complete, *(q.document for q in self.quotes), *(e.document for e in self.exempt))
        return list(dict.fromkeys(named))
