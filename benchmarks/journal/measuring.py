"""The measurements of `journal`, each in a process that does nothing else: `python -m benchmarks.journal.measuring JSON`."""

import functools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.journal.made_scenes import SOURCES, MadeScenes, camera_jpeg, queries
from benchmarks.scale.memory import resident
from edge_runtime.backends.decoding import Floats
from edge_runtime.journal.store import Journal

Found = dict[str, Any]
_INSERTS, _NEARS, _EXACT = 1000, 100, 10
_EACH = 30
"""Searches of a kind."""
_LIKE = 20
"""Scenes that a search for likeness returns."""


def filled(path: str, events: int) -> Found:
    """Fill a journal without pictures; returns seconds, and memory of the process."""
    begun = time.perf_counter()
    with Journal.open(Path(path), create=True) as journal:
        for event in MadeScenes().events(0, events):
            journal.write(event)
    return {"seconds": time.perf_counter() - begun, "memory_mb": resident()[1]}


def used(path: str, events: int) -> Found:
    """Do everything in one process: insert with pictures, each committed; search; look for likeness. Returns times and memory."""
    found: Found = {"memory_begun_mb": resident()[0]}
    made = MadeScenes(seed=4, jpeg=camera_jpeg())
    inserts = []
    with Journal.open(Path(path)) as writer, Journal.open(Path(path), read_only=True) as reader:
        for event in made.events(events, _INSERTS):
            begun = time.perf_counter()
            writer.write(event)
            writer.flush()
            inserts.append((time.perf_counter() - begun) * 1e3)
        found["insert_ms"] = inserts
        found["search_ms"] = _searches(reader)
        asked = MadeScenes(seed=5).features(_NEARS)
        found["near_ms"] = [_timed(functools.partial(reader.near, features, _LIKE)) for features in asked]
        span = [1.7e9 + share * events * 20.0 for share in (0.4, 0.5)]
        found["near_of_a_tenth_ms"] = [
            _timed(functools.partial(reader.near, features, _LIKE, *span)) for features in asked
        ]
    found["memory_mb"] = resident()[1]
    return found


def _searches(reader: Journal) -> dict[str, list[float]]:
    found = {}
    for kind, texts in queries(_EACH).items():
        found[kind] = [_timed(functools.partial(reader.search, text)) for text in texts]
    frequent = queries(_EACH)["one frequent word"]
    found["one frequent word, of a rare source"] = [
        _timed(functools.partial(reader.search, text, source=SOURCES[2])) for text in frequent
    ]
    newest = reader.search(limit=1)[0].started_at
    found["one frequent word, of an hour"] = [
        _timed(functools.partial(reader.search, text, newest - 7200, newest - 3600)) for text in frequent
    ]
    found["everything"] = [_timed(reader.search) for _ in range(_EACH)]
    return found


def recall(path: str) -> Found:
    """Return which share of the scenes that are truly the most alike is found; all features are compared for that."""
    asked = MadeScenes(seed=6).features(_EXACT)
    with Journal.open(Path(path), read_only=True) as journal:
        found = [{entry.id for entry, _ in journal.near(features, _LIKE)} for features in asked]
        exact = _exact(journal, asked)
    return {"recall": float(np.mean([len(some & every) / _LIKE for some, every in zip(found, exact, strict=True)]))}


def _exact(journal: Journal, asked: Floats) -> list[set[str]]:
    connection = journal._connection
    best: list[list[tuple[float, int]]] = [[] for _ in asked]
    rows = connection.execute("SELECT key, numbers FROM vector")
    while batch := rows.fetchmany(20_000):
        features = np.frombuffer(b"".join(numbers for _, numbers in batch), "<f2").reshape(len(batch), -1)
        cosines = features.astype(np.float32) @ asked.T
        for column, kept in enumerate(best):
            top = np.argsort(-cosines[:, column])[:_LIKE]
            kept += [(float(cosines[index, column]), batch[index][0]) for index in top]
            kept[:] = sorted(kept, reverse=True)[:_LIKE]
    ids = dict(
        connection.execute(
            "SELECT key, id FROM event WHERE key IN (SELECT value FROM json_each(?))",
            (json.dumps([key for kept in best for _, key in kept]),),
        )
    )
    return [{ids[key] for _, key in kept} for kept in best]


def _timed(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1e3


TASKS: dict[str, Callable[..., Found]] = {"filled": filled, "used": used, "recall": recall}


def main() -> None:
    """Run the task that the argument describes, and print what it found as JSON."""
    asked = json.loads(sys.argv[1])
    print(json.dumps(TASKS[asked.pop("task")](**asked)))


if __name__ == "__main__":
    main()
