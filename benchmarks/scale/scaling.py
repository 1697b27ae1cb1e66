"""All axes of `scale` as one record: what costs how much, and how it grows."""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.scale.child import Child
from benchmarks.scale.frames import SIZES, USUAL
from benchmarks.scale.growth import Growth, fit
from benchmarks.scale.measuring import cores
from edge_runtime.bundle import Bundle
from edge_runtime.captioner import MAX_THREADS, Captioner
from edge_runtime.conditions import doubts, machine_facts, moment, state, today
from edge_runtime.errors import OptionError
from edge_runtime.record import Record, Row
from edge_runtime.samples import noise, summary

MOST_PICTURES = 1_000_000
_NO_CAMERAS = "the live loop needs OpenCV; run: pip install -e '.[live]'"
_QUICK = "a quick run tries the command, and its figures are of too few pictures: leave out --quick"


@dataclass(frozen=True)
class Extent:
    """How far each axis goes.

    Attributes:
        rounds: Pictures timed at each point of the axes that take turns.
        cameras: How many at once.
        fps: Frames a second of each.
        seconds: That cameras run.
        sizes: Of `SIZES`.
    """

    rounds: int
    cameras: Sequence[int]
    fps: float
    seconds: float
    sizes: Sequence[str]


FULL = Extent(100, range(1, 9), 30.0, 5.0, tuple(SIZES))
QUICK = Extent(5, (1, 2), 30.0, 0.5, ("240p", "720p"))


@dataclass(frozen=True)
class ScaleOptions:
    """What is measured.

    Attributes:
        bundle: Folder or zip; the default bundle where None.
        variant: As for `Captioner.load`.
        threads: As for `Captioner.load`, on all axes but that of threads.
        beam: Hypotheses kept, on the axes of pictures, input size and threads; the others are greedy.
        pictures_most: Pictures of the longest run.
        extent: How far the other axes go.
    """

    bundle: Path | None
    variant: str | None
    threads: int | None
    beam: int
    pictures_most: int
    extent: Extent


def scale(options: ScaleOptions, say: Callable[[str], None]) -> Record:
    """Measure every axis, one after the other.

    Args:
        options: What.
        say: Receives lines of news.

    Returns:
        A record of kind `scale`: rows `pictures 1000`, `cameras 3`, `words 7`, `input 1080p`, `threads 2`, and a row
        `growth of WHAT with AXIS` with both fits in its facts for each of them.

    Raises:
        OptionError: A number outside its range.
        BundleNotFoundError, BundleError, UnknownVariantError, BackendNotInstalledError: The bundle cannot be used.
        ExportError: A measurement failed.
    """
    if not 10 <= options.pictures_most <= MOST_PICTURES:
        raise OptionError(f"--pictures-most {options.pictures_most}: must be 10 to {MOST_PICTURES}")
    if options.threads is not None and not 1 <= options.threads <= MAX_THREADS:
        raise OptionError(f"--threads {options.threads}: must be 1 to {MAX_THREADS}")
    bundle = Bundle(options.bundle)
    captioner = Captioner.load(options.bundle, options.variant, options.threads)
    variant, used = captioner.variant, captioner.threads
    # The measurements run elsewhere: what is loaded here is only to see that it can be.
    del captioner
    child = Child(str(bundle.path.resolve()), variant, used)
    before = moment()
    found: dict[str, list[Row]] = {}
    for name, axis in _AXES.items():
        say(f"time and memory against {name}")
        found[name] = axis(child, options)
    after = moment()
    growth = [row for name, rows in found.items() for row in _growth(name, rows)]
    rows = [row for axis_rows in found.values() for row in axis_rows]
    uncertain = {f"{figure} of {row.name}": share for row in rows for figure, share in row.noise.items()}
    return Record(
        "scale",
        today(),
        {**machine_facts(), "bundles": {bundle.manifest.name: bundle.digest}, "state": state(before, after)},
        {
            "variant": variant,
            "threads": used,
            "beam": options.beam,
            "pictures_most": options.pictures_most,
            "rounds": options.extent.rounds,
            "cameras_fps": options.extent.fps,
            "cameras_seconds": options.extent.seconds,
        },
        [*rows, *growth],
        [*doubts(before, after, uncertain, used), *([_QUICK] if options.extent is QUICK else [])],
        [*_notes(options), *(f"{str(row.facts['sentence']).capitalize()}." for row in growth)],
    )


def points(most: int) -> list[int]:
    """1, 2, 5, 10, ... and `most`.

    Args:
        most: The last, at least 1.
    """
    steps = [factor * 10**power for power in range(len(str(most))) for factor in (1, 2, 5)]
    return [*(step for step in steps if step < most), most]


def _pictures(child: Child, options: ScaleOptions) -> list[Row]:
    found = child.run("pictures", counts=points(options.pictures_most), beam=options.beam)
    rows = []
    for count, (seconds, memory, most) in found["points"].items():
        values = {"time_s": round(seconds, 4), "memory_mb": memory, "memory_most_mb": most}
        rows.append(Row(f"pictures {count}", values, facts={"axis": "pictures", "size": int(count)}))
    last = rows[-1]
    rows[-1] = Row(last.name, last.values, {"time_s": noise(found["total_ms"])}, last.facts)
    return rows


def _cameras(child: Child, options: ScaleOptions) -> list[Row]:
    extent = options.extent
    if importlib.util.find_spec("cv2") is None:
        return [Row(f"cameras {count}", facts={"axis": "cameras"}, missing=_NO_CAMERAS) for count in extent.cameras]
    rows = []
    for count in extent.cameras:
        found = child.run("cameras", count=count, fps=extent.fps, seconds=extent.seconds)
        captions = sum(found["captions"].values())
        if captions < count:
            missing = f"{captions} captions in {extent.seconds:g} s, too few for every camera; measure for longer"
            rows.append(Row(f"cameras {count}", facts={"axis": "cameras"}, missing=missing))
            continue
        values = {
            "interval_ms": round(1e3 * found["seconds"] * count / captions, 3),
            "captions_per_s": round(captions / found["seconds"], 2),
            **summary("age_ms", found["age_ms"]),
            "cpu_percent": round(100 * found["cpu_seconds"] / found["seconds"], 1),
            "memory_mb": found["memory_mb"],
        }
        facts = {"axis": "cameras", "size": count, "captions": found["captions"]}
        rows.append(Row(f"cameras {count}", values, facts=facts))
    return rows


def _words(child: Child, options: ScaleOptions) -> list[Row]:
    found = child.run("words", rounds=options.extent.rounds)
    return [
        _timed(f"words {length}", "words", int(length), times, found["memory_mb"][length])
        for length, times in found["total_ms"].items()
    ]


def _sizes(child: Child, options: ScaleOptions) -> list[Row]:
    rounds, beam, names = options.extent.rounds, options.beam, options.extent.sizes
    times = child.run("sizes", names=list(names), rounds=rounds, beam=beam)
    rows = []
    for name in names:
        alone = child.run("sizes", names=[name], rounds=min(rounds, 10), beam=beam)
        height, width = SIZES[name]
        row = _timed(f"input {name}", "input", height * width / 1e6, times["total_ms"][name], alone["memory_mb"])
        values = {**row.values, **summary("preprocess_ms", times["preprocess_ms"][name])}
        rows.append(Row(row.name, values, row.noise, {**row.facts, "height": height, "width": width}))
    return rows


def _threads(child: Child, options: ScaleOptions) -> list[Row]:
    rounds, beam = options.extent.rounds, options.beam
    times = child.run("threads", counts=cores(), rounds=rounds, beam=beam)
    rows = []
    for count in cores():
        alone = child.run("threads", counts=[count], rounds=min(rounds, 10), beam=beam)
        row = _timed(f"threads {count}", "threads", count, times["total_ms"][str(count)], alone["memory_mb"])
        values = {**row.values, **summary("encode_ms", times["encode_ms"][str(count)])}
        rows.append(Row(row.name, values, row.noise, row.facts))
    return rows


_AXES: Mapping[str, Callable[[Child, ScaleOptions], list[Row]]] = {
    "pictures": _pictures,
    "cameras": _cameras,
    "words": _words,
    "input": _sizes,
    "threads": _threads,
}
COSTS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "pictures": (("time_s", "time", "s"), ("memory_mb", "memory", "MB")),
    "cameras": (
        ("interval_ms", "time from one caption of a camera to its next", "ms"),
        ("age_ms_p50", "age of a caption", "ms"),
        ("memory_mb", "memory", "MB"),
    ),
    "words": (("total_ms_p50", "time", "ms"), ("memory_mb", "memory", "MB")),
    "input": (("total_ms_p50", "time", "ms"), ("memory_mb", "memory", "MB")),
    "threads": (("total_ms_p50", "time", "ms"), ("memory_mb", "memory", "MB")),
}
"""Axis -> figures whose growth is fitted: name in the rows, what it is, its unit."""
_UNITS = {
    "pictures": ("picture", "pictures"),
    "cameras": ("camera", "cameras"),
    "words": ("word", "words"),
    "input": ("megapixel", "megapixels of a frame"),
    "threads": ("thread", "threads"),
}


def _timed(name: str, axis: str, size: float, times: Sequence[float], memory: float) -> Row:
    values = {**summary("total_ms", times), "memory_mb": memory}
    return Row(name, values, {"total_ms_p50": noise(times)}, {"axis": axis, "size": size})


def _growth(axis: str, rows: Sequence[Row]) -> list[Row]:
    """What was fitted, a row a cost; none where fewer than two points were measured."""
    measured = [row for row in rows if not row.missing]
    found = []
    for figure, what, unit in COSTS[axis]:
        costs = {float(row.facts["size"]): row.values[figure] for row in measured if row.values[figure] > 0}
        name = f"growth of {what} with {axis}"
        if len(costs) < 2:
            continue
        growth: Growth = fit(costs)
        # Seconds of thousands of pictures, but milliseconds of each.
        shown, shown_unit = (
            (fit({size: cost * 1e3 for size, cost in costs.items()}), "ms") if unit == "s" else (growth, unit)
        )
        sentence = shown.sentence(what, shown_unit, *_UNITS[axis])
        facts: dict[str, Any] = {"figure": figure, "unit": unit, **growth.to_dict(), "sentence": sentence}
        found.append(Row(name, facts=facts))
    return found


def _notes(options: ScaleOptions) -> list[str]:
    extent, (height, width) = options.extent, USUAL
    return [
        f"Frames are coloured patches, {width} x {height} unless the input's size is the axis, made as they are needed; making them is "
        "no part of a time. Each axis runs in processes of its own, whose resident memory is read from the kernel.",
        f"Cameras: as `edge-caption live` with several sources and no gate, {extent.fps:g} frames a second each, {extent.seconds:g} s, "
        "greedy; the sources take turns.",
        "Words: sentences of a given length, greedy, a step of the decoder for each word, the encoder included.",
    ]
