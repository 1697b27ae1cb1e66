"""Addresses of streams: their parts, and how they are written without a password."""

import re
import urllib.parse
from dataclasses import dataclass

from edge_runtime.errors import SourceError

SCHEMES = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
"""Kinds of stream that can be opened, with their usual ports."""

_SECRET = re.compile(r"(?i)([?&;](?:[\w.-]*(?:pass|pwd|token|secret|auth|key)[\w.-]*|psw|pw)=)[^&;#]*")
"""Cameras that take their password as a parameter of the address are common."""


@dataclass(frozen=True)
class Address:
    """The parts of a stream's address.

    Attributes:
        scheme: One of `SCHEMES`.
        host: Name or number of the host.
        port: As written, or the usual one.
        target: Path and query, at least "/".
        user: Name to sign in with, decoded; None where there is none.
        password: Decoded; empty where there is none.
    """

    scheme: str
    host: str
    port: int
    target: str
    user: str | None
    password: str

    @property
    def plain(self) -> str:
        """The address without name and password, for a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.target}"


def scheme_of(spec: str) -> str | None:
    """What stands before `://`, in lower case; None where nothing does."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", spec)
    return found[1].lower() if found else None


def parsed(spec: str) -> Address:
    """Take an address apart.

    Raises:
        SourceError: It is no address of a stream.
    """
    scheme = scheme_of(spec) or ""
    if scheme not in SCHEMES:
        raise SourceError(f"{redacted(spec)}: streams of this kind cannot be read; use rtsp://, http:// or https://")
    try:
        parts = urllib.parse.urlsplit(spec)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or re.search(r"[\s@]", parts.path):
        raise SourceError(
            f"{redacted(spec)}: not an address of a stream; write {scheme}://name:password@host:port/path, "
            "and characters such as / @ # in a password as %2F %40 %23"
        )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    user = urllib.parse.unquote(parts.username) if parts.username is not None else None
    return Address(scheme, host, port or SCHEMES[scheme], target, user, urllib.parse.unquote(parts.password or ""))


def redacted(spec: str) -> str:
    """A source as it may be shown: an address loses its name and password, and parameters that look like one their value."""
    if scheme_of(spec) is None:
        return spec
    scheme, _, rest = spec.partition("://")
    end = re.search(r"[/?#]", rest)
    authority, path = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    if "@" in authority:
        authority = authority.rpartition("@")[2]
    elif "@" in path and re.search(r":(?!\d+$)(?![^\[]*\])", authority):
        # The password holds a slash that should have been %2F: what looks like a path is its second half.
        authority, path = path.rpartition("@")[2], ""
    return f"{scheme}://{authority}" + _SECRET.sub(r"\1***", path)
