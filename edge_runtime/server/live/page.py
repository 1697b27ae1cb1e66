"""What the live page knows, and who is told of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge_runtime.console.terminal import plain
from edge_runtime.events import AlertEvent, CaptionEvent, Event, SceneEvent, StatusEvent, WordsEvent, iso_time
from edge_runtime.server.live.archive import Archive, JournalArchive, MemoryArchive
from edge_runtime.server.live.hub import WORDS, Hub
from edge_runtime.server.live.metrics import Metrics
from edge_runtime.server.live.pictures import LivePictures
from edge_runtime.server.live.scenes import Scenes
from edge_runtime.server.live.trial import Expressions
from edge_runtime.server.live.vitals import Vitals


class LivePage:
    """Takes events and remembers what a page needs. All of it is used in the server's thread, but for `pictures`, see there.

    Args:
        sources: Names of what is looked at.
        vocabulary: Language -> every word that the model can say in it, the main language first.
        vitals: How it goes.
        clients: Of the stream of events, at the most.
        viewers: Of the live picture, at the most.
        journal: Path of the journal; None where there is none.
        rules: The module that reads expressions; None where there is none.
        configured: Rules that are in force, each with `name` and `when`.
        guarded: Whether users have to show a token, and may leave.

    Attributes:
        scenes: The last ones.
        hub: Who listens.
        pictures: Who watches.
        archive: What is looked up.
        metrics: What is counted.
    """

    def __init__(
        self,
        sources: Sequence[str],
        vocabulary: dict[str, Sequence[str]],
        vitals: Vitals,
        clients: int,
        viewers: int,
        journal: Path | None = None,
        rules: Expressions | None = None,
        configured: Sequence[dict[str, str]] = (),
        guarded: bool = False,
    ) -> None:
        self.vitals, self.vocabulary, self.rules = vitals, vocabulary, rules
        self.scenes, self.hub, self.pictures = Scenes(), Hub(clients), LivePictures(viewers)
        self.metrics = Metrics()
        self.has_journal = journal is not None
        self.archive: Archive = MemoryArchive(self.scenes) if journal is None else JournalArchive(journal, self.scenes)
        self._configured, self._guarded = list(configured), guarded
        self._alerts: dict[str, int] = {}
        self._sentences: dict[tuple[str, str], dict[str, Any]] = {}
        self._statuses: dict[str, dict[str, Any]] = {}
        self.sources = list(sources)

    def take(self, event: Event) -> None:
        """Take an event, and tell everyone."""
        self.metrics.take(event)
        if isinstance(event, WordsEvent):
            self.hub.tell(WORDS, {"source": plain(event.source), "zone": "", "frame": event.frame, "text": event.text})
        elif isinstance(event, CaptionEvent):
            self.vitals.take(event)
            told = _sentence(event)
            before = self._sentences.get((event.source, event.zone))
            self._sentences[event.source, event.zone] = told
            self.hub.tell("caption", {**told, "changed": before is None or before["lines"] != told["lines"]})
        elif isinstance(event, SceneEvent):
            self.hub.tell("scene", {**self.scenes.take(event).to_dict(), "event": event.kind}, keep=True)
        elif isinstance(event, AlertEvent):
            self._alerts[event.rule] = self._alerts.get(event.rule, 0) + 1
            self.scenes.alert(event)
            told = {"rule": plain(event.rule), "id": event.scene.id, "at": iso_time(event.at)}
            self.hub.tell("alert", told, keep=True)
        elif isinstance(event, StatusEvent):
            told = {
                "kind": event.kind,
                "source": None if event.source is None else plain(event.source),
                "message": plain(event.message),
                "at": iso_time(event.at),
            }
            self._statuses[event.source or ""] = told
            self.hub.tell("status", told, keep=True)

    def adopt(self, sources: Sequence[str], vocabulary: dict[str, Sequence[str]], vitals: Vitals) -> None:
        """Go on with another session, whose sources may be others."""
        self.sources, self.vocabulary, self.vitals = list(sources), vocabulary, vitals
        self._sentences.clear()
        self._statuses.clear()
        self.hub.tell("hello", self.hello(complete=False))

    def hello(self, complete: bool) -> dict[str, Any]:
        """Return what one who begins to listen is told.

        Args:
            complete: Whether it is told all that it missed, too, so that it need not ask for the scenes.
        """
        return {
            "complete": complete,
            "position": self.hub.position,
            "sources": [plain(source) for source in self.sources],
            "journal": self.has_journal,
            "rules": self.rules is not None or bool(self._configured),
            "guarded": self._guarded,
            "sentences": list(self._sentences.values()),
            "statuses": list(self._statuses.values()),
            "health": self.vitals.to_dict(),
        }

    def rules_told(self) -> dict[str, Any]:
        """Return the rules in force, with how often each alerted since the start."""
        named = {rule["name"]: rule for rule in self._configured}
        names = [*named, *(name for name in self._alerts if name not in named)]
        return {
            "can_try": self.rules is not None,
            "rules": [
                {"name": plain(name), "when": named.get(name, {}).get("when", ""), "alerts": self._alerts.get(name, 0)}
                for name in names
            ],
        }

    def close(self) -> None:
        """End for everyone."""
        self.hub.close()
        self.pictures.close()
        self.archive.close()


def _sentence(event: CaptionEvent) -> dict[str, Any]:
    return {
        "source": plain(event.source),
        "zone": plain(event.zone),
        "lines": event.lines_by_language,
        "hedged": event.hedged,
        "abstained": event.abstained,
        "age_ms": round(event.age_ms, 1),
        "frame": event.frame,
    }
