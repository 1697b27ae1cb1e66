import time

import pytest

pytest.importorskip("starlette", reason="the extra web is not installed")

from edge_runtime.events import AlertEvent, StatusEvent, WordsEvent
from edge_runtime.server.live.hub import MOST_KEPT, MOST_WAITING, Client, Hub, event_text
from edge_runtime.sinks.web import WebKind, WebSink
from tests.edge_runtime.server.made_scenes import START, later, scene
from tests.edge_runtime.server.serving import ANY, Listener, ask, context, eventually, served
from tests.edge_runtime.sinks.made_events import caption

DOG = scene("a dog", 1)


def _clients(sink: WebSink) -> int:
    return 0 if sink._page is None else len(sink._page.hub)


def test_what_happens_is_told_in_turn() -> None:
    with served() as sink:
        listener = Listener(sink)
        assert listener.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert listener.headers["cache-control"] == "no-store"
        kind, hello = listener.next()
        assert (kind, hello["complete"], hello["sources"], hello["sentences"]) == ("hello", False, ["0"], [])
        for event in (
            WordsEvent("0", 1, "a"),
            WordsEvent("0", 1, "a dog"),
            caption("a dog"),
            caption("a dog"),
            DOG,
            later(DOG, "update", "a dog on a couch"),
            AlertEvent("dogs", DOG, START),
            later(DOG, "end", "a dog on a couch"),
            StatusEvent("lost", "0: gone", "0"),
        ):
            sink.event(event)
        told = [listener.next() for _ in range(9)]
        assert [kind for kind, _ in told] == ["words"] * 2 + ["caption"] * 2 + ["scene"] * 2 + [
            "alert",
            "scene",
            "status",
        ]
        assert told[1][1] == {"source": "0", "zone": "", "frame": 1, "text": "a dog"}
        assert [told[place][1]["changed"] for place in (2, 3)] == [True, False]
        assert [(told[place][1]["event"], told[place][1]["id"]) for place in (4, 5, 7)] == [
            ("new", DOG.id),
            ("update", DOG.id),
            ("end", DOG.id),
        ]
        assert told[7][1]["ended_at"] == "2023-11-14T22:14:50.000Z"
        assert told[7][1]["rules"] == ["dogs"]
        assert told[8][1]["message"] == "0: gone"
        listener.close()
        later_one = Listener(sink)
        hello = later_one.next()[1]
        assert hello["sentences"][0]["lines"] == {"en": "a dog"}
        assert hello["statuses"][0]["kind"] == "lost"
        later_one.close()
        assert eventually(lambda: _clients(sink) == 0)


def test_health_is_told_while_somebody_listens() -> None:
    with served() as sink:
        listener = Listener(sink)
        begun = time.monotonic()
        assert listener.next("health")[1]["ok"] is True
        assert 1 < time.monotonic() - begun < 5
        listener.close()


def test_who_comes_back_is_told_what_was_missed() -> None:
    with served() as sink:
        listener = Listener(sink)
        listener.next("hello")
        sink.event(DOG)
        listener.next("scene")
        last = listener.last
        listener.close()
        sink.event(WordsEvent("0", 2, "a"))
        sink.event(later(DOG, "update", "a dog runs"))
        sink.event(scene("a cat", 2))
        for given in ({"after": last}, {"after": None, "headers": {"Last-Event-ID": last or ""}}):
            again = Listener(sink, **given)
            assert again.next()[1]["complete"] is True
            assert [again.next()[1]["caption"] for _ in range(2)] == ["a dog runs", "a cat"]
            again.close()


@pytest.mark.parametrize("after", ["x", "0-0", "ffffffff-5", "-1", "a-b-c", "\u00b2", "1" * 3000])
def test_who_heard_another_server_asks_anew(after: str) -> None:
    with served() as sink:
        sink.event(DOG)
        listener = Listener(sink, headers={"Last-Event-ID": after.encode().decode("latin-1")})
        assert listener.next()[1]["complete"] is False
        listener.close()


def test_too_many_are_refused_and_room_is_given_back() -> None:
    with served(WebKind(address=ANY, clients=2)) as sink:
        listeners = [Listener(sink) for _ in range(3)]
        assert [listener.status for listener in listeners] == [200, 200, 503]
        assert listeners[2].headers["retry-after"] == "10"
        for listener in listeners:
            listener.close()
        assert eventually(lambda: _clients(sink) == 0)
        again = Listener(sink)
        assert again.status == 200
        again.close()


def test_all_listeners_end_with_the_server() -> None:
    with served() as sink:
        listeners = [Listener(sink) for _ in range(5)]
        for listener in listeners:
            listener.next("hello")
        begun = time.monotonic()
    assert time.monotonic() - begun < 0.5
    for listener in listeners:
        with pytest.raises((EOFError, ConnectionResetError)):
            listener.next("nothing")
        listener.close()


def test_a_reload_tells_of_the_sources_that_are_looked_at_now() -> None:
    with served() as sink:
        listener = Listener(sink)
        listener.next("hello")
        sink.event(caption("a dog"))
        sink.adopt(context(("1", "2")))
        hello = listener.next("hello")[1]
        assert (hello["sources"], hello["sentences"]) == (["1", "2"], [])
        assert [source["source"] for source in ask(sink, "/healthz").json()["sources"]] == ["1", "2"]
        listener.close()


def test_a_slow_client_loses_words_first_then_is_to_ask_anew() -> None:
    client = Client()
    for number in range(MOST_WAITING - 2):
        client.give("words", f"w{number} ".encode())
    client.give("scene", b"s0 ")
    client.give("scene", b"s1 ")
    client.give("words", b"w-last ")
    client.give("scene", b"s2 ")
    waiting = [message for _, message in client._waiting]
    assert len(waiting) == MOST_WAITING
    assert waiting[:2] == [b"w2 ", b"w3 "]
    assert waiting[-4:] == [b"s0 ", b"s1 ", b"w-last ", b"s2 "]
    for number in range(MOST_WAITING - 3):
        client.give("scene", f"n{number} ".encode())
    assert all(kind == "scene" for kind, _ in client._waiting)
    client.give("words", b"left out ")
    assert b"left out " not in [message for _, message in client._waiting]
    client.give("scene", b"too much ")
    assert [message for _, message in client._waiting] == [b"event: resync\ndata: {}\n\n", b"too much "]


def test_what_is_kept_is_bounded() -> None:
    hub = Hub(1)
    begin = hub.position
    for number in range(MOST_KEPT):
        hub.tell("scene", {"number": number}, keep=True)
    hub.tell("words", {})
    assert len(hub._missed(begin) or ()) == MOST_KEPT
    hub.tell("scene", {}, keep=True)
    assert hub._missed(begin) is None
    assert hub._missed(hub.position) == []
    assert hub._missed(hub.position + "0") is None


def test_no_text_ends_a_line() -> None:
    text = event_text("scene", {"text": "a\r\n\n\u2028event: b\udce9"}, "1")
    assert text == b'id: 1\nevent: scene\ndata: {"text": "a\\r\\n\\n\\u2028event: b\\udce9"}\n\n'
