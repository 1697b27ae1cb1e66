"""The figures that documents quote: each from a record, by `docs/figures.toml`, so that none can stay behind."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figure_list import FORMATS, PLACE, Exempt, FigureList, Quote
from benchmarks.report.records import read_records
from edge_runtime.bench.result import Record
from edge_runtime.errors import RecordError
from edge_runtime.files import write_whole

_WRITTEN = r"((?:over |under )?[-0-9.,]*[0-9](?: %)?)"
_MEASURED = re.compile(r"(?<![\w.])(?:\d[\d,]*\.\d+|\.\d+|\d[\d,]*)(?![\w]|\.\d)(\s?(?:%|ms\b|MB\b|GB\b|times\b))?")
"""A number; it counts as measured where it has a decimal point or one of the units behind it."""


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
            write_whole(path, right.encode())
        found += [Finding(sentence, write) for sentence in told]
        if name in listed.complete:
            found += [
                Finding(f"{name}: no entry of docs/figures.toml covers a figure in '... {around} ...'")
                for around in uncovered(right, quotes, exempt)
            ]
    return found


def _pattern(words: str) -> re.Pattern[str]:
    parts = [r"\s+".join(map(re.escape, re.split(r"\s+", part))) for part in words.split(PLACE)]
    return re.compile(_WRITTEN.join(parts))


def _without_code(text: str) -> str:
    """The text with blanks for whatever is no prose, every letter at its place."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match[0])

    for shape in (r"(?ms)^```.*?^```", r"(?m)^    .*$", r"`[^`]*`", r"\]\([^)]*\)", r"<[^>\s]+>"):
        text = re.sub(shape, blank, text)
    return text
