"""What stands before an application: who may ask, how much, and what every answer says."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_runtime.server.connection import Line
from edge_runtime.server.headers import with_safety
from edge_runtime.server.hosts import Hosts
from edge_runtime.server.limits import Limits
from edge_runtime.server.login import LOGIN, Login

_log = logging.getLogger("edge_runtime.server")

_BEARER = "bearer "


class ClientGoneError(Exception):
    """A client has left, or was cut off since it took nothing."""


class Guard:
    """Lets through what an application is to answer, and gives each answer the headers of `headers.SAFETY`.

    Args:
        app: The application.
        hosts: Under which names it is asked.
        limits: What a request may cost.
        login: How a user shows who he is; None where everybody on this machine may ask.
        public: Paths that are answered to all: what the page of the login needs.
    """

    def __init__(
        self, app: ASGIApp, hosts: Hosts, limits: Limits, login: Login | None = None, public: Iterable[str] = ()
    ) -> None:
        self._app, self._hosts, self._limits, self._login = app, hosts, limits, login
        self._public = frozenset(public) | {LOGIN}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        line: Line | None = scope.get("state", {}).get("line")
        if line is not None:
            line.heard()
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if (
                line is not None and line.is_gone
            ):  # the library says nothing, and an answer without an end would go on for ever
                raise ClientGoneError
            if message["type"] == "http.response.start":
                begun = True
                message = {**message, "headers": with_safety(list(message.get("headers", [])))}
            try:
                async with asyncio.timeout(self._limits.stall_seconds):
                    await send(message)
            except TimeoutError:
                if line is not None:
                    line.cut()
                raise ClientGoneError from None

        try:
            refusal = await self._refusal(scope)
            await (refusal or self._app)(scope, self._limited(receive), sending)
        except ClientGoneError:
            _log.debug("a client has left before its answer was whole")
        except Exception as error:
            told = " ".join(str(error).split())
            _log.error("the server met an unexpected %s (%s); please report it", type(error).__name__, told)
            _log.debug("while answering", exc_info=True)
            if not begun:
                await PlainTextResponse("Something went wrong here.\n", 500)(scope, receive, sending)
        finally:
            if line is not None:
                line.answered()

    async def _refusal(self, scope: Scope) -> Response | None:
        """Return the answer to a request that the application is not to see."""
        headers = _headers(scope)
        if _head_bytes(scope) > self._limits.head_bytes:  # the library refuses only one that is not whole by then
            text = f"A request's head may have {self._limits.head_bytes} bytes at most.\n"
            return PlainTextResponse(text, 431, {"connection": "close"})
        if not self._hosts.allows_host(headers.get("host", "")):
            text = "This name is not served here. Ask by address, or name it where the server is started.\n"
            return PlainTextResponse(text, 403)
        if not self._hosts.allows_origin(headers):
            return PlainTextResponse("Pages of other sites may not ask here.\n", 403)
        length = headers.get("content-length", "0")
        if (
            not length.isdigit()
            or len(length) > len(str(self._limits.body_bytes))
            or int(length) > self._limits.body_bytes
        ):
            text = f"A request may have {self._limits.body_bytes} bytes at most.\n"
            return PlainTextResponse(text, 413, {"connection": "close"})
        if self._login is None or scope["path"] in self._public:
            return None
        authorization = headers.get("authorization", "")
        if authorization[: len(_BEARER)].lower() == _BEARER:
            if await self._login.admits(authorization[len(_BEARER) :].strip()):
                return None
        elif self._login.knows(headers.get("cookie", "")):
            return None
        if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            return RedirectResponse(LOGIN, 303)
        return PlainTextResponse("A token is needed.\n", 401, {"www-authenticate": "Bearer"})

    def _limited(self, receive: Receive) -> Receive:
        """Return the request's body, refused once it is too long or takes too long."""
        limits, taken = self._limits, 0
        until = asyncio.get_running_loop().time() + limits.body_seconds
        whole = False

        async def receiving() -> Message:
            nonlocal taken, whole
            if whole:  # waiting for the end of the connection
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, "The request took too long.\n", {"connection": "close"}) from None
            taken += len(message.get("body", b""))
            if taken > limits.body_bytes:
                text = f"A request may have {limits.body_bytes} bytes at most.\n"
                raise HTTPException(413, text, {"connection": "close"})
            whole = not message.get("more_body", False)
            return message

        return receiving


def _headers(scope: Any) -> dict[str, str]:
    """Return a request's headers, the last of each name; h11 lets through one `Host` only."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _head_bytes(scope: Any) -> int:
    fields = sum(len(name) + len(value) + len(": \r\n") for name, value in scope["headers"])
    return fields + len(scope.get("raw_path", b"")) + len(scope["query_string"])
