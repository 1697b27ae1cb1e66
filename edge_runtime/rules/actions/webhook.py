"""A POST to an address for an alert: JSON, or JSON and the picture."""

import base64
import contextlib
import http.client
import json
import secrets
import socket
import ssl
import threading
import urllib.parse
from dataclasses import dataclass

from edge_runtime import __version__
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import ActionError, RuleError
from edge_runtime.events import AlertEvent

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
"""Seconds before the second try, doubled before each further one, up to the longest."""
_PORTS = {"http": 80, "https": 443}
_AGAIN = (408, 425, 429)
"""Statuses of the client's side after which another try may help."""


@dataclass(frozen=True)
class Url:
    """An address that a POST goes to.

    Attributes:
        scheme: http or https.
        host: Its name or number.
        port: As written, or the usual one.
        target: Path and query.
        authorization: Of name and password, for the header; empty where there are none.
    """

    scheme: str
    host: str
    port: int
    target: str
    authorization: str

    @property
    def shown(self) -> str:
        """Return the address for messages: without name, password, path and query, any of which may be a key."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{plain(shortened(host, 80))}{port}"


def checked_url(text: str) -> Url:
    """Take an address apart.

    Raises:
        RuleError: It is no address of a web server; the message shows nothing of it, for it may hold a key.
    """
    if not text.isascii() or not text.isprintable() or " " in text:
        raise RuleError(
            "webhook: the address holds a space or a letter that no address has; write it as %20, or the like"
        )
    try:
        parts = urllib.parse.urlsplit(text)
        port = parts.port
    except ValueError:
        raise RuleError("webhook: this is no address; write http://host:port/path") from None
    if parts.scheme not in _PORTS:
        raise RuleError("webhook: the address must begin with http:// or https://")
    if not parts.hostname:
        raise RuleError("webhook: the address names no host; write http://host:port/path")
    authorization = ""
    if parts.username is not None:
        pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        authorization = "Basic " + base64.b64encode(pair.encode()).decode()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Url(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], target, authorization)


class WebhookAction:
    """Sends a POST. No redirect is followed, and no proxy of the environment is used: it goes where the address says, or nowhere.

    Args:
        url: The address.
        picture: Whether the picture is sent, too: as `multipart/form-data` with the parts `event` and `picture`.
        timeout: Seconds that one try may take in all.
        retries: Times that it is tried again.
        first_pause: Seconds before the second try.

    Attributes:
        name: For messages.
        workers: How many may run at once.
    """

    workers = 1

    def __init__(
        self, url: str, picture: bool, timeout: float, retries: int, first_pause: float = _FIRST_PAUSE
    ) -> None:
        self._url = checked_url(url)
        self.name = f"webhook {self._url.shown}"
        self._picture, self._timeout, self._retries, self._first_pause = picture, timeout, retries, first_pause
        self._stopping = threading.Event()

    def check(self) -> None:
        """An address is looked for when it is needed."""

    def act(self, alert: AlertEvent) -> None:
        """Send it; again where the server is away, slow, or says that it failed.

        Raises:
            ActionError: It could not be sent, however often it was tried.
        """
        kind, body = _body(alert, self._picture)
        pause = self._first_pause
        for left in range(self._retries, -1, -1):
            try:
                self._post(kind, body)
                return
            except _TryAgainError as error:
                if not left or self._stopping.wait(pause):
                    tries = f", tried {self._retries - left + 1} times" if self._retries > left else ""
                    raise ActionError(f"{self.name}: {error}{tries}") from None
                pause = min(_LONGEST_PAUSE, 2 * pause)

    def stop(self) -> None:
        """Give up further tries."""
        self._stopping.set()

    def _post(self, kind: str, body: bytes) -> None:
        url = self._url
        headers = {"Content-Type": kind, "User-Agent": f"edge-caption/{__version__}", "Connection": "close"}
        if url.authorization:
            headers["Authorization"] = url.authorization
        connection = (
            http.client.HTTPConnection(url.host, url.port, timeout=self._timeout)
            if url.scheme == "http"
            else http.client.HTTPSConnection(
                url.host, url.port, timeout=self._timeout, context=ssl.create_default_context()
            )
        )
        # The timeout of a socket starts anew with every byte; a server that drips them would hold us for ever.
        late = threading.Event()
        watch = threading.Timer(self._timeout, _cut, (connection, late))
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", url.target, body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            raise _TryAgainError(self._told(error, late.is_set())) from None
        finally:
            watch.cancel()
            connection.close()
        if 200 <= status < 300:
            return
        if 300 <= status < 400:
            raise ActionError(
                f"{self.name}: answers with a redirect ({status}), which is not followed; name the address that it leads to"
            )
        if status >= 500 or status in _AGAIN:
            raise _TryAgainError(f"answers with status {status}")
        raise ActionError(f"{self.name}: refuses with status {status}; check the address and what it expects")

    def _told(self, error: Exception, late: bool) -> str:
        if late or isinstance(error, TimeoutError):
            return f"no answer within {self._timeout:g} s"
        if isinstance(error, socket.gaierror):
            return "its host is not known"
        if isinstance(error, ssl.SSLError):
            return f"no safe connection ({plain(shortened(error.reason or 'TLS'))})"
        if isinstance(error, OSError) and error.strerror:
            return f"cannot be reached ({error.strerror})"
        return "does not answer as a web server does"


class _TryAgainError(Exception):
    """What another try may mend."""


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _body(alert: AlertEvent, picture: bool) -> tuple[str, bytes]:
    """Return the type and content of a POST."""
    # Bytes of a source's name that are no text stay escaped, as JSON may have them.
    event = json.dumps(alert.to_dict()).encode()
    if not picture or not alert.scene.jpeg:
        return "application/json", event
    boundary = secrets.token_hex(16)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="event"\r\nContent-Type: application/json\r\n\r\n'
    middle = (
        f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="picture"; filename="picture.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = b"".join((head.encode(), event, middle.encode(), alert.scene.jpeg, f"\r\n--{boundary}--\r\n".encode()))
    return f"multipart/form-data; boundary={boundary}", body
