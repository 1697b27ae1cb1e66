"""Bundles of several sizes side by side: their bytes, the milliseconds of a caption, in turns, and what their sentences score."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.bundles.latency import LatencyOptions, latency
from benchmarks.bundles.quality import QualityOptions, quality
from benchmarks.report.by_size import CIDER, SIZES, price_list
from benchmarks.report.writing import heading
from edge_runtime.bench.result import Record, Row
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import OptionError
from train.datasets.named_sets import NamedSet
from train.scoring.metrics import protocol


@dataclass(frozen=True)
class SizesOptions:
    """What is measured.

    Attributes:
        bundles: Bundles, at least two; ratios are to the first one.
        variants: Of each bundle; all where there are none.
        pictures: Folder of the pictures that are timed.
        threads: Of the encoder.
        beams: Hypotheses kept.
        rounds: Pictures captioned by each configuration.
        warm_up: Seconds of rounds that do not count.
        limit: Pictures scored, the first of each split; all where None.
    """

    bundles: Sequence[Path]
    variants: Sequence[str]
    pictures: Path
    threads: int
    beams: Sequence[int]
    rounds: int
    warm_up: float
    limit: int | None


def sizes(options: SizesOptions, sets: Sequence[NamedSet], say: Callable[[str], None]) -> Record:
    """Time bundles in turns, and score what each says.

    Args:
        options: What.
        sets: Data sets, of which each gives a figure `cider_NAME`.
        say: Receives lines of news.

    Returns:
        A record of kind `sizes`: the rows of `latency`, with CIDEr on each data set.

    Raises:
        OptionError: Fewer than two bundles, two of one name, or a number outside its range.
        PictureError: No pictures in the folder.
        BundleNotFoundError, BundleError, UnknownVariantError, BackendNotInstalledError: A bundle, or a variant that was named,
            cannot be used.
    """
    bundles = _by_name(options.bundles)
    timed = latency(
        LatencyOptions(
            options.bundles,
            (),
            options.variants,
            options.pictures,
            [options.threads],
            options.beams,
            options.rounds,
            options.warm_up,
        ),
        say,
    )
    scores = {name: _scores(path, options, sets, say) for name, path in bundles.items()}
    rows = [
        row
        if row.missing
        else replace(row, values={**row.values, **scores[str(row.facts["bundle"])].get(_key(row), {})})
        for row in timed.rows
    ]
    data = [f"{each.name} {each.split}" for each in sets]
    return replace(
        timed,
        kind=SIZES,
        options={**timed.options, "data": data, **({"pictures scored": options.limit} if options.limit else {})},
        rows=rows,
        notes=[*timed.notes, f"CIDEr: {protocol('en')}."],
    )


def _by_name(paths: Sequence[Path]) -> dict[str, Path]:
    if len(paths) < 2:
        raise OptionError("--bundle: name at least two bundles to compare, the first one the measure of the others")
    found = {Bundle(path).manifest.name: path for path in paths}
    if len(found) < len(paths):
        raise OptionError("--bundle: two bundles have one name; name bundles that are called differently")
    return found


def _scores(
    path: Path, options: SizesOptions, sets: Sequence[NamedSet], say: Callable[[str], None]
) -> Mapping[tuple[object, ...], dict[str, float]]:
    """Return variant and beam -> CIDEr on each data set."""
    found: dict[tuple[object, ...], dict[str, float]] = {}
    record = quality(QualityOptions(path, options.variants, options.beams, options.limit), sets, say)
    for row in record.rows:
        if "variant" in row.facts and not row.missing:
            found.setdefault(_key(row), {})[f"{CIDER}{row.facts['data']}"] = row.values["cider"]
    return found


def _key(row: Row) -> tuple[object, ...]:
    return row.facts["variant"], row.facts["beam"]


def sizes_markdown(record: Record) -> str:
    """Return the table.

    Args:
        record: Of kind `sizes`.
    """
    missing = [f"{row.name}: {row.missing}" for row in record.rows if row.missing]
    return "\n".join([*heading(record, "Sizes"), price_list(record).to_markdown(), "", *record.notes, *missing]) + "\n"
