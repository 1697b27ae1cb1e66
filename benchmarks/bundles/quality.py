"""Scores of every variant of a bundle on splits of data sets, by the official protocol, as the device runs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report.by_language import QUALITY, people_of, quality_kind
from benchmarks.report.writing import heading
from edge_runtime.bench.environment import machine_facts, today
from edge_runtime.bench.result import Record, Row
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.spoken import spoken_language
from edge_runtime.captioner import Captioner
from edge_runtime.errors import BackendNotInstalledError, BundleError
from export.bundling.truth_table import TRUTH_NOTES, has_truth, truth_lines
from train.datasets.languages import is_english
from train.datasets.lettering import check_lettering
from train.datasets.named_sets import NamedSet
from train.scoring.evaluate import SplitScorer, caption_files, training_captions
from train.scoring.leave_one_out import people_scores
from train.scoring.metrics import CaptionScorer, protocol
from train.scoring.truth import FIGURES, leave_one_out

_SCORES = ("cider", "bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor", "rouge_l")
_FAILURES = 12
"""Sentences that are shown, those of the lowest CIDEr."""
_TRUTH = tuple(key for name in FIGURES for key in (name, f"{name}_of"))
_SPEECH = ("distinct_words", "distinct_captions", "mean_length", "repeated", "dangling", "novel")


@dataclass(frozen=True)
class QualityOptions:
    """What is scored.

    Attributes:
        bundle: The bundle; the default one where None.
        variants: Its variants; all where there are none.
        beams: Hypotheses kept; the bundle's own where there are none.
        limit: Pictures, the first of each split; all where None.
        language: Tag of the sentences and the captions, one that the bundle speaks; its own where None.
    """

    bundle: Path | None
    variants: Sequence[str]
    beams: Sequence[int]
    limit: int | None
    language: str | None = None


def quality(options: QualityOptions, sets: Sequence[NamedSet], say: Callable[[str], None]) -> Record:
    """Caption data sets with each variant and beam, and score the sentences.

    Args:
        options: What.
        sets: Data sets, at least one. Rows of the first are named by variant and beam alone; of it alone sentences are kept.
        say: Receives lines of news.

    Returns:
        A record of kind `quality`, a row a data set, variant and beam: CIDEr (0 to 10, 1 being the scale's usual end), BLEU-1 to
        4 in 0 to 1, METEOR, ROUGE-L, the share of sentences that are those of the set's first row, and the figures of
        `train.scoring.truth`. A row `people` a data set has the last ones of each reference against the others. In another language
        than English its kind is `quality-TAG`, and the row `people` has the scores instead (`train.scoring.leave_one_out`).

    Raises:
        BundleNotFoundError, BundleError, UnknownVariantError: The bundle, or a variant that was named, cannot be used.
        UnknownLanguageError: It does not speak the language.
        DatasetError: The captions are in another script than the language's.
    """
    opened = Bundle(options.bundle)
    tag, _ = spoken_language(opened.own, options.language)
    bundle = opened.in_language(tag)
    known = [caption for each in sets for caption in training_captions(each.dataset)]
    rows: list[Row] = []
    counts: list[int] = []
    for place, each in enumerate(sets):
        references = dict(list(each.dataset.captions_of(each.split).items())[: options.limit])
        check_lettering((text for texts in references.values() for text in texts), tag, each.dataset.source)
        counts.append(len(references))
        prefix = f"{each.name} {each.split}, " if place else ""
        facts = {"data": each.name, "split": each.split, "pictures": len(references)}
        rows += _scored(bundle, options, each, references, known, say, prefix, facts)
        if people := _people(references, tag):
            rows.append(Row(f"{prefix}people", people, facts=facts))
    asked = [row for row in rows if "variant" in row.facts]
    if all(row.missing for row in asked):
        raise BundleError(
            f"{bundle.path}: none of its variants runs here; {asked[0].missing if asked else 'it has none'}"
        )
    more = [f"{each.name} {each.split}, {count} pictures" for each, count in zip(sets[1:], counts[1:], strict=True)]
    how = f"Protocol: {protocol(tag)}."
    return Record(
        quality_kind(tag),
        today(),
        {**machine_facts(), "bundles": {bundle.manifest.name: bundle.digest}},
        {
            "bundle": bundle.manifest.name,
            "data": sets[0].name,
            "split": sets[0].split,
            "pictures": counts[0],
            **({"also": more} if more else {}),
            **({} if is_english(tag) else {"language": tag}),
            "default": f"{bundle.manifest.default_variant}, beam {bundle.manifest.decode.beam_width}",
        },
        rows,
        notes=[how if is_english(tag) else f"Language: {tag}. {how} Scores compare within one language alone."],
    )


def _people(references: Mapping[str, Sequence[str]], tag: str) -> dict[str, float]:
    """Return what is told of people, whose captions are held against each other; nothing where no picture has two."""
    if all(len(texts) < 2 for texts in references.values()):
        return {}
    if is_english(tag):
        return leave_one_out(references).figures()
    figures = people_scores(references, tag).to_dict()
    return {name: value for name, value in figures.items() if value is not None and name != "pictures"}


def _scored(
    bundle: Bundle,
    options: QualityOptions,
    each: NamedSet,
    references: Mapping[str, Sequence[str]],
    known: Sequence[str],
    say: Callable[[str], None],
    prefix: str,
    about: Mapping[str, Any],
) -> list[Row]:
    """Return the rows of one data set, a variant and beam each."""
    scorer = SplitScorer(references, known, bundle.manifest.language)
    rows: list[Row] = []
    first: Mapping[str, str] = {}
    for variant in options.variants or sorted(bundle.manifest.variants):
        for beam in options.beams or [bundle.manifest.decode.beam_width]:
            name = f"{prefix}{variant}, beam {beam}"
            facts: dict[str, Any] = {"variant": variant, "beam": beam, **about}
            try:
                captioner = Captioner.load(bundle, bundle.variant(variant)[0], language=bundle.manifest.language)
            except BackendNotInstalledError as error:
                rows.append(Row(name, facts=facts, missing=str(error)))
                continue
            say(f"captioning {len(references)} {each.split} pictures: {name}")
            captions = caption_files(captioner, each.dataset.images, references, beam)
            first = first or captions
            found = scorer.score(captions)
            same = sum(captions[picture] == first[picture] for picture in captions) / len(captions)
            # METEOR and the words that end no sentence are known of some languages alone.
            values = {name: found[name] for name in (*_SCORES, *_SPEECH, *_TRUTH) if found.get(name) is not None}
            if not prefix:
                # Another set's pictures and words may be under terms that do not let them stand in a record.
                facts["failures"] = _failures(captions, scorer.captions)
            size = bundle.manifest.variants[variant].bytes
            rows.append(Row(name, {**values, "same_as_first": round(same, 4), "size_bytes": size}, facts=facts))
    return rows


def _failures(captions: Mapping[str, str], scorer: CaptionScorer) -> list[dict[str, Any]]:
    """Return the model's sentences that score lowest; what people say of a picture is theirs, and stays out of a record."""
    scores = scorer.cider_by_picture(captions)
    worst = sorted(scores, key=lambda name: (scores[name], name))[:_FAILURES]
    return [{"picture": name, "said": captions[name], "cider": round(scores[name], 4)} for name in worst]


_COLUMNS = ("cider", "bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor", "rouge_l")


def quality_markdown(record: Record) -> str:
    """Return the table.

    Args:
        record: Of kind `quality`.
    """
    told = [(row.name, row.values) for row in record.rows if has_truth(row.values)]
    truth = ["## What is not so", "", *truth_lines(told, "variant"), "", *(f"- {note}" for note in TRUTH_NOTES), ""]
    lines = [
        *heading(record, "Quality"),
        "| variant | MB | CIDEr | BLEU-1/2/3/4 | METEOR | ROUGE-L "
        "| different words / a sentence | new | repeated / dangling | same as the first |",
        "|---" * 10 + "|",
        *(_line(row) for row in record.rows if "variant" in row.facts),
        "",
        *(truth if told or record.kind == QUALITY else []),
        *(f"{row.name}, each caption against the others of its picture: {_spelt(row)}" for row in people_of(record)),
        *record.notes,
        *(f"{row.name}: {row.missing}" for row in record.rows if row.missing),
    ]
    return "\n".join(lines) + "\n"


def _spelt(row: Row) -> str:
    v = row.values
    return f"CIDEr {v['cider']:.4f} of {v['captions']} captions, {v['alike'] * 100:.1f} % of them alike."


def _line(row: Row) -> str:
    if row.missing:
        return f"| {row.name} |" + " - |" * 9
    v = row.values
    bleu = "/".join(f"{v[name] * 100:.1f}" for name in _COLUMNS[1:5])
    meteor = f"{v['meteor']:.4f}" if "meteor" in v else "-"
    dangling = f"{v['dangling'] * 100:.1f}" if "dangling" in v else "-"
    return (
        f"| {row.name} | {v['size_bytes'] / 1e6:.2f} | {v['cider']:.4f} | {bleu} | {meteor} | {v['rouge_l']:.4f} | "
        f"{v['distinct_words']:.0f} / {v['mean_length']:.1f} | "
        f"{v['novel'] * 100:.1f} % | {v['repeated'] * 100:.1f} / {dangling} % | {v['same_as_first'] * 100:.1f} % |"
    )
