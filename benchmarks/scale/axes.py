"""The axes of `scale`: each asks a process of its own, and makes rows of what it says."""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.readable import number
from benchmarks.scale.child import Child
from benchmarks.scale.frames import SIZES
from benchmarks.scale.measuring import cores
from edge_runtime.bench.result import Row
from edge_runtime.bench.statistics import noise, summary

_NO_CAMERAS = "the live loop needs OpenCV; run: pip install -e '.[live]'"


@dataclass(frozen=True)
class Extent:
    """How far each axis goes.

    Attributes:
        rounds: Pictures timed at each point of the axes that are interleaved.
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
            missing = f"{captions} captions in {number(extent.seconds)} s, too few for every camera; measure for longer"
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


def _timed(name: str, axis: str, size: float, times: Sequence[float], memory: float) -> Row:
    values = {**summary("total_ms", times), "memory_mb": memory}
    return Row(name, values, {"total_ms_p50": noise(times)}, {"axis": axis, "size": size})


AXES: Mapping[str, Callable[[Child, ScaleOptions], list[Row]]] = {
    "pictures": _pictures,
    "cameras": _cameras,
    "words": _words,
    "input": _sizes,
    "threads": _threads,
}
