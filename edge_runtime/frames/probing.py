"""Why a stream cannot be opened, found out with one request of our own: OpenCV only says that it cannot."""

import hashlib
import re
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass

from edge_runtime.errors import SourceError
from edge_runtime.frames.addresses import Address, parsed, redacted

PROBE_SECONDS = 3.0

_LONGEST_ANSWER = 65536


@dataclass(frozen=True)
class _Answer:
    status: int
    reason: str
    headers: dict[str, list[str]]
    body: str

    def first(self, name: str) -> str:
        return self.headers.get(name, [""])[0]


def why_not(spec: str) -> SourceError:
    """Ask a server what is wrong.

    Args:
        spec: The address that could not be opened.

    Returns:
        One sentence with the remedy, free of names and passwords.
    """
    name = redacted(spec)
    address = parsed(spec)
    where = f"{address.host}:{address.port}"
    try:
        answer = _asked(address)
    except socket.gaierror:
        return SourceError(f"{name}: there is no host {address.host}; check its name and the network")
    except ConnectionRefusedError:
        return SourceError(f"{name}: {where} refuses the connection; check the port and that the server is running")
    except TimeoutError:
        return SourceError(
            f"{name}: {where} does not answer; check the address, and that it is switched on and in reach"
        )
    except ssl.SSLError as error:
        return SourceError(f"{name}: no secure connection to {where} ({error.reason or 'unknown'}); check the address")
    except OSError as error:
        reason = error.strerror or "the connection broke off"
        return SourceError(f"{name}: {where} cannot be reached ({reason}); check the address and the network")
    return SourceError(f"{name}: {_meaning(answer, address)}")


def _meaning(answer: _Answer | None, address: Address) -> str:
    if answer is None:
        return f"{address.host}:{address.port} does not speak {address.scheme.upper()}; check the port"
    if answer.status == 401:
        if address.user is None:
            return f"asks for a name and password; write {address.scheme}://name:password@{address.host}/..."
        return "refuses the name or password; check both"
    if answer.status == 403:
        return "forbids it to this user (403); check the rights of the user on the camera"
    if answer.status in (404, 454):
        return f"there is no such stream on {address.host} (404); check what follows the host"
    if 300 <= answer.status < 400:
        return f"leads on to {redacted(answer.first('location'))}, which cannot be read; use that address"
    if answer.status >= 400:
        return f'the server answers "{answer.status} {answer.reason}"; look into its log, or try again later'
    if address.scheme.startswith("rtsp"):
        if not re.search(r"^m=video", answer.body, re.MULTILINE):
            return "the stream has no video; check what follows the host"
        codec = re.search(r"^a=rtpmap:\d+ ([\w.-]+)", answer.body, re.MULTILINE)
        return f"the video ({codec[1] if codec else 'no codec named'}) cannot be read; have the camera send H.264"
    kind = answer.first("content-type").partition(";")[0] or "no content type"
    if kind == "text/html":
        return "a web page, not a stream; use the address of the stream in it"
    return f"what comes ({kind}) is not a video that can be read, or too slow to begin; check what follows the host"


def _asked(address: Address) -> _Answer | None:
    """The server's answer to DESCRIBE or GET, signed in where the address has a name; None where it is no answer."""
    answer = _request(address, None)
    if answer is None or answer.status != 401 or address.user is None:
        return answer
    signed = _authorization(answer.headers.get("www-authenticate", []), _method(address), address)
    return _request(address, signed) if signed else answer


def _method(address: Address) -> str:
    return "DESCRIBE" if address.scheme.startswith("rtsp") else "GET"


def _request(address: Address, authorization: str | None) -> _Answer | None:
    if address.scheme.startswith("rtsp"):
        lines = [f"DESCRIBE {address.plain} RTSP/1.0", "CSeq: 1", "Accept: application/sdp"]
    else:
        lines = [f"GET {address.target} HTTP/1.1", f"Host: {address.host}:{address.port}", "Connection: close"]
    lines.append("User-Agent: edge-caption")
    if authorization:
        lines.append(f"Authorization: {authorization}")
    with socket.create_connection((address.host, address.port), PROBE_SECONDS) as plain:
        connection = plain
        if address.scheme in ("https", "rtsps"):
            # FFmpeg does not check certificates either, and those of cameras are seldom signed.
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            connection = context.wrap_socket(plain, server_hostname=address.host)
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return _read(connection, address.scheme.startswith("rtsp"))


def _read(connection: socket.socket, with_body: bool) -> _Answer | None:
    received = b""
    while len(received) < _LONGEST_ANSWER:
        head, found, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
        if found and not (with_body and length and len(body) < int(length[1])):
            break
        part = connection.recv(4096)
        if not part:
            break
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    status = re.match(r"(?:HTTP|RTSP)/\d\.\d (\d{3}) ?(.*)", first)
    if status is None:
        return None
    headers: dict[str, list[str]] = {}
    for line in lines:
        key, _, value = line.partition(":")
        headers.setdefault(key.strip().lower(), []).append(value.strip())
    return _Answer(int(status[1]), status[2].strip(), headers, body.decode("utf-8", "replace"))


def _authorization(challenges: list[str], method: str, address: Address) -> str | None:
    """What signs in: Digest (RFC 2617, MD5) where it is offered, or Basic (RFC 7617)."""
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
