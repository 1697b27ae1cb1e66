import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_runtime.cli import main
from edge_runtime.console.terminal import json_text
from tests.edge_runtime.sinks.made_scenes import START, scene

_RULES = """
[rules]
synonyms = ["dog: wolfhound"]

[[rule]]
name = "dog alone"
when = "dog and not person"
for = 5
cooldown = 60
then = { command = ["true"] }

[[rule]]
when = "person"
then = [{ webhook = "https://u:p@h/x" }, { command = ["true", "{text}"] }]
"""
_DOG = '[[rule]]\nwhen = "dog"\n'
_MISSING = "'ferret' is none of the 3,068 words; nearest: cat, rabbit, squirrel"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("LC_ALL", "C")

    def call(*words: str | Path) -> tuple[int, str, str]:
        try:
            status = main(["rules", *map(str, words)])
        except SystemExit as stop:
            status = int(str(stop.code))
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(_RULES)
    return path


def _past(path: Path) -> Path:
    events = [
        scene("a dog on a rug", 0),
        scene("a dog on a rug", 3, "update", began=0),
        scene("a dog on a rug", 20, "end", began=0),
        scene("a man with a wolfhound", 30, number=2),
        scene("a man with a wolfhound", 40, "end", number=2, began=30),
        scene("no people and a dog", 50, number=3),
        scene("no people and a dog", 100, "end", number=3, began=50),
    ]
    lines = [
        '{"event": "caption", "caption": "a dog"}',
        *(json_text(event.to_dict()) for event in events),
        '{"torn'.rstrip(),
    ]
    path.write_text("\n".join(lines))
    return path


def test_check(run: Run, rules: Path) -> None:
    status, out, err = run("check", rules)
    assert (status, out) == (0, "dog alone  dog and not person\nperson     person\n")
    assert err == "edge-caption: 2 rules; the model (en, 3,068 words) knows every word\n"
    status, out, err = run("check", rules, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "language": "en",
        "words": 3068,
        "rules": [
            {"name": "dog alone", "when": "dog and not person", "actions": 1},
            {"name": "person", "when": "person", "actions": 2},
        ],
    }


def test_over_a_file_of_events(run: Run, rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    status, out, err = run("test", rules, "--jsonl", _past(tmp_path / "o.jsonl"))
    assert status == 0
    assert out.splitlines() == [
        "2023-11-14 22:13:25  dog alone  0: a dog on a rug",
        "2023-11-14 22:13:50  person  0: a man with a wolfhound",
        "2023-11-14 22:14:25  dog alone  0: no people and a dog",
    ]
    assert err == "edge-caption: 3 scenes; dog alone: 2 alerts; person: 1 alert\n"
    status, out, err = run("test", rules, "--jsonl", tmp_path / "o.jsonl", "--json")
    assert [(found["rule"], found["at"]) for found in map(json.loads, out.splitlines())] == [
        ("dog alone", "2023-11-14T22:13:25.000Z"),
        ("person", "2023-11-14T22:13:50.000Z"),
        ("dog alone", "2023-11-14T22:14:25.000Z"),
    ]
    status, out, err = run("test", rules, "--jsonl", tmp_path / "o.jsonl", "--since", "7d")
    assert (status, out, err) == (0, "", "edge-caption: 0 scenes; dog alone: 0 alerts; person: 0 alerts\n")


def test_over_a_journal(run: Run, rules: Path, tmp_path: Path) -> None:
    from edge_runtime.journal.store import Journal

    ago = time.time() - START - 7200
    with Journal.open(tmp_path / "j.db", create=True) as journal:
        for number, text in enumerate(("a dog on a rug", "a man with a dog", "a dog and nobody else")):
            journal.write(scene(text, ago + 100 * number, number=number))
            journal.write(scene(text, ago + 100 * number + 50, "end", number=number, began=ago + 100 * number))
    status, out, err = run("test", rules, "--journal", tmp_path / "j.db")
    assert (status, err) == (0, "edge-caption: 3 scenes; dog alone: 2 alerts; person: 1 alert\n")
    assert [line.split("  ")[1:] for line in out.splitlines()] == [
        ["dog alone", "0: a dog on a rug"],
        ["person", "0: a man with a dog"],
        ["dog alone", "0: a dog and nobody else"],
    ]
    assert run("test", rules, "--journal", tmp_path / "j.db", "--since", "1h")[2].startswith("edge-caption: 0 scenes; ")
    assert "no such journal" in run("test", rules, "--journal", tmp_path / "none.db")[2]


def test_explain(run: Run, rules: Path) -> None:
    status, out, err = run("explain", "couch and not person", "--sentence", "a sofa, but no people")
    couch, person, holds = out.splitlines()
    assert (status, err) == (0, "")
    assert couch == "couch: couch, sectional, sofa"
    assert person.startswith("person: person, man, woman, child, ")
    assert holds == "holds (sofa): a sofa, but no people"
    assert run("explain", "dog", "--sentence", "a hot dog")[1].endswith("\ndoes not hold: a hot dog\n")
    assert run("explain", "*")[1] == "every scene, also one of which nothing is said\n"
    found = json.loads(run("explain", '"hot dog"', "--sentence", "two hot dogs", "--json")[1])
    assert (found["holds"], found["found"], found["language"]) == (True, ["hot dogs"], "en")
    assert found["terms"] == [{"term": "hot dog", "words": ['"hot dog"', "hotdog", '"corn dog"', '"chili dog"']}]
    assert (
        json.loads(run("explain", "dog", "--rules", rules, "--sentence", "a wolfhound", "--json")[1])["holds"] is True
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("explain", "dog and ferret"),
            f"{_MISSING}\n    dog and ferret\n            ^",
        ),
        (("explain", "dog and"), "rule 'dog and': a word is missing at the end\n    dog and\n           ^"),
        (("explain", "dog", "--language", "xx"), "xx"),
        (("explain", "dog", "--bundle", "none"), "none: no such bundle"),
    ],
)
def test_what_is_asked_wrongly(run: Run, words: tuple[str, ...], said: str) -> None:
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert err.startswith("edge-caption: ")
    assert said in err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            '[[rule]]\nwhen = "dog and"\n',
            "[[rule]] 1 rule 'dog and': a word is missing at the end\n    dog and\n           ^\n",
        ),
        (
            '[[rule]]\nname = "x"\nwhen = "ferret"\n',
            f"rule 'x': {_MISSING}\n    ferret\n    ^\n",
        ),
        ("[[rule]]\n", "[[rule]] 1 has no 'when'; write what it looks for: when = \"dog and not person\"\n"),
        ("", "no rule in it; begin one with [[rule]]\n"),
        ('rule = "dog"\n', "[[rule]] is a list of tables; write [[rule]] above each\n"),
        ('[rule]\nwhen = "dog"\n', "[[rule]] is a list of tables; write [[rule]] above each\n"),
        (
            _DOG + "colour = 1\n",
            "unknown key 'colour' in [[rule]] 1; known are: name, when, ",
        ),
        ('[[rule]]\nname = "n"\nwhen = "dog"\ncooldown = -1\n', "[[rule]] 'n' cooldown -1: must be 0 to 604800\n"),
        (_DOG + 'hours = ["x"]\n', "[[rule]] 1 hours 'x': write them as '22:00-06:00'\n"),
        (
            _DOG + 'then = "notify"\n',
            "[[rule]] 1 then is a list of tables; write { key = value } for one, [{",
        ),
        (
            _DOG + "then = {}\n",
            "[[rule]] 1 then names nothing to do; put one of command, webhook, notify and sound into",
        ),
        (
            _DOG + 'then = [{ notify = true, sound = "tone" }]\n',
            "[[rule]] 1 then 1 names several things to do; put one of ",
        ),
        (
            _DOG + 'then = { mqtt = "x" }\n',
            "[[rule]] 1 then mqtt is not there yet; use a webhook, or a command",
        ),
        (
            _DOG + 'then = { webhook = "ftp://u:secret@h" }\n',
            "then webhook: the address must begin with http:// or https://\n",
        ),
        (_DOG + "then = { webhook = 5 }\n", "[[rule]] 1 then webhook must be a text\n"),
        (
            _DOG + 'then = { command = ["x", "{y}"] }\n',
            "then command: {y} stands for nothing; known are: {text}",
        ),
        (
            _DOG + "then = { notify = true, picture = true }\n",
            "then picture is for webhooks; a command gets",
        ),
        (
            _DOG + _DOG,
            "two rules are called 'dog'; give each a name of its own\n",
        ),
        (
            '[rules]\nsynonyms = ["x"]\n',
            "[rules] synonyms 'x': write 'truck: pickup, lorry' for words that say truck too, or ",
        ),
        ('[[rule]]\nwhen = "dog\\u001b[2J &"\n', "'\\x1b' is no word; leave it out\n    dog\\x1b[2J &\n       ^\n"),
    ],
)
def test_files_that_are_wrong(run: Run, tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(content)
    status, out, err = run("check", path)
    assert (status, out) == (2, "")
    assert err.startswith(f"edge-caption: {path}: ") or err.startswith("edge-caption: rule 'x'")
    assert said in err
    assert "secret" not in err
    assert "\x1b" not in err


def test_pasts_that_are_wrong(run: Run, rules: Path, tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    assert (
        f"{path}: cannot be read (No such file or directory); check its name" in run("test", rules, "--jsonl", path)[2]
    )
    path.write_text('{"event": "new", "id": 1}\n{"event"')
    assert f"{path}: line 1 is no event; give a file that live --jsonl wrote" in run("test", rules, "--jsonl", path)[2]
    path.write_bytes(b"\xff\xfe\n")
    assert run("test", rules, "--jsonl", path)[0] == 2
    assert (
        "argument --since: must be like 90m, 12h, 7d or 4w, not 'x'"
        in run("test", rules, "--jsonl", path, "--since", "x")[2]
    )
    assert "one of the arguments --journal --jsonl is required" in run("test", rules)[2]
    assert "not allowed with" in run("test", rules, "--jsonl", path, "--journal", path)[2]


def test_live_refuses_bad_rules_before_anything_opens(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nwhen = "dog and ("\n')
    for option in ("--rules", "--config"):
        assert main(["live", option, str(path), "--source", "/dev/video77", "--jsonl", str(tmp_path / "o")]) == 2
        assert "a word is missing at the end\n    dog and (\n             ^\n" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_live_prints_rules_back(rules: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["live", "--rules", str(rules), "--synonym", "cat: lynx", "--print-config"]) == 0
    printed = capsys.readouterr().out
    assert 'synonyms = ["cat: lynx"]' in printed  # the command line overrides, as everywhere
    assert 'then = [{ webhook = "https://u:p@h/x" }, { command = ["true", "{text}"] }]' in printed
    again = tmp_path / "again.toml"
    again.write_text(printed)
    assert main(["live", "--config", str(again), "--print-config"]) == 0
    assert capsys.readouterr().out == printed
