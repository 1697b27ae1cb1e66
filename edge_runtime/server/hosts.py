"""Under which names a server may be asked, so that no page from elsewhere can reach it through a browser.

A page of another site may give its own name the address of this machine ("DNS rebinding") and then read what is
served here. The browser tells the name that it looked up as `Host`, and where a request came from as `Origin` and
`Sec-Fetch-Site`.
"""

import re
import socket
from collections.abc import Iterable, Mapping

from edge_runtime.server.address import Address, ip_address

_LOCAL = frozenset({"localhost"})
_WITH_PORT = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:/@?#\s]+)(?::(\d{1,5}))?")
_USUAL_PORTS = ("80", "443", None)


class Hosts:
    """The names that are answered.

    An IP address cannot be given a new meaning by another site's name server, so any goes where the server is open to the network;
    one that only this machine reaches is asked by a loopback address or as `localhost`.

    Args:
        address: Where the server listens.
        further: Names that the user says it has besides, such as a proxy's.
    """

    def __init__(self, address: Address, further: Iterable[str] = ()) -> None:
        names = {name.lower().rstrip(".") for name in further} | _LOCAL
        if ip_address(address.host) is None:
            names.add(address.host)
        self._loopback = address.is_loopback
        if not self._loopback:
            own = socket.gethostname().lower()
            names |= {own, f"{own.partition('.')[0]}.local"}
        self._names = frozenset(names)

    def allows_host(self, host: str) -> bool:
        """Return whether a request that is addressed so is answered.

        Args:
            host: The header, with or without a port.
        """
        found = _WITH_PORT.fullmatch(host)
        if found is None:
            return False
        name = found[1].strip("[]").lower().rstrip(".")
        address = ip_address(name)
        if address is not None and (address.is_loopback or not self._loopback):
            return True
        return name in self._names

    def allows_origin(self, headers: Mapping[str, str]) -> bool:
        """Return whether a request comes from our own page, from the address bar, or from no browser.

        Args:
            headers: Of the request, names in small letters.
        """
        origin = headers.get("origin")
        if origin is not None:
            scheme, there, place = origin.partition("://")
            # Which scheme the browser speaks is a proxy's business that stands before us.
            return bool(there) and scheme in ("http", "https") and _same(place, headers.get("host", ""))
        site = headers.get("sec-fetch-site", "none")
        # A link from another site may be followed; a picture or a script from here may not be put into its page.
        return site in ("none", "same-origin") or headers.get("sec-fetch-mode") == "navigate"


def _same(origin: str, host: str) -> bool:
    first, second = _WITH_PORT.fullmatch(origin.lower()), _WITH_PORT.fullmatch(host.lower())
    if first is None or second is None or first[1] != second[1]:
        return False
    return first[2] == second[2] or (first[2] in _USUAL_PORTS and second[2] in _USUAL_PORTS)
