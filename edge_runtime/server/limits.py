"""What a client may cost a server."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a client may cost, in bytes and seconds.

    Attributes:
        connections: Open ones; a further one is closed at once.
        head_bytes: Of a request's line and headers.
        head_seconds: Until these are there, from the connection or from their first byte.
        body_bytes: Of a request's body.
        body_seconds: Until it is there.
        idle_seconds: That a connection is kept for a further request.
        stall_seconds: That a client may take nothing of what waits for it.
    """

    connections: int = 256
    head_bytes: int = 16 << 10
    head_seconds: float = 10.0
    body_bytes: int = 16 << 10
    body_seconds: float = 10.0
    idle_seconds: int = 15
    stall_seconds: float = 20.0
