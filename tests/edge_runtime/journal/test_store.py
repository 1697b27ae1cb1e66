import io
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_runtime.errors import JournalError, JournalNotFoundError, QueryError
from edge_runtime.events import AlertEvent
from edge_runtime.journal.connection import failures
from edge_runtime.journal.schema import VERSION
from edge_runtime.journal.store import Journal
from tests.edge_runtime.journal.made_scenes import BEGAN, features, jpeg, scene


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "captions.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal.open(path, create=True) as opened:
        yield opened


def _texts(journal: Journal, query: str = "", **more: object) -> list[str]:
    return [entry.text for entry in journal.search(query, **more)]  # type: ignore[arg-type]


def test_new_inserts_update_changes_and_end_ends(journal: Journal) -> None:
    journal.write(scene(1, "a dog", jpeg=jpeg(grey=0)))
    journal.write(scene(2, "a cat"))
    (cat, dog) = journal.search()
    assert (dog.text, dog.ended_at, cat.text) == ("a dog", None, "a cat")
    journal.write(scene(1, "a dog with a ball", "update", 4, jpeg=jpeg(grey=255), confidence=0.9, hedged=True))
    journal.write(scene(1, "a dog with a ball", "end", 9, jpeg=jpeg(grey=9)))
    entry = journal.entry(dog.id)
    assert entry is not None
    assert entry.to_dict() == {
        "id": "018bcfe56be8-000001",
        "source": "garden",
        "zone": "",
        "started_at": "2023-11-14T22:13:21.000Z",
        "ended_at": "2023-11-14T22:13:29.000Z",
        "caption": "a dog with a ball",
        "shown": "a dog with a ball",
        "words": ["a", "dog", "with", "a", "ball"],
        "confidence": 0.9,
        "abstained": "",
        "hedged": True,
        "language": "en",
        "captions": {"en": "a dog with a ball"},
        "rules": [],
    }
    assert entry.seconds == 8.0
    assert _texts(journal, "ball") == ["a dog with a ball"]
    assert journal.search() == [cat, entry]
    picture = journal.thumbnail(dog.id)
    assert picture is not None
    with Image.open(io.BytesIO(picture)) as shown:
        assert shown.size == (320, 240)
        assert (
            shown.convert("L").getpixel((9, 9)) == 255
        )  # of the frame that the sentence is about, not of the last one


def test_the_words_before_an_update_find_nothing_any_more(journal: Journal) -> None:
    journal.write(scene(1, "a cat on a couch"))
    journal.write(scene(1, "a dog on a couch", "update", 2))
    assert (_texts(journal, "cat"), _texts(journal, "dog")) == ([], ["a dog on a couch"])
    assert _texts(journal, "ca*") == []


def test_a_scene_whose_beginning_was_missed(journal: Journal) -> None:
    journal.write(scene(1, "a dog", "update", 3))
    journal.write(scene(2, "a cat", "end", 5))
    assert [(entry.text, entry.ended_at) for entry in journal.search()] == [("a cat", BEGAN + 5), ("a dog", None)]


def test_a_picture_of_another_sentence_is_not_kept(journal: Journal) -> None:
    journal.write(scene(1, "a dog", jpeg=jpeg()))
    journal.write(scene(1, "a cat", "update", 2))
    assert journal.thumbnail(scene(1).id) is None
    journal.write(scene(2, jpeg=b"\xff\xd8 no picture"))
    assert journal.thumbnail(scene(2).id) is None
    assert journal.thumbnail("nobody") is None


@pytest.mark.parametrize(
    ("size", "kept"), [((200, 100), (200, 100)), ((1920, 1080), (320, 180)), ((4000, 10), (320, 1))]
)
def test_thumbnails_are_small(journal: Journal, size: tuple[int, int], kept: tuple[int, int]) -> None:
    journal.write(scene(1, jpeg=jpeg(size)))
    picture = journal.thumbnail(scene(1).id)
    assert picture is not None
    with Image.open(io.BytesIO(picture)) as shown:
        assert (shown.size, shown.format) == (kept, "JPEG")


def test_an_alert_is_told_with_its_scene(journal: Journal) -> None:
    journal.write(scene(1))
    for rule, at in (("dogs", 3.0), ("any", 2.0), ("dogs", 9.0)):
        journal.write_alert(AlertEvent(rule, scene(1), BEGAN + at))
    journal.write_alert(AlertEvent("late", scene(2, "a cat"), BEGAN + 2))
    assert [(entry.text, entry.rules) for entry in journal.search()] == [
        ("a cat", ("late",)),
        ("a dog", ("any", "dogs")),
    ]
    assert journal.stats().rules == {"dogs": 2, "any": 1, "late": 1}


def test_nothing_that_is_told_of_a_scene_is_lost(journal: Journal) -> None:
    odd = scene(
        1,
        "",
        shown="no clear picture (black)",
        abstained="black",
        confidence=None,
        words=(),
        zone="door",
        failure="",
        features=np.zeros(0, np.float32),
    )
    journal.write(odd)
    journal.write(scene(2, "", shown="the captioner failed", failure="too little memory"))
    failed, black = journal.search()
    assert (black.text, black.shown, black.words, black.abstained, black.confidence, black.zone) == (
        "",
        "no clear picture (black)",
        (),
        "black",
        None,
        "door",
    )
    assert failed.to_dict()["failure"] == "too little memory"
    reworded = scene(3, "a person", words=("a", "man"))
    journal.write(reworded)
    assert journal.search()[0].words == ("a", "man")


def test_time_source_limit_and_offset(journal: Journal) -> None:
    for number in range(6):
        journal.write(
            scene(number, f"a dog {number}", source="cellar" if number % 3 == 0 else "garden", zone="z" * number)
        )
    assert _texts(journal, "dog", limit=2) == ["a dog 5", "a dog 4"]
    assert _texts(journal, "dog", limit=2, offset=4) == ["a dog 1", "a dog 0"]
    for query in ("dog", "", "not cat"):
        assert _texts(journal, query, source="cellar") == ["a dog 3", "a dog 0"]
        assert _texts(journal, query, since=BEGAN + 2, until=BEGAN + 4) == ["a dog 3", "a dog 2"]
        assert _texts(journal, query, source="attic") == []
        assert _texts(journal, query, since=BEGAN + 4, until=BEGAN + 2) == []
    assert [entry.text for entry in journal.every("dog", page=2)] == [
        f"a dog {number}" for number in (5, 4, 3, 2, 1, 0)
    ]


def test_scenes_of_the_same_millisecond_and_of_a_clock_that_went_back(journal: Journal) -> None:
    for name in ("one", "two", "three"):
        journal.write(scene(1, name, id=f"id-{name}"))
    journal.write(scene(0, "earlier", id="id-earlier"))
    journal.write(scene(0, "before all times", id="id-odd", started_at=-5.0))
    assert _texts(journal) == ["three", "two", "one", "earlier", "before all times"]
    assert _texts(journal, "two or earlier") == ["two", "earlier"]


HOSTILE = "\x1b[2J\0'; DROP TABLE event; --\" OR 1=1 \u202egpj \ud800 𝒅𝒐𝒈"


def test_hostile_text_stays_text(journal: Journal) -> None:
    journal.write(scene(1, HOSTILE, source=HOSTILE, zone=HOSTILE, words=(HOSTILE,), id=HOSTILE, language=HOSTILE))
    journal.write_alert(AlertEvent(HOSTILE, scene(1, HOSTILE, id=HOSTILE), BEGAN))
    (entry,) = journal.search("drop")
    assert entry.text.startswith("\x1b[2J\\0'; DROP TABLE event")
    assert journal.search(source=HOSTILE.replace("\0", "\\0")) == [entry]
    assert len(entry.rules) == 1
    journal.write(scene(1, "a dog", "update", id=HOSTILE))
    assert _texts(journal, "drop") == []


LANGUAGES = [
    ("zh-Hans", "一只猫在沙发上", ["猫", "沙发", '"在沙发"', "沙发 猫", "沙*"], ["发沙", "狗"]),
    ("ja", "ソファの上の猫", ["猫", "ソファ"], ["犬"]),
    ("th", "แมวบนโซฟา", ["แมว", "โซฟา"], ["หมา"]),
    ("ar", "كَلْبٌ يلعبُ بالكُرَة", ["كلب", "كَلب", "بالكرة", "يلع*"], ["قطة"]),
    ("he", "כֶּלֶב על הספה", ["כלב", "הספה"], ["חתול"]),
    ("hi", "एक कुत्ता सोफ़े पर", ["कुत्ता", "कुत्*"], ["कत"]),
    ("de", "Ein Hund auf der Straße.", ["hund", "straße", "STRASSE or hund"], ["katze"]),
    ("fr", "Deux chiens près d'un café.", ["cafe", "CAFÉ", "caf*", "chien", "pres"], ["chat"]),
    ("en", "two dogs running with balls", ["dog", "run", "ball", "runn*", "Dogs AND balls"], ["cat", "do"]),
]


@pytest.mark.parametrize(("tag", "text", "found", "missed"), LANGUAGES)
def test_every_language_is_found_by_its_words(
    journal: Journal, tag: str, text: str, found: list[str], missed: list[str]
) -> None:
    journal.write(scene(1, text, language=tag))
    journal.write(scene(2, "nothing", further=((tag, text, text),)))
    assert {query: len(journal.search(query)) for query in found} == dict.fromkeys(found, 2)
    assert {query: len(journal.search(query)) for query in missed} == dict.fromkeys(missed, 0)
    assert journal.search("nothing")[0].captions == ({"en": "nothing", tag: text} if tag != "en" else {"en": text})


def test_no_phrase_reaches_into_another_language(journal: Journal) -> None:
    journal.write(scene(1, "a dog", further=(("de", "Hund", "Hund"),)))
    assert _texts(journal, '"dog hund"') == []
    assert _texts(journal, "dog hund") == ["a dog"]


def test_a_query_that_does_not_parse_tells_the_place(journal: Journal) -> None:
    with pytest.raises(QueryError) as caught:
        journal.search("dog AND (cat")
    assert (str(caught.value), caught.value.place) == (
        "query 'dog AND (cat': this parenthesis is never closed; close it, or leave it out",
        8,
    )
    with pytest.raises(QueryError, match="query of 2000 characters: at most 1000 can be searched for; shorten it"):
        journal.search("a" * 2000)
    assert journal.search(" ".join(["a"] * 500)) == []
    assert journal.search("not " * 49 + "a") == []


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    sentence = f"{path}: no such journal; 'edge-caption live --journal {path}' writes one, --journal names another"
    for read_only in (True, False):
        with pytest.raises(JournalNotFoundError) as caught:
            Journal.open(path, read_only=read_only)
        assert str(caught.value) == sentence
    with pytest.raises(JournalError, match="its folder does not exist; make it first"):
        Journal.open(tmp_path / "none" / "x.db", create=True)
    with pytest.raises(JournalError, match="a folder; name a file in it"):
        Journal.open(tmp_path, create=True)
    path.write_bytes(b"hello, " * 1000)
    for read_only in (True, False):
        with pytest.raises(JournalError) as refused:
            Journal.open(path, create=not read_only, read_only=read_only)
        assert str(refused.value) == f"{path}: no journal, but another kind of file; name another one"
    assert path.read_bytes() == b"hello, " * 1000
    path.write_bytes(b"")
    with pytest.raises(JournalError, match="no journal: nothing has been written to it"):
        Journal.open(path, read_only=True)
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mail (subject)")
    before = path.read_bytes()
    with pytest.raises(JournalError, match="a database of another program, no journal; name another file"):
        Journal.open(path, create=True)
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["x.db"]


def test_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    Journal.open(path, create=True).close()
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {VERSION + 1}")
    other.close()
    before = path.read_bytes()
    for read_only in (True, False):
        with pytest.raises(JournalError) as caught:
            Journal.open(path, create=not read_only, read_only=read_only)
        assert str(caught.value) == (
            f"{path}: a journal of a newer edge-caption (version {VERSION + 1}, this one reads {VERSION}); update this one, "
            "or name another file"
        )
    assert path.read_bytes() == before


def test_a_damaged_journal_is_a_sentence(path: Path) -> None:
    with Journal.open(path, create=True) as journal:
        for number in range(200):
            journal.write(scene(number, jpeg=jpeg()))
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"damaged; move it away and a new one is begun|SQLite cannot go on"):  # noqa: SIM117
        with Journal.open(path, read_only=True) as broken:
            broken.search("dog")


def test_a_full_disk_is_a_sentence_and_costs_what_was_not_committed(path: Path) -> None:
    journal = Journal.open(path, create=True)
    journal.write(scene(1, "a cat"))
    journal.flush()
    (pages,) = journal._connection.execute("PRAGMA page_count").fetchone()
    journal._connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    def fill() -> None:
        for number in range(2, 50):
            journal.write(scene(number, jpeg=jpeg()))

    with pytest.raises(JournalError) as caught:
        fill()
    assert str(caught.value) == f"{path}: the disk is full; make room on it and start again"
    assert _texts(journal, "cat") == ["a cat"]
    journal.close()
    with Journal.open(path) as again:
        assert "a cat" in _texts(again)
        again.write(scene(99, "room again"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(path: Path) -> None:
    with Journal.open(path, create=True) as journal:
        journal.write(scene(1))
    path.parent.chmod(0o500)
    try:
        with Journal.open(path, read_only=True) as reader:
            assert len(reader.search("dog")) == 1
        with pytest.raises(
            JournalError, match="cannot be opened here; check the permissions of the file and of its folder"
        ):
            Journal.open(path)
    finally:
        path.parent.chmod(0o700)


def test_a_journal_on_a_card_that_cannot_be_written_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal.open(path, create=True) as journal:
        journal.write(scene(1))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Journal.open(path, read_only=True) as reader:
        assert len(reader.search("dog")) == 1
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with pytest.raises(JournalError, match="cannot be opened here"):
        Journal.open(path)


def test_readers_see_what_was_committed_while_another_writes(journal: Journal, path: Path) -> None:
    journal.write(scene(1))
    with Journal.open(path, read_only=True) as reader:
        assert reader.search() == []
        journal.flush()
        assert len(reader.search("dog")) == 1
        with pytest.raises(JournalError, match="opened to read, or closed; open it again to write"):
            reader.write(scene(2))


def test_a_reader_that_dawdles_holds_no_writer_up(journal: Journal, path: Path) -> None:
    for number in range(1000):
        journal.write(scene(number))
    journal.flush()
    with Journal.open(path, read_only=True) as reader:
        slow = reader.every(page=100)
        next(slow)
        for number in range(1000, 1500):
            journal.write(scene(number))
        journal.flush()
        assert len(list(slow)) == 999


def test_readers_in_other_threads(journal: Journal, path: Path) -> None:
    found: list[int] = []

    def read() -> None:
        with Journal.open(path, read_only=True) as reader:
            while (count := len(reader.search("dog", limit=1000))) < 300:
                reader.near(features(3))
            found.append(count)

    journal.flush()
    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(300):
        journal.write(scene(number))
        journal.flush()
    for thread in threads:
        thread.join(20)
    assert found == [300] * 3


_WRITE = """
import sys, time
from pathlib import Path
from edge_runtime.journal.store import Journal
from tests.edge_runtime.journal.made_scenes import scene
journal = Journal.open(Path(sys.argv[1]), create=True)
number = int(sys.argv[2])
while True:
    journal.write(scene(number))
    print(number, flush=True)
    number += 1
    time.sleep(0.01)
"""


def _writer(path: Path, first: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _WRITE, str(path), str(first)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])


def test_two_processes_do_not_write_the_same_journal(path: Path) -> None:
    process = _writer(path, 0)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(JournalError) as caught:
            Journal.open(path, create=True)
        assert str(caught.value) == f"{path}: process {process.pid} is writing it; end that one, or name another file"
        with Journal.open(path, read_only=True) as reader:
            reader.search()
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    with Journal.open(path):
        assert path.with_name("captions.db-writer").exists()
    assert [file.name for file in path.parent.iterdir()] == ["captions.db"]


def test_within_a_process_a_session_begins_while_the_one_before_ends(journal: Journal, path: Path) -> None:
    with Journal.open(path) as second:
        second.write(scene(1))
    journal.write(scene(2))
    journal.flush()
    assert len(journal.search()) == 2


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9")
def test_a_writer_that_is_killed_costs_at_most_a_second(path: Path) -> None:
    first = 0
    for _ in range(4):
        process = _writer(path, first)
        assert process.stdout is not None
        told = []
        for line in process.stdout:
            told.append(int(line))
            if len(told) == 90:  # 0.9 s and more
                break
        process.kill()
        told += [int(line) for line in process.stdout if line.endswith("\n")]
        process.wait()
        process.stdout.close()
        with Journal.open(path) as journal:
            kept = {entry.id for entry in journal.search(limit=10_000)}
            assert [entry for entry in journal.search(limit=10_000) if entry.ended_at is None] == []
        missing = [number for number in told if scene(number).id not in kept]
        assert len(missing) <= 60  # half a second, and what the machine did meanwhile
        assert missing == told[len(told) - len(missing) :]
        with sqlite3.connect(path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        connection.close()
        first = told[-1] + 1


def test_a_scene_that_a_killed_writer_left_open_ends_at_its_last_known_time(path: Path) -> None:
    journal = Journal.open(path, create=True)
    journal.write(scene(1))
    journal.write(scene(1, "a dog and a ball", "update", 7))
    journal.flush()
    with Journal.open(path) as again:  # as after a kill
        (entry,) = again.search()
        assert entry.ended_at == BEGAN + 7
    journal.close()


@pytest.mark.parametrize(
    "name",
    ["a b.db", "what?mode=memory#%20.db", "caf\udce9.db", "\x1b[2J\n.db", "-x"],
    ids=["space", "query", "no text", "escapes", "option"],
)
def test_any_name_of_a_file(tmp_path: Path, name: str) -> None:
    with Journal.open(tmp_path / name, create=True) as journal:
        journal.write(scene(1))
    assert [file.name for file in tmp_path.iterdir()] == [name]
    with Journal.open(tmp_path / name, read_only=True) as reader:
        assert len(reader.search("dog")) == 1


def test_a_sqlite_without_full_text_search_is_told(tmp_path: Path) -> None:
    """As of a process in which TensorFlow was loaded first, which has an SQLite of its own."""
    with pytest.raises(JournalError, match="import sqlite3 before it"), failures(tmp_path / "x"):
        raise sqlite3.OperationalError("no such module: fts5")


def test_closing_twice_and_what_comes_after(journal: Journal) -> None:
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="opened to read, or closed"):
        journal.write(scene(1))
    with pytest.raises(JournalError):
        journal.search()


def test_stats(journal: Journal) -> None:
    assert journal.stats().to_dict()["first"] is None
    journal.write(scene(1, "a dog", jpeg=jpeg()))
    journal.write(scene(2, "a cat", source="cellar"))
    journal.write(scene(2, "a cat", "end", 5, source="cellar"))
    found = journal.stats().to_dict()
    assert found.pop("bytes") > 10_000
    assert found == {
        "scenes": 2,
        "pictures": 1,
        "alerts": 0,
        "first": "2023-11-14T22:13:21.000Z",
        "last": "2023-11-14T22:13:22.000Z",
        "open": 1,
        "sources": {"garden": 1, "cellar": 1},
        "rules": {},
        "words": 3,
        "dimensions": 256,
    }
