"""Quality in other languages than English: a kind of record for each, and the part of a report that has them side by side."""

from collections.abc import Mapping

from benchmarks.report.blocks import Block, Paragraph, Table
from benchmarks.report.readable import percent
from edge_runtime.bench.result import Record, Row
from train.datasets.languages import is_english

QUALITY = "quality"
"""Kind of a record of English sentences."""


def quality_kind(language: str) -> str:
    """Return the kind of a record of quality: `quality`, or `quality-de`, for scores compare within one language alone.

    Args:
        language: Tag of the sentences, in the canonical form.
    """
    return QUALITY if is_english(language) else f"{QUALITY}-{language}"


def is_quality(kind: str) -> bool:
    """Return whether a kind of record is of quality, in any language."""
    return kind.partition("-")[0] == QUALITY


def people_of(record: Record) -> list[Row]:
    """Return the rows of what people reach, a data set each; English ones have no scores."""
    return [row for row in record.rows if "variant" not in row.facts and "cider" in row.values]


def language_blocks(records: Mapping[str, Record]) -> list[Block]:
    """Return a table for each language but English, people beside the variants, with its protocol; nothing where none was measured.

    Args:
        records: Kind -> record.
    """
    blocks: list[Block] = []
    for record in (record for kind, record in records.items() if is_quality(kind) and kind != QUALITY):
        options = record.options
        about = f"{options['language']}: {options['data']}, {options['pictures']} {options['split']} pictures."
        blocks += [
            Paragraph(" ".join([about, *record.notes])),
            Table(
                ["captions", "CIDEr", "of people's", "BLEU-4", "ROUGE-L", "repeated", "dangling"],
                [_cells(row, people_of(record)) for row in record.rows if not row.missing],
            ),
            *(Paragraph(f"{row.name}: {row.missing}") for row in record.rows if row.missing),
        ]
    return blocks


def _cells(row: Row, people: list[Row]) -> list[str]:
    """Return a line of the table; people are those who wrote of the same pictures."""
    values = row.values
    theirs = [one.values["cider"] for one in people if one.facts.get("data") == row.facts.get("data")]
    share = percent(values["cider"] / theirs[0]) if theirs and theirs[0] else "-"
    scores = [f"{values[name]:.4f}" for name in ("bleu_4", "rouge_l")]
    faults = [percent(values[name], 1) if name in values else "-" for name in ("repeated", "dangling")]
    return [row.name, f"{values['cider']:.4f}", share, *scores, *faults]
