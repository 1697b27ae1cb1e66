"""Processes that are killed while they write a journal, one after the other, and what is missing then."""

import contextlib
import os
import signal
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.journal.made_scenes import MadeScenes, camera_jpeg
from edge_runtime.errors import EdgeCaptionError
from edge_runtime.journal.store import Journal

_LONGEST = 1.5
"""Seconds that a process writes for."""
_MOST_MB = 40.0
"""Of the journal, so that scenes are deleted too while it is killed."""


@dataclass(frozen=True)
class Kills:
    """What came of it.

    Attributes:
        kills: Processes that were killed.
        opened: Times that the journal could be opened afterwards.
        whole: Times that it and its index were whole.
        missing_s: The longest time before a kill from which a scene was missing, in seconds.
        unended: Scenes without an end after it was opened again.
        scenes: That were handed over in all.
    """

    kills: int
    opened: int
    whole: int
    missing_s: float
    unended: int
    scenes: int


def kill(path: Path, count: int) -> Kills:
    """Kill so many processes while they write.

    Args:
        path: The journal.
        count: Of processes.
    """
    rng, jpeg = np.random.default_rng(7), camera_jpeg()
    opened = whole = unended = scenes = 0
    missing = 0.0
    for _ in range(count):
        handed, killed = _killed_writer(path, scenes, jpeg, rng.uniform(0.0, _LONGEST))
        scenes += len(handed)
        try:
            with Journal.open(path) as journal:
                opened += 1
                there = [journal.entry(id_) is not None for id_, _ in handed]
                unended += journal.stats().open
        except EdgeCaptionError:
            continue
        whole += is_whole(path)
        # What is older than the first one there was deleted to make room.
        first = there.index(True) if True in there else 0
        lost = [at for (_, at), found in zip(handed[first:], there[first:], strict=True) if not found]
        missing = max([missing, *(killed - at for at in lost)])
    return Kills(count, opened, whole, missing, unended, scenes)


def is_whole(path: Path) -> bool:
    """Return whether SQLite finds nothing wrong with a journal, nor FTS5 with its index."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            (told,) = connection.execute("PRAGMA integrity_check").fetchone()
            connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    except sqlite3.DatabaseError:
        return False
    return bool(told == "ok")


def _killed_writer(path: Path, first: int, jpeg: bytes, seconds: float) -> tuple[list[tuple[str, float]], float]:
    """Return ids of the scenes that a process handed to the sink, each with its time, and when it was killed, by one clock."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _write_for_ever(path, first, jpeg, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as lines:
        begun = lines.readline()
        time.sleep(seconds if begun else 0)
        os.kill(child, signal.SIGKILL)
        killed = time.monotonic()
        os.waitpid(child, 0)
        told = [begun, *lines]
    # The last line may be torn.
    handed = [line.decode().split() for line in told if line.endswith(b"\n")]
    return [(id_, float(at)) for id_, at in handed], killed


def _write_for_ever(path: Path, first: int, jpeg: bytes, writing: int) -> None:
    """Hand scenes to the sink as the live loop does, until the end comes from outside."""
    from edge_runtime.sinks.journal import JournalSink
    from edge_runtime.sinks.worker import SinkWorker

    try:
        sink = SinkWorker(JournalSink(str(path), 0.0, _MOST_MB), print, block=True)
        sink.start()
        rng = np.random.default_rng(first)
        for event in MadeScenes(seed=first, jpeg=jpeg).events(first, 1_000_000):
            at = time.monotonic()
            sink.event(event)
            os.write(writing, f"{event.id} {at:.6f}\n".encode())
            time.sleep(float(rng.exponential(0.02)))
    finally:
        os._exit(1)
