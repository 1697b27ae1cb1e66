import base64
import email
import json
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from edge_runtime.errors import ActionError, RuleError
from edge_runtime.events import AlertEvent
from edge_runtime.rules.actions.webhook import WebhookAction, checked_url
from tests.edge_runtime.rules.action_server import WebhookServer, webhook_server
from tests.edge_runtime.sinks.made_scenes import JPEG, START, scene

ALERT = AlertEvent("a dog", scene("a dog on a rug", 1, source="caf\udce9 \r\nX: y"), START + 1)


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    with webhook_server() as found:
        yield found


def _action(url: str, picture: bool = False, timeout: float = 2.0, retries: int = 2) -> WebhookAction:
    return WebhookAction(url, picture, timeout, retries, first_pause=0.01)


def test_json(server: WebhookServer) -> None:
    _action(f"{server.url}/hook/é?key=1".replace("é", "%C3%A9")).act(ALERT)
    ((path, headers, body),) = server.got
    assert path == "/hook/%C3%A9?key=1"
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"] == server.url.removeprefix("http://")
    assert headers["User-Agent"].startswith("edge-caption/")
    assert json.loads(body) == ALERT.to_dict()
    assert "X" not in headers


def test_the_picture_goes_with_it(server: WebhookServer) -> None:
    _action(server.url, picture=True).act(ALERT)
    ((path, headers, body),) = server.got
    assert path == "/"
    message = email.message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + body)
    payload = message.get_payload()
    assert isinstance(payload, list)
    event, picture = payload
    assert isinstance(event, email.message.Message)
    assert isinstance(picture, email.message.Message)
    assert json.loads(event.get_payload(decode=True)) == ALERT.to_dict()  # type: ignore[arg-type]
    assert (picture.get_content_type(), picture.get_filename()) == ("image/jpeg", "picture.jpg")
    assert picture.get_payload(decode=True) == JPEG


def test_without_a_picture_it_is_json_alone(server: WebhookServer) -> None:
    _action(server.url, picture=True).act(AlertEvent("r", scene("a dog", jpeg=b""), START))
    assert server.got[0][1]["Content-Type"] == "application/json"


def test_name_and_password_are_sent_and_not_shown(server: WebhookServer) -> None:
    server.answers = [403]
    action = _action(server.url.replace("//", "//me:s%40cret@") + "/token-abc?key=s3cret")
    with pytest.raises(ActionError) as caught:
        action.act(ALERT)
    assert server.got[0][1]["Authorization"] == "Basic " + base64.b64encode(b"me:s@cret").decode()
    assert str(caught.value) == f"webhook {server.url}: refuses with status 403; check the address and what it expects"
    assert len(server.got) == 1  # another try would not help


def test_it_is_tried_again(server: WebhookServer) -> None:
    server.answers = [500, 429, 204]
    _action(server.url).act(ALERT)
    assert len(server.got) == 3
    server.answers = [503]
    with pytest.raises(ActionError, match=r": answers with status 503, tried 3 times$"):
        _action(server.url).act(ALERT)
    assert len(server.got) == 6


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(server: WebhookServer, status: int) -> None:
    server.answers = [status]
    with pytest.raises(
        ActionError, match=rf"answers with a redirect \({status}\), which is not followed; name the address"
    ) as caught:
        _action(server.url).act(ALERT)
    assert "passwd" not in str(caught.value)
    assert len(server.got) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("hang", "no answer within 0.3 s"),
        ("drip", "no answer within 0.3 s"),
        ("garbage", "does not answer as a web server does"),
        ("close", "does not answer as a web server does"),
    ],
)
def test_servers_that_do_not_answer(server: WebhookServer, answer: str, said: str) -> None:
    server.answers = [answer]
    begun = time.monotonic()
    with pytest.raises(ActionError) as caught:
        _action(server.url, timeout=0.3, retries=1).act(ALERT)
    assert time.monotonic() - begun < 2
    assert str(caught.value) == f"webhook {server.url}: {said}, tried 2 times"


def test_nobody_is_there() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with pytest.raises(
        ActionError, match=rf"^webhook http://127.0.0.1:{port}: cannot be reached \(Connection refused\)$"
    ):
        _action(f"http://127.0.0.1:{port}", retries=0).act(ALERT)
    with pytest.raises(ActionError, match=r"its host is not known|cannot be reached"):
        _action("http://no-such-host.invalid", retries=0).act(ALERT)


def test_https_that_is_none_is_not_trusted(server: WebhookServer) -> None:
    with pytest.raises(ActionError, match=r"no safe connection|no answer within|does not answer"):
        _action(server.url.replace("http:", "https:"), timeout=0.5, retries=0).act(ALERT)
    assert server.got == []


def test_no_proxy_of_the_environment_is_used(server: WebhookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    _action(server.url).act(ALERT)
    assert len(server.got) == 1
    assert "http_proxy" in os.environ


def test_what_waits_for_another_try_is_given_up(server: WebhookServer) -> None:
    server.answers = [500]
    action = WebhookAction(server.url, False, 1, 5, first_pause=30)
    threading.Timer(0.2, action.stop).start()
    begun = time.monotonic()
    with pytest.raises(ActionError, match="status 500"):
        action.act(ALERT)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://h/x", "the address must begin with http:// or https://"),
        ("file:///etc/passwd", "the address must begin with http:// or https://"),
        ("h/x", "the address must begin with http:// or https://"),
        ("http://", "the address names no host; write http://host:port/path"),
        ("http://h:99999/", "this is no address; write http://host:port/path"),
        ("http://[::1/", "this is no address; write http://host:port/path"),
        ("http://h/a b", "the address holds a space or a letter that no address has; write it as %20, or the like"),
        (
            "http://h/a\r\nX: y",
            "the address holds a space or a letter that no address has; write it as %20, or the like",
        ),
        ("http://münchen/", "the address holds a space or a letter that no address has; write it as %20, or the like"),
    ],
)
def test_addresses_that_are_none(url: str, said: str) -> None:
    with pytest.raises(RuleError) as caught:
        checked_url(url)
    assert str(caught.value) == f"webhook: {said}"


def test_how_an_address_is_shown() -> None:
    assert checked_url("https://me:pw@[::1]:8443/secret?k=1").shown == "https://[::1]:8443"
    assert checked_url("http://Host/x").shown == "http://host"
