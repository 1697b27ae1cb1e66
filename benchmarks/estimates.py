"""What boards that nobody here has should take: estimated from what others published of the encoder and what we measured of the rest.

The encoder: the published time of EfficientNet-Lite0 in int8 with 4 threads; where a board has none, another board's, times
the ratio of the two boards on networks that were timed on both. The rest (preprocessing, decoder): the published encoder time,
times our own measured ratio of the rest to the encoder on one thread. Each is a range, not a point.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.readable import number
from edge_runtime.bench.result import Record
from edge_runtime.errors import RecordError
from export.bundling.markdown import narrow

PUBLISHED = Path(__file__).with_name("published_timings.toml")
ENCODER = "efficientnet_lite0"
_KINDS = ("latency", "bench")


@dataclass(frozen=True)
class Range:
    """From the lowest to the highest that the figures allow."""

    low: float
    high: float

    def __str__(self) -> str:
        """Two figures; one where they are the same."""
        low, high = f"{self.low:.1f}" if self.low < 9.95 else f"{self.low:,.0f}", f"{self.high:,.0f}"
        return low if low == high else f"{low} to {high}"


@dataclass(frozen=True)
class Estimate:
    """A board.

    Attributes:
        board: Its name.
        processor: Its cores.
        encoder_ms: Of the encoder.
        caption_ms: Hypotheses kept -> milliseconds of a whole caption.
        basis: Where the encoder's figures come from.
        sources: Names in the file's `sources`.
    """

    board: str
    processor: str
    encoder_ms: Range
    caption_ms: dict[int, Range]
    basis: str
    sources: tuple[str, ...]


def published(path: Path = PUBLISHED) -> dict[str, Any]:
    """What others have measured; see the file."""
    return tomllib.loads(path.read_text())


def rest_ratios(record: Record) -> dict[int, Range]:
    """Time of everything but the encoder over the encoder's, on one thread and in int8, where both do the same kind of work.

    Args:
        record: Of kind `latency` or `bench`.

    Returns:
        Hypotheses kept -> lowest and highest ratio of the int8 variants.

    Raises:
        RecordError: Another kind, another encoder, or no int8 variant on one thread.
    """
    if record.kind not in _KINDS:
        raise RecordError(f"a record of {record.kind}: estimates take one of {' or '.join(_KINDS)}; measure that first")
    found: dict[int, list[float]] = {}
    for row in record.rows:
        facts = row.facts
        if row.missing or facts.get("threads") != 1 or not str(facts.get("variant", "")).endswith("int8"):
            continue
        if facts.get("encoder", ENCODER) != ENCODER:
            continue
        try:
            rest = row.values["preprocess_ms_p50"] + row.values["decode_ms_p50"]
            found.setdefault(int(facts["beam"]), []).append(rest / row.values["encode_ms_p50"])
        except (KeyError, ZeroDivisionError):
            raise RecordError(f"row {row.name!r} has no stages; measure again with this version") from None
    if not found:
        raise RecordError(
            f"no int8 variant of {ENCODER} on one thread in this record; measure with: python -m benchmarks latency --threads 1"
        )
    return {beam: Range(min(ratios), max(ratios)) for beam, ratios in sorted(found.items())}


def estimates(record: Record, data: dict[str, Any] | None = None) -> list[Estimate]:
    """Estimate every board of the file.

    The rest does not use several threads as the encoder does. The low end lets it gain as much from four threads as the encoder,
    the high end nothing at all.

    Args:
        record: Where our own ratios come from.
        data: As `published` reads it; the file's where None.

    Raises:
        RecordError: See `rest_ratios`.
    """
    data = published() if data is None else data
    ratios = rest_ratios(record)
    speed_ups = {row["board"]: row["one_ms"] / row["four_ms"] for row in data["threads"]}
    found = []
    for board, processor in data["boards"].items():
        encoder, basis, sources = _encoder(board, data)
        gain = speed_ups.get(board, max(speed_ups.values()))
        captions = {
            beam: Range(encoder.low * (1 + ratio.low), encoder.high * (1 + ratio.high * gain))
            for beam, ratio in ratios.items()
        }
        found.append(Estimate(board, processor, encoder, captions, basis, (*sources, "ncnn")))
    return found


def _encoder(board: str, data: dict[str, Any]) -> tuple[Range, str, tuple[str, ...]]:
    """A board's encoder time, how it was come by, and from whom."""
    direct = [row for row in data["direct"] if row["board"] == board]
    if direct:
        times = [row["ms"] for row in direct]
        told = ", ".join(f"{number(row['ms'])} ms ({row['precision']})" for row in direct)
        return Range(min(times), max(times)), f"published: {told}", tuple(row["source"] for row in direct)
    pairs = [row for row in data["pairs"] if row["to"] == board]
    other = pairs[0]["from"]
    scales = [row["to_ms"] / row["from_ms"] for row in pairs if row["from"] == other]
    base, _, sources = _encoder(other, data)
    basis = f"{other}'s, times {min(scales):.2f} to {max(scales):.2f} (networks timed on both)"
    return Range(base.low * min(scales), base.high * max(scales)), basis, (*sources, *(row["source"] for row in pairs))


def estimates_markdown(record: Record, origin: str) -> str:
    """The page.

    Args:
        record: Where our own ratios come from.
        origin: Its file.

    Raises:
        RecordError: See `rest_ratios`.
    """
    data = published()
    found, ratios = estimates(record, data), rest_ratios(record)
    names = {beam: "greedy" if beam == 1 else f"beam {beam}" for beam in ratios}
    titles = " | ".join(f"caption, {name}" for name in names.values())
    lines = [
        "# An estimate of what a Raspberry Pi takes",
        "",
        "**Nobody has measured this.** No board was at hand, and an emulator tells no speed: run `edge-caption bench` on yours.",
        "",
        "Milliseconds. The encoder's are of int8 on 4 threads; the captions' are estimates.",
        "",
        f"| board | processor | encoder | {titles} |",
        "|---" * (3 + len(names)) + "|",
    ]
    for row in found:
        captions = " | ".join(str(row.caption_ms[beam]) for beam in names)
        lines.append(f"| {row.board} | {row.processor} | {row.encoder_ms} | {captions} |")
    used = dict.fromkeys(source for row in found for source in row.sources)
    lines += [
        "",
        "Where the encoder's figure is from:",
        "",
        *(f"- {row.board}: {row.basis}" for row in found),
        "",
        *_method(record, origin, {name: ratios[beam] for beam, name in names.items()}),
        "",
        "## Sources",
        "",
        *(f"- {name}: {data['sources'][name]}" for name in used),
        "",
        "Figures: `benchmarks/published_timings.toml`. Made by `python -m benchmarks estimates RECORD`.",
    ]
    return narrow("\n".join(lines) + "\n")


def _method(record: Record, origin: str, ratios: dict[str, Range]) -> list[str]:
    told = "; ".join(f"{name} {ratio.low:.2f} to {ratio.high:.2f}" for name, ratio in ratios.items())
    gains = ", ".join(f"{row['board']} {row['one_ms'] / row['four_ms']:.1f}" for row in published()["threads"])
    return [
        "## How it is estimated",
        "",
        "- Encoder: what others published of EfficientNet-Lite0, 224 x 224, the default bundle's encoder, with 4 threads; where they did "
        "not, another board's time, multiplied by the ratio of both boards on networks that were timed on both.",
        "- The rest of a caption (preprocessing of a 640 x 480 frame, decoder): our own measured ratio to the encoder, one thread, int8, "
        f"medians: {told}; from {Path(origin).name}, {record.machine['cpu']}, {record.date}.",
        "- The low end lets the rest gain from four threads what the encoder gains (MobileNet v1 int8: "
        f"{gains}; the most of them on any other board), the high end nothing at all.",
        *(f"- The record says of itself: {warning}." for warning in record.warnings),
        "",
        "What it leaves out: a camera's own work, heat, other programs, and that the decoder's share may be another on ARM.",
    ]
