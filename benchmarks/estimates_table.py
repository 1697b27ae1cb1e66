"""Estimates as a Markdown page: the table, the method, the sources."""

from pathlib import Path

from benchmarks.estimates import Range, estimates, published, rest_ratios
from edge_runtime.bench.result import Record


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
    titles = " | ".join(f"estimate: a caption, {name}, ms" for name in names.values())
    lines = [
        "# An estimate of what a Raspberry Pi takes",
        "",
        "**Nobody has measured this.** No board was at hand, and an emulator tells no speed: run `edge-caption bench` on yours.",
        "",
        f"| board | processor | encoder, int8, 4 threads, ms | {titles} | the encoder's figure |",
        "|---" * (4 + len(names)) + "|",
    ]
    for row in found:
        captions = " | ".join(str(row.caption_ms[beam]) for beam in names)
        lines.append(f"| {row.board} | {row.processor} | {row.encoder_ms} | {captions} | {row.basis} |")
    used = dict.fromkeys(source for row in found for source in row.sources)
    lines += [
        "",
        *_method(record, origin, {name: ratios[beam] for beam, name in names.items()}),
        "",
        "## Sources",
        "",
        *(f"- {name}: {data['sources'][name]}" for name in used),
        "",
        "Figures: `benchmarks/published_timings.toml`. Made by `python -m benchmarks estimates RECORD`.",
    ]
    return "\n".join(lines) + "\n"


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
        *(f"- The record says of itself: {doubt}." for doubt in record.doubts),
        "",
        "What it leaves out: a camera's own work, heat, other programs, and that the decoder's share may be another on ARM.",
    ]
