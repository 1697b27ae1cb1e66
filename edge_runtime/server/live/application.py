"""The live page's application: its routes behind the guard."""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.types import ASGIApp

from edge_runtime.server.address import Address
from edge_runtime.server.files import page_files
from edge_runtime.server.guard import Guard
from edge_runtime.server.hosts import Hosts
from edge_runtime.server.limits import Limits
from edge_runtime.server.live.api import Api, not_found
from edge_runtime.server.live.page import LivePage
from edge_runtime.server.live.streams import Streams
from edge_runtime.server.login import Login
from edge_runtime.server.token import Token

_PUBLIC = ("style.css", "icon.svg")
"""Files that the page of the login needs."""
_START, _LOGIN = "index.html", "login.html"


def application(
    page: LivePage, address: Address, limits: Limits, names: Iterable[str] = (), token: str | None = None
) -> ASGIApp:
    """Return what answers.

    Args:
        page: What is known.
        address: Where it listens.
        limits: What clients may cost.
        names: Under which it is asked besides.
        token: What opens it; None where everybody on this machine may ask.
    """
    files = page_files("edge_runtime.server", "page")
    login = None
    if token is not None:
        form = files[_LOGIN].content.decode()
        login = Login(Token(token, "the live page"), f"edge-caption-{address.port}", form)
    routes = [
        files[_START].route("/"),
        *(file.route(f"/page/{name}") for name, file in files.items() if name not in (_START, _LOGIN)),
        *Api(page).routes,
        *Streams(page).routes,
        *(login.routes if login else ()),
    ]
    app = Starlette(routes=routes, exception_handlers={404: not_found})
    app.router.redirect_slashes = False  # it would answer with the address that the client says it asked
    return Guard(app, Hosts(address, names), limits, login, [f"/page/{name}" for name in _PUBLIC])
