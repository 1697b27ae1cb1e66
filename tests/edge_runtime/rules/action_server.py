"""A web server that answers as it is told, slowly or never."""

import contextlib
import http.server
import threading
import time
from collections.abc import Iterator


class WebhookServer(http.server.ThreadingHTTPServer):
    """Keeps what it gets; answers with the next of `answers`, the last one again and again.

    An answer is a status, or "hang", "drip", "garbage", "close".
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int | str] = [200]
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """The client may leave."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: WebhookServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.got.append((self.path, dict(self.headers.items()), body))
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        if answer == "hang":
            self.server.over.wait(30)
        elif answer == "drip":
            for letter in b"HTTP/1.0 200 OK\r\nX: " + b"a" * 300:
                self.wfile.write(bytes([letter]))
                if self.server.over.wait(0.05):
                    break
        elif answer == "garbage":
            self.wfile.write(b"\x00\xff this is no HTTP\r\n\r\n")
        elif isinstance(answer, int):
            self.send_response(answer)
            if 300 <= answer < 400:
                self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

    def do_GET(self) -> None:
        self.server.got.append((self.path, dict(self.headers.items()), b"GET"))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silence."""


@contextlib.contextmanager
def webhook_server() -> Iterator[WebhookServer]:
    """Serve until the end."""
    server = WebhookServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
        time.sleep(0)
