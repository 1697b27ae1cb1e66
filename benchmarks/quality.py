"""Scores of every variant of a bundle on a split, by the official protocol, as the device runs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report.writing import heading
from edge_runtime.bench.environment import machine_facts, today
from edge_runtime.bench.result import Record, Row
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import Captioner
from edge_runtime.errors import BackendNotInstalledError, BundleError
from train.datasets.base import Dataset, Split
from train.scoring.evaluate import SplitScorer, caption_files, training_captions
from train.scoring.metrics import PROTOCOL, CaptionScorer

_SCORES = ("cider", "bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor", "rouge_l")
_FAILURES = 12
"""Sentences that are shown, those of the lowest CIDEr."""
_SPEECH = ("distinct_words", "distinct_captions", "mean_length", "repeated", "dangling", "novel")


@dataclass(frozen=True)
class QualityOptions:
    """What is scored.

    Attributes:
        bundle: The bundle; the default one where None.
        variants: Its variants; all where there are none.
        split: `dev` or `test`.
        beams: Hypotheses kept; the bundle's own where there are none.
        limit: Pictures, the first of the split; all where None.
    """

    bundle: Path | None
    variants: Sequence[str]
    split: Split
    beams: Sequence[int]
    limit: int | None


def quality(options: QualityOptions, dataset: Dataset, say: Callable[[str], None]) -> Record:
    """Caption a split with each variant and beam, and score the sentences.

    Args:
        options: What.
        dataset: With the split, its pictures readable.
        say: Receives lines of news.

    Returns:
        A record of kind `quality`, a row a variant and beam: CIDEr (0 to 10, 1 being the scale's usual end), BLEU-1 to 4 in
        0 to 1, METEOR, ROUGE-L, and the share of sentences that are those of the first row.

    Raises:
        BundleNotFoundError, BundleError, UnknownVariantError: The bundle, or a variant that was named, cannot be used.
    """
    bundle = Bundle(options.bundle)
    references = dict(list(dataset.captions_of(options.split).items())[: options.limit])
    scorer = SplitScorer(references, training_captions(dataset))
    rows: list[Row] = []
    first: Mapping[str, str] = {}
    for variant in options.variants or sorted(bundle.manifest.variants):
        for beam in options.beams or [bundle.manifest.decode.beam_width]:
            name = f"{variant}, beam {beam}"
            facts: dict[str, Any] = {"variant": variant, "beam": beam}
            try:
                captioner = Captioner.load(bundle, bundle.variant(variant)[0])
            except BackendNotInstalledError as error:
                rows.append(Row(name, facts=facts, missing=str(error)))
                continue
            say(f"captioning {len(references)} {options.split} pictures: {name}")
            captions = caption_files(captioner, dataset.images, references, beam)
            first = first or captions
            found = scorer.score(captions)
            same = sum(captions[picture] == first[picture] for picture in captions) / len(captions)
            values = {figure: found[figure] for figure in (*_SCORES, *_SPEECH)}
            facts["failures"] = _failures(captions, references, scorer.captions)
            size = bundle.manifest.variants[variant].bytes
            rows.append(Row(name, {**values, "same_as_first": round(same, 4), "size_bytes": size}, facts=facts))
    if all(row.missing for row in rows):
        raise BundleError(
            f"{bundle.path}: none of its variants runs here; {rows[0].missing if rows else 'it has none'}"
        )
    return Record(
        "quality",
        today(),
        {**machine_facts(), "bundles": {bundle.manifest.name: bundle.digest}},
        {
            "bundle": bundle.manifest.name,
            "data": Path(str(dataset.source)).name,
            "split": options.split,
            "pictures": len(references),
            "default": f"{bundle.manifest.default_variant}, beam {bundle.manifest.decode.beam_width}",
        },
        rows,
        notes=[f"Protocol: {PROTOCOL}."],
    )


def _failures(
    captions: Mapping[str, str], references: Mapping[str, Sequence[str]], scorer: CaptionScorer
) -> list[dict[str, Any]]:
    """The sentences that score lowest, and what people say of the same pictures."""
    scores = scorer.cider_by_picture(captions)
    worst = sorted(scores, key=lambda name: (scores[name], name))[:_FAILURES]
    return [
        {"picture": n, "said": captions[n], "people_say": references[n][0], "cider": round(scores[n], 4)} for n in worst
    ]


_COLUMNS = ("cider", "bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor", "rouge_l")


def quality_markdown(record: Record) -> str:
    """The table.

    Args:
        record: Of kind `quality`.
    """
    lines = [
        *heading(record, "Quality"),
        "| variant | MB | CIDEr | BLEU-1/2/3/4 | METEOR | ROUGE-L "
        "| different words / a sentence | new | repeated / dangling | same as the first |",
        "|---" * 10 + "|",
        *(_line(row) for row in record.rows),
        "",
        *record.notes,
        *(f"{row.name}: {row.missing}" for row in record.rows if row.missing),
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    if row.missing:
        return f"| {row.name} |" + " - |" * 9
    v = row.values
    bleu = "/".join(f"{v[name] * 100:.1f}" for name in _COLUMNS[1:5])
    return (
        f"| {row.name} | {v['size_bytes'] / 1e6:.2f} | {v['cider']:.4f} | {bleu} | {v['meteor']:.4f} | {v['rouge_l']:.4f} | "
        f"{v['distinct_words']:.0f} / {v['mean_length']:.1f} | "
        f"{v['novel'] * 100:.1f} % | {v['repeated'] * 100:.1f} / {v['dangling'] * 100:.1f} % | {v['same_as_first'] * 100:.1f} % |"
    )
