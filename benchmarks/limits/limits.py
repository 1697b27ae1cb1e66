"""One run that holds a caption against its graphs, and its graphs against the machine."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.limits import layers, machine_peak
from benchmarks.limits.floor import RawPass
from edge_runtime.backends.tensors import encoder_tensors, step_tensors
from edge_runtime.bundle import Bundle
from edge_runtime.captioner import Captioner
from edge_runtime.conditions import doubts, machine_facts, moment, state, today
from edge_runtime.errors import BackendNotInstalledError, BundleError
from edge_runtime.made_frames import made_frames
from edge_runtime.manifest import Variant
from edge_runtime.preprocess import load_input
from edge_runtime.record import Record, Row
from edge_runtime.samples import noise, percentile, summary

SLOWEST = 10
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
        threads: Of the encoder, one after the other in turns.
        rounds: Captions for each.
        pictures: Frames as uint8 [H, W, 3]; made ones where there are none.
    """

    bundle: Path | None
    variants: Sequence[str]
    threads: Sequence[int]
    rounds: int
    pictures: Sequence[npt.NDArray[np.uint8]] = ()


@dataclass
class _Subject:
    """A variant with a number of threads: the captioner, and its graphs alone."""

    name: str
    variant: str
    threads: int
    captioner: Captioner
    raw: RawPass
    times: dict[str, list[float]] = field(default_factory=dict)
    words: list[int] = field(default_factory=list)

    def both(self, frame: npt.NDArray[np.uint8], image: npt.NDArray[np.uint8], floor_first: bool) -> dict[str, float]:
        """Milliseconds of a whole caption and of its floor, one right after the other."""
        if floor_first:
            return self._floor(image) | self._caption(frame)
        return self._caption(frame) | self._floor(image)

    def add(self, taken: Mapping[str, float]) -> None:
        """Count what `both` gave."""
        for name, value in taken.items():
            self.times.setdefault(name, []).append(value)

    def _caption(self, frame: npt.NDArray[np.uint8]) -> dict[str, float]:
        begun = time.perf_counter()
        caption = self.captioner.caption(frame, 1)
        taken = (time.perf_counter() - begun) * 1e3
        self.words.append(len(caption.token_log_probs))
        return {"total": taken, "preprocess": caption.timings.preprocess}

    def _floor(self, image: npt.NDArray[np.uint8]) -> dict[str, float]:
        begun = time.perf_counter()
        grid = self.raw.encode(image)
        encoded = time.perf_counter()
        self.raw.decode(grid)
        ended = time.perf_counter()
        encode, decode = (encoded - begun) * 1e3, (ended - encoded) * 1e3
        return {"floor": encode + decode, "floor_encode": encode, "floor_decode": decode}


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
    frames = list(options.pictures) or made_frames(_FRAMES)
    subjects, missing = _subjects(bundle, options)
    peaks: dict[tuple[str, int], list[tuple[float, int]]] = {}
    before = moment()
    say(f"measuring {len(subjects)} configurations, {options.rounds} captions each")
    for number in range(-_WARM_ROUNDS, options.rounds):
        frame = frames[number % len(frames)]
        spec = bundle.manifest.input
        image = load_input(frame, spec.height, spec.width)[None]
        for place, subject in enumerate(subjects):
            taken = subject.both(frame, image, (number + place) % 2 == 0)
            if number >= 0:
                subject.add(taken)
        if number >= 0 and number % _PEAK_EVERY == 0:
            _measure_peaks(options.threads, peaks)
    say("taking the profile of each operator")
    profiled = _profiles(bundle, subjects, image)
    after = moment()
    macs = {
        graph: min((layers.total_macs(found[graph]) for found in profiled.values()), default=0)
        for graph in ("encoder", "decoder_step")
    }
    top = {key: max(found) for key, found in peaks.items()}
    reads = {"memory": machine_peak.memory_bandwidth()}
    rows = [_row(bundle, subject, macs, top, reads) for subject in subjects]
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
            *_machine_rows(top, reads),
            *_layer_rows(profiled, top),
        ],
        doubts(before, after, uncertain),
        _notes(bool(top)),
    )


def _subjects(bundle: Bundle, options: LimitsOptions) -> tuple[list[_Subject], dict[str, str]]:
    found: list[_Subject] = []
    missing: dict[str, str] = {}
    for name in options.variants or sorted(bundle.manifest.variants):
        name, variant = bundle.variant(name)
        for threads in options.threads:
            label = f"{name}, {threads} thread{'s' if threads > 1 else ''}"
            if variant.backend == "onnx" and "decoder_greedy" not in variant.files:
                missing[label] = "it has no greedy loop; export the bundle again"
                continue
            try:
                captioner = Captioner.load(bundle.path, name, threads)
                found.append(_Subject(label, name, threads, captioner, RawPass(bundle, variant, threads)))
            except BackendNotInstalledError as error:
                missing[label] = str(error)
    if not found:
        raise BundleError(
            f"{bundle.path}: none of its variants runs here; {next(iter(missing.values()), 'it has none')}"
        )
    return found, missing


def _measure_peaks(threads: Sequence[int], peaks: dict[tuple[str, int], list[tuple[float, int]]]) -> None:
    for kind in ("int8", "fp32"):
        for count in threads:
            try:
                peaks.setdefault((kind, count), []).append(machine_peak.peak(kind, count))
            except BackendNotInstalledError:
                peaks.pop((kind, count), None)


def _profiles(
    bundle: Bundle, subjects: Sequence[_Subject], image: npt.NDArray[np.uint8]
) -> dict[str, dict[str, list[layers.Operator]]]:
    """Operators of each ONNX variant's graphs, on one thread."""
    try:
        import onnx  # noqa: F401
    except ImportError:
        return {}
    manifest = bundle.manifest
    found: dict[str, dict[str, list[layers.Operator]]] = {}
    for name in dict.fromkeys(subject.variant for subject in subjects):
        variant = manifest.variants[name]
        if variant.backend != "onnx":
            continue
        wanted = step_tensors(manifest)
        step = {tensor: np.zeros([n or 1 for n in shape], kind) for tensor, (kind, shape) in wanted.inputs.items()}
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


def _row(
    bundle: Bundle,
    subject: _Subject,
    macs: Mapping[str, int],
    top: Mapping[tuple[str, int], tuple[float, int]],
    reads: Mapping[str, float],
) -> Row:
    variant = bundle.manifest.variants[subject.variant]
    values = {name: round(value, 4) for name, value in _times(subject).items()}
    words = statistics.mean(subject.words)
    facts: dict[str, Any] = {
        "variant": subject.variant,
        "threads": subject.threads,
        "words": round(words, 2),
        "encoder_macs": macs["encoder"],
        "step_macs": macs["decoder_step"],
    }
    precision = "fp32" if "fp" in subject.variant else "int8"
    encode = values["floor_encode_ms_p50"] / 1e3
    word = values["floor_decode_ms_p50"] / 1e3 / words
    if macs["encoder"] and (precision, subject.threads) in top:
        rate = top[precision, subject.threads][0]
        values["encoder_gmacs_per_s"] = round(macs["encoder"] / encode / 1e9, 2)
        values["encoder_of_peak"] = round(macs["encoder"] / encode / rate, 4)
        one = top.get((precision, 1))
        if one:
            values["decoder_of_peak"] = round(macs["decoder_step"] / word / one[0], 4)
    weights = _step_bytes(variant)
    values["word_us"] = round(word * 1e6, 2)
    values["weights_per_word_mb"] = round(weights / 1e6, 4)
    values["weights_gb_per_s"] = round(weights / word / 1e9, 2)
    values["weights_of_memory"] = round(weights / word / reads["memory"], 4)
    values["weights_of_cache"] = round(weights / word / machine_peak.bandwidth(weights), 4)
    return Row(subject.name, values, {"total_ms_p50": noise(subject.times["total"])}, facts)


def _times(subject: _Subject) -> dict[str, float]:
    times = subject.times
    found: dict[str, float] = {}
    for name, taken in times.items():
        found |= summary(f"{name}_ms", taken)
    # Of the same frame, one after the other: what slows both is taken out.
    ratios = [total / floor for total, floor in zip(times["total"], times["floor"], strict=True)]
    apart = [
        (total - preprocess) / floor
        for total, preprocess, floor in zip(times["total"], times["preprocess"], times["floor"], strict=True)
    ]
    return {
        **found,
        "over_floor": found["total_ms_p50"] / found["floor_ms_p50"],
        "over_floor_by_pair": percentile(ratios, 50),
        "over_floor_without_preprocess": percentile(apart, 50),
    }


def _step_bytes(variant: Variant) -> int:
    """Bytes of the weights that each word reads: the decoder's, its word vectors being its last product."""
    files = variant.files
    return files["decoder_weights"].bytes if "decoder_weights" in files else files["decoder_step"].bytes


def _machine_rows(top: Mapping[tuple[str, int], tuple[float, int]], reads: Mapping[str, float]) -> list[Row]:
    found = [
        Row(
            f"machine, {kind} products, {threads} thread{'s' if threads > 1 else ''}",
            {"gmacs_per_s": round(rate / 1e9, 1)},
            facts={"matrices": size},
        )
        for (kind, threads), (rate, size) in top.items()
    ]
    if not found:
        found.append(Row("machine, products", missing="package onnx is not installed; run: pip install onnx"))
    return [*found, Row("machine, memory", {"gb_per_s": round(reads["memory"] / 1e9, 2)}, facts={"threads": 1})]


def _layer_rows(
    profiled: Mapping[str, Mapping[str, Sequence[layers.Operator]]], top: Mapping[tuple[str, int], tuple[float, int]]
) -> list[Row]:
    rows = []
    for name, graphs in profiled.items():
        encoder = graphs["encoder"]
        whole = sum(operator.milliseconds for operator in encoder)
        rate = top.get(("fp32" if "fp" in name else "int8", 1))
        for place, operator in enumerate(layers.slowest(encoder, SLOWEST), 1):
            values = {"ms": round(operator.milliseconds, 4), "of_encoder": round(operator.milliseconds / whole, 4)}
            if rate and operator.macs:
                values["of_peak"] = round(operator.macs / (operator.milliseconds / 1e3) / rate[0], 4)
            facts = {
                "operator": operator.kind,
                "macs": operator.macs,
                "weights": list(operator.weights),
                "output": list(operator.output),
            }
            rows.append(Row(f"layer {place} of {name}", values, facts=facts))
    return rows


def _notes(peaks: bool) -> list[str]:
    notes = [
        "Floor: the encoder's graph and the greedy loop's on raw sessions, opened as the runtime opens them, inputs ready, the "
        "same frames and words; measured in turns with whole captions of decoded 640 x 480 frames, resizing included.",
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
