"""The measurements of `scale`, each run in a process that does nothing else: `python -m benchmarks.scale.measuring TASK`."""

import dataclasses
import json
import random
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scale.frames import SIZES, USUAL, PatchCamera, patches
from edge_runtime.captioner import Captioner
from edge_runtime.decoding import Search, forced_log_prob
from edge_runtime.device import available_cores

Found = dict[str, Any]
_WARM_PICTURES = 10
_LAST = 1000
"""Pictures of the longest run whose times are kept, to tell its noise."""


def resident() -> tuple[float, float]:
    """Memory of this process now and at the most so far, 10^6 bytes (`VmRSS` and `VmHWM`); 0 where the kernel does not tell."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    found = dict(line.split(":", 1) for line in lines)
    now, most = (int(found[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))
    return round(now, 2), round(most, 2)


def pictures(load: Callable[[int | None], Captioner], counts: Sequence[int], beam: int) -> Found:
    """One picture after another, each another one; time and memory when so many are done.

    Args:
        load: Loads the model with so many threads.
        counts: Ascending.
        beam: Hypotheses kept.

    Returns:
        `points`: count -> seconds of captioning so far, memory now and at the most; `total_ms`: of each of the last 1,000.
    """
    captioner, rng = _warm(load(None), beam), np.random.default_rng(1)
    points, spent, last = {}, 0.0, deque[float](maxlen=_LAST)
    for number in range(1, counts[-1] + 1):
        frame = patches(rng, *USUAL)
        begun = time.perf_counter()
        captioner.caption(frame, beam)
        taken = time.perf_counter() - begun
        last.append(taken * 1e3)
        spent += taken
        if number in counts:
            points[number] = (spent, *resident())
    return {"points": points, "total_ms": list(last)}


def words(load: Callable[[int | None], Captioner], rounds: int) -> Found:
    """A picture and a sentence of so many words, from 1 to the longest, in turns.

    The words are given, so that every length can be had; each costs a step of the decoder, greedily, as one that is chosen does.

    Args:
        load: Loads the model with so many threads.
        rounds: Sentences of each length.

    Returns:
        `total_ms`: words -> a figure a round; `memory_mb`: words -> memory when as many had been said for the first time.
    """
    captioner, rng = _warm(load(None), 1), np.random.default_rng(1)
    manifest = captioner.manifest
    ids = manifest.special_ids
    search = Search(ids.start, ids.end, manifest.max_length)
    # Any word that is none of the special ones.
    word = next(number for number in range(manifest.sizes.vocabulary) if number not in dataclasses.astuple(ids))
    lengths = range(1, manifest.max_length + 1)
    times: dict[int, list[float]] = {length: [] for length in lengths}
    memory: dict[int, float] = {}
    for number in range(rounds):
        for length in lengths if number == 0 else _shuffled(lengths, number):
            frame = patches(rng, *USUAL)
            begun = time.perf_counter()
            encoded = captioner.encode(frame).picture
            forced_log_prob(encoded.step, encoded.state, search, [word] * length)
            times[length].append((time.perf_counter() - begun) * 1e3)
            memory.setdefault(length, resident()[0])
    return {"total_ms": times, "memory_mb": memory}


def sizes(load: Callable[[int | None], Captioner], names: Sequence[str], rounds: int, beam: int) -> Found:
    """Frames of several sizes, in turns; one size alone tells its memory.

    Args:
        load: Loads the model with so many threads.
        names: Of `SIZES`.
        rounds: Frames of each.
        beam: Hypotheses kept.

    Returns:
        `total_ms` and `preprocess_ms`: name -> a figure a round; `memory_mb`: the most so far.
    """
    captioner, rng = _warm(load(None), beam), np.random.default_rng(1)
    total: dict[str, list[float]] = {name: [] for name in names}
    preprocess: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        for name in _shuffled(names, number):
            timings = captioner.caption(patches(rng, *SIZES[name]), beam).timings
            total[name].append(timings.total)
            preprocess[name].append(timings.preprocess)
    return {"total_ms": total, "preprocess_ms": preprocess, "memory_mb": resident()[1]}


def threads(load: Callable[[int | None], Captioner], counts: Sequence[int], rounds: int, beam: int) -> Found:
    """The same model with several thread counts, in turns; one count alone tells its memory.

    Args:
        load: Loads the model with so many threads.
        counts: Thread counts.
        rounds: Pictures with each.
        beam: Hypotheses kept.

    Returns:
        `total_ms` and `encode_ms`: count -> a figure a round; `memory_mb`: the most so far.
    """
    captioners = {count: _warm(load(count), beam) for count in counts}
    rng = np.random.default_rng(1)
    total: dict[int, list[float]] = {count: [] for count in counts}
    encode: dict[int, list[float]] = {count: [] for count in counts}
    for number in range(rounds):
        frame = patches(rng, *USUAL)
        for count in _shuffled(counts, number):
            timings = captioners[count].caption(frame, beam).timings
            total[count].append(timings.total)
            encode[count].append(timings.encode)
    return {"total_ms": total, "encode_ms": encode, "memory_mb": resident()[1]}


def cameras(load: Callable[[int | None], Captioner], count: int, fps: float, seconds: float) -> Found:
    """Several cameras, one model, as `edge-caption live` runs them with a `--source` each; greedy, every frame that there is time for.

    Args:
        load: Loads the model with so many threads.
        count: Cameras.
        fps: Frames a second of each.
        seconds: That they run.

    Returns:
        `captions`: of each camera; `age_ms` from capture to caption; `seconds`, `cpu_seconds`; `memory_mb` at the most.
    """
    from edge_runtime.capture import Capture
    from edge_runtime.events import CaptionEvent, Event
    from edge_runtime.frames.geometry import Geometry
    from edge_runtime.gate import Gate
    from edge_runtime.governor import Governor
    from edge_runtime.live import Live, Watched
    from edge_runtime.steady import Steady

    captioner = _warm(load(None), 1)
    ages: dict[str, list[float]] = {f"camera {number}": [] for number in range(count)}

    def take(event: Event) -> None:
        if isinstance(event, CaptionEvent):
            ages[event.source].append(event.age_ms)

    arrived = threading.Condition()
    sources = [PatchCamera(name, fps, seconds, number) for number, name in enumerate(ages)]
    captures = [Capture(source, Geometry(), None, arrived, take) for source in sources]
    watched = [Watched(capture, Gate("normal", None, everything=True), Steady(captioner)) for capture in captures]
    live = Live(captioner, watched, take, Governor(), arrived, 1)
    for capture in captures:
        capture.open()
    begun, cpu = time.monotonic(), time.process_time()
    for capture in captures:
        capture.start()
    live.start()
    while not live.done:
        time.sleep(0.01)
    taken, used = time.monotonic() - begun, time.process_time() - cpu
    for capture in captures:
        capture.close(1.0)
    return {
        "captions": {name: len(found) for name, found in ages.items()},
        "age_ms": [age for found in ages.values() for age in found],
        "seconds": taken,
        "cpu_seconds": used,
        "memory_mb": resident()[1],
    }


TASKS: Mapping[str, Callable[..., Found]] = {
    "pictures": pictures,
    "words": words,
    "sizes": sizes,
    "threads": threads,
    "cameras": cameras,
}


def cores() -> list[int]:
    """Thread counts worth a look: 1 to the cores that there are."""
    return list(range(1, available_cores() + 1))


def _warm(captioner: Captioner, beam: int) -> Captioner:
    rng = np.random.default_rng(0)
    for _ in range(_WARM_PICTURES):
        captioner.caption(patches(rng, *USUAL), beam)
    return captioner


def _shuffled(items: Sequence[Any], round_number: int) -> list[Any]:
    """Another order every round: none always follows the same one."""
    found = list(items)
    random.Random(round_number).shuffle(found)
    return found


def main() -> None:
    """Run the task that stdin describes, and print what it found as JSON."""
    asked = json.load(sys.stdin)

    def load(count: int | None) -> Captioner:
        return Captioner.load(asked["bundle"], asked["variant"], count or asked["threads"])

    print(json.dumps(TASKS[asked["task"]](load, **asked["arguments"])))


if __name__ == "__main__":
    main()
