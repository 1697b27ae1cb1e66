import sqlite3
import time
from pathlib import Path

import pytest
from PIL import Image

from edge_runtime.cli import main
from edge_runtime.errors import OptionError, SinkError
from edge_runtime.events import AlertEvent, StatusEvent
from edge_runtime.journal.store import Journal
from edge_runtime.sinks.base import IdleSink, SinkContext
from edge_runtime.sinks.journal import JournalKind, JournalSink
from edge_runtime.sinks.worker import SinkWorker
from tests.edge_runtime.fake_source import scene as scene_pixels
from tests.edge_runtime.journal.made_scenes import BEGAN, jpeg, scene
from tests.edge_runtime.sinks.made_events import caption

_CONTEXT = SinkContext((), None, False, lambda: None)


def _texts(path: Path) -> list[str]:
    with Journal.open(path, read_only=True) as journal:
        return [entry.text for entry in journal.search()]


def test_scenes_and_alerts_are_kept_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "captions.db"
    sink = JournalSink(str(path))
    assert isinstance(sink, IdleSink)
    sink.check()
    assert list(tmp_path.iterdir()) == []
    sink.open()
    for event in (
        scene(1, jpeg=jpeg()),
        caption("a cat"),
        StatusEvent("lost", "gone"),
        AlertEvent("dogs", scene(1), BEGAN),
    ):
        sink.event(event)
    sink.idle()
    with Journal.open(path, read_only=True) as journal:
        (entry,) = journal.search()
        assert (entry.text, entry.rules, entry.ended_at) == ("a dog", ("dogs",), None)
        assert journal.thumbnail(entry.id) is not None
    sink.event(scene(1, "a dog", "end", 5))
    sink.close()
    assert [file.name for file in tmp_path.iterdir()] == ["captions.db"]
    with Journal.open(path, read_only=True) as journal:
        assert journal.search()[0].ended_at == BEGAN + 5


def test_options(tmp_path: Path) -> None:
    assert list(JournalKind().sinks(_CONTEXT)) == []
    (wanted,) = JournalKind(str(tmp_path / "x.db")).sinks(_CONTEXT)
    assert (wanted.sink.name, wanted.writes) == (f"--journal {tmp_path / 'x.db'}", tmp_path / "x.db")
    assert (JournalKind().keep_days, JournalKind().max_mb) == (30.0, 1024.0)
    with pytest.raises(OptionError, match="--journal-max-mb 3: must be 0 for no limit, or at least 16"):
        JournalKind(max_mb=3)
    with pytest.raises(OptionError, match="--journal-keep-days -1: must be 0 to 36500"):
        JournalKind(keep_days=-1)


def test_what_is_too_old_is_deleted_when_nothing_comes(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    sink = JournalSink(str(path), keep_days=1)
    sink.open()
    now = round(time.time() - BEGAN)
    for number in range(120):
        sink.event(scene(number, "long ago"))
    sink.event(scene(now, "now"))
    for _ in range(5):
        sink.idle()
    assert _texts(path) == ["now"]
    sink.close()


def test_what_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_text("no database at all" * 100)
    for method in (JournalSink(str(path)).check, JournalSink(str(path)).open):
        with pytest.raises(SinkError) as caught:
            method()
        assert str(caught.value) == f"--journal {path}: no journal, but another kind of file; name another one"
    with pytest.raises(SinkError, match=r"^--journal .*none/x.db: its folder does not exist; make it first$"):
        JournalSink(str(tmp_path / "none" / "x.db")).check()
    never_opened = JournalSink(str(path))
    never_opened.event(scene(1))
    never_opened.idle()
    never_opened.close()


def test_a_full_disk_is_said_once_and_captions_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, told = tmp_path / "x.db", list[str]()
    sink = JournalSink(str(path))
    worker = SinkWorker(sink, told.append, block=True)
    worker.start()
    worker.event(scene(1))
    time.sleep(0.2)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    assert sink._journal is not None
    monkeypatch.setattr(sink._journal._writer, "_scene", full)
    for number in range(2, 20):
        worker.event(scene(number))
    assert worker.close(5)
    assert told == [f"--journal {path}: the disk is full; make room on it and start again"]
    assert worker.failed
    assert _texts(path) == ["a dog"]
    with Journal.open(path) as again:
        assert again.search()[0].ended_at == BEGAN + 1


def test_live_makes_a_journal(tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, path = tmp_path / "1.png", tmp_path / "captions.db"
    Image.fromarray(scene_pixels(0)).save(picture)
    words = ["live", "--source", str(picture), "--bundle", str(tiny_bundle)]
    assert main([*words, "--journal", str(path)]) == 0
    with Journal.open(path, read_only=True) as journal:
        assert journal.stats().open == 0
    assert [file.name for file in tmp_path.iterdir() if file.suffix != ".png"] == ["captions.db"]
    capsys.readouterr()
    assert main([*words, "--journal", str(picture)]) == 2
    assert capsys.readouterr().err == (
        f"edge-caption: --journal {picture}: the same file as --source {picture}; name another one\n"
    )
