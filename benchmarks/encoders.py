"""The price list of the encoders: bytes and milliseconds of each in fp32 and int8 on both runtimes, in one run, as ratios."""

import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.encoder_bundles import ENCODER_VARIANTS, untrained_bundle
from benchmarks.pictures import as_frames
from benchmarks.report.charts import entitle, logarithmic_milliseconds, name_axis
from benchmarks.report.writing import heading
from edge_runtime.bench.environment import machine_facts, measurement_warnings, snapshot, state, today
from edge_runtime.bench.interleaved import interleaved
from edge_runtime.bench.result import Record, Row
from edge_runtime.bench.statistics import noise, summary
from edge_runtime.captioner import Captioner
from edge_runtime.errors import EdgeCaptionError
from export.bundling.markdown import narrow
from train.encoders.registry import encoder_spec

REFERENCE = "efficientnet_lite0"
_WARM_ROUNDS = 5


def row_name(encoder: str, variant: str) -> str:
    """As a row is called: `resnet50, onnx-int8`."""
    return f"{encoder}, {variant}"


def price_list(
    names: Sequence[str],
    pictures: Sequence[Path],
    threads: int,
    rounds: int,
    say: Callable[[str], None],
    exports: Path | None = None,
) -> Record:
    """Export and time encoders; those whose ImageNet weights are not at hand have random ones, which are as fast.

    Args:
        names: Encoders; the reference is added where it is missing.
        pictures: Files, encoded interleaved.
        threads: Of the encoder.
        rounds: Pictures for each.
        say: Receives lines of news.
        exports: Where the exported bundles are kept, and taken from where they are there already; nowhere where None.

    Returns:
        A record of kind `encoders`, the reference's rows first: `encode_ms` (p50, p90, p99) of the encoder alone with its
        projections, `size_bytes` of its graph.
    """
    wanted = [REFERENCE, *(name for name in names if name != REFERENCE)]
    missing: dict[str, str] = {}
    facts: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        home = exports or Path(temporary)
        captioners: dict[tuple[str, str], Captioner] = {}
        for name in wanted:
            facts[name] = {"encoder": name, "input": encoder_spec(name).size}
            try:
                bundle = untrained_bundle(home, name, ENCODER_VARIANTS, pictures, say)
                made = bundle.manifest.provenance
                facts[name] |= {"weights": made["encoder"], "parameters": made["encoder_parameters"]}
                captioners |= {
                    (name, variant): Captioner.load(bundle, variant, threads) for variant in ENCODER_VARIANTS
                }
            except EdgeCaptionError as error:
                missing[name] = str(error)
                continue
        before = snapshot()
        times = _timed(captioners, pictures, rounds)
        after = snapshot()
    rows = [
        _row(
            name,
            variant,
            facts[name],
            captioners.get((name, variant)),
            times.get((name, variant), []),
            missing.get(name, ""),
        )
        for name in wanted
        for variant in ENCODER_VARIANTS
    ]
    uncertain = {f"encoding of {row.name}": row.noise["encode_ms_p50"] for row in rows if not row.missing}
    return Record(
        "encoders",
        today(),
        {**machine_facts(), "state": state(before, after)},
        {"encoders": wanted, "threads": threads, "rounds": rounds, "pictures": len(pictures)},
        rows,
        measurement_warnings(before, after, uncertain),
        ["Milliseconds are of the encoder alone, with its projections, all interleaved; weights do not change them."],
    )


def _row(
    name: str, variant: str, facts: dict[str, object], captioner: Captioner | None, times: list[float], missing: str
) -> Row:
    told = {**facts, "variant": variant}
    if captioner is None:
        return Row(row_name(name, variant), facts=told, missing=missing)
    size = captioner.manifest.variants[variant].files["encoder"].bytes
    values = {**summary("encode_ms", times), "size_bytes": float(size)}
    return Row(row_name(name, variant), values, {"encode_ms_p50": noise(times)}, told)


def _timed(
    captioners: dict[tuple[str, str], Captioner], pictures: Sequence[Path], rounds: int
) -> dict[tuple[str, str], list[float]]:
    """Milliseconds of the encoder alone, interleaved."""
    times: dict[tuple[str, str], list[float]] = {key: [] for key in captioners}
    frames = as_frames(pictures)
    for one in interleaved(list(captioners), rounds, _WARM_ROUNDS):
        for key in one.order:
            encoded = captioners[key].encode(frames[one.number % len(frames)])
            if one.counts:
                times[key].append(encoded.encode_ms)
    return times


def encoders_markdown(record: Record) -> str:
    """A line an encoder: milliseconds of each variant, and the ratio to the reference's of the same variant.

    Args:
        record: Of kind `encoders`.
    """
    lines = [
        *heading(record, "What the encoders cost"),
        f"Milliseconds, medians; in brackets the ratio to {REFERENCE} of the same variant.",
        "",
        f"| encoder | input | million parameters | MB of onnx-int8 | {' | '.join(ENCODER_VARIANTS)} |",
        "|---" * (len(ENCODER_VARIANTS) + 4) + "|",
    ]
    reasons = []
    for name in record.options["encoders"]:
        rows = _rows(record, name)
        if rows[0].missing:
            reasons.append(f"{name}: {rows[0].missing}")
            lines.append(f"| {name} | {rows[0].facts['input']} |" + " - |" * (len(ENCODER_VARIANTS) + 2))
            continue
        cells = [_cell(record, row) for row in rows]
        size = rows[ENCODER_VARIANTS.index("onnx-int8")].values["size_bytes"] / 1e6
        facts = rows[0].facts
        lines.append(
            f"| {name} | {facts['input']} | {facts['parameters'] / 1e6:.1f} | {size:.1f} | {' | '.join(cells)} |"
        )
    return narrow("\n".join([*lines, "", *record.notes, *reasons]) + "\n")


def encoders_picture(record: Record) -> bytes:
    """Bars, as a PNG file.

    Args:
        record: Of kind `encoders`.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    names = [name for name in record.options["encoders"] if not _rows(record, name)[0].missing]
    figure, axes = pyplot.subplots(figsize=(9, 0.75 * len(names) + 1.6), layout="constrained")
    height = 0.8 / len(ENCODER_VARIANTS)
    for place, variant in enumerate(ENCODER_VARIANTS):
        rows = [_rows(record, name)[place] for name in names]
        places = [index + (place - (len(ENCODER_VARIANTS) - 1) / 2) * height for index in range(len(names))]
        bars = axes.barh(places, [row.values["encode_ms_p50"] for row in rows], height, label=variant)
        labels = [f"{ratio:.1f}x" if (ratio := _ratio(record, row)) is not None else "" for row in rows]
        axes.bar_label(bars, labels, padding=2, fontsize=7)
    axes.set_yticks(range(len(names)), [f"{name}, {_rows(record, name)[0].facts['input']}" for name in names])
    axes.invert_yaxis()
    logarithmic_milliseconds(axes)
    axes.margins(x=0.06, y=0.01)
    threads = record.options["threads"]
    name_axis(
        axes,
        f"ms a picture, {threads} thread{'s' if threads > 1 else ''}; labels: ratio to {REFERENCE} of the same variant",
    )
    figure.legend(fontsize=8, loc="outside lower center", ncols=len(ENCODER_VARIANTS))
    entitle(figure, f"Encoders on {record.machine['cpu']}")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    pyplot.close(figure)
    return buffer.getvalue()


def _rows(record: Record, encoder: str) -> list[Row]:
    """An encoder's rows, in the order of `ENCODER_VARIANTS`."""
    return [row for variant in ENCODER_VARIANTS if (row := record.row(row_name(encoder, variant))) is not None]


def _ratio(record: Record, row: Row) -> float | None:
    """To the reference of the same variant; None where that could not be measured."""
    reference = record.row(row_name(REFERENCE, row.facts["variant"]))
    if reference is None or reference.missing:
        return None
    return row.values["encode_ms_p50"] / reference.values["encode_ms_p50"]


def _cell(record: Record, row: Row) -> str:
    ratio = _ratio(record, row)
    return f"{row.values['encode_ms_p50']:.1f}" + (f" ({ratio:.2f})" if ratio is not None else "")
