import time
from pathlib import Path

import numpy as np

from edge_runtime.journal.retention import Retention
from edge_runtime.journal.store import Journal
from tests.edge_runtime.journal.made_scenes import BEGAN, scene

_NOISE = np.random.default_rng(0)


def _tidied(journal: Journal, retention: Retention) -> int:
    steps = 0
    while journal.tidy(retention):
        steps += 1
    return steps


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.parent.iterdir() if file.name != f"{path.name}-shm")


def test_what_is_too_old_goes_in_small_steps(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "x.db", create=True) as journal:
        now = time.time()
        for number in range(120):
            journal.write(scene(number, f"old {number}", "end"))
        for number in range(3):
            journal.write(scene(int(now - BEGAN) - number, f"new {number}"))
        journal.flush()
        assert _tidied(journal, Retention()) == 0
        assert _tidied(journal, Retention(keep_days=1)) == 3
        assert [entry.text for entry in journal.every()] == ["new 0", "new 1", "new 2"]
        assert journal.search("old") == []
        (count,) = journal._connection.execute("SELECT count(*) FROM vector").fetchone()
        assert count == 3


def test_the_file_stays_below_its_size_while_scenes_come(tmp_path: Path) -> None:
    path, most = tmp_path / "x.db", 16_000_000
    largest = slowest = 0.0
    with Journal.open(path, create=True) as journal:
        for number in range(2000):
            begun = time.perf_counter()
            frame = _NOISE.bytes(20_000)
            journal.write(scene(number, f"scene {number} of a dog", "end"))
            journal._connection.execute("INSERT INTO picture SELECT max(key), ? FROM event", (frame,))
            journal.tidy(Retention(max_bytes=most))
            slowest = max(slowest, time.perf_counter() - begun)
            largest = max(largest, _size(path))
        kept = [entry.text for entry in journal.every()]
        assert kept == [f"scene {number} of a dog" for number in range(1999, 1999 - len(kept), -1)]
        assert len(kept) > 300
        (told,) = journal._connection.execute("PRAGMA integrity_check").fetchone()
        assert told == "ok"
        assert len(journal.search("dog", limit=10_000)) == len(kept)
    assert largest <= most
    assert slowest < 1.0


def test_a_smaller_limit_makes_the_file_smaller(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with Journal.open(path, create=True) as journal:
        for number in range(4000):
            journal.write(scene(number, "a dog", "end"))
        journal.flush()
        assert _size(path) > 2_000_000
        _tidied(journal, Retention(max_bytes=1_000_000))
    assert path.stat().st_size <= 1_000_000


def test_a_scene_that_lasts_comes_back_with_its_next_event(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "x.db", create=True) as journal:
        journal.write(scene(1))
        _tidied(journal, Retention(keep_days=1))
        assert journal.search() == []
        journal.write(scene(1, "a dog", "end", 9))
        assert [(entry.text, entry.ended_at) for entry in journal.search()] == [("a dog", BEGAN + 9)]
