"""How fast is this bundle on this machine? Load, cold start, every stage of a caption, first word, memory."""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from edge_runtime.bench.cold_start import Start, start
from edge_runtime.bench.environment import machine_facts, measurement_warnings, snapshot, state, today
from edge_runtime.bench.interleaved import Configuration, Contender, Samples, check_rounds, time_captioners
from edge_runtime.bench.result import Record, Row
from edge_runtime.bench.statistics import spread, summary
from edge_runtime.bundle.manifest import MAX_BEAM
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.spoken import common_variants, served_language
from edge_runtime.bundle.tuned_variant import tuned_variant
from edge_runtime.captioner import MAX_THREADS, Captioner, usual_threads
from edge_runtime.console.validation import check_within
from edge_runtime.errors import BackendNotInstalledError, BundleError
from edge_runtime.pictures.preprocess import Picture, load_input
from edge_runtime.pictures.synthetic import FRAME, synthetic_frames

ALL = "all"
"""Every variant of the bundle that this machine can run."""
_FRAMES = 16
_STARTS = 5
"""Processes started for each configuration."""


@dataclass(frozen=True)
class BenchOptions:
    """What is measured.

    Attributes:
        bundle: Folder or zip; the default bundle where None.
        variants: Names, or `all`; the one that would be used where there are none.
        threads: Of the encoder; the usual number where there are none.
        beams: Hypotheses kept; the bundle's default where there are none.
        pictures: Files, whose reading and decoding is measured too; frames are made up where there are none.
        rounds: Pictures captioned by each configuration, 20 to 100,000.
        warm_up: Seconds that do not count.
        expect_digest: Of the bundle; any bundle will do where None.
        languages: Tags of what the bundle speaks, each a configuration of its own; the bundle's own where there are none.
    """

    bundle: Path | None = None
    variants: Sequence[str] = ()
    threads: Sequence[int] = ()
    beams: Sequence[int] = ()
    pictures: Sequence[Path] = ()
    rounds: int = 100
    warm_up: float = 2.0
    expect_digest: str | None = None
    languages: Sequence[str] = ()


def bench(options: BenchOptions) -> Record:
    """Measure, all configurations interleaved.

    Args:
        options: What.

    Returns:
        A record of kind `bench`, a row a configuration: milliseconds of `load`, `cold_start`, `preprocess`, `encode`, `decode`,
        `total` and `first_word` (p50, p90, p99), `fps`, `memory_mb`, `size_bytes`.

    Raises:
        OptionError: A number outside its range.
        BundleNotFoundError, BundleError, UnknownVariantError: The bundle, or a variant asked for by its name, cannot be used.
        UnknownLanguageError: The bundle does not speak a language.
        PictureNotFoundError, PictureError: A picture cannot be captioned.
    """
    bundle = Bundle(options.bundle, options.expect_digest)
    check_rounds(options.rounds, options.warm_up)
    asked = configurations(bundle, options)
    with contextlib.ExitStack() as made:
        pictures, first = _pictures(bundle, options.pictures[: options.rounds], made)
        before = snapshot()
        starts = _starts(options.bundle, asked, first)
        failed = {c: problem for c in asked if (problem := starts[c][0].problem)}
        _check_some(bundle, failed, asked, ALL in options.variants)
        contenders = []
        for c in (c for c in asked if c not in failed):
            try:
                captioner = Captioner.load(bundle, c.variant, c.threads, abstains=False, language=c.language)
                contenders.append(Contender(c.name, captioner, c.beam))
            except (BackendNotInstalledError, BundleError) as error:
                if ALL not in options.variants:
                    raise
                failed[c] = str(error)
        _check_some(bundle, failed, asked, ALL in options.variants)
        samples = time_captioners(
            contenders,
            pictures,
            options.rounds,
            options.warm_up,
            first_words=True,
        )
        after = snapshot()
    rows = [_row(bundle, c, starts[c], samples.get(c.name), failed.get(c)) for c in asked]
    uncertain = {f"total of {row.name}": row.noise["total_ms_p50"] for row in rows if not row.missing}
    digest = {bundle.manifest.name: bundle.digest}
    return Record(
        "bench",
        today(),
        {**machine_facts(), "bundles": digest, "state": state(before, after)},
        _told(options, asked),
        rows,
        measurement_warnings(before, after, uncertain),
        _notes(options),
    )


def configurations(bundle: Bundle, options: BenchOptions) -> list[Configuration]:
    """Return every combination that is asked for, each once.

    Raises:
        OptionError: Threads or a beam outside their range.
        UnknownVariantError: The bundle does not hold a variant, or not in a language.
        UnknownLanguageError: It does not speak a language.
    """
    check_within("--threads", options.threads, 1, MAX_THREADS)
    check_within("--beam", options.beams, 1, MAX_BEAM)
    found: dict[Configuration, None] = {}
    tags: list[str | None] = [served_language(bundle.own, language) for language in options.languages]
    spoken = {tag: bundle if tag is None else bundle.in_language(tag) for tag in tags or [None]}
    common = common_variants(bundle.own, tags)
    for threads in options.threads or [usual_threads()]:
        if ALL in options.variants:
            names = common
        elif options.variants:
            names = [each.variant(name)[0] for name in options.variants for each in spoken.values()]
        else:
            tuned = tuned_variant(bundle, threads)
            names = [tuned if tuned in common else bundle.manifest.default_variant]
        for name in names:
            for tag, each in spoken.items():
                for beam in options.beams or [each.manifest.decode.beam_width]:
                    found[Configuration(name, threads, beam, tag)] = None
    return list(found)


def _pictures(bundle: Bundle, paths: Sequence[Path], made: contextlib.ExitStack) -> tuple[list[Picture], Path]:
    """Return what is captioned, looked at beforehand, and a file of the first."""
    if paths:
        spec = bundle.manifest.input
        for path in paths:
            load_input(path, spec.height, spec.width)
        return list(paths), paths[0]
    frames = synthetic_frames(_FRAMES)
    return list(frames), made.enter_context(_written(frames[0]))


@contextlib.contextmanager
def _written(frame: npt.NDArray[np.uint8]) -> Iterator[Path]:
    """A frame as a file; in memory where no folder can be written."""
    content = io.BytesIO()
    Image.fromarray(frame).save(content, "JPEG", quality=90)
    with contextlib.ExitStack() as closing:
        try:
            path = Path(closing.enter_context(tempfile.TemporaryDirectory())) / "frame.jpg"
            path.write_bytes(content.getvalue())
        except OSError:
            held = os.memfd_create("frame.jpg")
            closing.callback(os.close, held)
            os.write(held, content.getvalue())
            path = Path(f"/proc/{os.getpid()}/fd/{held}")
        yield path


def _starts(
    bundle: Path | None, configurations: Sequence[Configuration], picture: Path
) -> dict[Configuration, list[Start]]:
    """Return processes of every configuration, interleaved; one that fails is not started again."""
    found: dict[Configuration, list[Start]] = {configuration: [] for configuration in configurations}
    for _ in range(_STARTS):
        for configuration, starts in found.items():
            if not starts or not starts[0].problem:
                starts.append(start(bundle, configuration, picture))
    return found


def _check_some(
    bundle: Bundle, failed: dict[Configuration, str], asked: Sequence[Configuration], whatever_runs: bool
) -> None:
    """Refuse where a variant that was asked for by its name cannot run, or none can."""
    if failed and (not whatever_runs or len(failed) == len(asked)):
        configuration, problem = next(iter(failed.items()))
        raise BundleError(f"{bundle.path}: {configuration.variant} cannot run here: {problem}")


def _row(
    bundle: Bundle, configuration: Configuration, starts: Sequence[Start], samples: Samples | None, problem: str | None
) -> Row:
    facts = configuration.facts
    if samples is None:
        return Row(configuration.name, facts=facts, missing=problem or "")
    good = [begun for begun in starts if not begun.problem]
    loads, colds = [begun.load_ms for begun in good], [begun.cold_ms for begun in good]
    values = {**summary("load_ms", loads), **summary("cold_start_ms", colds), **samples.values()}
    noise = {"load_ms_p50": spread(loads), "cold_start_ms_p50": spread(colds), **samples.noise()}
    peaks = [begun.memory_bytes for begun in good if begun.memory_bytes is not None]
    if peaks:
        values["memory_mb"] = round(max(peaks) / 1e6, 1)
        noise["memory_mb"] = spread(peaks)
    spoken = bundle.own.in_language(configuration.language or bundle.own.language)
    values["size_bytes"] = spoken.variants[configuration.variant].bytes
    return Row(configuration.name, values, noise, {**facts, "words": samples.mean_words})


def _told(options: BenchOptions, asked: Sequence[Configuration]) -> dict[str, Any]:
    return {
        "bundle": str(options.bundle) if options.bundle is not None else None,
        "variants": list(dict.fromkeys(c.variant for c in asked)),
        "threads": list(dict.fromkeys(c.threads for c in asked)),
        "beams": list(dict.fromkeys(c.beam for c in asked)),
        **({"languages": list(dict.fromkeys(c.language for c in asked))} if options.languages else {}),
        "pictures": len(options.pictures) or f"{_FRAMES} made-up frames, {FRAME[1]} x {FRAME[0]}",
        "rounds": options.rounds,
        "warm_up_s": options.warm_up,
        "starts": _STARTS,
    }


def _notes(options: BenchOptions) -> list[str]:
    shown = "reading and decoding the file is part of preprocess" if options.pictures else "preprocess is of an array"
    return [
        f"All configurations are interleaved picture by picture; {shown}.",
        f"Load and cold start: {_STARTS} processes each, from the start of Python to the sentence of a picture file, with the files "
        "in the system's cache; of so few, the 99th percentile is about the slowest.",
        "Memory: the most that such a process held, Python and libraries included.",
        "First word: from the picture to the first word of a greedy stream.",
    ]
