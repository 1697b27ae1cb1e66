"""One run that holds a caption against its graphs, and its graphs against the machine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.limits import layers, machine_peak
from benchmarks.limits.floor import RawPass
from benchmarks.limits.floor_comparison import FloorComparison
from benchmarks.limits.rows import comparison_row, layer_rows, machine_rows
from edge_runtime.backends.tensors import encoder_tensors, step_tensors
from edge_runtime.bench.environment import machine_facts, measurement_warnings, snapshot, state, today
from edge_runtime.bench.interleaved import interleaved, threads_named
from edge_runtime.bench.result import Record, Row
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import Captioner
from edge_runtime.errors import BackendNotInstalledError, BundleError
from edge_runtime.pictures.preprocess import load_input
from edge_runtime.pictures.synthetic import synthetic_frames

_PROFILED = 20
_WARM_ROUNDS = 10
_PEAK_EVERY = 50
"""Rounds after which the machine's peak is measured again: the best of all times counts."""
_FRAMES = 20


@dataclass(frozen=True)
class LimitsOptions:
    """What is measured.

    Attributes:
        bundle: The bundle; the default one where None.
        variants: Its variants; all that have a greedy loop where there are none.
        threads: Of the encoder, interleaved.
        rounds: Captions for each.
        pictures: Frames as uint8 [H, W, 3]; made ones where there are none.
    """

    bundle: Path | None
    variants: Sequence[str]
    threads: Sequence[int]
    rounds: int
    pictures: Sequence[npt.NDArray[np.uint8]] = ()


def limits(options: LimitsOptions, say: Callable[[str], None]) -> Record:
    """Measure.

    Args:
        options: What.
        say: Receives lines of news.

    Returns:
        A record of kind `limits`: a row a variant and number of threads (`total_ms`, `floor_ms`, `over_floor`, the shares of
        the machine's peak and bandwidth), rows `machine, ...` with the peaks, rows `layer ...` with the slowest operators.

    Raises:
        BundleNotFoundError, BundleError, UnknownVariantError: The bundle, or a variant that was named, cannot be used.
    """
    bundle = Bundle(options.bundle)
    frames = list(options.pictures) or synthetic_frames(_FRAMES)
    comparisons, missing = _comparisons(bundle, options)
    products = _products(options.threads)
    peaks: dict[tuple[str, int], list[tuple[float, int]]] = {key: [] for key in products}
    before = snapshot()
    say(f"measuring {len(comparisons)} configurations, {options.rounds} captions each")
    spec = bundle.manifest.input
    for one in interleaved(comparisons, options.rounds, _WARM_ROUNDS):
        frame = frames[one.number % len(frames)]
        image = load_input(frame, spec.height, spec.width)[None]
        for comparison in one.order:
            taken = comparison.both(frame, image, floor_first=one.number % 2 == 0)
            if one.counts:
                comparison.add(taken)
        if one.counts and one.number % _PEAK_EVERY == 0:
            for key, runs in products.items():
                peaks[key].append(machine_peak.peak(runs))
    say("taking the profile of each operator")
    profiled = _profiles(bundle, comparisons, image)
    after = snapshot()
    macs = {
        graph: min((layers.total_macs(found[graph]) for found in profiled.values()), default=0)
        for graph in ("encoder", "decoder_step")
    }
    top = {key: max(found) for key, found in peaks.items()}
    read_rate = machine_peak.memory_bandwidth()
    rows = [comparison_row(bundle, comparison, macs, top, read_rate) for comparison in comparisons]
    uncertain = {f"total of {row.name}": row.noise["total_ms_p50"] for row in rows}
    return Record(
        "limits",
        today(),
        {**machine_facts(), "bundles": {bundle.manifest.name: bundle.digest}, "state": state(before, after)},
        {
            "bundle": bundle.manifest.name,
            "threads": list(options.threads),
            "rounds": options.rounds,
            "beam": 1,
            "frames": len(frames),
        },
        [
            *rows,
            *(Row(name, missing=why) for name, why in missing.items()),
            *machine_rows(top, read_rate),
            *layer_rows(profiled, top),
        ],
        measurement_warnings(before, after, uncertain),
        _notes(bool(top)),
    )


def _comparisons(bundle: Bundle, options: LimitsOptions) -> tuple[list[FloorComparison], dict[str, str]]:
    found: list[FloorComparison] = []
    missing: dict[str, str] = {}
    for name in options.variants or sorted(bundle.manifest.variants):
        name, variant = bundle.variant(name)
        for threads in options.threads:
            label = f"{name}, {threads_named(threads)}"
            if variant.backend == "onnx" and "decoder_greedy" not in variant.files:
                missing[label] = "it has no greedy loop; export the bundle again"
                continue
            try:
                captioner = Captioner.load(bundle, name, threads, abstains=False)
                found.append(FloorComparison(label, name, threads, captioner, RawPass(bundle, variant, threads)))
            except BackendNotInstalledError as error:
                missing[label] = str(error)
    if not found:
        raise BundleError(
            f"{bundle.path}: none of its variants runs here; {next(iter(missing.values()), 'it has none')}"
        )
    return found, missing


def _products(threads: Sequence[int]) -> dict[tuple[str, int], machine_peak.Products]:
    """Return the products whose rates are the machine's peaks, by kind and number of threads; none where nothing writes their graphs."""
    try:
        return {(kind, count): machine_peak.products(kind, count) for kind in ("int8", "fp32") for count in threads}
    except BackendNotInstalledError:
        return {}


def _profiles(
    bundle: Bundle, comparisons: Sequence[FloorComparison], image: npt.NDArray[np.uint8]
) -> dict[str, dict[str, list[layers.Operator]]]:
    """Return operators of each ONNX variant's graphs, on one thread."""
    try:
        import onnx  # noqa: F401
    except ImportError:
        return {}
    manifest = bundle.manifest
    wanted = step_tensors(manifest)
    step = {tensor: np.zeros([n or 1 for n in shape], kind) for tensor, (kind, shape) in wanted.inputs.items()}
    found: dict[str, dict[str, list[layers.Operator]]] = {}
    for name in dict.fromkeys(comparison.variant for comparison in comparisons):
        variant = manifest.variants[name]
        if variant.backend != "onnx":
            continue
        files = variant.files
        found[name] = {
            "encoder": layers.operators(
                bundle, files["encoder"], encoder_tensors(manifest), [{"image": image}] * _PROFILED, 1
            ),
            "decoder_step": layers.operators(
                bundle, files["decoder_step"], wanted, [step] * _PROFILED, 1, files.get("decoder_weights")
            ),
        }
    return found


def _notes(peaks: bool) -> list[str]:
    notes = [
        "Floor: the encoder's graph and the greedy loop's on raw sessions, opened as the runtime opens them, inputs ready, the "
        "same frames and words; measured interleaved with whole captions of decoded 640 x 480 frames, resizing included.",
        "Weights a word: bytes of the decoder's weights; 'of cache' against reading as many bytes over and over, 'of memory' "
        "against reading what no cache holds, both on one thread.",
        "Layers: medians of ONNX Runtime's own profile on one thread; the runtimes of LiteRT tell no times of single operators.",
    ]
    if peaks:
        notes.insert(
            1,
            "Peak: the fastest of square matrix products in ONNX Runtime (uint8 by int8 with int32 sums; float32), weights packed "
            "beforehand. Depthwise and small layers cannot reach it: they do little with each byte that they read.",
        )
    return notes
