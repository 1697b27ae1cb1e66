"""A page with what the camera sees, and what has been: `--web`."""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.console.options import option
from edge_runtime.errors import OptionError, ServerError, ServerNotInstalledError, SinkError
from edge_runtime.events import Event
from edge_runtime.frames.base import Frame
from edge_runtime.server.address import Address
from edge_runtime.server.limits import Limits
from edge_runtime.server.listening import check_listening, listen
from edge_runtime.server.token import check_token, find_token
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink

if TYPE_CHECKING:
    from edge_runtime.server.http_server import HttpServer
    from edge_runtime.server.live.page import LivePage

_log = logging.getLogger("edge_runtime.server")

VARIABLE = "EDGE_CAPTION_WEB_TOKEN"
"""Of the environment, instead of `--web-token`."""
_FURTHER_CONNECTIONS = 64
"""Beside those that events and pictures hold."""
_END_SECONDS = 2.0


@dataclass(frozen=True)
class WebKind(SinkKind):
    """Whether there is a page, and who may see it.

    Attributes:
        address: `HOST:PORT` to listen on; None for no page.
        token: What opens it; needed where others than this machine's programs reach the address.
        token_file: A file that holds the token.
        host: Names under which browsers reach it, besides the address.
        clients: That listen for events, at the most.
        viewers: That watch the live picture, at the most.
    """

    table = "web"

    address: str | None = option(
        None, "show a page at this address; any but a loopback one needs a token", metavar="HOST:PORT", flag="web"
    )
    token: str | None = option(
        None,
        f"what opens the page; better in --web-token-file or {VARIABLE}",
        metavar="TOKEN",
        flag="web-token",
        secret=True,
    )
    token_file: str | None = option(None, "file that holds the token", metavar="FILE", flag="web-token-file", path=True)
    host: tuple[str, ...] = option(
        (), "further name under which browsers reach the page, such as a proxy's", metavar="NAME", flag="web-host"
    )
    clients: int = option(
        64, "browsers that are told of events at a time", metavar="N", flag="web-clients", low=1, high=1000
    )
    viewers: int = option(
        64, "browsers that watch the live picture at a time", metavar="N", flag="web-viewers", low=1, high=1000
    )

    def __post_init__(self) -> None:
        """Refuse an address that is none, and a token that keeps nobody out.

        Raises:
            OptionError: It is one.
        """
        super().__post_init__()
        if self.address is not None:
            Address.parse("--web", self.address)
        if self.token is not None:
            check_token("--web-token", self.token)

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        """Yield the one that is asked for.

        Raises:
            OptionError: An address that others reach, without a token; or a token that cannot be had.
        """
        if self.address is None:
            return
        address = Address.parse("--web", self.address)
        token = find_token(self.token, self.token_file, "--web-token", VARIABLE, os.environ)
        if token is None and not address.is_loopback:
            raise OptionError(
                f"--web {self.address}: others than this machine reach this address; add --web-token-file FILE, "
                "or name 127.0.0.1"
            )
        journal = _journal(context)
        yield WantedSink(WebSink(self, address, token, context), key=(self, token, journal, tuple(context.words)))


class WebSink:
    """Serves the page from a thread of its own; what happens is handed over, and nothing here waits for a client.

    Attributes:
        name: For messages.
        wants_frames: Yes, but only of what somebody watches: see `wants`.
    """

    wants_frames = True

    def __init__(self, kind: WebKind, address: Address, token: str | None, context: SinkContext) -> None:
        """Make one.

        Args:
            kind: What is asked for.
            address: Where.
            token: What opens it; None where everybody on this machine may ask.
            context: Of the session.
        """
        self.name = f"--web {kind.address}"
        self._kind, self._address, self._token, self._context = kind, address, token, context
        self._server: HttpServer | None = None
        self._page: LivePage | None = None

    @property
    def address(self) -> Address:
        """Return where it listens, the port that was free where any was asked for."""
        return self._address

    def check(self) -> None:
        """See whether the address can be had, and the packages are there.

        Raises:
            SinkError: They are not.
        """
        self._check_installed()
        try:
            check_listening(self.name, self._address)
        except ServerError as error:
            raise SinkError(str(error)) from None

    def open(self) -> None:
        """Begin to serve.

        Raises:
            SinkError: The address cannot be had, or a package is missing.
        """
        self._check_installed()
        from edge_runtime.server.http_server import HttpServer
        from edge_runtime.server.live.application import application
        from edge_runtime.server.live.page import LivePage
        from edge_runtime.server.live.trial import expressions
        from edge_runtime.server.live.vitals import Vitals

        try:
            listening = listen(self.name, self._address)
        except ServerError as error:
            raise SinkError(str(error)) from None
        self._address = Address(self._address.host, listening.getsockname()[1])
        kind, context = self._kind, self._context
        limits = Limits(connections=kind.clients + kind.viewers + _FURTHER_CONNECTIONS)
        self._page = LivePage(
            [source.name for source in context.sources],
            dict(context.words),
            Vitals(context.health),
            kind.clients,
            kind.viewers,
            journal=_journal(context),
            rules=expressions(),
            configured=_rules(context),
            guarded=self._token is not None,
        )
        app = application(self._page, self._address, limits, kind.host, self._token)
        self._server = HttpServer(app, limits, self._page.close)
        self._server.start(listening)
        _log.info("the page is at %s", self._address.url)

    def adopt(self, context: SinkContext) -> None:
        """Show the sources of another session."""
        if self._page is None or self._server is None or context is self._context:
            return
        from edge_runtime.server.live.vitals import Vitals

        self._context = context
        names = [source.name for source in context.sources]
        self._server.call(self._page.adopt, names, dict(context.words), Vitals(context.health))

    def event(self, event: Event) -> None:
        """Hand an event over.

        Raises:
            SinkError: The server has stopped.
        """
        if self._server is None or self._page is None:
            return
        if not self._server.runs:
            raise SinkError(
                f"{self.name}: the server stopped ({self._server.failure}); start it again, and report this"
            )
        self._server.call(self._page.take, event)

    def wants(self, source: str) -> bool:
        """Return whether somebody watches a source, and the next picture of it is due."""
        return self._page is not None and self._page.pictures.wants(source)

    def frame(self, frame: Frame, caption: str) -> None:
        """Encode a frame, once for all who watch."""
        if self._page is None or self._server is None:
            return
        jpeg = self._page.pictures.encode(frame)
        if jpeg is not None:
            self._server.call(self._page.pictures.show, frame.source, jpeg)

    def close(self) -> None:
        """End for everyone."""
        if self._server is not None:
            self._server.close(_END_SECONDS)

    def _check_installed(self) -> None:
        try:
            import prometheus_client  # noqa: F401
            import starlette  # noqa: F401
            import uvicorn  # noqa: F401
        except ImportError as error:
            raise SinkError(str(not_installed(self.name, error))) from None


def not_installed(called: str, error: ImportError) -> ServerNotInstalledError:
    """Return what is said where a package is missing."""
    return ServerNotInstalledError(f"{called}: needs {error.name}; run: pip install 'edge-caption[web]'")


def _journal(context: SinkContext) -> Path | None:
    """Return the file of the journal that is asked for beside the page."""
    for kind in context.kinds:
        if kind.table == "journal":
            path = getattr(kind, "file", None)
            return None if path is None else Path(path)
    return None


def _rules(context: SinkContext) -> list[dict[str, str]]:
    """Return the rules that are asked for beside the page, by name and expression."""
    # By what a rule is rather than by its class: rules need not be part of the build.
    lists = [value for kind in context.kinds for value in vars(kind).values() if isinstance(value, tuple)]
    rules = [rule for found in lists for rule in found if hasattr(rule, "when")]
    return [{"name": getattr(rule, "called", rule.name), "when": rule.when} for rule in rules]
