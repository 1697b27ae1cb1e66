import sqlite3
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.backends.decoding import Floats
from edge_runtime.journal import likeness
from edge_runtime.journal.retention import Retention
from edge_runtime.journal.store import Journal
from tests.edge_runtime.journal.made_scenes import BEGAN, features, scene


def _near(journal: Journal, query: Floats, **more: float) -> list[tuple[str, float]]:
    return [(entry.text, round(cosine, 3)) for entry, cosine in journal.near(query, 3, **more)]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "BLOCK", 64)
    monkeypatch.setattr(likeness, "_REREAD", 40)


@pytest.mark.parametrize("dimensions", [8, 256, 1280])
def test_the_most_alike_of_many_with_sketches_and_without(tmp_path: Path, small_blocks: None, dimensions: int) -> None:
    with Journal.open(tmp_path / "x.db", create=True) as journal:
        known = [features(number, dimensions) for number in range(200)]
        for number, one in enumerate(known):
            journal.write(scene(number, f"scene {number}", features=one))
        journal.flush()
        (blocks,) = journal._connection.execute("SELECT count(*) FROM sketch").fetchone()
        assert blocks == 3
        for number in (0, 63, 64, 150, 199):
            near = known[number] + 0.05 * features(1000, dimensions)
            assert journal.near(near / np.linalg.norm(near), 1)[0][0].text == f"scene {number}"
        assert _near(journal, known[5])[0] == ("scene 5", 1.0)
        cosines = {f"scene {number}": float(one @ known[5]) for number, one in enumerate(known)}
        found = {entry.text: cosine for entry, cosine in journal.near(known[5], 20)}
        assert found == pytest.approx({text: cosines[text] for text in found}, abs=2e-3)
        assert list(found.values()) == sorted(found.values(), reverse=True)
        assert all(text != "scene 5" for text, _ in _near(journal, known[5], since=BEGAN + 6))
        assert _near(journal, known[5], since=BEGAN + 5, until=BEGAN + 6) == [("scene 5", 1.0)]


def test_a_sketch_of_before_finds_nothing_after_an_update(tmp_path: Path, small_blocks: None) -> None:
    with Journal.open(tmp_path / "x.db", create=True) as journal:
        for number in range(70):
            journal.write(scene(number, f"scene {number}"))
        journal.flush()
        journal.write(scene(3, "scene 3", "update", 4, features=features(5000)))
        journal.write(scene(69, "scene 69", "update", 70, features=features(6000)))
        assert _near(journal, features(5000))[0] == ("scene 3", 1.0)
        assert _near(journal, features(6000))[0] == ("scene 69", 1.0)
        assert _near(journal, features(3))[0][1] < 0.5
        journal.write(scene(3, "scene 3", "update", 5, features=np.zeros(0, np.float32)))
        assert _near(journal, features(5000))[0][1] < 0.5
    with Journal.open(tmp_path / "x.db") as journal:  # no slot is given twice
        for number in range(100, 200):
            journal.write(scene(number, f"scene {number}"))
        journal.flush()
        assert _near(journal, features(180))[0] == ("scene 180", 1.0)
        assert _near(journal, features(69)) != []


def test_features_of_another_length_do_not_count(tmp_path: Path, small_blocks: None) -> None:
    with Journal.open(tmp_path / "x.db", create=True) as journal:
        assert (journal.near(features(1)), journal.dimensions) == ([], None)
        for number in range(130):
            journal.write(scene(number, f"scene {number}", features=features(number, 16 if number % 2 else 32)))
        journal.flush()
        assert _near(journal, features(7, 16))[0] == ("scene 7", 1.0)
        assert _near(journal, features(8, 32))[0] == ("scene 8", 1.0)
        assert journal.near(features(7, 64)) == []
        assert journal.dimensions == 16


def test_what_was_taken_back_leaves_no_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_blocks: None) -> None:
    with Journal.open(tmp_path / "x.db", create=True) as journal:
        for number in range(60):
            journal.write(scene(number, f"scene {number}"))
        journal.flush()
        journal.write(scene(60))
        assert journal._writer is not None
        journal._writer.take_back()
        for number in range(61, 140):
            journal.write(scene(number, f"scene {number}"))
        journal.flush()
        assert _near(journal, features(60))[0][1] < 0.5
        assert _near(journal, features(61))[0] == ("scene 61", 1.0)


def test_sketches_go_with_their_scenes(tmp_path: Path, small_blocks: None) -> None:
    with Journal.open(tmp_path / "x.db", create=True) as journal:
        for number in range(600):
            journal.write(scene(number, f"scene {number}", features=features(number, 16)))
        while journal.tidy(Retention(max_bytes=350_000)):
            pass
        oldest = list(journal.every())[-1]
        (first,) = journal._connection.execute("SELECT min(first) FROM sketch").fetchone()
        assert int(oldest.text.split()[1]) - 64 < first <= int(oldest.text.split()[1])
        assert 100 < int(oldest.text.split()[1]) < 590
        assert _near(journal, features(0, 16))[0][1] < 0.99
        assert _near(journal, features(599, 16))[0] == ("scene 599", 1.0)


def test_bits_are_counted_the_same_without_numpy_2(monkeypatch: pytest.MonkeyPatch) -> None:
    words = np.random.default_rng(0).integers(0, 2**63, 1000, np.uint64)
    expected = [int(word).bit_count() for word in words]
    assert likeness._bit_count(words).tolist() == expected
    monkeypatch.delattr(np, "bitwise_count", raising=False)
    assert likeness._bit_count(words).tolist() == expected


def test_the_planes_stand_in_the_journal(tmp_path: Path, small_blocks: None) -> None:
    with Journal.open(tmp_path / "x.db", create=True) as journal:
        for number in range(64):
            journal.write(scene(number))
    with sqlite3.connect(tmp_path / "x.db") as connection:
        ((dimensions, centre, planes),) = connection.execute("SELECT * FROM space").fetchall()
    connection.close()
    assert (dimensions, len(centre), len(planes)) == (256, 4 * 256, 4 * 256 * 256)
    square = np.frombuffer(planes, "<f4").reshape(256, 256)
    np.testing.assert_allclose(square.T @ square, np.eye(256), atol=1e-5)


def test_two_sessions_of_a_process_share_no_slot(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "x.db", create=True) as old, Journal.open(tmp_path / "x.db") as new:
        for number in range(10):
            journal = new if number % 2 else old
            journal.write(scene(number, f"scene {number}"))
            journal.flush()
        assert [_near(old, features(number))[0] for number in range(10)] == [
            (f"scene {number}", 1.0) for number in range(10)
        ]
