"""Why a stream cannot be opened, and whether it has an end, found out with a request of our own: OpenCV says neither."""

import re
import socket
import ssl
import urllib.parse

from edge_runtime.errors import SourceAwayError, SourceError
from edge_runtime.frames.addresses import Address, parsed, redacted
from edge_runtime.frames.exchange import Answer, asked

PROBE_SECONDS = 3.0
"""For the whole exchange with the server, redirects included."""

_READ_CODECS = ("H264", "H265", "JPEG", "MP4V-ES", "MPEG4-GENERIC", "VP8", "VP9", "MPV", "MP2T")
"""What OpenCV decodes of the codecs that RTSP names: a stream of one that does not begin is slow, not wrong."""
_LATER = (408, 425, 429)
"""Statuses below 500 that pass."""
_IN_GENERAL = re.compile(r"(video|image|multipart)/|application/octet-stream|$")
"""Kinds of content that a camera may name."""
_PLAYLISTS = re.compile(r"mpegurl|dash\+xml|scpls")
_BOUNDLESS = 1 << 30
"""Bytes; servers that must name a length for a stream without an end write one like it."""
_LONGEST_QUOTE = 60


def why_not(spec: str, name: str | None = None, slow: bool = False) -> SourceError:
    """Ask a server what is wrong.

    Args:
        spec: The address that could not be opened.
        name: How the source is called, without a secret; the address without its secrets unless told otherwise.
        slow: Whether it was given up for the time that it took.

    Returns:
        One sentence with the remedy, free of names and passwords; a `SourceAwayError` where waiting may help.
    """
    name = name or redacted(spec)
    address = parsed(spec)
    where = f"{address.host}:{address.port}"
    away = True
    try:
        answer = asked(address, PROBE_SECONDS)
    except socket.gaierror:
        why = f"there is no host {address.host}; check its name and the network"
    except ConnectionRefusedError:
        why = f"{where} refuses the connection; check the port and that the server is running"
    except TimeoutError:
        why = f"{where} does not answer; check the address, and that it is switched on and in reach"
    except ssl.SSLError as error:
        away = isinstance(error, ssl.SSLEOFError)
        why = f"no secure connection to {where} ({error.reason or 'unknown'}); check the address"
    except OSError as error:
        why = f"{where} cannot be reached ({error.strerror or 'the connection broke off'}); check the address and the network"
    except UnicodeError:
        away, why = False, "not a name that a host can have; check the address"
    else:
        away, why = _meaning(answer, address, slow)
    # Whatever a server writes, it must not steer the terminal on which it is read.
    why = "".join(character if character.isprintable() else "?" for character in why)
    return (SourceAwayError if away else SourceError)(f"{name}: {why}")


def has_end(spec: str) -> bool:
    """Return whether what a server sends over HTTP is a file, which is whole once it has come and comes again if asked for.

    Args:
        spec: The address.
    """
    try:
        answer = asked(parsed(spec), PROBE_SECONDS)
    except (OSError, UnicodeError):
        return False
    if answer is None or not 200 <= answer.status < 300 or answer.kind.startswith("multipart/"):
        return False
    if _PLAYLISTS.search(answer.kind):
        return False
    length = answer.first("content-length")
    return answer.kind.startswith("image/") or (length.isdecimal() and int(length[:18]) < _BOUNDLESS)


def _meaning(answer: Answer | None, address: Address, slow: bool) -> tuple[bool, str]:
    """Return whether waiting may help, and what is wrong."""
    if answer is None:
        return False, f"{address.host}:{address.port} does not speak {address.scheme.upper()}; check the port"
    if answer.status == 401:
        if address.user is None:
            return False, f"asks for a name and password; write {address.scheme}://name:password@{address.host}/..."
        return False, "refuses the name or password; check both"
    if answer.status == 403:
        return False, "forbids it to this user (403); check the rights of the user on the camera"
    if answer.status in (404, 410, 454):
        return False, f"there is no such stream on {answer.address.host} (404); check what follows the host"
    if 300 <= answer.status < 400:
        leads = redacted(urllib.parse.urljoin(answer.address.plain, answer.first("location")))
        if address.scheme.startswith("http") and leads.startswith("http"):
            return False, f"leads from one address to another without an end, at last to {leads}; use the right one"
        return False, f"leads on to {leads}, which cannot be read; use that address"
    if answer.status >= 400:
        passes = answer.status >= 500 or answer.status in _LATER
        said = f"{answer.status} {answer.reason[:_LONGEST_QUOTE]}".strip()
        return passes, f'the server answers "{said}"; look into its log, or try again later'
    return _meaning_of_rtsp(answer) if address.scheme.startswith("rtsp") else _meaning_of_http(answer, slow)


def _meaning_of_rtsp(answer: Answer) -> tuple[bool, str]:
    described = answer.body.partition("m=video")
    if not re.search(r"^m=video", answer.body, re.MULTILINE):
        return False, "the stream has no video; check what follows the host"
    codec = re.search(r"^a=rtpmap:\d+ ([\w.-]{1,32})", described[2], re.MULTILINE)
    if codec and codec[1].upper() in _READ_CODECS:
        return True, f"the video ({codec[1]}) does not begin; check the camera, and that nothing blocks its packets"
    return False, f"the video ({codec[1] if codec else 'no codec named'}) cannot be read; have the camera send H.264"


def _meaning_of_http(answer: Answer, slow: bool) -> tuple[bool, str]:
    kind = answer.kind[:_LONGEST_QUOTE] or "no content type"
    if kind == "text/html":
        return False, "a web page, not a stream; use the address of the stream in it"
    if not answer.body and _IN_GENERAL.match(answer.kind):
        return True, f"the server answers, and sends nothing ({kind}); check that the camera is running"
    if kind.startswith("multipart/"):
        return True, f"what comes ({kind}) does not begin, or too slowly; check the network, or take a smaller stream"
    if slow:
        return (
            False,
            f"what comes ({kind}) comes too slowly to be read, or is no video; check the network and the address",
        )
    return False, f"what comes ({kind}) is not a video that can be read; check what follows the host"
