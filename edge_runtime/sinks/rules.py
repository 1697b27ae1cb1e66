"""Rules: alerts about what scenes show, and what is done then."""

import logging
import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from edge_runtime.console.options import option
from edge_runtime.console.terminal import plain
from edge_runtime.errors import ActionError, SinkError
from edge_runtime.events import AlertEvent, Event, SceneEvent, StatusEvent
from edge_runtime.frames.base import Frame
from edge_runtime.rules.actions.made import made_action
from edge_runtime.rules.actions.runner import Runner
from edge_runtime.rules.engine import Engine
from edge_runtime.rules.rule import Rule, check_names
from edge_runtime.rules.synonyms import synonyms_for
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink

_log = logging.getLogger("edge_runtime.rules")

_FINISHING_SECONDS = 30.0
"""What actions have to finish in at the end."""


@dataclass(frozen=True)
class RulesKind(SinkKind):
    """What is looked for in captions.

    Attributes:
        synonyms: Lines that are added to the table of what says what.
        rule: The rules, each a table `[[rule]]`.

    Raises:
        OptionError: A line of synonyms cannot be read, or two rules have one name.
    """

    table = "rules"

    synonyms: tuple[str, ...] = option(
        (), "more words for rules: 'truck: pickup, lorry' or 'soccer = football'", metavar="LINE", flag="synonym"
    )
    rule: tuple[Rule, ...] = option((), "the rules")

    def __post_init__(self) -> None:
        super().__post_init__()
        synonyms_for("en", self.synonyms)
        check_names(self.rule)

    def with_more(self, other: "RulesKind") -> "RulesKind":
        """Return these rules and those of another file.

        Raises:
            OptionError: Two have one name.
        """
        return replace(self, synonyms=self.synonyms + other.synonyms, rule=self.rule + other.rule)

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        """Yield the one that all rules share, where there are any."""
        if self.rule:
            # What the model can say decides what rules may ask for, so another model makes another sink.
            key = (self, tuple((tag, len(words), tuple(words[:5])) for tag, words in context.words.items()))
            yield WantedSink(RulesSink(self, context), key)


class RulesSink:
    """Tells every sink of alerts, and does what their rules ask for.

    Attributes:
        name: For messages.
        wants_frames: No.
        emits: Whether it has events of its own for the other sinks.

    Raises:
        RuleError: A rule names a word that the model never says.
    """

    name = "rules"
    wants_frames = False
    emits = True

    def __init__(self, asked: RulesKind, context: SinkContext, clock: Callable[[], float] = time.time) -> None:
        language = next(iter(context.words), "en")
        self._clock, self._emit = clock, context.emit
        self._engine = Engine(asked.rule, clock, context.words, synonyms_for(language, asked.synonyms))
        self._unsent: queue.SimpleQueue[AlertEvent] = queue.SimpleQueue()
        actions = {rule.called: [made_action(one) for one in rule.then] for rule in asked.rule}
        self._runner = Runner(actions, lambda sentence: _log.warning("%s", sentence), self._ended)
        self._due: float | None = None

    def check(self) -> None:
        """See whether everything that rules do could be done.

        Raises:
            SinkError: It could not.
        """
        try:
            self._runner.check()
        except ActionError as error:
            raise SinkError(f"rules: {error}") from None

    def open(self) -> None:
        """Nothing is opened before it is needed."""

    def event(self, event: Event) -> None:
        """Look at a scene."""
        if isinstance(event, SceneEvent | StatusEvent):
            self._take_back()
            self._tell(self._engine.take(event))

    def idle(self) -> None:
        """Tell of what has held for long enough, without another event."""
        if not self._unsent.empty():
            self._take_back()
            self._due = self._engine.next_due()
        if self._due is not None and self._clock() >= self._due:
            self._tell(self._engine.due())

    def frame(self, frame: Frame, caption: str) -> None:
        """Frames are not looked at."""

    def close(self) -> None:
        """Finish what is being done."""
        self._runner.close(_FINISHING_SECONDS)

    def _tell(self, alerts: list[AlertEvent]) -> None:
        for alert in alerts:
            scene = alert.scene
            _log.info("rule %s: %s (%s)", plain(alert.rule), plain(scene.shown or scene.failure), plain(scene.source))
            self._emit(alert)
            self._runner.run(alert)
        self._due = self._engine.next_due()

    def _ended(self, alert: AlertEvent, well: bool) -> None:
        # In the thread of an action; the engine is used from the sink's alone.
        if not well:
            self._unsent.put(alert)

    def _take_back(self) -> None:
        while not self._unsent.empty():
            self._engine.failed(self._unsent.get())
