import datetime
from typing import Any

import pytest

from edge_runtime.errors import RuleError
from edge_runtime.events import AlertEvent, SceneEvent, StatusEvent
from edge_runtime.rules.engine import Engine, alerts_over
from edge_runtime.rules.rule import Rule
from tests.edge_runtime.sinks.made_scenes import START, scene

DOG, CAT, NOTHING = "a dog on a rug", "a cat on a sofa", "an empty room"


class _Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class _Run:
    """An engine, its clock, and what it told: rule, scene's number, seconds after the start."""

    def __init__(self, *rules: Rule, **named: Any) -> None:
        self.clock = _Clock()
        self.engine = Engine(rules, self.clock, **named)
        self.told: list[tuple[str, int, float]] = []
        self.alerts: list[AlertEvent] = []

    def take(self, *events: SceneEvent | StatusEvent) -> None:
        for event in events:
            self.at(event.at - START)
            self._note(self.engine.take(event))

    def at(self, seconds: float) -> None:
        """Let time go by, looking whenever the engine asks for it."""
        while (due := self.engine.next_due()) is not None and due < START + seconds:
            self.clock.now = max(self.clock.now, due)
            self._note(self.engine.due())
        self.clock.now = max(self.clock.now, START + seconds)
        self._note(self.engine.due())

    def _note(self, alerts: list[AlertEvent]) -> None:
        self.alerts += alerts
        self.told += [(alert.rule, int(alert.scene.id[-6:], 16), alert.at - START) for alert in alerts]


def test_a_scene_is_told_once() -> None:
    run = _Run(Rule(when="dog"))
    run.take(scene(DOG, 0), scene(DOG, 1, "update"), scene(DOG, 9, "end"), scene(CAT, 9, number=2))
    run.take(scene(DOG, 20, number=3))
    assert run.told == [("dog", 1, 0.0), ("dog", 3, 20.0)]
    assert run.alerts[0].to_dict()["event"] == "alert"
    assert run.alerts[0].to_dict()["rule"] == "dog"


def test_an_update_that_makes_it_true_is_told() -> None:
    run = _Run(Rule(when="dog"))
    run.take(
        scene("an animal on a rug", 0),
        scene(DOG, 2, "update", began=0),
        scene("an animal on a rug", 3, "update", began=0),
    )
    run.take(scene(DOG, 4, "update", began=0))
    assert run.told == [("dog", 1, 2.0)]


def test_rules_are_apart_and_in_order() -> None:
    run = _Run(Rule(name="b", when="animal"), Rule(name="a", when="dog"))
    run.take(scene(DOG, 0), scene(CAT, 5, number=2))
    assert [(rule, number) for rule, number, _ in run.told] == [("b", 1), ("a", 1), ("b", 2)]


def test_for_is_held_until_then() -> None:
    run = _Run(Rule(when="dog", for_=5))
    run.take(scene(DOG, 0))
    run.at(4.9)
    assert run.told == []
    run.at(5)
    assert run.told == [("dog", 1, 5.0)]
    run.at(60)
    assert len(run.told) == 1


def test_for_begins_anew_where_it_did_not_hold() -> None:
    run = _Run(Rule(when="dog", for_=5))
    run.take(scene(DOG, 0), scene(NOTHING, 3, "update", began=0), scene(DOG, 4, "update", began=0))
    run.at(8.9)
    assert run.told == []
    run.at(9)
    assert run.told == [("dog", 1, 9.0)]


def test_for_goes_on_over_scenes_that_follow_each_other() -> None:
    run = _Run(Rule(when="dog", for_=5))
    run.take(scene(DOG, 0), scene(DOG, 3, "end", began=0), scene("a dog runs", 3.5, number=2))
    run.at(5)
    assert run.told == [("dog", 2, 5.0)]
    run = _Run(Rule(when="dog", for_=5))
    run.take(scene(DOG, 0), scene(DOG, 3, "end", began=0), scene("a dog runs", 6, number=2))
    run.at(10.9)
    assert run.told == []
    run.at(11)
    assert run.told == [("dog", 2, 11.0)]


def test_a_scene_that_is_over_too_soon_is_not_told() -> None:
    run = _Run(Rule(when="dog", for_=5))
    run.take(scene(DOG, 0), scene(DOG, 4, "end", began=0))
    run.at(60)
    assert run.told == []


def test_an_end_that_comes_late_does_not_hide_what_was_due() -> None:
    engine_clock = _Clock()
    engine = Engine([Rule(when="dog", for_=5)], engine_clock)
    assert engine.take(scene(DOG, 0)) == []
    engine_clock.now = START + 8  # nobody looked meanwhile
    assert [alert.rule for alert in engine.take(scene(DOG, 7, "end", began=0))] == ["dog"]


def test_a_cooldown_begins_at_the_alert_and_what_is_left_is_told_after_it() -> None:
    run = _Run(Rule(when="dog", cooldown=60))
    run.take(scene(DOG, 0), scene(DOG, 10, "end", began=0))
    run.take(scene(DOG, 20, number=2), scene(DOG, 30, "end", number=2, began=20))
    run.take(scene(DOG, 50, number=3))
    run.at(100)
    # The second came and went within the cooldown; the third is still there when it is over.
    assert run.told == [("dog", 1, 0.0), ("dog", 3, 60.0)]


def test_what_no_rule_wanted_begins_no_cooldown() -> None:
    run = _Run(Rule(when="dog", cooldown=60))
    run.take(scene(CAT, 0), scene(DOG, 1, number=2))
    assert run.told == [("dog", 2, 1.0)]


def test_cooldowns_of_rules_are_apart() -> None:
    run = _Run(Rule(when="dog", cooldown=60), Rule(when="animal"))
    run.take(scene(DOG, 0), scene(CAT, 5, number=2), scene(DOG, 10, number=3))
    assert [(rule, number) for rule, number, _ in run.told] == [("dog", 1), ("animal", 1), ("animal", 2), ("animal", 3)]


def test_an_alert_that_was_not_sent_begins_no_cooldown() -> None:
    run = _Run(Rule(when="dog", cooldown=60))
    run.take(scene(DOG, 0))
    run.engine.failed(run.alerts[0])
    run.take(scene(DOG, 5, number=2))
    assert run.told == [("dog", 1, 0.0), ("dog", 2, 5.0)]
    run.take(scene(DOG, 10, number=3))
    assert len(run.told) == 2
    run.engine.failed(run.alerts[0])  # long ago, and not the one that cools down
    run.at(11)
    assert len(run.told) == 2


def test_a_failed_alert_gives_back_the_cooldown_of_the_one_before() -> None:
    run = _Run(Rule(when="dog", cooldown=60))
    run.take(scene(DOG, 0), scene(DOG, 59, number=2))
    run.at(60)
    run.engine.failed(run.alerts[1])
    run.take(scene(DOG, 61, number=3))
    assert run.told == [("dog", 1, 0.0), ("dog", 2, 60.0), ("dog", 3, 61.0)]


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    run = _Run(Rule(when="dog", cooldown=60))
    run.take(scene(DOG, 1000))
    run.clock.now = START
    assert [alert.rule for alert in run.engine.take(scene(DOG, 0, number=2))] == ["dog"]


def test_hours_are_waited_for() -> None:
    zone = datetime.UTC  # the start is 22:13:20
    run = _Run(Rule(when="dog", hours=("22:30-06:00",)), zone=zone)
    run.take(scene(DOG, 0))
    run.at(999)
    assert run.told == []
    run.at(1061)
    assert run.told == [("dog", 1, 1000.0)]
    run = _Run(Rule(when="dog", days=("mon",)), zone=zone)  # the start is a Tuesday
    run.take(scene(DOG, 0))
    run.at(3600)
    assert run.told == []


def test_sources_and_zones() -> None:
    run = _Run(
        Rule(name="s", when="dog", sources=("garden",)),
        Rule(name="z", when="dog", zones=("gate",)),
        Rule(name="all", when="dog"),
    )
    run.take(
        scene(DOG, 0, source="garden"),
        scene(DOG, 1, source="hall", number=2),
        scene(DOG, 2, source="hall", zone="gate", number=3),
    )
    assert [(rule, number) for rule, number, _ in run.told] == [("s", 1), ("all", 1), ("all", 2), ("z", 3), ("all", 3)]


def test_places_hold_apart() -> None:
    run = _Run(Rule(when="dog", for_=5))
    run.take(scene(DOG, 0, source="a"), scene(NOTHING, 2, source="b", number=2), scene(DOG, 3, source="c", number=3))
    run.at(20)
    assert run.told == [("dog", 1, 5.0), ("dog", 3, 8.0)]


def test_confidence() -> None:
    run = _Run(Rule(when="dog", min_confidence=0.5))
    run.take(
        scene(DOG, 0, confidence=0.4),
        scene(DOG, 1, "update", confidence=0.6, began=0),
        scene(DOG, 2, number=2, confidence=None),
    )
    assert run.told == [("dog", 1, 1.0), ("dog", 2, 2.0)]


def test_of_a_picture_without_a_sentence_nothing_is_known() -> None:
    run = _Run(Rule(when="not person"), Rule(name="any", when="*"))
    run.take(scene("", 0))
    assert run.told == [("any", 1, 0.0)]


def test_a_captioner_that_fails_is_told_with_picture_and_reason() -> None:
    run = _Run(Rule(name="no", when="dog"), Rule(name="too", when="dog", failures=True), Rule(name="any", when="*"))
    run.take(scene("", 0, failure="the graph does not run"))
    assert [rule for rule, _, _ in run.told] == ["too", "any"]
    assert run.alerts[0].scene.jpeg != b""
    assert run.alerts[0].to_dict()["failure"] == "the graph does not run"


def test_a_source_that_is_lost_holds_nothing() -> None:
    run = _Run(Rule(when="dog", for_=5))
    run.take(scene(DOG, 0), scene(DOG, 1, source="b", number=2))
    run.take(StatusEvent("lost", "0: lost", "0", START + 2))
    run.at(60)
    assert run.told == [("dog", 2, 6.0)]


def test_an_end_of_another_scene_ends_nothing() -> None:
    run = _Run(Rule(when="dog", for_=5))
    run.take(scene(DOG, 0, number=2), scene(CAT, 1, "end", number=1))
    run.at(5)
    assert run.told == [("dog", 2, 5.0)]


def test_rules_that_cannot_be() -> None:
    with pytest.raises(RuleError, match=r"^two rules are called 'dog'; give each a name of its own$"):
        Engine([Rule(when="dog"), Rule(name="dog", when="cat")], _Clock())
    with pytest.raises(RuleError, match=r"^rule 'x': 'ferret' is none of the 2 words; "):
        Engine([Rule(name="x", when="ferret")], _Clock(), {"en": ["dog", "cat"]})
    with pytest.raises(RuleError, match="has no 'when'"):
        Rule(name="x")


def test_the_language_is_the_first_that_is_spoken() -> None:
    run = _Run(Rule(when="hund"), words={"de": ["ein", "hund"], "en": ["a", "dog"]})
    run.take(scene("ein hund", 0))
    assert run.told == [("hund", 1, 0.0)]


def test_what_would_have_been_told() -> None:
    events = [
        scene(DOG, 0),
        scene(DOG, 100, "end", began=0),
        scene(DOG, 200, number=2),
        scene(DOG, 205, "end", number=2, began=200),
    ]
    rules = [Rule(name="held", when="dog", for_=10), Rule(name="rare", when="dog", cooldown=1000)]
    told = [(alert.rule, int(alert.scene.id[-6:], 16), alert.at - START) for alert in alerts_over(rules, iter(events))]
    assert told == [("rare", 1, 0.0), ("held", 1, 10.0)]
