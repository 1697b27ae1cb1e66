"""From times, products and bandwidths to the rows of a record."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.limits import layers, machine_peak
from benchmarks.limits.floor_comparison import FloorComparison
from edge_runtime.bench.interleaved import threads_named
from edge_runtime.bench.result import Row
from edge_runtime.bench.statistics import noise, percentile, summary
from edge_runtime.bundle.manifest import Variant
from edge_runtime.bundle.reader import Bundle

SLOWEST = 10
Top = Mapping[tuple[str, int], tuple[float, int]]
"""Kind of products and number of threads -> multiply-accumulates a second, and the size of matrices that reached them."""


def comparison_row(
    bundle: Bundle,
    comparison: FloorComparison,
    macs: Mapping[str, int],
    top: Top,
    read_rate: float,
) -> Row:
    """Of a variant and a number of threads: its times, and the shares of its floor and of the machine that it reaches.

    Args:
        bundle: The bundle.
        comparison: As measured.
        macs: Graph -> multiply-accumulates of one run.
        top: The machine's products.
        read_rate: Bytes a second that one core reads beyond every cache.
    """
    variant = bundle.manifest.variants[comparison.variant]
    values = {name: round(value, 4) for name, value in _times(comparison).items()}
    words = statistics.mean(comparison.words)
    facts: dict[str, Any] = {
        "variant": comparison.variant,
        "threads": comparison.threads,
        "words": round(words, 2),
        "encoder_macs": macs["encoder"],
        "step_macs": macs["decoder_step"],
    }
    precision = _arithmetic(comparison.variant)
    encode = values["floor_encode_ms_p50"] / 1e3
    word = values["floor_decode_ms_p50"] / 1e3 / words
    if macs["encoder"] and (precision, comparison.threads) in top:
        rate = top[precision, comparison.threads][0]
        values["encoder_gmacs_per_s"] = round(macs["encoder"] / encode / 1e9, 2)
        values["encoder_of_peak"] = round(macs["encoder"] / encode / rate, 4)
        one = top.get((precision, 1))
        if one:
            values["decoder_of_peak"] = round(macs["decoder_step"] / word / one[0], 4)
    weights = _step_bytes(variant)
    values["word_us"] = round(word * 1e6, 2)
    values["weights_per_word_mb"] = round(weights / 1e6, 4)
    values["weights_gb_per_s"] = round(weights / word / 1e9, 2)
    values["weights_of_memory"] = round(weights / word / read_rate, 4)
    values["weights_of_cache"] = round(weights / word / machine_peak.bandwidth(weights), 4)
    return Row(comparison.name, values, {"total_ms_p50": noise(comparison.times["total"])}, facts)


def _arithmetic(variant: str) -> str:
    """Which of the machine's products a variant's graphs are held against."""
    return "fp32" if "fp" in variant else "int8"


def _times(comparison: FloorComparison) -> dict[str, float]:
    times = comparison.times
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


def machine_rows(top: Top, read_rate: float) -> list[Row]:
    """What the machine can do, a row each."""
    found = [
        Row(
            f"machine, {kind} products, {threads_named(threads)}",
            {"gmacs_per_s": round(rate / 1e9, 1)},
            facts={"matrices": size},
        )
        for (kind, threads), (rate, size) in top.items()
    ]
    if not found:
        found.append(Row("machine, products", missing="package onnx is not installed; run: pip install onnx"))
    return [*found, Row("machine, memory", {"gb_per_s": round(read_rate / 1e9, 2)}, facts={"threads": 1})]


def layer_rows(profiled: Mapping[str, Mapping[str, Sequence[layers.Operator]]], top: Top) -> list[Row]:
    """The slowest layers of each encoder that was profiled, the slowest first."""
    rows = []
    for name, graphs in profiled.items():
        encoder = graphs["encoder"]
        whole = sum(operator.milliseconds for operator in encoder)
        rate = top.get((_arithmetic(name), 1))
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
