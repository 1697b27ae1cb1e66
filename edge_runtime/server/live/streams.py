"""Answers that go on: events, and the live picture."""

import asyncio
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from edge_runtime.server.live import pictures
from edge_runtime.server.live.hub import Client, event_text
from edge_runtime.server.live.page import LivePage

_HEALTH_SECONDS = 2.0
"""Between two reports of how it goes: for the page, and to find clients that are gone."""
_UNBUFFERED = {"cache-control": "no-store", "x-accel-buffering": "no"}
"""For proxies that would rather collect an answer first."""


class Streams:
    """Routes of what goes on.

    Args:
        page: What is known.
    """

    def __init__(self, page: LivePage) -> None:
        self._page = page
        self._reporting: asyncio.Task[None] | None = None

    @property
    def routes(self) -> list[Route]:
        """Return the routes of the application."""
        return [Route("/api/stream", self._events), Route("/api/live.mjpeg", self._picture)]

    async def _events(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        joined = self._page.hub.join(request.headers.get("last-event-id") or request.query_params.get("after"))
        if joined is None:
            return PlainTextResponse("Too many are listening; try again later.\n", 503, {"retry-after": "10"})
        client, complete = joined
        if self._reporting is None or self._reporting.done():
            self._reporting = asyncio.get_running_loop().create_task(self._report())
        told = _Events(self._page, client, complete)
        return _Ending(told.parts(), told.end, media_type="text/event-stream", headers=_UNBUFFERED)

    async def _picture(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type=pictures.MEDIA_TYPE)
        names = pictures.by_shown_name(self._page.sources)
        asked = request.query_params.get("source") or next(iter(names), "")
        source = names.get(asked)
        if source is None:
            return PlainTextResponse("Nothing that is looked at has this name.\n", 404)
        shown = self._page.pictures
        if shown.is_full:
            return PlainTextResponse("Too many are watching; try again later.\n", 503, {"retry-after": "10"})
        shown.begin(source)
        return _Ending(
            shown.parts(source), lambda: shown.end(source), media_type=pictures.MEDIA_TYPE, headers=_UNBUFFERED
        )

    async def _report(self) -> None:
        """Tell how it goes for as long as somebody listens."""
        while len(self._page.hub):
            await asyncio.sleep(_HEALTH_SECONDS)
            self._page.hub.tell("health", self._page.vitals.to_dict())


class _Events:
    def __init__(self, page: LivePage, client: Client, complete: bool) -> None:
        self._page, self._client, self._complete = page, client, complete

    async def parts(self) -> AsyncIterator[bytes]:
        # Its own number of seconds would be waited by a browser, which the page does better.
        yield event_text("hello", self._page.hello(self._complete))
        while found := await self._client.next():
            yield found

    def end(self) -> None:
        self._page.hub.leave(self._client)


class _Ending(StreamingResponse):
    """Something is done at its end, however it comes: a generator that was never begun has no `finally`."""

    def __init__(self, content: AsyncIterator[bytes], end: Callable[[], None], **more: object) -> None:
        super().__init__(content, **more)  # type: ignore[arg-type]
        self._end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._end()
