"""When a rule has found what it looks for: what scenes show, since when, and what was told of them already."""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from edge_runtime.errors import RuleError
from edge_runtime.events import AlertEvent, SceneEvent, StatusEvent
from edge_runtime.rules.expression import Expression, parse
from edge_runtime.rules.known import check_known
from edge_runtime.rules.rule import Rule, check_names
from edge_runtime.rules.synonyms import Synonyms

_SAME_MOMENT = 2.0
"""Seconds between the end of a scene and the next one's begin at a source, in which what both show was there all the time."""

_MINUTE = 60.0

_Place = tuple[str, str]
"""A source and a zone."""


@dataclass
class _Held:
    """What a rule has seen at a place.

    Attributes:
        scene: Newest event of the scene that is there; None between scenes.
        since: When the expression began to hold, seconds since 1970; None where it does not.
        until: When the last scene ended.
        told: Id of the scene that was told of.
    """

    scene: SceneEvent | None = None
    since: float | None = None
    until: float | None = None
    told: str = ""


@dataclass
class _Watch:
    """A rule at work.

    Attributes:
        rule: The rule.
        expression: What it looks for.
        places: What it has seen where.
        sent: When its last alert was, whose actions have not all failed; seconds since 1970.
        before: The same of the alert before that one, which holds again if all actions of the last one fail.
    """

    rule: Rule
    expression: Expression
    places: dict[_Place, _Held] = field(default_factory=dict)
    sent: float | None = None
    before: float | None = None


class Engine:
    """Takes what happens, and says when a rule is to be told. Of one scene a rule is told once at the most.

    A scene that comes in a rule's cooldown, or before its hours, is told afterwards if it still shows what the rule looks for.

    Args:
        rules: In the order in which they are told.
        clock: Returns seconds since 1970.
        words: Language -> all that the model can say in it, the main language first; none where they are not known.
        synonyms: The table; None for the one that ships.
        zone: Of the clock by which hours count; None is the machine's.

    Raises:
        RuleError: A rule cannot be read, names a word that the model never says, or has another one's name.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        clock: Callable[[], float],
        words: Mapping[str, Sequence[str]] | None = None,
        synonyms: Synonyms | None = None,
        zone: datetime.tzinfo | None = None,
    ) -> None:
        check_names(rules)
        language, known = next(iter((words or {}).items()), ("en", ()))
        self._clock, self._zone = clock, zone
        self._watches = [_Watch(rule, _checked(rule, language, known, synonyms)) for rule in rules]

    def take(self, event: SceneEvent | StatusEvent) -> list[AlertEvent]:
        """Take an event, and return the alerts that are due now.

        Args:
            event: Of a scene, or news of a source: of one that is lost nothing is known.
        """
        if isinstance(event, StatusEvent):
            if event.kind in ("lost", "ended", "failed", "stopped"):
                self._forget(event.source)
            return []
        found = self.due(min(event.at, self._clock())) if event.kind == "end" else []
        for watch in self._watches:
            if _looks_at(watch.rule, event):
                self._see(watch, event)
        return found + self.due()

    def due(self, now: float | None = None) -> list[AlertEvent]:
        """Return the alerts that are due: where an expression has held for long enough, hours have begun, a cooldown is over.

        Args:
            now: Seconds since 1970; None for the clock's.
        """
        at = self._clock() if now is None else now
        found = []
        for watch in self._watches:
            for held in watch.places.values():
                scene = held.scene
                if (
                    scene is not None
                    and held.since is not None
                    and held.told != scene.id
                    and self._is_due(watch, held, at)
                ):
                    held.told = scene.id
                    watch.before, watch.sent = watch.sent, at
                    found.append(AlertEvent(watch.rule.called, scene, at))
        return found

    def next_due(self) -> float | None:
        """Return when an alert may be due without another event, seconds since 1970; None where nothing waits."""
        times = [self._may_be_due(watch, held) for watch in self._watches for held in watch.places.values()]
        return min((time for time in times if time is not None), default=None)

    def failed(self, alert: AlertEvent) -> None:
        """Take back the cooldown of an alert whose actions all failed: it was not sent."""
        for watch in self._watches:
            if watch.rule.called == alert.rule and watch.sent == alert.at:
                watch.sent = watch.before

    def _may_be_due(self, watch: _Watch, held: _Held) -> float | None:
        """Return when what a rule sees may be due; the next minute, where only its hours are waited for."""
        if held.scene is None or held.since is None or held.told == held.scene.id:
            return None
        now = self._clock()
        cooled = now if watch.sent is None else watch.sent + watch.rule.cooldown
        at = max(held.since + watch.rule.for_, min(cooled, now + watch.rule.cooldown))
        return at if at > now else now - now % _MINUTE + _MINUTE

    def _is_due(self, watch: _Watch, held: _Held, at: float) -> bool:
        if held.since is None or at < held.since + watch.rule.for_:
            return False
        # A clock that was set back must not hold a rule up for longer than its cooldown.
        if watch.sent is not None and 0 <= at - watch.sent < watch.rule.cooldown:
            return False
        return watch.rule.open_hours.holds(at, self._zone)

    def _see(self, watch: _Watch, event: SceneEvent) -> None:
        held = watch.places.setdefault((event.source, event.zone), _Held())
        if event.kind == "end":
            if held.scene is not None and held.scene.id == event.id:
                held.scene, held.until = None, event.at
            return
        began = event.started_at if held.scene is None or held.scene.id != event.id else event.at
        if not _holds(watch, event):
            held.since = None
        elif held.since is None or began < held.since or (held.until is not None and began - held.until > _SAME_MOMENT):
            held.since = began
        held.scene, held.until = event, None

    def _forget(self, source: str | None) -> None:
        for watch in self._watches:
            for place, held in watch.places.items():
                if source is None or place[0] == source:
                    held.scene = held.since = held.until = None


def _holds(watch: _Watch, event: SceneEvent) -> bool:
    if event.failure:
        return watch.rule.failures or watch.expression.is_anything
    if event.confidence is not None and event.confidence < watch.rule.min_confidence:
        return False
    return watch.expression.matches(event.words)


def _looks_at(rule: Rule, event: SceneEvent) -> bool:
    return (not rule.sources or event.source in rule.sources) and (not rule.zones or event.zone in rule.zones)


def _checked(rule: Rule, language: str, words: Sequence[str], synonyms: Synonyms | None) -> Expression:
    expression = parse(rule.when, language, synonyms)
    try:
        check_known(expression, words)
    except RuleError as error:
        raise RuleError(f"rule '{rule.called}': {error}", error.excerpt) from None
    return expression


def alerts_over(
    rules: Sequence[Rule], events: Iterator[SceneEvent], synonyms: Synonyms | None = None, language: str = "en"
) -> Iterator[AlertEvent]:
    """Yield what rules would have told of events of the past, by the clock of the events.

    Args:
        rules: As for `Engine`; all their actions are taken to be done.
        events: In the order of their times.
        synonyms: As for `Engine`.
        language: Of the sentences.
    """
    now = 0.0
    engine = Engine(rules, lambda: now, {language: ()}, synonyms)
    for event in events:
        # What an expression must hold for, the end of a cooldown and the begin of hours fall between events.
        while (due := engine.next_due()) is not None and due < event.at:
            now = due
            yield from engine.due()
        now = max(now, event.at)
        yield from engine.take(event)
