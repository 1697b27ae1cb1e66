"""The measurements of `scale`, each run in a process that does nothing else: `python -m benchmarks.scale.measuring JSON`."""

import dataclasses
import functools
import json
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.scale.cameras import cameras
from benchmarks.scale.frames import SIZES, USUAL, patches
from benchmarks.scale.memory import resident
from benchmarks.scale.warming import warmed
from edge_runtime.backends.decoding import Search, forced_log_prob
from edge_runtime.bench.interleaved import interleaved, timed
from edge_runtime.captioner import Captioner
from edge_runtime.machine.device import available_cores

Found = dict[str, Any]
_LAST = 1000
"""Pictures of the longest run whose times are kept, to tell its noise."""


def pictures(load: Callable[[int | None], Captioner], counts: Sequence[int], beam: int) -> Found:
    """Return one picture after another, each another one; time and memory when so many are done.

    Args:
        load: Loads the model with so many threads.
        counts: Ascending.
        beam: Hypotheses kept.

    Returns:
        `points`: count -> seconds of captioning so far, memory now and at the most; `total_ms`: of each of the last 1,000.
    """
    captioner, rng = warmed(load(None), beam), np.random.default_rng(1)
    points, spent, last = {}, 0.0, deque[float](maxlen=_LAST)
    for number in range(1, counts[-1] + 1):
        frame = patches(rng, *USUAL)
        _, milliseconds = timed(functools.partial(captioner.caption, frame, beam))
        last.append(milliseconds)
        spent += milliseconds / 1e3
        if number in counts:
            points[number] = (spent, *resident())
    return {"points": points, "total_ms": list(last)}


def words(load: Callable[[int | None], Captioner], rounds: int) -> Found:
    """Return a picture and a sentence of so many words, from 1 to the longest, interleaved.

    The words are given, so that every length can be had; each costs a step of the decoder, greedily, as one that is chosen does.

    Args:
        load: Loads the model with so many threads.
        rounds: Sentences of each length.

    Returns:
        `total_ms`: words -> a figure a round; `memory_mb`: words -> memory when as many had been said for the first time.
    """
    captioner, rng = warmed(load(None), 1), np.random.default_rng(1)
    manifest = captioner.manifest
    ids = manifest.special_ids
    search = Search(ids.start, ids.end, manifest.max_length)
    # Any word that is none of the special ones.
    word = next(number for number in range(manifest.sizes.vocabulary) if number not in dataclasses.astuple(ids))
    lengths = range(1, manifest.max_length + 1)
    times: dict[int, list[float]] = {length: [] for length in lengths}
    memory: dict[int, float] = {}

    def say(frame: npt.NDArray[np.uint8], length: int) -> None:
        encoded = captioner.encode(frame).picture
        forced_log_prob(encoded.step, encoded.state, search, [word] * length)

    # The first round goes from the shortest to the longest: what memory they take is seen then.
    for one in interleaved(lengths, rounds, 1):
        for length in one.order:
            _, milliseconds = timed(functools.partial(say, patches(rng, *USUAL), length))
            memory.setdefault(length, resident()[0])
            if one.counts:
                times[length].append(milliseconds)
    return {"total_ms": times, "memory_mb": memory}


def sizes(load: Callable[[int | None], Captioner], names: Sequence[str], rounds: int, beam: int) -> Found:
    """Return frames of several sizes, interleaved; one size alone tells its memory.

    Args:
        load: Loads the model with so many threads.
        names: Of `SIZES`.
        rounds: Frames of each.
        beam: Hypotheses kept.

    Returns:
        `total_ms` and `preprocess_ms`: name -> a figure a round; `memory_mb`: the most so far.
    """
    captioner, rng = warmed(load(None), beam), np.random.default_rng(1)
    total: dict[str, list[float]] = {name: [] for name in names}
    preprocess: dict[str, list[float]] = {name: [] for name in names}
    for one in interleaved(names, rounds, 0):
        for name in one.order:
            timings = captioner.caption(patches(rng, *SIZES[name]), beam).timings
            total[name].append(timings.total)
            preprocess[name].append(timings.preprocess)
    return {"total_ms": total, "preprocess_ms": preprocess, "memory_mb": resident()[1]}


def threads(load: Callable[[int | None], Captioner], counts: Sequence[int], rounds: int, beam: int) -> Found:
    """Return the same model with several thread counts, interleaved; one count alone tells its memory.

    Args:
        load: Loads the model with so many threads.
        counts: Thread counts.
        rounds: Pictures with each.
        beam: Hypotheses kept.

    Returns:
        `total_ms` and `encode_ms`: count -> a figure a round; `memory_mb`: the most so far.
    """
    captioners = {count: warmed(load(count), beam) for count in counts}
    rng = np.random.default_rng(1)
    total: dict[int, list[float]] = {count: [] for count in counts}
    encode: dict[int, list[float]] = {count: [] for count in counts}
    for one in interleaved(counts, rounds, 0):
        frame = patches(rng, *USUAL)
        for count in one.order:
            timings = captioners[count].caption(frame, beam).timings
            total[count].append(timings.total)
            encode[count].append(timings.encode)
    return {"total_ms": total, "encode_ms": encode, "memory_mb": resident()[1]}


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


def main() -> None:
    """Run the task that the argument describes, and print what it found as JSON."""
    asked = json.loads(sys.argv[1])

    def load(count: int | None) -> Captioner:
        return Captioner.load(asked["bundle"], asked["variant"], count or asked["threads"], abstains=False)

    print(json.dumps(TASKS[asked["task"]](load, **asked["arguments"])))


if __name__ == "__main__":
    main()
