"""A thread that serves an application."""

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from edge_runtime.server.connection import Line, connection_class
from edge_runtime.server.limits import Limits

_log = logging.getLogger("edge_runtime.server")

_END_SECONDS = 0.1
"""That answers may still take once the server is to end: a live loop that is stopped has less than a second for everything."""
_PATIENCE = 1
"""Seconds that the library waits for connections, of which by then there are none."""


class _Server(uvicorn.Server):
    """Ends when it is told to, rather than looking ten times a second whether it is."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ended = asyncio.Event()

    async def main_loop(self) -> None:
        await self.ended.wait()


class HttpServer:
    """Serves an application in a thread and an event loop of its own.

    Args:
        app: The application, guarded already.
        limits: What clients may cost.
        ending: Called in the loop when the server is to end, before connections are waited for: it must end what never ends by itself.
    """

    def __init__(self, app: ASGIApp, limits: Limits, ending: Callable[[], None] = lambda: None) -> None:
        self._ending = ending
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_on_loop_error)
        self._lines: set[Line] = set()
        # What a client sends is no news for the user: the library's own log stays silent, and every header is ours.
        config = uvicorn.Config(
            app,
            http=connection_class(limits, self._lines),
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=limits.idle_seconds,
            timeout_graceful_shutdown=_PATIENCE,
            h11_max_incomplete_event_size=limits.head_bytes,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)
        self._listening: socket.socket | None = None
        self.failure: str | None = None

    @property
    def runs(self) -> bool:
        """Return whether it serves."""
        return self._thread.is_alive()

    def start(self, listening: socket.socket) -> None:
        """Begin to serve.

        Args:
            listening: From where connections come; it is closed at the end.
        """
        self._listening = listening
        self._thread.start()

    def call(self, function: Callable[..., object], *arguments: Any) -> None:
        """Have something done in the loop, soon and in turn; may be called from any thread, and does nothing once it has ended."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *arguments)

    def close(self, seconds: float) -> bool:
        """End.

        Args:
            seconds: To wait at the most.

        Returns:
            Whether it has ended.
        """
        if self._thread.ident is None:
            self._loop.close()
            return True
        self.call(self._end)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _end(self) -> None:
        self._ending()
        self._server.ended.set()
        self._loop.call_later(_END_SECONDS, self._cut)

    def _cut(self) -> None:
        for line in list(self._lines):
            line.cut()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._server.serve([self._listening] if self._listening else None))
        except (Exception, SystemExit) as error:  # the library ends the process where it cannot begin
            self.failure = f"{type(error).__name__}: {' '.join(str(error).split())}"
        finally:
            if self._listening is not None:
                self._listening.close()
            self._loop.close()


def _on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    _log.debug("in the server's loop: %s", context.get("message"), exc_info=context.get("exception"))
