"""Scenes that are looked up: in the journal where there is one, else among the last ones in memory."""

import asyncio
import datetime
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from edge_runtime.console.terminal import plain
from edge_runtime.server.live.scenes import Scenes

Found = TypeVar("Found")


@dataclass(frozen=True)
class Search:
    """What is looked for.

    Attributes:
        query: Words; in a journal, an expression.
        since: Scenes that began then or later, seconds since 1970.
        until: Scenes that began before.
        source: Name of one source.
        limit: Scenes at the most.
        offset: Scenes left out, the newest first.
    """

    query: str = ""
    since: float | None = None
    until: float | None = None
    source: str | None = None
    limit: int = 50
    offset: int = 0


class Archive(Protocol):
    """Scenes that are looked up."""

    async def search(self, search: Search) -> list[dict[str, Any]]:
        """Return entries, the newest first.

        Raises:
            EdgeCaptionError: The query does not parse (a ValueError too), or the journal cannot be read.
        """
        ...

    async def entry(self, scene: str) -> dict[str, Any] | None:
        """Return an entry; None where it is not known."""
        ...

    async def picture(self, scene: str) -> bytes | None:
        """Return its JPEG; None where there is none."""
        ...

    async def unusual(self, date: datetime.date) -> list[dict[str, Any]]:
        """Return a day's entries that are unlike those of the days before."""
        ...

    def close(self) -> None:
        """Give back what is open."""
        ...


class MemoryArchive:
    """The last scenes alone."""

    def __init__(self, scenes: Scenes) -> None:
        self._scenes = scenes

    async def search(self, search: Search) -> list[dict[str, Any]]:
        """As `Archive` says; a query is words that have to be there."""
        found = self._scenes.search(search.query, search.since, search.until, search.source)
        end = search.offset + search.limit
        return [scene.to_dict() for place, scene in zip(range(end), found, strict=False) if place >= search.offset]

    async def entry(self, scene: str) -> dict[str, Any] | None:
        """As `Archive` says."""
        known = self._scenes.get(scene)
        return None if known is None else known.to_dict()

    async def picture(self, scene: str) -> bytes | None:
        """As `Archive` says."""
        known = self._scenes.get(scene)
        return (known.jpeg or None) if known is not None else None

    async def unusual(self, date: datetime.date) -> list[dict[str, Any]]:
        """Nothing is known of the days before."""
        return []

    def close(self) -> None:
        """Nothing is open."""


class JournalArchive:
    """The journal, read in a thread of its own, so that a long search holds up nobody; what is newer than its last line is in memory.

    Args:
        path: Of the journal. It is opened when it is first asked.
        scenes: The last ones.
        open_journal: How a journal is opened, in the place of `Journal.open`.
    """

    def __init__(self, path: Path, scenes: Scenes, open_journal: Callable[[Path], Any] | None = None) -> None:
        self._path, self._open = path, open_journal or _open_journal
        self._memory = MemoryArchive(scenes)
        self._thread = ThreadPoolExecutor(1, "web journal")
        self._journal: Any = None

    async def search(self, search: Search) -> list[dict[str, Any]]:
        """As `Archive` says."""

        def look(journal: Any) -> list[dict[str, Any]]:
            found = journal.search(
                search.query, search.since, search.until, search.source, limit=search.limit, offset=search.offset
            )
            return [_told(entry) for entry in found]

        return await self._ask(look)

    async def entry(self, scene: str) -> dict[str, Any] | None:
        """As `Archive` says."""
        known = await self._memory.entry(scene)
        if known is not None:
            return known

        def look(journal: Any) -> dict[str, Any] | None:
            entry = journal.entry(scene)
            return None if entry is None else _told(entry)

        return await self._ask(look)

    async def picture(self, scene: str) -> bytes | None:
        """As `Archive` says."""
        known = await self._memory.picture(scene)
        if known is not None:
            return known

        def look(journal: Any) -> bytes | None:
            found: bytes | None = journal.thumbnail(scene)
            return found

        return await self._ask(look)

    async def unusual(self, date: datetime.date) -> list[dict[str, Any]]:
        """As `Archive` says."""
        return await self._ask(lambda journal: [_told(one.entry) for one in journal.day(date).unusual])

    def close(self) -> None:
        """Close the journal, without waiting for it."""

        def end() -> None:
            if self._journal is not None:
                self._journal.close()

        self._thread.submit(end)
        self._thread.shutdown(wait=False, cancel_futures=False)

    async def _ask(self, look: Callable[[Any], Found]) -> Found:
        def asking() -> Found:
            if self._journal is None:
                self._journal = self._open(self._path)
            return look(self._journal)

        return await asyncio.get_running_loop().run_in_executor(self._thread, asking)


def _told(entry: Any) -> dict[str, Any]:
    """Return an entry for JSON; names are without characters that steer."""
    told: dict[str, Any] = entry.to_dict()
    return {**told, "source": plain(told["source"]), "zone": plain(told["zone"])}


def _open_journal(path: Path) -> Any:
    # Named as text: what is asked for with --journal alone is loaded.
    import importlib

    return importlib.import_module("edge_runtime.journal.store").Journal.open(path, read_only=True)
