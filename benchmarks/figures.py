"""The figures that documents quote: each from a record, by `docs/figures.toml`, so that none can stay behind."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.readable import number, percent
from benchmarks.report.records import read_records
from edge_runtime.errors import RecordError
from edge_runtime.record import Record

FORMATS: Mapping[str, Callable[[float], str]] = {
    "plain": str,
    "whole": lambda value: f"{value:,.0f}",
    "one decimal": lambda value: f"{value:.1f}",
    "two digits": lambda value: f"{float(f'{value:.1e}'):,.0f}",
    "digits": number,
    "percent": percent,
    "score": lambda value: f"{value:.3f}".removeprefix("0"),
    "score of 100": lambda value: f"{value * 100:.1f}",
    "megabytes of bytes": lambda value: f"{value / 1e6:.1f}",
    "day": lambda value: str(value)[:10],
}
"""How a figure may be written."""

_PLACE = "{}"
_WRITTEN = r"((?:over |under )?[-0-9.,]*[0-9](?: %)?)"
_MEASURED = re.compile(r"(?<![\w.])(?:\d[\d,]*\.\d+|\.\d+|\d[\d,]*)(?![\w]|\.\d)(\s?(?:%|ms\b|MB\b|GB\b|times\b))?")
"""A number; it counts as measured where it has a decimal point or one of the units behind it."""


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
            if quote.words.count(_PLACE) != len(quote.sources):
                raise RecordError(f"{path}: {quote.words!r} has not as many places as its 'from' has sources; mend one")
        return found

    def documents(self) -> list[str]:
        """Every document that is named."""
        named = (*self.complete, *(q.document for q in self.quotes), *(e.document for e in self.exempt))
        return list(dict.fromkeys(named))


def value_of(source: str, records: Mapping[str, Record]) -> Any:
    """A figure that a source names.

    Args:
        source: `RECORD | ROW | FIGURE` (a row's values, then its facts), `RECORD | FIELD` (such as `date`, or an option of the
            run), or `SOURCE over SOURCE`, the ratio.
        records: Kind -> record.

    Raises:
        RecordError: There is no such figure.
    """
    above, over, below = source.partition(" over ")
    if over:
        return value_of(above, records) / value_of(below, records)
    kind, *path = source.split(" | ")
    try:
        record = records[kind]
        if len(path) == 1:
            return record.date if path[0] == "date" else record.options[path[0]]
        name, figure = path
        row = record.row(name)
        if row is None:
            raise KeyError(name)
        return row.values[figure] if figure in row.values else row.facts[figure]
    except (KeyError, ValueError) as error:
        raise RecordError(f"{source!r}: no such figure in the records ({error}); mend docs/figures.toml") from error


def refreshed(text: str, quotes: Sequence[Quote], records: Mapping[str, Record]) -> tuple[str, list[str]]:
    """A document with the figures of the records.

    Args:
        text: The document.
        quotes: Its own.
        records: Kind -> record.

    Returns:
        The text as it should be, and a sentence for each figure that differed.

    Raises:
        RecordError: Words that are not in the document once, or a source that is no figure.
    """
    told = []
    for quote in quotes:
        found = list(_pattern(quote.words).finditer(text))
        if len(found) != 1:
            raise RecordError(
                f"{quote.document}: {quote.words!r} stands there {len(found)} times instead of once; mend docs/figures.toml"
            )
        # From the last to the first, so that places stay where they are.
        for place in range(len(quote.sources), 0, -1):
            source = quote.sources[place - 1]
            wanted, start, end = FORMATS[quote.style](value_of(source, records)), *found[0].span(place)
            if text[start:end] != wanted:
                told.append(f"{quote.document}: {text[start:end]} is {wanted} by the record ({source})")
                text = text[:start] + wanted + text[end:]
    return text, told


def uncovered(text: str, quotes: Sequence[Quote], exempt: Sequence[Exempt]) -> list[str]:
    """Measured figures of a document that neither a quote nor an exemption covers, with the words around them.

    Figures in code, in links' addresses and in pictures' names are none.

    Args:
        text: The document.
        quotes: Its own.
        exempt: Its own.
    """
    plain = _without_code(text)
    spans = [
        match.span(place + 1)
        for quote in quotes
        for match in _pattern(quote.words).finditer(text)
        for place in range(len(quote.sources))
    ]
    spans += [match.span() for entry in exempt for match in _pattern(entry.words).finditer(text)]
    found = []
    for match in _MEASURED.finditer(plain):
        if "." not in match[0] and not match[1]:
            continue
        if not any(start <= match.start() < end for start, end in spans):
            around = plain[max(0, match.start() - 40) : match.end() + 30]
            found.append(" ".join(around.split()))
    return found


@dataclass(frozen=True)
class Finding:
    """What is wrong with a document's figures.

    Attributes:
        sentence: In words.
        written: Whether the document was mended.
    """

    sentence: str
    written: bool = False

    def __str__(self) -> str:
        """The sentence."""
        return self.sentence


def check_documents(root: Path, write: bool = False) -> list[Finding]:
    """Hold every document of `docs/figures.toml` against the records of `docs/report/records`.

    Args:
        root: The checkout.
        write: Whether figures that differ are put right.

    Raises:
        RecordError: The list, a record or a document cannot be read, or an entry of the list fits nothing.
    """
    listed, records = (
        FigureList.read(root / "docs" / "figures.toml"),
        read_records(root / "docs" / "report" / "records"),
    )
    found = []
    for name in listed.documents():
        path = root / name
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise RecordError(f"{path}: not to be read ({error}); mend docs/figures.toml") from error
        quotes = [quote for quote in listed.quotes if quote.document == name]
        exempt = [entry for entry in listed.exempt if entry.document == name]
        for entry in exempt:
            if not _pattern(entry.words).search(text):
                raise RecordError(f"{name}: {entry.words!r} does not stand there any more; mend docs/figures.toml")
        right, told = refreshed(text, quotes, records)
        if write and right != text:
            path.write_text(right, encoding="utf-8")
        found += [Finding(sentence, write) for sentence in told]
        if name in listed.complete:
            found += [
                Finding(f"{name}: no entry of docs/figures.toml covers a figure in '... {around} ...'")
                for around in uncovered(right, quotes, exempt)
            ]
    return found


def _pattern(words: str) -> re.Pattern[str]:
    parts = [r"\s+".join(map(re.escape, re.split(r"\s+", part))) for part in words.split(_PLACE)]
    return re.compile(_WRITTEN.join(parts))


def _without_code(text: str) -> str:
    """The text with blanks for whatever is no prose, every letter at its place."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    for shape in (r"(?ms)^```.*?^```", r"(?m)^    .*$", r"`[^`]*`", r"\]\([^)]*\)", r"<[^>\s]+>"):
        text = re.sub(shape, blank, text)
    return text
