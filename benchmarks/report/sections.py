"""From measurements to the parts of a report; what was not measured is said, with the command that measures it."""

from collections.abc import Callable, Mapping, Sequence

from benchmarks.report import charts
from benchmarks.report.blocks import Block, Chart, Heading, Items, Paragraph, Table
from benchmarks.report.by_language import language_blocks
from benchmarks.report.by_size import size_blocks
from benchmarks.report.costs import growth_of
from benchmarks.report.news import news_blocks
from benchmarks.report.readable import amount, number, percent, title
from benchmarks.report.records import KINDS
from benchmarks.report.truth import truth_blocks
from edge_runtime.bench.result import Record, Row

Records = Mapping[str, Record]


def sections(records: Records) -> list[Block]:
    """Return all parts, in the order in which a reader asks.

    Args:
        records: Kind -> record.
    """
    blocks: list[Block] = [Heading("edge-caption, measured", 1), *_about(records)]
    for name, kinds, make in _SECTIONS:
        missing = [kind for kind in kinds if kind not in records]
        if missing:
            told = [Paragraph(f"Not measured here: {kind}. Run: {KINDS[kind]}") for kind in missing]
            blocks += [Heading(name), *told]
            continue
        made = make(records)
        if not made:
            continue
        found = [records[kind] for kind in kinds]
        blocks.append(Heading(name))
        blocks += [
            Paragraph(f"Not valid ({record.kind}): {warning}.", strong=True)
            for record in found
            for warning in record.warnings
        ]
        blocks += made
        blocks += [
            Paragraph(f"{row.name}: {row.missing.removeprefix(f'{row.name}: ')}")
            for record in found
            for row in record.rows
            if row.missing
        ]
    return blocks


def _about(records: Records) -> list[Block]:
    """Return where and when; one line a machine."""
    machines: dict[str, list[str]] = {}
    for kind, record in records.items():
        machine = record.machine
        if not machine:
            # A reading: no machine read.
            continue
        packages = ", ".join(f"{name} {version}" for name, version in (machine.get("packages") or {}).items())
        board = f"{machine['board']}, " if machine.get("board") else ""
        features = " ".join(machine.get("cpu_features") or []) or "no features known"
        told = (
            f"{board}{machine.get('cpu')} ({features}), {machine.get('cores')} cores, {machine.get('memory_mb')} MB, "
            f"{machine.get('system')}, Python {machine.get('python')}, {packages}"
        )
        machines.setdefault(told, []).append(f"{kind} {record.date[:10]}")
    return [*(Paragraph(f"{told}: {', '.join(kinds)}.") for told, kinds in machines.items()), *_bundles(records)]


def _bundles(records: Records) -> list[Block]:
    """Return which bundles were measured, where the records are not all of the same: an earlier model's times are not the newest's."""
    found: dict[str, list[str]] = {}
    for kind, record in records.items():
        machine = record.machine
        # A record of peers has one bundle, and its name among the options.
        alone = {str(record.options.get("bundle")): machine["bundle"]} if machine.get("bundle") else {}
        for name, digest in (machine.get("bundles") or alone).items():
            found.setdefault(f"{name} {digest[:12]}", []).append(kind)
    if len(found) < 2:
        return []
    return [
        Paragraph("The records are of several bundles (name, beginning of the digest):"),
        Items([f"{bundle}: {', '.join(kinds)}" for bundle, kinds in found.items()]),
    ]


def _machine(record: Record) -> str:
    return str(record.machine.get("board") or record.machine.get("cpu"))


def _measured(record: Record) -> list[Row]:
    return [row for row in record.rows if not row.missing]


def _quality_against_latency(records: Records) -> list[Block]:
    # Of the first data set; the others' rows, and those of people, stand under "What is not so".
    own = records["quality"].options.get("data")
    quality = {
        (row.facts["variant"], row.facts["beam"]): row
        for row in _measured(records["quality"])
        if "variant" in row.facts and row.facts.get("data", own) == own
    }
    threads = max(row.facts["threads"] for row in _measured(records["latency"]))
    points, rows = [], []
    for row in _measured(records["latency"]):
        key = row.facts["variant"], row.facts["beam"]
        if row.facts["threads"] != threads or key not in quality:
            continue
        found = quality[key].values
        point = charts.Point(
            f"{key[0]}, beam {key[1]}",
            row.values["total_ms_p50"],
            found["cider"],
            row.values["size_bytes"] / 1e6,
        )
        points.append(point)
        scores = [f"{found[name]:.4f}" for name in ("cider", "bleu_4", "meteor", "rouge_l")]
        rows.append([point.name, f"{point.milliseconds:.2f}", f"{point.megabytes:.2f}", *scores])
    if not points:
        return [Paragraph("No variant and beam stands in both measurements: measure latency and quality of the same.")]
    best = {point.name for point in charts.front(points)}
    options = records["quality"].options
    columns = ["variant", "ms, median", "MB", "CIDEr", "BLEU-4", "METEOR", "ROUGE-L", "Pareto front"]
    return [
        Chart("quality.png", charts.quality_against_latency(points, _machine(records["latency"])), "CIDEr against ms"),
        Paragraph(
            f"{options['pictures']} {options['split']} pictures; {threads} threads. {' '.join(records['quality'].notes)}"
        ),
        Table(columns, [[*row, "yes" if row[0] in best else ""] for row in rows]),
    ]


def _stages(records: Records) -> list[Block]:
    record = records["latency"]
    rows = _measured(record)
    stages = {row.name: {s: row.values[f"{s}_ms_p50"] for s in charts.STAGES} for row in rows}
    table = [
        [row.name, *(f"{row.values[f'{s}_ms_p50']:.2f}" for s in (*charts.STAGES, "total")),
         f"{row.values['total_ms_p90']:.2f}", f"{row.values['total_ms_p99']:.2f}", f"{row.values['fps']:.0f}"]
        for row in rows
    ]  # fmt: skip
    return [
        Chart("stages.png", charts.stacked_stages(stages, _machine(record)), "milliseconds of each stage"),
        Table(["configuration", *charts.STAGES, "total, ms", "90 % within", "99 % within", "captions a second"], table),
        *(Paragraph(note) for note in record.notes),
    ]


def _precision(records: Records) -> list[Block]:
    record = records["latency"]
    rows = _measured(record)
    threads, beam = max(r.facts["threads"] for r in rows), min(r.facts["beam"] for r in rows)
    chosen = [row for row in rows if (row.facts["threads"], row.facts["beam"]) == (threads, beam)]
    by_runtime: dict[str, dict[str, float]] = {}
    for row in chosen:
        runtime, _, precision = str(row.facts["variant"]).partition("-")
        by_runtime.setdefault(runtime, {})[precision] = row.values["total_ms_p50"]
    about = f"ms a caption by runtime and precision, {threads} threads, beam {beam}, {_machine(record)}"
    return [Chart("precision.png", charts.groups(by_runtime, "ms a caption (median)", about), about)]


def _limits(records: Records) -> list[Block]:
    rows = [row for row in _measured(records["limits"]) if "over_floor" in row.values]
    machine = [row for row in _measured(records["limits"]) if row.name.startswith("machine")]
    layers = [row for row in _measured(records["limits"]) if row.name.startswith("layer")]
    shares = ("encoder_of_peak", "decoder_of_peak", "weights_of_cache", "weights_of_memory")
    table = [
        [row.name, f"{row.values['total_ms_p50']:.2f}", f"{row.values['floor_ms_p50']:.2f}",
         f"{row.values['over_floor']:.3f}", *(_share(row, name) for name in shares)]
        for row in rows
    ]  # fmt: skip
    ratios = {row.name: row.values["over_floor"] for row in rows}
    return [
        Chart("limits.png", charts.bars(ratios, "total / floor of the graphs", "How close to the graphs alone"), "limits"),
        Table(
            ["what", "total, ms", "floor, ms", "total / floor", "encoder of peak", "decoder of peak",
             "weights of cache", "of memory"], table
        ),
        Table(["this machine", "measured"], [[r.name.removeprefix("machine, "), _figures(r)] for r in machine]),
        Table(
            ["slowest layers", "operator", "weights", "ms", "of encoder", "of peak"],
            [[r.name.removeprefix("layer "), str(r.facts["operator"]), " x ".join(map(str, r.facts["weights"])),
              f"{r.values['ms']:.3f}", _share(r, "of_encoder"), _share(r, "of_peak")] for r in layers],
        ),
        *(Paragraph(note) for note in records["limits"].notes),
    ]  # fmt: skip


def _peers(records: Records) -> list[Block]:
    record = records["peers"]
    rows = _measured(record)
    about = f"ms a caption, {_machine(record)}"
    names = ("total_ms_p50", "memory_mb", "parameters_m")
    table = [
        [row.name, str(row.facts.get("weights", "")), *(_figure(row, name) for name in names),
         *(number(row.facts[name]) if name in row.facts else "-" for name in ("times_ours", "memory_times_ours"))]
        for row in rows
    ]  # fmt: skip
    columns = [
        "system",
        "weights",
        "ms a caption",
        "MB of memory",
        "million parameters",
        "times our time",
        "times our memory",
    ]
    times = {row.name: row.values["total_ms_p50"] for row in rows}
    return [
        Chart("peers.png", charts.bars(times, "ms a caption (median), logarithmic", about, logarithmic=True), about),
        Table(columns, table),
        *(Paragraph(note) for note in record.notes),
    ]


def _scale(records: Records) -> list[Block]:
    growth = growth_of(records["scale"].rows)
    told = [str(row.facts["sentence"]) for row in growth]
    # Not str.capitalize, which would make MB mb.
    return [Items([f"{text[:1].upper()}{text[1:]}." for text in told])]


def _live(records: Records) -> list[Block]:
    rows = _measured(records["live"])
    names = ("captions", "age_ms_p50", "age_ms_p99", "cpu_percent")
    return [
        Table(
            ["what", "captions", "age, median, ms", "age, 99 % within, ms", "processor, % of a core"],
            [[row.name, *(_figure(row, name) for name in names)] for row in rows],
        ),
        *(Paragraph(note) for note in records["live"].notes),
    ]


def _encoders(records: Records) -> list[Block]:
    rows = _measured(records["encoders"])
    variants = list(dict.fromkeys(str(row.facts["variant"]) for row in rows))
    by_encoder: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_encoder.setdefault(str(row.facts["encoder"]), {})[str(row.facts["variant"])] = row
    first = next(iter(by_encoder.values()))
    table = []
    for name, found in by_encoder.items():
        cells = []
        for variant in variants:
            if variant in found and variant in first:
                taken = found[variant].values["encode_ms_p50"]
                cells.append(f"{taken:.1f} ({taken / first[variant].values['encode_ms_p50']:.2f} x)")
            else:
                cells.append("-")
        table.append([name, str(next(iter(found.values())).facts["input"]), *cells])
    return [
        Paragraph(
            "Milliseconds of the encoder alone, median; in brackets the ratio to the first line of the same variant."
        ),
        Table(["encoder", "input", *variants], table),
    ]


def _failures(records: Records) -> list[Block]:
    record = records["quality"]
    kept = {row.name: row for row in _measured(record) if row.facts.get("failures")}
    default = str(record.options.get("default", ""))
    first = kept.get(default) or next(iter(kept.values()), None)
    if first is None:
        return [Paragraph("The measurement of quality keeps no sentences: measure it again with this version.")]
    rows = [[str(found["picture"]), str(found["said"]), f"{found['cider']:.3f}"] for found in first.facts["failures"]]
    other = (
        f"These are not the default's ({default or 'the record does not name it'}), whose sentences this record does not keep: "
        f"measure it again with {KINDS['quality']}"
    )
    return [
        *([] if first.name == default else [Paragraph(other, strong=True)]),
        Paragraph(f"The sentences of {first.name} that score lowest."),
        Table(["picture", "said", "CIDEr"], rows),
    ]


def _share(row: Row, name: str) -> str:
    return percent(row.values[name]) if name in row.values else "-"


def _figure(row: Row, name: str) -> str:
    return amount(name, row.values[name]) if name in row.values else "-"


def _figures(row: Row) -> str:
    return ", ".join(f"{amount(name, value, 4)} {title(name)}" for name, value in row.values.items())


_SECTIONS: Sequence[tuple[str, Sequence[str], Callable[[Records], list[Block]]]] = (
    ("Quality against latency", ("latency", "quality"), _quality_against_latency),
    ("Sizes", (), size_blocks),
    ("What is not so", ("quality",), truth_blocks),
    ("Languages", (), language_blocks),
    ("Stages", ("latency",), _stages),
    ("Precision by runtime", ("latency",), _precision),
    ("Limits", ("limits",), _limits),
    ("Peers", ("peers",), _peers),
    ("Encoders", ("encoders",), _encoders),
    ("Growth", ("scale",), _scale),
    ("Live", ("live",), _live),
    ("News", ("news",), news_blocks),
    ("Failures", ("quality",), _failures),
)
