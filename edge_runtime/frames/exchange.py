"""One question to a server and its answer, within one deadline: DESCRIBE over RTSP, GET over HTTP."""

import concurrent.futures
import hashlib
import re
import socket
import ssl
import threading
import time
import urllib.parse
from base64 import b64encode
from dataclasses import dataclass, replace

from edge_runtime.frames.addresses import Address, parsed, scheme_of

_LONGEST_ANSWER = 65536
_MOST_REDIRECTS = 5
_GRACE_SECONDS = 0.2
"""What an exchange that notices its deadline needs beyond it to say so."""


@dataclass(frozen=True)
class Answer:
    """What a server said.

    Attributes:
        address: Whom it was asked from, redirects followed.
        status: Three digits.
        reason: The words behind them, as the server wrote them.
        headers: By name in lower case.
        body: As far as it was read: of RTSP all of it, of HTTP only whether there is one.
    """

    address: Address
    status: int
    reason: str
    headers: dict[str, list[str]]
    body: str

    def first(self, name: str) -> str:
        """Return a header's first value; empty where there is none."""
        return self.headers.get(name, [""])[0]

    @property
    def kind(self) -> str:
        """Return the type of what comes, without its parameters, in lower case; empty where it is not named."""
        return self.first("content-type").partition(";")[0].strip().lower()


def asked(address: Address, seconds: float) -> Answer | None:
    """Ask for a stream, signed in where the address has a name; redirects of HTTP are followed.

    Args:
        address: What is asked for.
        seconds: For all of it together: the name's look-up, connections, headers and bodies, however slowly they drip.

    Returns:
        The last answer, itself a redirect where it leads to what cannot be asked, or in circles; None where it is no answer of
        this protocol.

    Raises:
        TimeoutError: The time is over.
        OSError: The server cannot be reached.
    """
    found: concurrent.futures.Future[Answer | None] = concurrent.futures.Future()
    deadline = time.monotonic() + seconds

    def ask() -> None:
        try:
            found.set_result(_followed(address, deadline))
        except Exception as error:
            found.set_exception(error)

    # In a thread of its own, for the look-up of a name knows no deadline.
    threading.Thread(target=ask, name="probe", daemon=True).start()
    try:
        return found.result(seconds + _GRACE_SECONDS)
    except concurrent.futures.TimeoutError:
        raise TimeoutError from None


def _followed(address: Address, deadline: float) -> Answer | None:
    for _ in range(_MOST_REDIRECTS):
        answer = _signed_in(address, deadline)
        location = answer.first("location") if answer is not None and 300 <= answer.status < 400 else ""
        target = urllib.parse.urljoin(address.plain, location) if location else ""
        if not address.scheme.startswith("http") or scheme_of(target) not in ("http", "https"):
            return answer
        try:
            further = parsed(target)
        except OSError:
            return answer
        if (further.host, further.port, further.user) == (address.host, address.port, None):
            # A password is for the server that it was given for.
            further = replace(further, user=address.user, password=address.password)
        address = further
    return answer


def _signed_in(address: Address, deadline: float) -> Answer | None:
    answer = _request(address, None, deadline)
    if answer is None or answer.status != 401 or address.user is None:
        return answer
    signed = _authorization(answer.headers.get("www-authenticate", []), _method(address), address)
    return _request(address, signed, deadline) if signed else answer


def _method(address: Address) -> str:
    return "DESCRIBE" if address.scheme.startswith("rtsp") else "GET"


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _request(address: Address, authorization: str | None, deadline: float) -> Answer | None:
    if address.scheme.startswith("rtsp"):
        lines = [f"DESCRIBE {address.plain} RTSP/1.0", "CSeq: 1", "Accept: application/sdp"]
    else:
        lines = [f"GET {address.target} HTTP/1.1", f"Host: {address.host}:{address.port}", "Connection: close"]
    lines.append("User-Agent: edge-caption")
    if authorization:
        lines.append(f"Authorization: {authorization}")
    with socket.create_connection((address.host, address.port), _left(deadline)) as plain:
        connection = plain
        if address.scheme in ("https", "rtsps"):
            # FFmpeg does not check certificates either, and those of cameras are seldom signed.
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            connection.settimeout(_left(deadline))
            connection = context.wrap_socket(plain, server_hostname=address.host)
        connection.settimeout(_left(deadline))
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return _read(connection, address, deadline)


def _read(connection: socket.socket, address: Address, deadline: float) -> Answer | None:
    received = b""
    while len(received) < _LONGEST_ANSWER:
        head, found, body = received.partition(b"\r\n\r\n")
        try:
            if found and _is_enough(head, body, address):
                break
            connection.settimeout(_left(deadline))
            part = connection.recv(4096)
        except TimeoutError:
            if not found:
                raise
            break  # the headers say enough
        if not part:
            break
        received += part
    if not received:
        raise ConnectionResetError
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    status = re.match(r"(?:HTTP|RTSP)/\d\.\d (\d{3}) ?(.*)", first)
    if status is None:
        return None
    headers: dict[str, list[str]] = {}
    for line in lines:
        key, _, value = line.partition(":")
        headers.setdefault(key.strip().lower(), []).append(value.strip())
    return Answer(address, int(status[1]), status[2].strip(), headers, body.decode("utf-8", "replace"))


def _is_enough(head: bytes, body: bytes, address: Address) -> bool:
    """Return whether nothing more is to be read: a description whole, of anything else the first bytes."""
    length = re.search(rb"(?i)\ncontent-length: *(\d{1,9})\b", head)
    if address.scheme.startswith("rtsp"):
        return not length or len(body) >= int(length[1])
    success = re.match(rb"HTTP/\d\.\d 2", head)
    return bool(body) or not success or (length is not None and int(length[1]) == 0)


def _authorization(challenges: list[str], method: str, address: Address) -> str | None:
    """Return what signs in: Digest (RFC 2617, MD5) where it is offered, or Basic (RFC 7617)."""
    user = address.user or ""
    for challenge in challenges:
        if challenge.lower().startswith("digest "):
            found = re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', challenge)
            fields = {key.lower(): quoted or bare for key, quoted, bare in found}
            uri = address.plain if address.scheme.startswith("rtsp") else address.target
            realm, nonce = fields.get("realm", ""), fields.get("nonce", "")
            who, what = _md5(f"{user}:{realm}:{address.password}"), _md5(f"{method}:{uri}")
            answer = f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}"'
            if "qop" in fields:
                response = _md5(f"{who}:{nonce}:00000001:edgecaption:auth:{what}")
                answer += ', qop=auth, nc=00000001, cnonce="edgecaption"'
            else:
                response = _md5(f"{who}:{nonce}:{what}")
            return f'{answer}, response="{response}"' + (f', opaque="{fields["opaque"]}"' if "opaque" in fields else "")
    if any(challenge.lower().startswith("basic") for challenge in challenges):
        return "Basic " + b64encode(f"{user}:{address.password}".encode()).decode()
    return None


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
