"""Milliseconds a picture, from decoded array to sentence: bundles, variants, threads and beams side by side in one run.

They are interleaved picture by picture, so that whatever slows the machine slows them all; quote ratios.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.report.by_language import LANGUAGES, timed_languages
from benchmarks.report.pictures import as_frames, required_pictures
from benchmarks.report.writing import heading
from edge_runtime.bench.environment import machine_facts, measurement_warnings, snapshot, state, today
from edge_runtime.bench.interleaved import STAGES, Configuration, Contender, Samples, check_rounds, time_captioners
from edge_runtime.bench.result import Record, Row
from edge_runtime.bench.statistics import PERCENTILES
from edge_runtime.bundle.manifest import MAX_BEAM
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.spoken import common_variants, served_language
from edge_runtime.captioner import MAX_THREADS, Captioner
from edge_runtime.console.validation import check_within
from edge_runtime.errors import BackendNotInstalledError, BundleError, OptionError
from train.encoders.registry import encoder_spec

_FEWEST = 100
"""Rounds from which there is a 99th percentile."""


@dataclass(frozen=True)
class LatencyOptions:
    """What is measured.

    Attributes:
        bundles: Bundles; the default one where None.
        encoders: Names of encoders that are exported for the measurement, with decoders that nobody has trained.
        variants: Of each bundle; all where there are none.
        pictures: Folder of the pictures, which are decoded beforehand, to a camera's 640 x 480.
        threads: Of the encoder.
        beams: Hypotheses kept.
        rounds: Pictures captioned by each configuration.
        warm_up: Seconds of rounds that do not count.
        languages: Tags of what each bundle speaks, which are compared by the time of a word; the bundle's own where there are none.
    """

    bundles: Sequence[Path | None]
    encoders: Sequence[str]
    variants: Sequence[str]
    pictures: Path
    threads: Sequence[int]
    beams: Sequence[int]
    rounds: int
    warm_up: float
    languages: Sequence[str] = ()


@dataclass(frozen=True)
class _Entry:
    """A configuration of a bundle; `captioner` is None where it cannot run here, `missing` says why.

    `further` are captioners of the languages that it says as well, of the same frame.
    """

    name: str
    bundle: Bundle
    configuration: Configuration
    captioner: Captioner | None
    missing: str
    further: Sequence[Captioner] = ()

    @property
    def bytes(self) -> int:
        own = self.bundle.own
        return own.in_language(self.configuration.language or own.language).variants[self.configuration.variant].bytes


def latency(options: LatencyOptions, say: Callable[[str], None]) -> Record:
    """Measure.

    Args:
        options: What.
        say: Receives lines of news.

    Returns:
        A record of kind `latency`, a row a configuration: `preprocess`, `encode`, `decode`, `total` in milliseconds (p50, p90,
        p99), `fps` and `size_bytes`. Where languages are named its kind is `languages`: a row has `word` too, and further rows say
        two languages of each frame, the first and another, encoded once.

    Raises:
        OptionError: A number outside its range.
        PictureError: No pictures in the folder.
        BundleNotFoundError, BundleError, UnknownVariantError, BackendNotInstalledError: A bundle, or a variant that was named,
            cannot be used.
        UnknownLanguageError: One does not speak a language.
    """
    _check(options)
    pictures = decoded(options.pictures)
    with tempfile.TemporaryDirectory() as home:
        bundles = _named([Bundle(path) for path in options.bundles])
        for encoder in dict.fromkeys(options.encoders):
            bundles[encoder] = _exported(encoder, options, Path(home), say)
        entries = _entries(bundles, options)
        running = [
            Contender(entry.name, entry.captioner, entry.configuration.beam, entry.further)
            for entry in entries
            if entry.captioner is not None
        ]
        if not running:
            raise BundleError(f"none of the variants runs here; {entries[0].missing}")
        say(f"measuring {len(running)} configurations, {options.rounds} pictures each")
        before = snapshot()
        spoken = bool(options.languages)
        samples = time_captioners(running, pictures, options.rounds, options.warm_up, single_words=spoken)
        after = snapshot()
    rows = [_row(entry, samples.get(entry.name)) for entry in entries]
    uncertain = {f"total of {row.name}": row.noise["total_ms_p50"] for row in rows if not row.missing}
    digests = {name: bundle.digest for name, bundle in bundles.items()}
    return Record(
        LANGUAGES if spoken else "latency",
        today(),
        {**machine_facts(), "bundles": digests, "state": state(before, after)},
        _told(options, bundles, len(pictures)),
        rows,
        measurement_warnings(before, after, uncertain),
        _notes(options),
    )


def _check(options: LatencyOptions) -> None:
    if options.rounds < _FEWEST:
        raise OptionError(f"--rounds {options.rounds}: at least {_FEWEST} are needed for a 99th percentile")
    check_rounds(options.rounds, options.warm_up)
    check_within("--threads", options.threads, 1, MAX_THREADS)
    check_within("--beam", options.beams, 1, MAX_BEAM)
    for encoder in options.encoders:
        encoder_spec(encoder)


def decoded(folder: Path) -> list[npt.NDArray[np.uint8]]:
    """Return pictures of a folder, decoded beforehand to a camera's 640 x 480.

    Raises:
        PictureError: No such folder, or no pictures in it.
    """
    return as_frames(required_pictures(folder))


def _named(bundles: Sequence[Bundle]) -> dict[str, Bundle]:
    """Return bundles by their own names, or by their paths where names are not enough."""
    names = [bundle.manifest.name for bundle in bundles]
    if len(set(names)) < len(names):
        names = [str(bundle.path) for bundle in bundles]
    return dict(zip(names, bundles, strict=True))


def _exported(encoder: str, options: LatencyOptions, home: Path, say: Callable[[str], None]) -> Bundle:
    # TensorFlow, which only this needs, stays out of every other measurement.
    from benchmarks.encoder_bundles import ENCODER_VARIANTS, untrained_bundle

    return untrained_bundle(
        home, encoder, options.variants or ENCODER_VARIANTS, required_pictures(options.pictures), say
    )


def _entries(bundles: dict[str, Bundle], options: LatencyOptions) -> list[_Entry]:
    """Return every configuration, loaded; beams share a captioner, languages an encoder."""
    found = []
    for name, bundle in bundles.items():
        prefix = f"{name}: " if len(bundles) > 1 else ""
        tags = list(dict.fromkeys(served_language(bundle.own, language) for language in options.languages))
        for variant in dict.fromkeys(options.variants or sorted(common_variants(bundle.own, tags))):
            for threads in dict.fromkeys(options.threads):
                captioners, missing = _captioners(bundle, variant, threads, tags, named=bool(options.variants))
                for beam in dict.fromkeys(options.beams):
                    for tag, captioner in captioners.items():
                        configuration = Configuration(variant, threads, beam, tag)
                        found.append(_Entry(prefix + configuration.name, bundle, configuration, captioner, missing))
                    first, *others = captioners.items()
                    for tag, captioner in others:
                        if first[1] is not None and captioner is not None:
                            both = Configuration(variant, threads, beam, first[0])
                            name = f"{prefix}{both.name} and {tag}"
                            found.append(_Entry(name, bundle, both, first[1], "", [captioner]))
    return found


def _captioners(
    bundle: Bundle, variant: str, threads: int, tags: Sequence[str], named: bool
) -> tuple[dict[str | None, Captioner | None], str]:
    """Return a captioner for each language, None where the variant cannot run here, and why it cannot; one that was named must run."""
    wanted: list[str | None] = [*tags] or [None]
    try:
        captioner = Captioner.load(bundle, variant, threads, language=wanted[0])
    except BackendNotInstalledError as error:
        if named:
            raise
        return dict.fromkeys(wanted), str(error)
    return {wanted[0]: captioner, **{tag: captioner.also(tag) for tag in tags[1:]}}, ""


def _row(entry: _Entry, samples: Samples | None) -> Row:
    configuration, manifest = entry.configuration, entry.bundle.manifest
    facts: dict[str, Any] = {"bundle": manifest.name, "encoder": manifest.encoder, **configuration.facts}
    if entry.further:
        facts["further"] = [captioner.language for captioner in entry.further]
    if samples is None:
        return Row(entry.name, facts=facts, missing=entry.missing)
    values = {**samples.values(), "size_bytes": entry.bytes}
    return Row(entry.name, values, samples.noise(), {**facts, "words": samples.mean_words})


def _told(options: LatencyOptions, bundles: dict[str, Bundle], pictures: int) -> dict[str, Any]:
    return {
        "bundles": list(bundles),
        "variants": list(options.variants),
        "threads": list(options.threads),
        "beams": list(options.beams),
        **({"languages": list(options.languages)} if options.languages else {}),
        "pictures": pictures,
        "rounds": options.rounds,
        "warm_up_s": options.warm_up,
    }


def _notes(options: LatencyOptions) -> list[str]:
    notes = ["All rows are interleaved picture by picture in one run, in another order every round: quote the ratios."]
    if options.languages:
        notes.append("A word: decoding divided by its steps, the end of the sentence among them.")
    if options.encoders:
        notes.append(
            f"Nobody has trained the decoders of {', '.join(options.encoders)}: their sentences mean nothing and may be longer or "
            "shorter than a trained one's; their encoders' times and sizes are right."
        )
    return notes


def latency_markdown(record: Record) -> str:
    """Return the table, the first row that was measured being the one that ratios are to.

    Args:
        record: Of kind `latency` or `languages`.
    """
    first = next(row for row in record.rows if not row.missing)
    lines = [
        *heading(record, "Latency"),
        "Milliseconds: the median, what 90 of a hundred captions are within, and what 99 are.",
        "",
        "| configuration | MB | words | " + " | ".join(f"{stage}, ms" for stage in STAGES) + " | ratio |",
        "|---" * (len(STAGES) + 4) + "|",
        *(_line(row, first) for row in record.rows),
        "",
        *([timed_languages(record).to_markdown(), ""] if record.kind == LANGUAGES else []),
        *record.notes,
        *(f"{row.name}: {row.missing}" for row in record.rows if row.missing),
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row, first: Row) -> str:
    if row.missing:
        return f"| {row.name} |" + " - |" * (len(STAGES) + 3)
    cells = ["/".join(f"{row.values[f'{stage}_ms_p{share}']:.2f}" for share in PERCENTILES) for stage in STAGES]
    ratio = row.values["total_ms_p50"] / first.values["total_ms_p50"]
    size, words = row.values["size_bytes"] / 1e6, row.facts["words"]
    return f"| {row.name} | {size:.2f} | {words:.1f} | {' | '.join(cells)} | {ratio:.2f} |"
