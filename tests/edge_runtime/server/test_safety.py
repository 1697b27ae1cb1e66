"""Who is answered, and what every answer says: asked over a socket, as a browser or a thief would."""

import logging
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

pytest.importorskip("starlette", reason="the extra web is not installed")

from edge_runtime.server.address import Address
from edge_runtime.server.hosts import Hosts
from edge_runtime.sinks.web import WebKind, WebSink
from tests.edge_runtime.server.made_scenes import scene
from tests.edge_runtime.server.serving import ANY, TOKEN, Listener, ask, context, eventually, served

PATHS = ["/", "/page/main.js", "/page/style.css", "/api/events", "/api/events/x", "/api/rules", "/healthz", "/metrics"]
CLOSED = ["/", "/page/main.js", "/api/events", "/api/stream", "/api/live.mjpeg", "/api/snapshot.jpg", "/healthz"]
CLOSED += [
    "/metrics",
    "/api/day",
    "/api/rules",
    "/nothing",
    "/page/index.html",
    "/page/login.html",
    "//login",
    "/login/",
]


@pytest.fixture(scope="module")
def open_page() -> Iterator[WebSink]:
    with served() as sink:
        yield sink


@pytest.fixture(scope="module")
def closed_page() -> Iterator[WebSink]:
    with served(token=TOKEN) as sink:
        yield sink


@pytest.mark.parametrize("path", [*PATHS, "/nothing", "/login"])
def test_every_answer_says_what_a_browser_must_not_do(open_page: WebSink, path: str) -> None:
    headers = ask(open_page, path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "http" not in policy
    for part in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "script-src 'self'"):
        assert part in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] in ("no-store", "no-cache")
    assert "server" not in headers
    assert "date" not in headers
    assert headers.get_all("cache-control") == [headers["cache-control"]]


def test_no_page_holds_code_or_style(open_page: WebSink) -> None:
    for text in (ask(open_page, "/").text, ask(open_page, "/login").text):
        assert "<style" not in text
        assert " style=" not in text
        assert " on" not in text.replace(" on a", "").replace(" one", "")
        assert "//" not in text.replace("</", "").replace("<!--", "")


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "192.0.2.7:8080"]
    + ["127.0.0.1@evil.example", "[::1", "localhost:80:80", "a b", "127.0.0.1/", "0.0.0.0", "[2001:db8::1]:80"],
)
def test_a_name_that_another_site_may_own_is_not_answered(open_page: WebSink, host: str) -> None:
    answer = ask(open_page, "/api/events", headers={"Host": host})
    assert answer.status in (400, 403)
    assert "events" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1234", "LOCALHOST", "[::1]:80", "localhost.", "127.8.8.8"])
def test_names_of_this_machine_are(open_page: WebSink, host: str) -> None:
    assert ask(open_page, "/api/events", headers={"Host": host}).status == 200


def test_names_on_a_network() -> None:
    hosts = Hosts(Address("0.0.0.0", 8080), ["Camera.example"])
    for name in ("192.0.2.7:8080", "[2001:db8::1]:80", "camera.example", "CAMERA.example.:443", "localhost"):
        assert hosts.allows_host(name), name
    for name in ("other.example", "camera.example.evil", "x.camera.example"):
        assert not hosts.allows_host(name), name
    assert Hosts(Address("cam.example", 1)).allows_host("cam.example")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403),
        ({"Host": "localhost:8080", "Origin": "http://localhost:8080"}, 200),
        # A proxy with TLS stands before it.
        ({"Host": "localhost", "Origin": "https://localhost"}, 200),
        ({"Host": "localhost:443", "Origin": "https://localhost"}, 200),
        ({"Host": "localhost:8080", "Origin": "http://localhost:8081"}, 403),
        ({"Host": "localhost:8080", "Origin": "http://localhost"}, 403),
        ({"Host": "localhost:8080", "Origin": "http://evil.example"}, 403),
        ({"Host": "localhost:8080", "Origin": "http://evil.example/localhost:8080"}, 403),
        ({"Host": "localhost:8080", "Origin": "null"}, 403),
        ({"Host": "localhost:8080", "Origin": ""}, 403),
        ({"Host": "localhost:8080", "Origin": "file://localhost:8080"}, 403),
    ],
)
def test_pages_of_other_sites_may_not_ask(open_page: WebSink, headers: dict[str, str], status: int) -> None:
    assert ask(open_page, "/api/events", headers=headers).status == status


@pytest.mark.parametrize("path", CLOSED)
def test_nothing_is_told_without_the_token(closed_page: WebSink, path: str) -> None:
    answer = ask(closed_page, path)
    assert (answer.status, answer.text) == (401, "A token is needed.\n")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert ask(closed_page, path, "POST", b"{}").status == 401
    browser = ask(closed_page, path, headers={"Accept": "text/html,*/*"})
    assert (browser.status, browser.headers["location"]) == (303, "/login")


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "é"])
def test_wrong_tokens(closed_page: WebSink, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode().decode("latin-1")}
    assert ask(closed_page, "/api/events", headers=headers).status == 401


def test_the_right_one_as_bearer(closed_page: WebSink) -> None:
    for scheme in ("Bearer", "bearer", "BEARER "):
        assert ask(closed_page, "/api/events", headers={"Authorization": f"{scheme} {TOKEN}"}).status == 200
    assert ask(closed_page, "/api/events", headers={"Authorization": f"Basic {TOKEN}"}).status == 401
    assert ask(closed_page, f"/api/events?token={TOKEN}").status == 401


def _log_in(sink: WebSink, token: str, **headers: str) -> tuple[int, str]:
    host = f"127.0.0.1:{sink.address.port}"
    given = {"Host": host, "Origin": f"http://{host}", "Content-Type": "application/x-www-form-urlencoded", **headers}
    answer = ask(sink, "/login", "POST", urlencode({"token": token}).encode(), given)
    return answer.status, answer.headers.get("set-cookie", "")


def test_a_browser_logs_in_and_out(closed_page: WebSink) -> None:
    page = ask(closed_page, "/login")
    assert page.status == 200
    assert 'type="password"' in page.text
    assert ask(closed_page, "/page/style.css").status == 200
    status, cookie = _log_in(closed_page, TOKEN)
    assert status == 303
    assert cookie.startswith("edge-caption-0=") or cookie.startswith(f"edge-caption-{closed_page.address.port}=")
    for part in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert part in cookie
    assert "Secure" not in cookie
    assert TOKEN not in cookie
    pair = cookie.partition(";")[0]
    assert ask(closed_page, "/api/events", headers={"Cookie": f"a=b; {pair}"}).status == 200
    assert ask(closed_page, "/api/events", headers={"Cookie": pair[:-1]}).status == 401
    assert ask(closed_page, "/api/events", headers={"Cookie": "other=" + pair.partition("=")[2]}).status == 401
    assert ask(closed_page, "/api/events", headers={"Cookie": '"; \\,;;=='}).status == 401
    left = ask(closed_page, "/logout", "POST", b"", {"Cookie": pair})
    assert "Max-Age=0" in left.headers["set-cookie"]


def test_a_cookie_that_came_through_tls_goes_through_that_alone(closed_page: WebSink) -> None:
    assert "Secure" in _log_in(closed_page, TOKEN, Host="localhost", Origin="https://localhost")[1]


def test_a_wrong_login_is_told_and_slow(closed_page: WebSink) -> None:
    begun = time.monotonic()
    status, cookie = _log_in(closed_page, "<script>alert(1)</script>")
    assert (status, cookie) == (403, "")
    assert time.monotonic() - begun >= 0.4
    host = f"127.0.0.1:{closed_page.address.port}"
    told = ask(closed_page, "/login", "POST", b"token=%3Cb%3Ex", {"Host": host})
    assert "That is not the token." in told.text
    assert "%3Cb" not in told.text
    assert "<b>x" not in told.text


def test_another_site_cannot_log_anybody_in_or_out(closed_page: WebSink) -> None:
    assert _log_in(closed_page, TOKEN, Origin="http://evil.example") == (403, "")


def test_cookies_of_two_servers_stand_beside_each_other() -> None:
    with served(token=TOKEN) as first, served(token=TOKEN) as second:
        names = [_log_in(sink, TOKEN)[1].partition("=")[0] for sink in (first, second)]
    assert names[0] != names[1]


HOSTILE = '"><img src=x onerror=alert(1)>\r\nSet-Cookie: a=b\u202e\x1b[31m\udce9'


def test_hostile_names_are_data_wherever_they_come() -> None:
    session_names = (HOSTILE,)
    with served(session=context(session_names)) as sink:
        listener = Listener(sink)
        hello = listener.next("hello")[1]
        (name,) = hello["sources"]
        assert "\n" not in name
        assert "\u202e" not in name
        assert "\udce9" not in name
        sink.event(scene(HOSTILE.replace("\udce9", ""), source=HOSTILE, zone=HOSTILE))
        told = listener.next("scene")[1]
        assert told["source"] == name
        listener.close()
        answer = ask(sink, "/api/events")
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["events"][0]["zone"] == name
        assert len(ask(sink, "/api/events?" + urlencode({"source": name})).json()["events"]) == 1
        found = ask(sink, "/api/snapshot.jpg?" + urlencode({"source": name}))
        assert found.headers["content-type"] == "image/jpeg"
        assert "set-cookie" not in found.headers
        assert b"\x1b" not in ask(sink, "/metrics").body


@pytest.mark.parametrize(
    "path",
    ["/%3Cscript%3Ealert(1)%3C/script%3E", "/page/../../errors.py", "/page/%2e%2e/%2e%2e/errors.py", "/page/", "/page"]
    + ["/api/events/%0d%0aSet-Cookie:a=b", "/api/events/..%2f..%2fetc%2fpasswd.jpg", "/api/live.mjpeg?source=%0d%0a"]
    + ["/api", "/%00", "/api/events/" + "a" * 5000, "/%ff%fe"],
)
def test_paths_that_are_none(open_page: WebSink, path: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = ask(open_page, path)
    assert answer.status in (400, 404)
    assert answer.headers["content-type"] in ("text/plain; charset=utf-8", "application/json")
    assert "set-cookie" not in answer.headers
    assert "alert(1)" not in answer.text
    assert "Traceback" not in answer.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_fault_of_ours_is_one_sentence(open_page: WebSink, caplog: pytest.LogCaptureFixture) -> None:
    page = open_page._page
    assert page is not None
    with pytest.MonkeyPatch.context() as patched, caplog.at_level(logging.INFO, "edge_runtime"):
        logging.getLogger("edge_runtime").propagate = True
        patched.setattr(page, "rules_told", lambda: 1 / 0)
        answer = ask(open_page, "/api/rules")
        assert eventually(lambda: bool(caplog.records))
    assert answer.status == 500
    assert "Zero" not in answer.text
    assert "content-security-policy" in answer.headers
    told = [record.getMessage() for record in caplog.records]
    assert told == ["the server met an unexpected ZeroDivisionError (division by zero); please report it"]
    assert ask(open_page, "/api/rules").status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POST", "BREW"])
def test_other_methods(open_page: WebSink, method: str) -> None:
    answer = ask(open_page, "/api/events", method)
    assert answer.status in (400, 405)
    assert "access-control-allow-origin" not in answer.headers


def test_heads_of_answers_that_go_on_end(open_page: WebSink) -> None:
    for path in ("/api/stream", "/api/live.mjpeg", "/", "/api/events"):
        answer = ask(open_page, path, "HEAD")
        assert (answer.status, answer.body) == (200, b"")


def test_another_name_is_an_option() -> None:
    with served(WebKind(address=ANY, host=("camera.example",))) as sink:
        assert ask(sink, "/api/events", headers={"Host": "camera.example"}).status == 200
        assert ask(sink, "/api/events", headers={"Host": "other.example"}).status == 403
