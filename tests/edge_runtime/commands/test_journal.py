import csv
import io
import json
import shlex
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from edge_runtime.captioner import Captioner
from edge_runtime.cli import main
from edge_runtime.events import AlertEvent
from edge_runtime.journal.store import Journal
from tests.edge_runtime.journal.made_scenes import BEGAN, features, jpeg, scene

Run = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(line: str) -> tuple[int, str, str]:
        try:
            status = main(["journal", *shlex.split(line)])
        except SystemExit as stop:
            status = int(str(stop.code))
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def journal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    path = folder / "captions.db"
    with Journal.open(path, create=True) as opened:
        opened.write(scene(1, "a dog with a ball", jpeg=jpeg()))
        opened.write(scene(1, "a dog with a ball", "end", 62))
        opened.write(scene(2, "two cats", source="cellar", zone="door", hedged=True, shown="perhaps two cats"))
        opened.write_alert(AlertEvent("cats", scene(2), BEGAN + 2))
    return path


def test_search_before_and_behind_the_verb(run: Run, journal: Path) -> None:
    line = "2023-11-14 22:13:21\tgarden\ta dog with a ball\t018bcfe56be8-000001\n"
    journal.rename(journal.with_name("other.db"))
    for words in (
        '--journal other.db search "dog AND ball" --since 2023-11-14',
        'search "dog AND ball" --since 2023-11-14 --journal other.db',
        'search --journal other.db "dog AND ball"',
    ):
        assert run(words) == (0, line, "")
    assert run("search dog") == (
        2,
        "",
        "edge-caption: captions.db: no such journal; 'edge-caption live --journal captions.db' writes one, "
        "--journal names another\n",
    )


def test_search(run: Run, journal: Path) -> None:
    _, out, _ = run("search")
    assert out.splitlines()[0] == "2023-11-14 22:13:22\tcellar door\tperhaps two cats\t018bcfe56fd0-000002"
    assert len(out.splitlines()) == 2
    assert run("search --limit 1")[1].count("\n") == 1
    assert run("search --source cellar")[1] == out.splitlines()[0] + "\n"
    assert run("search --until 2023-11-14T22:13:22")[1] == out.splitlines()[1] + "\n"
    assert run("search dog --since 2h") == (0, "", "")
    _, out, _ = run("search cat --json")
    assert json.loads(out)["rules"] == ["cats"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "search --since soon",
            "--since soon: no time; write one as 90s, 15m, 2h or 3d for so long ago, or as 2026-11-26 or 2026-11-26T15:30",
        ),
        ("search --since 1h --until 2h", "--until 2h: not after --since 1h; exchange them"),
        ("search --limit 0", "--limit 0: must be 1 to 1000000"),
        ("show nobody", "captions.db: no scene nobody; 'edge-caption journal search' lists them"),
        (
            "show 018bcfe56fd0-000002 --picture x.jpg",
            "captions.db: scene 018bcfe56fd0-000002 has no picture; leave out --picture",
        ),
        ("show 018bcfe56be8-000001 --picture .", "--picture .: a folder; name a file in it"),
        (
            "show 018bcfe56be8-000001 --picture none/x.jpg",
            "--picture none/x.jpg: cannot be written (No such file or directory); choose another one",
        ),
        ("day 2026-02-30", "2026-02-30: no day; write one as 2026-11-26, today or yesterday"),
        ("export csv --json", "--json and csv exclude each other; leave one of them out"),
        ("near nothing.jpg", "nothing.jpg: no such picture; check the path"),
        ("--journal . stats", ".: a folder; name a file in it"),
    ],
)
def test_what_is_refused(run: Run, journal: Path, words: str, sentence: str) -> None:
    status, out, err = run(words)
    assert (status, out) == (2, "")
    if words.startswith("near"):
        assert err.startswith("edge-caption: nothing.jpg: ")
        return
    assert err == f"edge-caption: {sentence}\n"


def test_a_query_that_does_not_parse_has_a_caret_under_its_place(run: Run, journal: Path) -> None:
    for words in ('search "dog AND (ball"', 'export --query "dog AND (ball"'):
        status, out, err = run(words)
        assert (status, out.replace(out[: out.find("\n") + 1], "")) == (2, "")
        assert err == (
            "edge-caption: query 'dog AND (ball': this parenthesis is never closed; close it, or leave it out\n"
            "dog AND (ball\n"
            "        ^\n"
        )


def test_unknown_verbs_and_options(run: Run, journal: Path) -> None:
    assert "invalid choice: 'find'" in run("find")[2]
    assert "unrecognized arguments: --sinc" in run("search dog --sinc 2h")[2]
    assert "VERB" in run("")[1]


def test_show(run: Run, journal: Path, folder: Path) -> None:
    assert run("show 018bcfe56be8-000001 --picture scene.jpg") == (
        0,
        "scene       018bcfe56be8-000001\n"
        "source      garden\n"
        "began       2023-11-14 22:13:21\n"
        "ended       2023-11-14 22:14:22, after 1 min 1 s\n"
        "shown       a dog with a ball\n"
        "words       a dog with a ball\n"
        "confidence  0.75\n",
        "",
    )
    with Image.open(folder / "scene.jpg") as picture:
        assert picture.size == (320, 240)
    _, out, _ = run("show 018bcfe56fd0-000002 --json")
    assert json.loads(out)["zone"] == "door"


def test_near(run: Run, journal: Path, folder: Path, tiny_bundle: Path) -> None:
    picture = folder / "dark.png"
    Image.new("RGB", (40, 30), (20, 20, 20)).save(picture)
    summary = Captioner.load(tiny_bundle, abstains=False).encode(picture).summary
    words = f"near dark.png --bundle {shlex.quote(str(tiny_bundle))}"
    status, out, err = run(words)
    assert (status, out) == (2, "")
    assert err == (
        f"edge-caption: captions.db: its scenes were seen by another model (256 numbers, this one gives {summary.size}); "
        "name the bundle that wrote it with --bundle\n"
    )
    journal.unlink()
    with Journal.open(journal, create=True) as opened:
        opened.write(scene(1, "a dark picture", features=summary))
        opened.write(scene(2, "another", features=features(1, summary.size)))
    status, out, _ = run(words)
    assert out.splitlines()[0] == "1.000\t2023-11-14 22:13:21\tgarden\ta dark picture\t018bcfe56be8-000001"
    assert [json.loads(line)["likeness"] for line in run(f"{words} --json --limit 1")[1].splitlines()] == [1.0]
    journal.unlink()
    Journal.open(journal, create=True).close()
    assert run(words) == (0, "", "")


def test_stats_and_day(run: Run, journal: Path) -> None:
    _, out, _ = run("stats")
    assert out.startswith("scenes    2, from 2023-11-14 22:13:21 to 2023-11-14 22:13:22\npictures  1\nsize      ")
    assert out.endswith(
        "open      1 of the scenes, which last\nsources   1  garden\n          1  cellar\nalerts    1  cats\n"
    )
    assert json.loads(run("stats --json")[1])["scenes"] == 2
    _, out, _ = run("day 2023-11-14")
    assert out == (
        "2023-11-14: 2 scenes, 1 min 1 s in all\n\n"
        "  22:00  ########################################      2\n\n"
        "Sources:\n      1  garden\n      1  cellar\n\n"
        "Most often:\n      1  a dog with a ball\n      1  perhaps two cats\n\n"
        "Alerts:\n      1  cats\n\n"
        "Unusual: too few scenes of the days before to tell\n"
    )
    assert json.loads(run("day 2023-11-14 --json")[1])["hours"][22] == 2
    assert run("day")[1].splitlines()[0].endswith(": 0 scenes, 0 s in all")


def test_export(run: Run, journal: Path) -> None:
    with Journal.open(journal) as opened:
        opened.write(scene(3, "=cmd|' /C calc'!A0", source="@SUM(1)", zone="-1", words=()))
        opened.write(scene(4, 'a "quoted", sign\nand \x1b[31mred'))
    status, out, err = run("export csv")
    assert (status, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["caption"] for row in rows] == [
        'a "quoted", sign\\nand \\x1b[31mred',
        "'=cmd|' /C calc'!A0",
        "two cats",
        "a dog with a ball",
    ]
    assert (rows[1]["source"], rows[1]["zone"]) == ("'@SUM(1)", "'-1")
    assert rows[3] == {
        "id": "018bcfe56be8-000001",
        "source": "garden",
        "zone": "",
        "started_at": "2023-11-14T22:13:21.000Z",
        "ended_at": "2023-11-14T22:14:22.000Z",
        "caption": "a dog with a ball",
        "shown": "a dog with a ball",
        "confidence": "0.7500",
        "abstained": "",
        "hedged": "false",
        "language": "en",
        "rules": "",
    }
    _, lines, _ = run("export jsonl")
    assert [json.loads(line)["caption"] for line in lines.splitlines()][:2] == [
        'a "quoted", sign\nand \x1b[31mred',
        "=cmd|' /C calc'!A0",
    ]
    assert run("export --json")[1] == lines
    assert run("export --query dog --source garden")[1].count("\n") == 2


def test_hostile_text_does_nothing_to_a_terminal(run: Run, journal: Path) -> None:
    hostile = "\x1b]0;owned\x07\u202e\n\ttabs"
    with Journal.open(journal) as opened:
        opened.write(scene(5, hostile, source=hostile, id="hostile"))
        opened.write_alert(AlertEvent(hostile, scene(5, id="hostile"), BEGAN))
    for words in (
        "search",
        "search --json",
        "show hostile",
        "show hostile --json",
        "stats",
        "day 2023-11-14",
        "export",
    ):
        status, out, _ = run(words)
        assert status == 0
        assert not set("\x1b\x07\u202e") & set(out), words
    assert run("search --limit 1")[1].count("\t") == 3


def test_right_to_left_stays_in_its_column(run: Run, journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Journal.open(journal) as opened:
        opened.write(scene(6, "كلب على العشب", language="ar"))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run("search كلب")[1] == "2023-11-14 22:13:26\tgarden\t\u2068كلب على العشب\u2069\t018bcfe57f70-000006\n"
