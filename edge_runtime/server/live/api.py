"""The addresses that the page asks, and other programs may."""

import datetime
import json
import math
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from edge_runtime.console.terminal import plain
from edge_runtime.errors import EdgeCaptionError, OptionError
from edge_runtime.server.live import metrics
from edge_runtime.server.live.archive import Search
from edge_runtime.server.live.day import read_date, timeline
from edge_runtime.server.live.page import LivePage
from edge_runtime.server.live.pictures import by_shown_name
from edge_runtime.server.live.trial import try_rule

_MOST, _MOST_OFFSET, _MOST_LETTERS = 500, 1_000_000, 500
_TRIED = 200
"""Scenes that a rule is tried on."""
_ID = re.compile(r"[0-9a-zA-Z-]{1,40}")
_PICTURE = {"cache-control": "private, max-age=3600"}
"""Of a picture whose address names its frame."""

Handler = Callable[[Request], Awaitable[Response]]


class Api:
    """Answers in JSON, but for pictures and `/metrics`.

    Args:
        page: What is known.
    """

    def __init__(self, page: LivePage) -> None:
        self._page = page

    @property
    def routes(self) -> list[Route]:
        """Return the routes of the application."""
        return [
            Route("/api/events", _told(self._events)),
            Route("/api/search", _told(self._events)),
            Route("/api/events/{id}.jpg", _told(self._picture)),
            Route("/api/events/{id}", _told(self._event)),
            Route("/api/snapshot.jpg", _told(self._snapshot)),
            Route("/api/day", _told(self._day)),
            Route("/api/rules", _told(self._rules)),
            Route("/api/rules/try", _told(self._try), methods=["POST"]),
            Route("/healthz", _told(self._health)),
            Route("/metrics", _told(self._metrics)),
        ]

    async def _events(self, request: Request) -> Response:
        asked = request.query_params
        query = asked.get("q", "")
        if len(query) > _MOST_LETTERS:
            raise OptionError(f"q: must have {_MOST_LETTERS} characters at most")
        search = Search(
            query,
            _time("since", asked.get("since")),
            _time("until", asked.get("until")),
            self._source(asked.get("source")),
            _count("limit", asked.get("limit"), 50, 1, _MOST),
            _count("offset", asked.get("offset"), 0, 0, _MOST_OFFSET),
        )
        found = await self._page.archive.search(search)
        return _json({"events": found, "journal": self._page.has_journal})

    async def _event(self, request: Request) -> Response:
        entry = await self._page.archive.entry(_id(request))
        return _json({"error": "no such event"}, 404) if entry is None else _json(entry)

    async def _picture(self, request: Request) -> Response:
        jpeg = await self._page.archive.picture(_id(request))
        kept = _PICTURE if "v" in request.query_params else None
        return _json({"error": "no picture of this event"}, 404) if jpeg is None else _jpeg(jpeg, kept)

    async def _snapshot(self, request: Request) -> Response:
        jpeg = self._page.scenes.snapshot(self._source(request.query_params.get("source")))
        return _json({"error": "nothing has been captioned yet"}, 404) if jpeg is None else _jpeg(jpeg)

    async def _day(self, request: Request) -> Response:
        date = read_date(request.query_params.get("date"))
        told = await timeline(self._page.archive.search, date)
        return _json({**told, "unusual": await self._page.archive.unusual(date)})

    async def _rules(self, request: Request) -> Response:
        return _json(self._page.rules_told())

    async def _try(self, request: Request) -> Response:
        if self._page.rules is None:
            return _json({"error": "rules are not part of this build"}, 404)
        # Another site's form can send text, and this alone only with our leave.
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _json({"error": "send JSON, with its content type"}, 415)
        try:
            asked = json.loads(await request.body())
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            raise OptionError('send {"when": "dog and not person"}')
        entries = await self._page.archive.search(Search(limit=_TRIED))
        language = next(iter(self._page.vocabulary), "en")
        return _json(try_rule(self._page.rules, asked.get("when"), language, self._page.vocabulary, entries))

    async def _health(self, request: Request) -> Response:
        told = self._page.vitals.to_dict()
        return _json(told, 200 if told["ok"] else 503)

    async def _metrics(self, request: Request) -> Response:
        page = self._page
        text = page.metrics.text(page.vitals, len(page.hub), len(page.pictures))
        return Response(text, media_type=metrics.MEDIA_TYPE)

    def _source(self, asked: str | None) -> str | None:
        """Return the name of a source, which a page knows as `by_shown_name` has it."""
        if asked is None or asked == "":
            return None
        names = by_shown_name(self._page.sources)
        if asked not in names:
            raise OptionError("source: nothing that is looked at has this name")
        return names[asked]


def _told(handler: Handler) -> Handler:
    """Return a handler whose refusals are a sentence in JSON: 400 where the request is wrong, 503 where what it needs is not there."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except EdgeCaptionError as error:
            told = {"error": str(error), "excerpt": _excerpt(error)}
            return _json(told, 400 if isinstance(error, ValueError) else 503)

    return answer


def _excerpt(error: EdgeCaptionError) -> str:
    """Return the expression that does not parse, with a caret under the place; empty where the error tells no place."""
    told: str = getattr(error, "excerpt", "")
    text, place = getattr(error, "text", ""), getattr(error, "place", None)
    return f"{plain(text)}\n{' ' * len(plain(text[:place]))}^" if place is not None and text else told


def _json(content: Any, status: int = 200) -> Response:
    # In ASCII: a file's name may hold what is no text, and must come as JSON all the same.
    return Response(json.dumps(content), status, media_type="application/json")


def _jpeg(content: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(content, media_type="image/jpeg", headers=headers)


def _id(request: Request) -> str:
    found: str = request.path_params["id"]
    if not _ID.fullmatch(found):
        raise OptionError("id: no event has such an id")
    return found


def _count(name: str, text: str | None, usual: int, least: int, most: int) -> int:
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise OptionError(f"{name}: must be {least} to {most}")
    return int(text)


def _time(name: str, text: str | None) -> float | None:
    """Return seconds since 1970 of a number, or of a time in ISO 8601 (without a zone, by this machine's clock)."""
    if text is None or text == "":
        return None
    try:
        found = float(text) if re.fullmatch(r"\d{1,11}(\.\d{1,9})?", text) else _iso(text)
    except (ValueError, OverflowError, OSError):
        found = math.nan
    if not math.isfinite(found):
        raise OptionError(f"{name}: must be seconds since 1970, or a time such as 2026-01-31T08:00:00Z")
    return found


def _iso(text: str) -> float:
    return datetime.datetime.fromisoformat(text).timestamp()


def not_found(_request: Request, _error: Exception) -> Response:
    """Return the answer to an address that is none."""
    return PlainTextResponse("Nothing is here.\n", 404)
