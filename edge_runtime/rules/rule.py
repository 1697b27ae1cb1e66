"""A rule as its table in the configuration says it."""

from collections.abc import Iterable
from dataclasses import dataclass

from edge_runtime.console.options import Options, option
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import RuleError
from edge_runtime.rules.actions.options import ActionOptions
from edge_runtime.rules.expression import parse
from edge_runtime.rules.hours import Hours

_DAY_SECONDS = 86400


@dataclass(frozen=True)
class Rule(Options):
    """What is looked for, where and when, and what is done then.

    Attributes:
        name: Of the rule; empty for its expression.
        when: The expression: `dog and not person`, or `*` for every scene.
        sources: Names of the sources that it looks at; none for all.
        zones: Names of the zones; none for all, and for what has no zone.
        hours: Stretches of the day; none for the whole day.
        days: Of the week; none for all.
        min_confidence: The least that a scene must have; one whose confidence is not known passes.
        for_: Seconds that the expression must hold at one source and zone.
        cooldown: Seconds after an alert that was sent in which no other one is.
        failures: Whether a scene that the captioner failed at is told, too, whatever `when` says.
        then: What is done.

    Raises:
        OptionError: A value that cannot be had.
    """

    table = "rule"

    name: str = option("", "of the rule (default: its expression)")
    when: str = option("", "what is looked for: dog and (couch or sofa) and not person; * for every scene")
    sources: tuple[str, ...] = option((), "names of the sources that it looks at (default: all)", secret=True)
    zones: tuple[str, ...] = option((), "names of the zones that it looks at (default: all)")
    hours: tuple[str, ...] = option((), "local hours of the day: 22:00-06:00 (default: the whole day)")
    days: tuple[str, ...] = option((), "days of the week: sat, mon-fri (default: all)")
    min_confidence: float = option(0.0, "the least confidence of a scene, 0 to 1", low=0, high=1)
    for_: float = option(0.0, "seconds that it must hold at a source", low=0, high=_DAY_SECONDS)
    cooldown: float = option(0.0, "seconds after an alert that was sent without another", low=0, high=7 * _DAY_SECONDS)
    failures: bool = option(False, "tell also where the captioner failed, with picture and reason")
    then: tuple[ActionOptions, ...] = option((), "what is done: command, webhook, notify or sound in braces")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.when.strip():
            raise RuleError("has no 'when'; write what it looks for: when = \"dog and not person\"")
        parse(self.when)
        Hours.of(self.hours, self.days)

    @property
    def called(self) -> str:
        """Return its name."""
        return self.name or self.when

    @property
    def open_hours(self) -> Hours:
        """Return when it looks."""
        return Hours.of(self.hours, self.days)


def check_names(rules: Iterable[Rule]) -> None:
    """Refuse two rules of one name.

    Args:
        rules: All there are.

    Raises:
        RuleError: There are two.
    """
    seen: set[str] = set()
    for rule in rules:
        if rule.called in seen:
            raise RuleError(f"two rules are called '{plain(shortened(rule.called))}'; give each a name of its own")
        seen.add(rule.called)
