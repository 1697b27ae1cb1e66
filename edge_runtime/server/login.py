"""How a browser gets a cookie for the token."""

import asyncio
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from edge_runtime.server.token import Token

LOGIN, LOGOUT = "/login", "/logout"
_FIELD = "token"
_WRONG_SECONDS = 0.5
"""That a wrong token takes, and others that come meanwhile wait for."""
_KEPT_SECONDS = 90 * 86400
_PLACE = "<!-- told -->"
_WRONG = '<p class="wrong" role="alert" id="told">That is not the token.</p>'


class Login:
    """Routes for a page with one field, and the check of what comes back.

    Args:
        token: What opens the server.
        name: Of the cookie: browsers do not tell the ports of a host apart, so each has its own.
        page: The page, with `<!-- told -->` where a failure is told.
    """

    def __init__(self, token: Token, name: str, page: str) -> None:
        self._token, self._name, self._page = token, name, page
        self._slow = asyncio.Lock()

    @property
    def routes(self) -> list[Route]:
        """Return the routes of an application that has this login."""
        return [
            Route(LOGIN, self._show, methods=["GET"]),
            Route(LOGIN, self._take, methods=["POST"]),
            Route(LOGOUT, self._leave, methods=["POST"]),
        ]

    async def admits(self, guess: str) -> bool:
        """Return whether a guess is the token; wrong ones are answered one after the other, slowly."""
        if self._token.matches(guess):
            return True
        async with self._slow:
            await asyncio.sleep(_WRONG_SECONDS)
        return False

    def knows(self, cookies: str) -> bool:
        """Return whether a browser has been here.

        Args:
            cookies: The header.
        """
        try:
            found = SimpleCookie(cookies).get(self._name)
        except CookieError:
            return False
        return found is not None and self._token.matches_cookie(found.value)

    async def _show(self, request: Request) -> Response:
        return HTMLResponse(self._page)

    async def _take(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=4)
        if not await self.admits(form.get(_FIELD, [""])[0].strip()):
            return HTMLResponse(self._page.replace(_PLACE, _WRONG), 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            self._name,
            self._token.cookie,
            max_age=_KEPT_SECONDS,
            httponly=True,
            samesite="strict",
            # Through a proxy with TLS the browser says so itself, and may then send it through that alone.
            secure=request.headers.get("origin", "").startswith("https://"),
        )
        return answer

    async def _leave(self, request: Request) -> Response:
        answer = RedirectResponse(LOGIN, 303)
        answer.delete_cookie(self._name, httponly=True, samesite="strict")
        return answer
