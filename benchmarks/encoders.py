"""The price list of the encoders: bytes and milliseconds of each in fp32 and int8 on both runtimes, in one run, as ratios."""

import json
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.encoder_bundles import write_untrained_bundle
from benchmarks.latency import machine
from edge_runtime.captioner import Captioner
from edge_runtime.errors import EdgeCaptionError
from edge_runtime.preprocess import load_input
from export.bundle_writer import written_whole
from train.encoders.registry import NO_WEIGHTS, encoder_spec, find_weights
from train.errors import WeightsError

FORMS = ("onnx-fp32", "onnx-int8", "litert-fp32", "litert-int8")
REFERENCE = "efficientnet_lite0"
_WARMUP = 3


@dataclass(frozen=True)
class Price:
    """What an encoder costs.

    Attributes:
        encoder: Name in the registry.
        size: Height and width of its input in pixels.
        weights: What they are; speed and size do not depend on them.
        parameters: Of the encoder.
        bytes: Variant -> of the encoder's graph with its projections.
        milliseconds: Variant -> median of the encoder alone.
        ratio: Variant -> to the reference's milliseconds in the same variant.
    """

    encoder: str
    size: int
    weights: str
    parameters: int
    bytes: dict[str, int]
    milliseconds: dict[str, float]
    ratio: dict[str, float]


@dataclass(frozen=True)
class PriceList:
    """All prices of one run.

    Attributes:
        machine: Processor and versions.
        threads: Of the encoder.
        rounds: Pictures encoded by each variant of each encoder, in turns.
        prices: The reference first.
        left_out: Encoder -> why it could not be measured.
    """

    machine: dict[str, str]
    threads: int
    rounds: int
    prices: list[Price]
    left_out: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def to_markdown(self) -> str:
        """A table of milliseconds and ratios."""
        about = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        lines = [
            "# What the encoders cost",
            "",
            f"{about}, threads {self.threads}, {self.rounds} pictures in turns. Milliseconds are medians of the encoder alone, "
            f"with its projections; in brackets the ratio to {REFERENCE} in the same form. Weights do not change them.",
            "",
            f"| encoder | input | parameters, M | MB int8 | {' | '.join(f'{form} ms' for form in FORMS)} |",
            "|---" * (len(FORMS) + 4) + "|",
        ]
        for price in self.prices:
            cells = [
                f"{price.milliseconds[form]:.1f} ({price.ratio[form]:.2f})" if form in price.milliseconds else "-"
                for form in FORMS
            ]
            size = price.bytes.get("onnx-int8", 0) / 1e6
            lines.append(
                f"| {price.encoder} | {price.size} | {price.parameters / 1e6:.1f} | {size:.1f} | {' | '.join(cells)} |"
            )
        lines += [f"\n{name}: {why}" for name, why in self.left_out.items()]
        return "\n".join(lines) + "\n"


def price_list(
    names: Sequence[str], pictures: Sequence[Path], threads: int, rounds: int, say: Callable[[str], None]
) -> PriceList:
    """Export and time encoders; those whose ImageNet weights are not at hand have random ones, which are as fast.

    Args:
        names: Encoders; the reference is added where it is missing.
        pictures: Files, encoded in turns.
        threads: Of the encoder.
        rounds: Pictures for each.
        say: Receives lines of news.
    """
    wanted = [REFERENCE, *(name for name in names if name != REFERENCE)]
    left_out: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as home:
        parameters: dict[str, int] = {}
        captioners: dict[tuple[str, str], Captioner] = {}
        origins: dict[str, str] = {}
        for name in wanted:
            folder = Path(home) / name
            folder.mkdir()
            say(f"exporting {name}")
            spec = encoder_spec(name)
            try:
                weights = find_weights(spec)
            except WeightsError:
                weights = find_weights(spec, NO_WEIGHTS)
            origins[name] = weights.origin
            try:
                parameters[name] = write_untrained_bundle(folder, name, weights, "attention", FORMS, pictures, say)
            except EdgeCaptionError as error:
                left_out[name] = str(error)
                continue
            for form in FORMS:
                captioners[name, form] = Captioner.load(folder, form, threads)
        times = _timed(captioners, pictures, rounds)
        bundles = {key: captioner.manifest.variants[key[1]] for key, captioner in captioners.items()}
    prices = [
        Price(
            name,
            encoder_spec(name).size,
            origins[name],
            parameters[name],
            {form: bundles[name, form].files["encoder"].bytes for form in FORMS},
            {form: round(times[name, form], 3) for form in FORMS},
            {form: round(times[name, form] / times[REFERENCE, form], 3) for form in FORMS},
        )
        for name in wanted
        if name in parameters
    ]
    return PriceList(machine(), threads, rounds, prices, left_out)


def _timed(
    captioners: dict[tuple[str, str], Captioner], pictures: Sequence[Path], rounds: int
) -> dict[tuple[str, str], float]:
    """Median milliseconds; all take turns, so that whatever slows the machine slows them all."""
    times: dict[tuple[str, str], list[float]] = {key: [] for key in captioners}
    frames = [load_input(path, 480, 640) for path in pictures]
    for number in range(_WARMUP + rounds):
        for key, captioner in captioners.items():
            encoded = captioner.encode(frames[number % len(frames)])
            if number >= _WARMUP:
                times[key].append(encoded.encode_ms)
    return {key: statistics.median(values) for key, values in times.items()}


def write_prices(prices: PriceList, folder: Path) -> list[Path]:
    """Write the list as JSON, Markdown and a picture.

    Raises:
        ExportError: The folder cannot be written.
    """
    contents = {
        "encoders.json": (json.dumps(prices.to_dict(), indent=2) + "\n").encode(),
        "encoders.md": prices.to_markdown().encode(),
        "encoders.png": _picture(prices),
    }
    return written_whole(folder, contents)


def _picture(prices: PriceList) -> bytes:
    import io

    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 0.75 * len(prices.prices) + 1.6), layout="constrained")
    height = 0.8 / len(FORMS)
    for place, form in enumerate(FORMS):
        rows = [index + (place - (len(FORMS) - 1) / 2) * height for index in range(len(prices.prices))]
        values = [price.milliseconds[form] for price in prices.prices]
        bars = axes.barh(rows, values, height, label=form)
        axes.bar_label(bars, [f"{price.ratio[form]:.1f}x" for price in prices.prices], padding=2, fontsize=7)
    axes.set_yticks(range(len(prices.prices)), [f"{price.encoder}, {price.size}" for price in prices.prices])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel(f"ms a picture, {prices.threads} thread(s); labels: ratio to {REFERENCE} in the same form")
    axes.legend(fontsize=8)
    axes.set_title(f"Encoders on {prices.machine['cpu']}", fontsize=10)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    pyplot.close(figure)
    return buffer.getvalue()
