"""A connection with limits that the server library does not have: on the time for a request's head, and on how many are open."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from edge_runtime.server.limits import Limits


class Line:
    """What the application may do with its connection, as `scope["state"]["line"]`.

    Args:
        transport: Of the connection.
        seconds: For a request's head.
    """

    def __init__(self, transport: asyncio.Transport, seconds: float) -> None:
        self._transport, self._seconds = transport, seconds
        self._timer: asyncio.TimerHandle | None = None
        self._busy = False

    @property
    def is_gone(self) -> bool:
        """Return whether nothing that is sent arrives any more."""
        return self._transport.is_closing()

    def expect(self) -> None:
        """A request's head has begun, or the connection: the rest of it must come in time."""
        if not self._busy and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self.cut)

    def heard(self) -> None:
        """The head is there, and is being answered."""
        self._busy = True
        self.forget()

    def answered(self) -> None:
        """The answer has been given."""
        self._busy = False

    def forget(self) -> None:
        """Wait for nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def cut(self) -> None:
        """Close the connection with all that waits to be sent: a client that takes nothing would hold it for minutes."""
        self._transport.abort()


def connection_class(limits: Limits, lines: set[Line]) -> type[H11Protocol]:
    """Return the protocol for connections within limits.

    Args:
        limits: Of each, and of all together.
        lines: Holds every open one.
    """

    class Connection(H11Protocol):
        def __init__(self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
            self._state = dict(app_state)
            super().__init__(config, server_state, self._state, _loop)
            self._line: Line | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > limits.connections:
                transport.abort()
                return
            self._line = self._state["line"] = Line(transport, limits.head_seconds)
            self._line.expect()
            lines.add(self._line)

        def data_received(self, data: bytes) -> None:
            if self._line is not None:
                self._line.expect()
            super().data_received(data)

        def connection_lost(self, exc: Exception | None) -> None:
            if self._line is not None:
                self._line.forget()
                lines.discard(self._line)
            super().connection_lost(exc)

    return Connection
