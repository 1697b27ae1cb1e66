"""Languages side by side: a kind of record for the quality of each but English, one for what they take, and their part of a report."""

from collections.abc import Mapping

from benchmarks.report.blocks import Block, Paragraph, Table
from benchmarks.report.readable import percent
from edge_runtime.bench.result import Record, Row
from train.datasets.languages import is_english

QUALITY = "quality"
"""Kind of a record of English sentences."""
LANGUAGES = "languages"
"""Kind of a record of what languages take, in turns."""


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


def timed_languages(record: Record) -> Table:
    """Return what each language takes against the first: a word, and two sentences of one frame against one.

    Args:
        record: Of kind `languages`.
    """
    rows = [row for row in record.rows if not row.missing]
    firsts: dict[tuple[object, ...], Row] = {}
    for row in rows:
        firsts.setdefault(tuple(row.facts[name] for name in ("bundle", "variant", "threads", "beam")), row)
    table = []
    for row in rows:
        first = firsts[tuple(row.facts[name] for name in ("bundle", "variant", "threads", "beam"))]
        word, total = (row.values[f"{stage}_ms_p50"] for stage in ("word", "total"))
        against = [word / first.values["word_ms_p50"], total / first.values["total_ms_p50"]]
        figures = [f"{row.facts['words']:.1f}", f"{word:.3f}", *(f"{ratio:.2f}" for ratio in against)]
        table.append([row.name, *figures])
    return Table(["captions", "words", "a word, ms", "a word, against the first", "total, against the first"], table)


def language_blocks(records: Mapping[str, Record]) -> list[Block]:
    """Return a table for each language but English, people beside the variants, with its protocol, and what languages take.

    Nothing where none was measured.

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
    if LANGUAGES in records:
        timed = records[LANGUAGES]
        blocks += [Paragraph(f"Not valid ({timed.kind}): {warning}.", strong=True) for warning in timed.warnings]
        blocks += [Paragraph(" ".join(["Times.", *timed.notes])), timed_languages(timed)]
    return blocks


def _cells(row: Row, people: list[Row]) -> list[str]:
    """Return a line of the table; people are those who wrote of the same pictures."""
    values = row.values
    theirs = [one.values["cider"] for one in people if one.facts.get("data") == row.facts.get("data")]
    share = percent(values["cider"] / theirs[0]) if theirs and theirs[0] else "-"
    scores = [f"{values[name]:.4f}" for name in ("bleu_4", "rouge_l")]
    faults = [percent(values[name], 1) if name in values else "-" for name in ("repeated", "dangling")]
    return [row.name, f"{values['cider']:.4f}", share, *scores, *faults]
