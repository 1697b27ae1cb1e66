import json
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_runtime.errors import OptionError, RuleError, SinkError
from edge_runtime.events import AlertEvent, Event
from edge_runtime.rules.actions.options import ActionOptions
from edge_runtime.rules.rule import Rule
from edge_runtime.sinks.base import SinkContext
from edge_runtime.sinks.jsonl import JsonLinesSink
from edge_runtime.sinks.rules import RulesKind, RulesSink
from edge_runtime.sinks.worker import MOST_EVENTS, SinkWorker
from tests.edge_runtime.rules.action_server import webhook_server
from tests.edge_runtime.sinks.made_events import caption
from tests.edge_runtime.sinks.made_scenes import START, scene

_WORDS = {"en": ["a", "dog", "cat", "on", "rug", "man"]}


def _context(emit: Callable[[Event], None] = lambda _: None, words: dict[str, list[str]] | None = None) -> SinkContext:
    return SinkContext((), None, False, lambda: None, words=_WORDS if words is None else words, emit=emit)


def _sink(*rules: Rule, emit: Callable[[Event], None] = lambda _: None, now: float = START) -> RulesSink:
    return RulesSink(RulesKind(rule=rules), _context(emit), lambda: now)


def _wait(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    assert condition()


def test_an_alert_is_told_to_all_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Event] = []
    sink = _sink(Rule(name="a\x1b dog", when="dog"), emit=heard.append)
    sink.check()
    sink.open()
    with caplog.at_level(logging.INFO, "edge_runtime.rules"):
        sink.event(caption("a dog"))
        sink.event(scene("a dog on a rug"))
        sink.event(scene("a dog on a rug", 1, "update"))
    (alert,) = heard
    assert isinstance(alert, AlertEvent)
    assert (alert.rule, alert.scene.id, alert.at) == ("a\x1b dog", "018bcfe56800-000001", START)
    assert caplog.messages == ["rule a\\x1b dog: a dog on a rug (0)"]
    sink.close()


def test_jsonl_has_it(tmp_path: Path) -> None:
    lines = JsonLinesSink(str(tmp_path / "o.jsonl"))
    lines.open()
    sink = _sink(Rule(name="r", when="dog"), emit=lines.event)
    sink.event(scene("a dog on a rug"))
    lines.close()
    found = json.loads((tmp_path / "o.jsonl").read_text())
    assert (found["event"], found["rule"], found["id"]) == ("alert", "r", "018bcfe56800-000001")


def test_what_must_hold_is_told_while_nothing_comes() -> None:
    heard: list[Event] = []
    now = [START]
    sink = RulesSink(RulesKind(rule=(Rule(when="dog", for_=5),)), _context(heard.append), lambda: now[0])
    sink.event(scene("a dog"))
    sink.idle()
    assert heard == []
    now[0] = START + 5
    sink.idle()
    sink.idle()
    assert len(heard) == 1


def test_an_alert_whose_webhook_fails_begins_no_cooldown() -> None:
    heard: list[Event] = []
    with webhook_server() as server:
        server.answers = [404, 200]
        then = (ActionOptions(webhook=server.url, timeout=5, retries=0),)
        sink = _sink(Rule(when="dog", cooldown=3600, then=then), emit=heard.append)
        sink.event(scene("a dog"))
        _wait(lambda: len(server.got) == 1)
        _wait(lambda: not sink._unsent.empty())
        sink.event(scene("a dog", number=2))
        _wait(lambda: len(server.got) == 2)
        sink.event(scene("a dog", number=3))
        sink.close()
    assert len(heard) == len(server.got) == 2


def test_a_webhook_that_hangs_holds_no_event_up() -> None:
    with webhook_server() as server:
        server.answers = ["hang"]
        sink = _sink(Rule(when="dog", then=(ActionOptions(webhook=server.url, timeout=20, retries=0),)))
        begun = time.monotonic()
        for number in range(100):
            sink.event(scene("a dog", number=number))
        assert time.monotonic() - begun < 1
        server.over.set()
        sink.close()


def test_what_cannot_be_done_is_said_before_anything_opens() -> None:
    sink = _sink(Rule(when="dog", then=(ActionOptions(command=("no-such-program",)),)))
    with pytest.raises(
        SinkError, match=r"^rules: command no-such-program: not found; install it, or give its whole path$"
    ):
        sink.check()


def test_a_word_that_the_model_never_says() -> None:
    kind = RulesKind(rule=(Rule(name="r", when="dog and ferret"),))
    with pytest.raises(RuleError, match=r"^rule 'r': 'ferret' is none of the 6 words; nearest: cat"):
        list(kind.sinks(_context()))
    assert len(list(kind.sinks(_context(words={})))) == 1


def test_the_options_of_the_kind() -> None:
    assert list(RulesKind().sinks(_context())) == []
    assert list(RulesKind(synonyms=("dog: wolf",)).sinks(_context())) == []
    with pytest.raises(OptionError, match="write 'truck: pickup, lorry'"):
        RulesKind(synonyms=("dog",))
    with pytest.raises(OptionError, match="two rules are called 'dog'"):
        RulesKind(rule=(Rule(when="dog"), Rule(when="dog")))
    more = RulesKind(("dog: wolf",), (Rule(when="dog"),)).with_more(RulesKind(("cat: lynx",), (Rule(when="cat"),)))
    assert (more.synonyms, [rule.called for rule in more.rule]) == (("dog: wolf", "cat: lynx"), ["dog", "cat"])


def test_a_sink_goes_on_over_a_reload_where_nothing_it_depends_on_changed() -> None:
    def key(kind: RulesKind, words: dict[str, list[str]]) -> object:
        (wanted,) = kind.sinks(_context(words=words))
        return wanted.key

    kind = RulesKind(rule=(Rule(when="dog"),))
    assert key(kind, _WORDS) == key(RulesKind(rule=(Rule(when="dog"),)), dict(_WORDS))
    assert key(kind, _WORDS) != key(RulesKind(rule=(Rule(when="dog", cooldown=1),)), _WORDS)
    assert key(kind, _WORDS) != key(kind, {"de": ["hund", "dog"]})


def test_one_that_tells_itself_does_not_wait_for_itself() -> None:
    """A session that waits for room must not stand still where a sink with a full queue hears its own alert."""
    workers: list[SinkWorker] = []
    heard: list[Event] = []

    def emit(event: Event) -> None:
        heard.append(event)
        workers[0].event(event)

    sink = _sink(Rule(when="dog"), emit=emit)
    workers.append(SinkWorker(sink, lambda _: None, block=True))
    workers[0].start()

    def feed() -> None:
        for number in range(3 * MOST_EVENTS):
            workers[0].event(scene("a dog", number=number))

    feeding = threading.Thread(target=feed, daemon=True)
    feeding.start()
    feeding.join(20)
    assert not feeding.is_alive()
    assert workers[0].close(20)
    assert len(heard) == 3 * MOST_EVENTS
    assert workers[0].emits
    assert not workers[0].failed
