"""Stand-ins for the journal and the rules, with the names that the page uses of them."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from edge_runtime.console.options import option
from edge_runtime.errors import EdgeCaptionError, SourceError
from edge_runtime.events import SceneEvent
from edge_runtime.server.live.scenes import Scene
from edge_runtime.sinks.base import SinkKind


class BadQueryError(EdgeCaptionError, ValueError):
    """A query of the journal that does not parse."""

    def __init__(self, sentence: str, text: str, place: int) -> None:
        super().__init__(sentence)
        self.text, self.place = text, place


class BadRuleError(EdgeCaptionError, ValueError):
    """An expression of a rule that does not parse."""

    def __init__(self, sentence: str, excerpt: str = "") -> None:
        super().__init__(sentence)
        self.excerpt = excerpt


@dataclass(frozen=True)
class MadeRule:
    """A rule that is in force."""

    name: str
    when: str


@dataclass(frozen=True)
class MadeDay:
    """What a journal tells of a day."""

    unusual: tuple[Any, ...] = ()


@dataclass(frozen=True)
class MadeUnusual:
    """A scene unlike others."""

    entry: Scene


@dataclass(frozen=True)
class JournalOptions(SinkKind):
    """Of the sink that writes it."""

    table = "journal"
    file: str | None = option(None, "a file", flag="journal")


class MadeJournal:
    """Scenes in a list."""

    held: ClassVar[dict[Path, list[SceneEvent]]] = {}

    def __init__(self, path: Path) -> None:
        self._path, self.closed = path, False

    @classmethod
    def open(cls, path: Path) -> "MadeJournal":
        if path not in cls.held:
            raise SourceError(f"{path}: no such journal")
        return cls(path)

    def search(
        self,
        query: str = "",
        since: float | None = None,
        until: float | None = None,
        source: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Any]:
        if "(" in query:
            raise BadQueryError("expected ')'", query, len(query))
        found = [
            Scene(event)
            for event in reversed(self.held[self._path])
            if (since is None or event.started_at >= since)
            and (until is None or event.started_at < until)
            and (source is None or event.source == source)
            and query in event.text
        ]
        return found[offset : offset + limit]

    def entry(self, scene: str) -> Scene | None:
        return next((Scene(event) for event in self.held[self._path] if event.id == scene), None)

    def thumbnail(self, scene: str) -> bytes | None:
        return next((event.jpeg for event in self.held[self._path] if event.id == scene), None)

    def day(self, date: datetime.date) -> MadeDay:
        return MadeDay((MadeUnusual(Scene(self.held[self._path][0])),))

    def close(self) -> None:
        self.closed = True


class _Expression:
    def __init__(self, text: str, language: str) -> None:
        self.terms, self.language = text.split(" and "), language

    def matches(self, words: Sequence[str]) -> bool:
        return all((term.removeprefix("not ") in words) != term.startswith("not ") for term in self.terms)


class MadeRules:
    """Words with `and` and `not` between them."""

    def parse(self, text: str, language: str = "en") -> Any:
        if not re.fullmatch(r"[\w ]+", text):
            raise BadRuleError("not an expression", f"{text}\n^")
        return _Expression(text, language)

    def check_known(self, expression: Any, words: Sequence[str]) -> None:
        for term in expression.terms:
            if term.removeprefix("not ") not in words:
                raise BadRuleError(f"'{term}' is none of the {len(words)} words")
