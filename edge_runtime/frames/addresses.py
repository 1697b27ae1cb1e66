"""Addresses of streams: their parts, and how they are written without a secret."""

import re
import urllib.parse
from dataclasses import dataclass

from edge_runtime.errors import SourceError

SCHEMES = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
"""Kinds of stream that can be opened, with their usual ports."""

_HIDDEN = "***"

_KEYS = frozenset(
    "audio "  # noqa: SIM905 - a list would take a line a word
    "bitrate cam camera ch channel channelid chn codec compression enablesrtp fmt format fps framerate h height inst mirror "
    "mode multicast profile proto quality rate res resolution rotation size stream streamid streamtype subchannel substream "
    "subtype track transport type unicast video videocodec w width".split()
)
"""Parameters whose values tell nothing secret; of all others, the value is hidden. In lower case, without `_` and `-`."""

_WORDS = frozenset(
    "amp "  # noqa: SIM905
    "app asp audio av avc axis back bin cam camera cams cgi ch chan channel channels clip clips codec default "
    "defaultprimary door driveway dual enable entrance entry first fmp fps front garage garden gate h hall hd height hevc "
    "hi high hls htm html image img index input inside jpeg jpg k kitchen left live livestream lo local low m main media "
    "mjpeg mjpg mkv mobile monitor mov mp mpeg mpegts ms multi office one onvif original output outside p page php pic "
    "picture play playlist porch preview primary profile push qhd real realmonitor rear res right room rtp rtsp rtsps scan "
    "sd sdp second secondary shot side smp snap snapshot src srtp stable stairs still stream streaming streams street sub "
    "substream tcp test third three track trackid ts two u udp uhd uni unicast v vid video videostream view w webcam webm "
    "width x yard".split()
)
"""Words that cameras' makers and owners write in paths; a part of a path that holds any other may be a key, and is hidden."""

_SHORT = 3
"""A part of a path with so few characters is no secret."""
_DIGITS, _ALL_DIGITS = 4, 6
"""Longer numbers may be one, and so may more digits together; but for a size: 1920x1080."""


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
        """Return the address without name and password, for a request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.target}"


def scheme_of(spec: str) -> str | None:
    """Return what stands before `://`, in lower case; None where nothing does."""
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
    # A line break would let what follows pass for a line of the request.
    if not host or re.search(r"[\s@]", parts.path) or re.search(r"[\x00-\x20\x7f]", spec):
        raise SourceError(
            f"{redacted(spec)}: not an address of a stream; write {scheme}://name:password@host:port/path, "
            "and characters such as / @ # or a space as %2F %40 %23 %20"
        )
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    user = urllib.parse.unquote(parts.username) if parts.username is not None else None
    return Address(scheme, host, port or SCHEMES[scheme], target, user, urllib.parse.unquote(parts.password or ""))


def redacted(spec: str) -> str:
    """Return a source as it may be shown.

    Of an address only what is known to be harmless is left: neither name nor password, of parameters the values of `_KEYS` alone,
    of the path the parts made of `_WORDS` and short numbers. Anything else may be a key. A path of a file is left as it is.
    """
    if scheme_of(spec) is None:
        return spec
    scheme, _, rest = spec.partition("://")
    end = re.search(r"[/?#]", rest)
    authority, path = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    if "@" in authority:
        authority = authority.rpartition("@")[2]
    elif "@" in path and _cuts_a_password(authority, path):
        # The password holds a slash that should have been %2F: what looks like a path is its second half.
        rest = path.rpartition("@")[2]
        end = re.search(r"[/?#]", rest)
        authority, path = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    host, colon, port = authority.rpartition(":")
    if colon and not authority.endswith("]") and not port.isdigit():
        authority = f"{host}:{_HIDDEN}"
    return f"{scheme}://{authority}{_shown_path(path)}"


def unaddressed(spec: str) -> str:
    """Return what is neither a file nor an address as it may be shown: its `rtsp://` may have been left out or mistyped."""
    rest = re.sub(r".*:.*@", "", spec, flags=re.DOTALL)
    if rest != spec:
        host, slash, path = rest.partition("/")
        return host + _shown_path(slash + path)
    path, mark, query = spec.partition("?")
    return path + (mark + _shown_query(query) if "=" in query else mark + query)


def _cuts_a_password(authority: str, path: str) -> bool:
    """Return whether the colon before a path with an @ in it stands between a name and a password, not before a port."""
    _, colon, port = authority.rpartition(":")
    if not colon or authority.endswith("]"):
        return False
    behind = re.split(r"[/?#]", path.rpartition("@")[2])[0]
    before = re.split(r"[?#]", path)[0]
    return not port.isdigit() or ("@" in before and ("." in behind or not _is_harmless(behind)))


def _shown_path(text: str) -> str:
    before, hash_mark, fragment = text.partition("#")
    path, mark, query = before.partition("?")
    shown = "/".join(part if _is_harmless(part) else _HIDDEN for part in path.split("/"))
    return shown + (mark and mark + _shown_query(query)) + (hash_mark and hash_mark + (fragment and _HIDDEN))


def _shown_query(query: str) -> str:
    return "".join(part if part in "&;" else _shown_parameter(part) for part in re.split("([&;])", query))


def _shown_parameter(text: str) -> str:
    key, equals, value = text.partition("=")
    if not value:
        return text if _is_harmless(key) else _HIDDEN
    if re.sub(r"[_-]", "", key.lower()) in _KEYS:
        return key + equals + (value if _is_harmless(value) else _HIDDEN)
    return (key if re.fullmatch(r"[A-Za-z_.-]{1,20}", key) else _HIDDEN) + equals + _HIDDEN


def _is_harmless(text: str) -> bool:
    """Return whether a part of a path, or a value, is made of known words and short numbers alone."""
    if not re.fullmatch(r"[A-Za-z0-9_.,:@~+ -]*", text):
        return False
    if len(text) <= _SHORT:
        return True
    digits = re.findall(r"\d+", text)
    if max(map(len, digits), default=0) > _DIGITS:
        return False
    if len("".join(digits)) > _ALL_DIGITS and not re.fullmatch(r"\d+x\d+", text):
        return False
    # "MediaInput" is two words, and so is "AVStream"; "defaultPrimary" is looked up whole as well.
    return any(
        all(word.lower() in _WORDS for word in re.findall(letters, text))
        for letters in (r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", r"[A-Za-z]+")
    )
