import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

pytest.importorskip("starlette", reason="the extra web is not installed")

from edge_runtime.events import AlertEvent, Counters, StatusEvent
from edge_runtime.server.live import archive
from edge_runtime.sinks.base import SinkKind
from edge_runtime.sinks.web import WebSink
from tests.edge_runtime.server.made_journal import JournalOptions, MadeJournal, MadeRule, MadeRules
from tests.edge_runtime.server.made_scenes import START, jpeg, later, scene
from tests.edge_runtime.server.serving import Answer, ask, context, eventually, healthy, served
from tests.edge_runtime.sinks.made_events import caption

DOG, CAT, EMPTY = scene("a dog on a couch", 1), scene("a cat by a dog", 2, source="1"), scene("", 3, picture=b"")


def _try(sink: WebSink, when: object) -> Answer:
    body = json.dumps({"when": when}).encode()
    return ask(sink, "/api/rules/try", "POST", body, {"Content-Type": "application/json"})


def _texts(answer: Answer) -> list[str]:
    return [event["caption"] for event in answer.json()["events"]]


def _take(sink: WebSink, *events: object) -> None:
    for event in events:
        sink.event(event)  # type: ignore[arg-type]
    expected = {event.id for event in events if hasattr(event, "id")}
    assert eventually(lambda: expected <= {one["id"] for one in ask(sink, "/api/events?limit=500").json()["events"]})


@pytest.fixture(scope="module")
def page() -> Iterator[WebSink]:
    with served(session=context(("0", "1"))) as sink:
        _take(sink, DOG, CAT, EMPTY)
        yield sink


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("", ["", "a cat by a dog", "a dog on a couch"]),
        ("?limit=1", [""]),
        ("?limit=1&offset=1", ["a cat by a dog"]),
        ("?q=dog", ["a cat by a dog", "a dog on a couch"]),
        ("?q=DOG%20couch", ["a dog on a couch"]),
        ("?q=og", []),
        ("?q=do", ["a cat by a dog", "a dog on a couch"]),
        ("?source=1", ["a cat by a dog"]),
        (f"?since={START + 120}", ["", "a cat by a dog"]),
        (f"?until={START + 120}", ["a dog on a couch"]),
        ("?since=2023-11-14T22:15:20Z", ["", "a cat by a dog"]),
        ("?since=2023-11-14T23:15:20%2B01:00&until=2023-11-14T22:16:00Z", ["a cat by a dog"]),
    ],
)
def test_events_and_search(page: WebSink, query: str, texts: list[str]) -> None:
    assert _texts(ask(page, f"/api/events{query}")) == texts
    assert _texts(ask(page, f"/api/search{query}")) == texts


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("limit=0", "limit: must be 1 to 500"),
        ("limit=501", "limit: must be 1 to 500"),
        ("limit=x", "limit: must be 1 to 500"),
        ("limit=" + "9" * 400, "limit: must be 1 to 500"),
        ("limit=%D9%A3", "limit: must be 1 to 500"),
        ("offset=-1", "offset: must be 0 to 1000000"),
        ("source=nobody", "source: nothing that is looked at has this name"),
        ("since=yesterday", "since: must be seconds since 1970, or a time such as 2026-01-31T08:00:00Z"),
        ("since=nan", "since: must be seconds since 1970, or a time such as 2026-01-31T08:00:00Z"),
        ("until=1e400", "until: must be seconds since 1970, or a time such as 2026-01-31T08:00:00Z"),
        ("until=0001-01-01", "until: must be seconds since 1970, or a time such as 2026-01-31T08:00:00Z"),
        ("q=" + "a" * 501, "q: must have 500 characters at most"),
    ],
)
def test_what_cannot_be_asked(page: WebSink, query: str, sentence: str) -> None:
    answer = ask(page, f"/api/events?{query}")
    # A time long ago can be had on some machines.
    if answer.status == 200 and "0001" in query:
        return
    assert (answer.status, answer.json()["error"]) == (400, sentence)


def test_one_event(page: WebSink) -> None:
    told = ask(page, f"/api/events/{DOG.id}").json()
    assert told["words"] == ["a", "dog", "on", "a", "couch"]
    assert told["started_at"] == "2023-11-14T22:14:20.000Z"
    assert told["ended_at"] is None
    assert told["picture"] == "10"
    picture = ask(page, f"/api/events/{DOG.id}.jpg")
    assert (picture.body, picture.headers["content-type"]) == (DOG.jpeg, "image/jpeg")
    assert picture.headers["cache-control"] == "no-store"
    assert ask(page, f"/api/events/{DOG.id}.jpg?v=10").headers["cache-control"] == "private, max-age=3600"
    for path in ("none", "none.jpg", f"{EMPTY.id}.jpg"):
        assert ask(page, f"/api/events/{path}").status == 404
    assert ask(page, f"/api/events/{EMPTY.id}").json()["picture"] is None
    assert ask(page, "/api/events/a%20b").status == 400


def test_the_newest_picture_of_each_source() -> None:
    with served(session=context(("0", "1"))) as sink:
        assert ask(sink, "/api/snapshot.jpg").status == 404
        first, second = scene("a", 1, picture=jpeg(10)), scene("b", 2, source="1", picture=jpeg(20))
        _take(sink, first, second)
        assert ask(sink, "/api/snapshot.jpg").body == second.jpeg
        assert ask(sink, "/api/snapshot.jpg?source=0").body == first.jpeg
        sink.event(later(scene("a", 1, picture=jpeg(30)), "update"))
        assert eventually(lambda: ask(sink, "/api/snapshot.jpg?source=0").body == jpeg(30))
        # The end repeats what was best, which is not the newest.
        sink.event(later(first, "end"))
        assert eventually(lambda: ask(sink, f"/api/events/{first.id}").json()["ended_at"] is not None)
        assert ask(sink, "/api/snapshot.jpg?source=0").body == jpeg(30)
        assert ask(sink, "/api/snapshot.jpg?source=2").status == 400


def test_a_day(page: WebSink) -> None:
    local = datetime.datetime.fromtimestamp(DOG.started_at).astimezone()
    told = ask(page, f"/api/day?date={local.date().isoformat()}").json()
    assert (told["scenes"], told["cut"]) == (3, False)
    assert len(told["hours"]) in (23, 24, 25)
    busy = [hour for hour in told["hours"] if hour["scenes"]]
    begins = datetime.datetime.fromisoformat(busy[0]["from"])
    assert begins <= local < datetime.datetime.fromisoformat(busy[0]["to"])
    assert busy[0]["first"] == "a dog on a couch"
    assert ask(page, "/api/day").json()["scenes"] == 0
    for date in ("tomorrow", "2026-02-30", "0001-01-01", "9999-12-31", ""):
        answer = ask(page, f"/api/day?date={date}")
        sentence = "date: must be a day as YYYY-MM-DD, from 1971 to 9998"
        assert (answer.status, answer.json()["error"]) == (400, sentence)
    for date in ("1971-01-01", "9998-12-31", "2026-03-29", "2026-10-25"):
        assert ask(page, f"/api/day?date={date}").json()["scenes"] == 0


def test_health() -> None:
    sources = [healthy("0", age=3.5), healthy("1", away=True, age=None, counters=Counters(frames=0, lost=1))]
    with served(session=context(("0", "1"), lambda: sources)) as sink:
        sink.event(caption("a dog"))
        assert eventually(lambda: ask(sink, "/healthz").json()["caption"] is not None)
        answer = ask(sink, "/healthz")
        told = answer.json()
        assert (answer.status, told["ok"], told["frame_age_s"], told["away"]) == (200, True, 3.5, ["1"])
        assert told["caption"]["timings_ms"] == {"load": 1, "preprocess": 2, "encode": 3, "decode": 4, "total": 9}
        assert (told["caption"]["age_ms"], told["caption"]["difference"]) == (42.1, 1.5)
        sources[0] = healthy("0", age=16.0)
        assert ask(sink, "/healthz").status == 503
        sources[0] = healthy("0", ended=True)
        assert ask(sink, "/healthz").status == 503


def test_metrics() -> None:
    sources = [healthy("0"), healthy("1", away=True)]
    with served(session=context(("0", "1"), lambda: sources)) as sink:
        sink.event(StatusEvent("lost", "1: gone", "1"))
        sink.event(caption("a dog"))
        _take(sink, DOG, later(DOG, "update"), AlertEvent("dogs", DOG, START), later(DOG, "end"))
        answer = ask(sink, "/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=")
        lines = set(answer.text.splitlines())
        assert {
            'edge_caption_captions_total{source="0"} 1.0',
            'edge_caption_scenes_total{source="0"} 1.0',
            'edge_caption_alerts_total{rule="dogs"} 1.0',
            'edge_caption_source_lost_total{source="1"} 1.0',
            'edge_caption_source_up{source="0"} 1.0',
            'edge_caption_source_up{source="1"} 0.0',
            'edge_caption_source_frames{source="0"} 5.0',
            'edge_caption_web_clients{kind="events"} 0.0',
            'edge_caption_caption_age_seconds_bucket{le="0.05"} 1.0',
            'edge_caption_stage_seconds_count{stage="decode"} 1.0',
        } <= lines
        assert "python_info" not in answer.text


def test_rules_that_are_not_there(page: WebSink) -> None:
    with mock.patch("edge_runtime.server.live.trial.importlib.util.find_spec", return_value=None), served() as sink:
        assert ask(sink, "/api/rules").json() == {"can_try": False, "rules": []}
        answer = _try(sink, "dog")
        assert (answer.status, answer.json()) == (404, {"error": "rules are not part of this build"})


@pytest.fixture
def rules() -> Iterator[WebSink]:
    session = context(words={"en": ["dog", "cat", "person"]})
    with mock.patch("edge_runtime.server.live.trial.expressions", MadeRules), served(session=session) as sink:
        _take(sink, DOG, CAT, EMPTY)
        yield sink


def test_a_rule_is_tried(rules: WebSink) -> None:
    told = _try(rules, "dog and not cat").json()
    assert (told["tried"], [entry["id"] for entry in told["matched"]]) == (3, [DOG.id])
    assert len(_try(rules, "dog").json()["matched"]) == 2


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("dog and (", "not an expression"),
        ("ferret", "'ferret' is none of the 3 words"),
        ("", "when: write an expression, such as: dog and not person"),
        (7, "when: write an expression, such as: dog and not person"),
        (None, "when: write an expression, such as: dog and not person"),
        ("dog " * 300, "when: an expression may have 1000 characters at most"),
    ],
)
def test_a_rule_that_is_none(rules: WebSink, when: object, sentence: str) -> None:
    answer = _try(rules, when)
    excerpt = "dog and (\n^" if when == "dog and (" else ""
    assert (answer.status, answer.json()) == (400, {"error": sentence, "excerpt": excerpt})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"dog"', b"[" * 10_000, b"\xff", b"1" * 9000])
def test_what_is_no_json(rules: WebSink, body: bytes) -> None:
    answer = ask(rules, "/api/rules/try", "POST", body, {"Content-Type": "application/json"})
    assert (answer.status, answer.json()) == (400, {"error": 'send {"when": "dog and not person"}', "excerpt": ""})


def test_a_form_of_another_site_cannot_try(rules: WebSink) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert ask(rules, "/api/rules/try", "POST", b'{"when": "dog"}', {"Content-Type": kind}).status == 415
    assert ask(rules, "/api/rules/try", "POST", b"x" * 20_000, {"Content-Type": "application/json"}).status == 413
    assert ask(rules, "/api/rules/try").status == 405


@dataclass(frozen=True)
class _RuleOptions(SinkKind):
    table = "rules"
    rules: tuple[MadeRule, ...] = ()

    def __post_init__(self) -> None: ...


def test_rules_in_force_are_listed() -> None:
    with served(session=context(kinds=(_RuleOptions((MadeRule("dogs", "dog and not cat"),)),))) as sink:
        told = ask(sink, "/api/rules").json()["rules"]
    assert told == [{"name": "dogs", "when": "dog and not cat", "alerts": 0}]


def test_alerts_stand_with_their_rules_and_scenes(rules: WebSink) -> None:
    for event in (AlertEvent("dogs", DOG, START), AlertEvent("dogs", CAT, START), AlertEvent("dogs", DOG, START)):
        rules.event(event)
    expected = {"can_try": True, "rules": [{"name": "dogs", "when": "", "alerts": 3}]}
    assert eventually(lambda: ask(rules, "/api/rules").json() == expected)
    assert ask(rules, f"/api/events/{DOG.id}").json()["rules"] == ["dogs"]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[WebSink]:
    path = tmp_path / "captions.db"
    MadeJournal.held = {path: [scene(f"scene {number}", number, picture=jpeg(number)) for number in range(1200)]}
    session = context(kinds=(JournalOptions(file=str(path)),))
    with mock.patch.object(archive, "_open_journal", MadeJournal.open), served(session=session) as sink:
        yield sink


def test_with_a_journal_that_is_asked(journal: WebSink) -> None:
    told = ask(journal, "/api/events?limit=2").json()
    assert (told["journal"], [event["caption"] for event in told["events"]]) == (True, ["scene 1199", "scene 1198"])
    assert _texts(ask(journal, "/api/search?q=scene%2042&limit=1&offset=1")) == ["scene 428"]
    old = scene("", 7)
    assert ask(journal, f"/api/events/{old.id}").json()["caption"] == "scene 7"
    assert ask(journal, f"/api/events/{old.id}.jpg").body == jpeg(7)
    assert ask(journal, "/api/events/none").status == 404
    # What is newer than the journal's last line is in memory.
    new = scene("now", 5000)
    journal.event(new)
    assert eventually(lambda: ask(journal, f"/api/events/{new.id}").status == 200)
    dates = {
        datetime.datetime.fromtimestamp(START + 60 * number).astimezone().date().isoformat() for number in range(1200)
    }
    assert ask(journal, f"/api/day?date={min(dates)}").json()["unusual"][0]["caption"] == "scene 0"
    assert sum(ask(journal, f"/api/day?date={date}").json()["scenes"] for date in dates) == 1200


def test_an_expression_that_does_not_parse_has_its_caret(journal: WebSink) -> None:
    answer = ask(journal, "/api/search?q=dog%20and%20(")
    assert answer.status == 400
    assert answer.json() == {"error": "expected ')'", "excerpt": "dog and (\n         ^"}
    assert ask(journal, "/api/events").status == 200


def test_a_journal_that_is_gone(journal: WebSink) -> None:
    MadeJournal.held = {}
    for path in ("/api/events", "/api/search?q=a", "/api/day", "/api/events/none", "/api/events/none.jpg"):
        answer = ask(journal, path)
        assert answer.status == 503
        assert answer.json()["error"].endswith("captions.db: no such journal")
