"""The price list of the encoders: bytes and milliseconds of each in fp32 and int8 on both runtimes, in one run, as ratios."""

import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.encoder_bundles import FORMS, untrained_bundle
from benchmarks.pictures import as_frames
from edge_runtime.bench.environment import doubts, machine_facts, moment, state, today
from edge_runtime.bench.result import Record, Row
from edge_runtime.bench.statistics import noise, summary
from edge_runtime.captioner import Captioner
from edge_runtime.errors import EdgeCaptionError
from train.encoders.registry import encoder_spec

REFERENCE = "efficientnet_lite0"
_WARMUP = 5


def row_name(encoder: str, form: str) -> str:
    """As a row is called: `resnet50, onnx-int8`."""
    return f"{encoder}, {form}"


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
        pictures: Files, encoded in turns.
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
                bundle = untrained_bundle(home, name, FORMS, pictures, say)
                made = bundle.manifest.provenance
                facts[name] |= {"weights": made["encoder"], "parameters": made["encoder_parameters"]}
                captioners |= {(name, form): Captioner.load(bundle.path, form, threads) for form in FORMS}
            except EdgeCaptionError as error:
                missing[name] = str(error)
                continue
        before = moment()
        times = _timed(captioners, pictures, rounds)
        after = moment()
    rows = [
        _row(name, form, facts[name], captioners.get((name, form)), times.get((name, form), []), missing.get(name, ""))
        for name in wanted
        for form in FORMS
    ]
    uncertain = {f"encoding of {row.name}": row.noise["encode_ms_p50"] for row in rows if not row.missing}
    return Record(
        "encoders",
        today(),
        {**machine_facts(), "state": state(before, after)},
        {"encoders": wanted, "threads": threads, "rounds": rounds, "pictures": len(pictures)},
        rows,
        doubts(before, after, uncertain),
        ["Milliseconds are of the encoder alone, with its projections, all in turns; weights do not change them."],
    )


def _row(
    name: str, form: str, facts: dict[str, object], captioner: Captioner | None, times: list[float], missing: str
) -> Row:
    told = {**facts, "variant": form}
    if captioner is None:
        return Row(row_name(name, form), facts=told, missing=missing)
    size = captioner.manifest.variants[form].files["encoder"].bytes
    values = {**summary("encode_ms", times), "size_bytes": float(size)}
    return Row(row_name(name, form), values, {"encode_ms_p50": noise(times)}, told)


def _timed(
    captioners: dict[tuple[str, str], Captioner], pictures: Sequence[Path], rounds: int
) -> dict[tuple[str, str], list[float]]:
    """Milliseconds; all take turns, in another order every round, so that whatever slows the machine slows them all."""
    times: dict[tuple[str, str], list[float]] = {key: [] for key in captioners}
    frames = as_frames(pictures)
    order, turn = random.Random(0), list(captioners)
    for number in range(_WARMUP + rounds):
        order.shuffle(turn)
        for key in turn:
            encoded = captioners[key].encode(frames[number % len(frames)])
            if number >= _WARMUP:
                times[key].append(encoded.encode_ms)
    return times
