"""Where a server listens."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Self

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import OptionError

_MOST_PORT = 65535
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
"""Of a host; underscores and other letters are no names of hosts."""
_LOCAL = "localhost"


@dataclass(frozen=True)
class Address:
    """Host and port.

    Attributes:
        host: A name or an IP address, without brackets.
        port: 0 for any that is free.
    """

    host: str
    port: int

    @classmethod
    def parse(cls, option: str, text: str) -> Self:
        """Read `HOST:PORT`, an IPv6 address in brackets.

        Args:
            option: What messages call it: `--web`.
            text: As the user wrote it.

        Raises:
            OptionError: It is none.
        """
        host, colon, port = text.rpartition(":")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        if not (colon and _is_host(bare, bracketed=bare != host) and port.isascii() and port.isdigit()):
            raise OptionError(f"{option} {plain(shortened(text))}: must be HOST:PORT, such as 127.0.0.1:8080")
        if len(port) > len(str(_MOST_PORT)) or int(port) > _MOST_PORT:
            raise OptionError(f"{option} {plain(shortened(text))}: the port must be 0 to {_MOST_PORT}")
        return cls(bare.lower(), int(port))

    @property
    def is_loopback(self) -> bool:
        """Return whether only programs of this machine reach it. A name other than `localhost` may lead anywhere."""
        found = ip_address(self.host)
        return self.host == _LOCAL if found is None else found.is_loopback

    @property
    def bound(self) -> str:
        """Return the host to listen on: `localhost` is not looked up, so that it is here whatever a name server says."""
        return "127.0.0.1" if self.host == _LOCAL else self.host

    @property
    def url(self) -> str:
        """Return where a browser finds it."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"


def ip_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an IP address; None of a text that is none."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_host(text: str, bracketed: bool) -> bool:
    found = ip_address(text)
    if bracketed or found is not None:
        return found is not None and bracketed == (found.version == 6)
    # Digits and dots alone are an IP address that is written wrongly.
    return bool(_NAME.fullmatch(text)) and not re.fullmatch(r"[\d.]+", text)
