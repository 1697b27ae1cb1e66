"""The parity report: what every variant of a bundle costs in bytes, milliseconds and caption quality, against its float one."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.backends.base import Backend
from edge_runtime.backends.decoding import Floats, Search, greedy_tokens
from edge_runtime.backends.opening import open_backend
from edge_runtime.bench.interleaved import Contender, time_captioners
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import MAX_THREADS, Captioner
from edge_runtime.errors import OptionError
from edge_runtime.pictures.preprocess import load_input
from export.errors import ExportError
from export.parity import measure as parity
from export.parity.bars import MIN_CIDER_SHARE, variant_failures
from export.parity.operators import run_operators
from train.datasets.loading import DatasetSource
from train.scoring.metrics import CaptionScorer, require_java

_LOG_PROB_PICTURES = 50
_IMPOSSIBLE = -1e3
"""Log-probabilities below it stand for words that are never said; they are not compared."""


@dataclass(frozen=True)
class CheckOptions:
    """What is checked.

    Attributes:
        bundle: Bundle.
        source: Data set whose dev split is captioned.
        reference: The float variant that the others are held against.
        pictures: Dev pictures at the most; all where None.
        beam: Hypotheses kept; the bundle's default where None.
        threads: Of the encoder, for the times.
        rounds: Captions timed for each variant.
    """

    bundle: Path | None
    source: DatasetSource
    reference: str
    pictures: int | None
    beam: int | None
    threads: int
    rounds: int


@dataclass(frozen=True)
class Difference:
    """How far outputs are from the reference's.

    Attributes:
        cosine: The mean over pictures, of all values as one vector.
        largest: Largest absolute difference.
    """

    cosine: float
    largest: float


@dataclass(frozen=True)
class VariantReport:
    """A variant as measured.

    Attributes:
        bytes: Of its graphs, by file, and together.
        operators: What one run of each graph executes.
        features: Tensor of the decoder's context or first state -> difference.
        log_probs: Of every next word along the reference's sentences, each variant on its own features.
        cider: On dev.
        cider_share: Of the reference's.
        other_captions: Share of the pictures that get another sentence.
        milliseconds: Stage -> median.
    """

    bytes: dict[str, int]
    operators: dict[str, dict[str, int]]
    features: dict[str, Difference]
    log_probs: Difference
    cider: float
    cider_share: float
    other_captions: float
    milliseconds: dict[str, float]


@dataclass(frozen=True)
class CheckReport:
    """Everything measured.

    Attributes:
        bundle: Name of the model.
        protocol: Pictures, beam, threads.
        reference: Name of the float variant.
        variants: Name -> figures, the reference first.
        failures: What falls short, a sentence each.
    """

    bundle: str
    protocol: dict[str, Any]
    reference: str
    variants: dict[str, VariantReport]
    failures: list[str]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def check(options: CheckOptions, say: Callable[[str], None]) -> CheckReport:
    """Measure a bundle.

    Args:
        options: What is checked.
        say: Receives lines of news.

    Raises:
        BundleError: The bundle cannot be used.
        BackendNotInstalledError: A package that runs one of the variants is missing.
        DatasetError: The data set cannot be read.
        ExportError: There is no reference variant, or no dev picture.
    """
    if options.threads > MAX_THREADS:
        raise OptionError(f"threads {options.threads}: must be 1 to {MAX_THREADS}")
    bundle = Bundle(options.bundle)
    manifest = bundle.manifest
    if options.reference not in manifest.variants:
        raise ExportError(
            f"{bundle.path}: no variant '{options.reference}' to hold the others against; name one with --reference: "
            f"{', '.join(manifest.variants)}"
        )
    require_java(manifest.language)
    dataset = options.source.load()
    say(dataset.report())
    dataset = dataset.references(["dev"], say).readable(["dev"], say)
    dev = dict(list(dataset.captions_of("dev").items())[: options.pictures])
    if not dev:
        raise ExportError(f"{dataset.source}: no dev pictures; check --dev-split and --holdout")
    beam = options.beam or manifest.decode.beam_width
    names = [options.reference, *(name for name in manifest.variants if name != options.reference)]
    backends = {name: open_backend(bundle, manifest.variants[name], 1) for name in names}
    shown = list(dev)[: parity.COSINE_PICTURES]
    features = _features(manifest, backends, dataset.images, shown)
    ids = manifest.special_ids
    search = Search(ids.start, ids.end, manifest.max_length)
    log_probs = _log_probs(
        manifest.input.height, manifest.input.width, backends, dataset.images, shown[:_LOG_PROB_PICTURES], search
    )
    said = {name: parity.captions(bundle.path, name, dataset.images, dev, beam) for name in names}
    scorer = CaptionScorer(dev, manifest.language)
    ciders = {name: scorer.score(captions, meteor=False).cider for name, captions in said.items()}
    if not ciders[options.reference] > 0:
        raise ExportError(
            f"{options.reference} scores no CIDEr on {len(dev)} dev pictures, so there is nothing to lose; take more of them"
        )
    say(f"timing {options.rounds} captions of each variant in turns")
    times = _times(bundle, names, dataset.images, shown, beam, options)
    reports = {}
    for name in names:
        variant = manifest.variants[name]
        sizes = {graph: file.bytes for graph, file in variant.files.items()}
        reports[name] = VariantReport(
            bytes={**sizes, "total": variant.bytes},
            operators=run_operators(bundle, variant),
            features=features[name],
            log_probs=log_probs[name],
            cider=round(ciders[name], 4),
            cider_share=round(ciders[name] / ciders[options.reference], 4),
            other_captions=round(1 - parity.share_of_same(said[options.reference], said[name]), 4),
            milliseconds=times[name],
        )
    protocol = {
        "dev_pictures": len(dev),
        "feature_pictures": len(shown),
        "log_prob_pictures": len(shown[:_LOG_PROB_PICTURES]),
        "beam": beam,
        "threads": options.threads,
        "timed_captions": options.rounds,
    }
    return CheckReport(manifest.name, protocol, options.reference, reports, failures(reports, options.reference))


def failures(reports: Mapping[str, VariantReport], reference: str) -> list[str]:
    """Return what falls short of the bars, a sentence each.

    Args:
        reports: Name -> figures.
        reference: The variant that the others are held against.
    """
    found = []
    for name, report in reports.items():
        cosines = [difference.cosine for difference in report.features.values()]
        found += variant_failures(name, cosines, report.cider, reports[reference].cider)
    small = {name: report.cider_share for name, report in reports.items() if _all_integer(name)}
    if small and not max(small.values()) >= MIN_CIDER_SHARE:
        found.append(
            f"the best full int8 variant keeps {max(small.values()):.1%} of the CIDEr, at least {MIN_CIDER_SHARE:.1%} is asked for"
        )
    return found


def _all_integer(name: str) -> bool:
    """Return whether both graphs of a variant multiply int8 by int8."""
    encoder, plus, decoder = name.partition("-")[2].partition("+")
    return encoder == "int8" and (not plus or decoder.startswith("int8"))


def _features(
    manifest: Manifest, backends: Mapping[str, Backend], images: Path, names: Sequence[str]
) -> dict[str, dict[str, Difference]]:
    outputs, spec = manifest.decoder.names, manifest.input
    cosines = {name: np.zeros(len(outputs)) for name in backends}
    largest = {name: np.zeros(len(outputs)) for name in backends}
    for picture in names:
        image = load_input(images / picture, spec.height, spec.width)[None]
        found = {name: parity.encoder_outputs(backend, image) for name, backend in backends.items()}
        first = next(iter(found.values()))
        for name, arrays in found.items():
            cosines[name] += [parity.cosine(a, b) for a, b in zip(first, arrays, strict=True)]
            errors = [float(np.abs(a - b).max()) for a, b in zip(first, arrays, strict=True)]
            largest[name] = np.maximum(largest[name], errors)
    return {
        name: {
            output: Difference(round(float(c) / len(names), 5), round(float(e), 4))
            for output, c, e in zip(outputs, cosines[name], largest[name], strict=True)
        }
        for name in backends
    }


def _log_probs(
    height: int, width: int, backends: Mapping[str, Backend], images: Path, names: Sequence[str], search: Search
) -> dict[str, Difference]:
    cosines: dict[str, list[float]] = {name: [] for name in backends}
    largest = dict.fromkeys(backends, 0.0)
    for picture in names:
        image = load_input(images / picture, height, width)[None]
        tokens: list[int] | None = None
        first: Floats | None = None
        for name, backend in backends.items():
            encoded = backend.encode(image)
            if tokens is None:
                said = [token for token, _ in greedy_tokens(encoded.step, encoded.state, search)]
                tokens = [search.start_id, *said[:-1]]
            rows, state = [], encoded.state
            for token in tokens:
                log_probs, state = encoded.step(np.array([token], np.int32), state)
                rows.append(log_probs[0])
            found = np.stack(rows)
            first = found if first is None else first
            sayable = first > _IMPOSSIBLE
            cosines[name].append(parity.cosine(first[sayable], found[sayable]))
            largest[name] = max(largest[name], float(np.abs(first - found)[sayable].max()))
    return {name: Difference(round(statistics.fmean(cosines[name]), 5), round(largest[name], 4)) for name in backends}


def _times(
    bundle: Bundle, names: Sequence[str], images: Path, pictures: Sequence[str], beam: int, options: CheckOptions
) -> dict[str, dict[str, float]]:
    """Return median milliseconds of each stage; the variants are interleaved picture by picture."""
    from PIL import Image

    frames = [np.asarray(Image.open(images / picture).convert("RGB")) for picture in pictures[:20]]
    contenders = [Contender(name, Captioner.load(bundle, name, options.threads), beam) for name in names]
    taken = time_captioners(contenders, frames, options.rounds, warm_up=0.0)
    return {
        name: {stage: round(statistics.median(values), 3) for stage, values in samples.milliseconds.items()}
        for name, samples in taken.items()
    }
