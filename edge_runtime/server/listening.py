"""Sockets that listen."""

import errno
import socket
import threading

from edge_runtime.errors import ServerError
from edge_runtime.server.address import Address

_BACKLOG = 128
_open: dict[Address, list[socket.socket]] = {}
"""Those of this process."""
_guarding = threading.Lock()


def listen(called: str, address: Address) -> socket.socket:
    """Listen on an address.

    One that this process listens on already is shared: a server whose options have changed begins before the one that it follows ends.

    Args:
        called: What messages call it: `--web 127.0.0.1:8080`.
        address: Where.

    Raises:
        ServerError: Another program does, or it cannot be had.
    """
    with _guarding:
        before = _still_open(address)
        found = before[0].dup() if before else _bound(called, address)
        _open[Address(address.host, found.getsockname()[1])] = [*before, found]
        return found


def check_listening(called: str, address: Address) -> None:
    """See whether an address could be listened on, and leave nothing behind.

    Raises:
        ServerError: It could not.
    """
    with _guarding:
        if not _still_open(address):
            _bound(called, address).close()


def _still_open(address: Address) -> list[socket.socket]:
    return [one for one in _open.get(address, []) if one.fileno() != -1]


def _bound(called: str, address: Address) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            address.bound, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise ServerError(f"{called}: no such host; name this machine's address, such as 127.0.0.1") from None
    found = socket.socket(family, kind, protocol)
    try:
        # Connections of a server that has ended linger for a minute, and must not keep the next one out.
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address.host != "::"))
        found.bind(place)
        found.listen(_BACKLOG)
        found.setblocking(False)
    except OSError as error:
        found.close()
        raise ServerError(f"{called}: {_why(error, address)}") from None
    return found


def _why(error: OSError, address: Address) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program listens there; end it, or name another port"
    if error.errno == errno.EACCES:
        return f"port {address.port} is for root alone; name one from 1024 on"
    if error.errno == errno.EADDRNOTAVAIL:
        return "not an address of this machine; name one that it has, or 127.0.0.1"
    return f"cannot be listened on ({error.strerror}); name another address"
