"""The page in a real Chromium."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import pytest

pytest.importorskip("starlette", reason="the extra web is not installed")
pytest.importorskip("cv2", reason="OpenCV is not installed")

from edge_runtime.events import AlertEvent, StatusEvent, WordsEvent
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.base import SinkContext
from edge_runtime.sinks.web import WebSink
from tests.edge_runtime.server.browser import ACCESSIBILITY, chromium, console, requested
from tests.edge_runtime.server.made_journal import MadeRules
from tests.edge_runtime.server.made_scenes import jpeg, later, scene
from tests.edge_runtime.server.serving import TOKEN, context, eventually, served
from tests.edge_runtime.sinks.made_events import caption

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

HOSTILE = '"><img src=x onerror="document.title=1"><script>document.title=2</script>\u202etxt'


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Chrome"]:
    with chromium(tmp_path_factory.mktemp("browser")) as found:
        yield found


def _text(browser: "Chrome", selector: str) -> str:
    found: str = browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText).join('|')", selector
    )
    return found


def _value(browser: "Chrome", script: str) -> Any:
    return browser.execute_script(f"return {script}")


def _shows(browser: "Chrome", selector: str, text: str, seconds: float = 8.0) -> None:
    assert eventually(lambda: _text(browser, selector) == text, seconds), _text(browser, selector)


def _open(browser: "Chrome", sink: WebSink) -> None:
    browser.get(sink.address.url)
    _shows(browser, "#connection", "Connected")


def _clients(sink: WebSink) -> int:
    return 0 if sink._page is None else len(sink._page.hub)


@pytest.fixture
def nothing_wrong(browser: "Chrome") -> Iterator[None]:
    """No error in the console, and nothing asked of anybody else."""
    console(browser), requested(browser)
    yield
    assert console(browser) == []
    others = [url for url in requested(browser) if not url.startswith(("http://127.0.0.1:", "data:", "chrome"))]
    assert others == []


@pytest.mark.usefixtures("nothing_wrong")
def test_a_caption_appears_word_by_word_and_changes_with_the_scene(browser: "Chrome") -> None:
    with served() as sink:
        _open(browser, sink)
        for text in ("a", "a dog", "a dog on"):
            sink.event(WordsEvent("0", 1, text))
            _shows(browser, ".sentence", text)
        assert _value(browser, "document.querySelector('.sentence').className") == "sentence coming"
        sink.event(caption("a dog on a couch"))
        _shows(browser, ".sentence", "a dog on a couch")
        assert _value(browser, "document.querySelector('.sentence').className") == "sentence"
        first = scene("a dog on a couch", 1)
        sink.event(first)
        _shows(browser, "#events .text", "a dog on a couch")
        _shows(browser, "#announcer", "a dog on a couch")
        sink.event(scene("a cat by a window", 2, picture=jpeg(30)))
        sink.event(caption("a cat by a window"))
        _shows(browser, "#events .text", "a cat by a window|a dog on a couch")
        _shows(browser, ".sentence", "a cat by a window")
        # A change is made in its place, and is not spoken.
        sink.event(later(first, "update", "two dogs on a couch"))
        _shows(browser, "#events .text", "a cat by a window|two dogs on a couch")
        _shows(browser, "#announcer", "a cat by a window")
        sink.event(AlertEvent("dogs", first, first.at))
        _shows(browser, "#events .alerts", "alert: dogs")
        sink.event(later(first, "end", "two dogs on a couch"))
        assert eventually(lambda: bool(_value(browser, "document.querySelectorAll('#events .over').length === 1")))
        assert "over after 30 s" in _text(browser, "#events .over .about")
        assert eventually(
            lambda: bool(
                _value(browser, "[...document.querySelectorAll('#events img')].every((one) => one.naturalWidth === 64)")
            )
        )
        browser.execute_script("window.still = document.querySelector('#events li')")
        browser.get("about:blank")


@pytest.mark.usefixtures("nothing_wrong")
def test_search_finds_it(browser: "Chrome") -> None:
    with served() as sink:
        for number, text in enumerate(("a dog on a couch", "a cat by a window", "a dog in the snow")):
            sink.event(scene(text, number))
        _open(browser, sink)
        _shows(browser, "#events .text", "a dog in the snow|a cat by a window|a dog on a couch")
        browser.find_element("id", "query").send_keys("dog\n")
        _shows(browser, "#found .text", "a dog in the snow|a dog on a couch")
        _shows(browser, "#search-told", "2 found")
        browser.find_element("id", "query").send_keys("house\n")
        _shows(browser, "#search-told", "Nothing found")
        browser.get("about:blank")


def test_it_survives_a_restart_of_the_server(browser: "Chrome") -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with served(port=port) as sink:
        _open(browser, sink)
        sink.event(scene("before", 1))
        _shows(browser, "#events .text", "before")
    assert eventually(lambda: _text(browser, "#connection").startswith("Connection lost; trying again in "))
    assert _value(browser, "document.querySelector('#connection').dataset.state") == "off"
    with served(port=port) as sink:
        _shows(browser, "#connection", "Connected", 15)
        sink.event(scene("after", 2))
        sink.event(caption("after"))
        _shows(browser, "#events .text", "after|before")
        _shows(browser, ".sentence", "after")
        # What the new server does not know goes on no more.
        assert _value(browser, "document.querySelectorAll('#events .over').length") == 1
        browser.get("about:blank")
    console(browser), requested(browser)


def _camera(sink: WebSink, ended: threading.Event) -> None:
    """Hands frames over as the loop does."""
    grey = 0
    while not ended.is_set():
        grey = (grey + 10) % 250
        if sink.wants("0"):
            sink.frame(Frame("0", 0, np.full((480, 640, 3), grey, np.uint8), 0.0, 0.0, 0.0), "")
        time.sleep(0.03)


@pytest.mark.usefixtures("nothing_wrong")
def test_the_live_picture_runs_while_it_is_looked_at(browser: "Chrome") -> None:
    ended = threading.Event()
    with served() as sink:
        assert sink._page is not None
        pictures = sink._page.pictures
        camera = threading.Thread(target=_camera, args=(sink, ended))
        camera.start()
        try:
            _open(browser, sink)
            assert eventually(lambda: _value(browser, "document.querySelector('#picture').naturalWidth") == 640)
            assert pictures.encoded > 0
            button = browser.find_element("id", "pause")
            button.click()
            assert eventually(lambda: len(pictures) == 0)
            assert (button.text, button.get_attribute("aria-pressed")) == ("Play picture", "true")
            button.click()
            assert eventually(lambda: len(pictures) == 1)
            browser.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": False})
            first = browser.current_window_handle
            browser.switch_to.new_window("tab")
            hidden = eventually(lambda: len(pictures) == 0 and _clients(sink) == 0)
            browser.close()
            browser.switch_to.window(first)
            assert hidden
            assert eventually(lambda: len(pictures) == 1 and _clients(sink) == 1)
            browser.get("about:blank")
            assert eventually(lambda: len(pictures) == 0 and _clients(sink) == 0)
        finally:
            ended.set()
            camera.join()
    # Paused, it asks for a picture before there is one.
    assert all("snapshot.jpg" in message for message in console(browser))


@pytest.mark.usefixtures("nothing_wrong")
def test_hostile_names_are_text(browser: "Chrome") -> None:
    with served(session=context((HOSTILE, "1"))) as sink:
        sink.event(scene(HOSTILE, 1, source=HOSTILE, zone=HOSTILE, picture=b""))
        sink.event(caption(HOSTILE, source=HOSTILE))
        sink.event(StatusEvent("lost", HOSTILE, HOSTILE))
        _open(browser, sink)
        assert eventually(lambda: HOSTILE[:40] in _text(browser, "#events .text"))
        for selector in (".sentence", "#statuses", "#events .about", "#source", "#health"):
            assert eventually(lambda selector=selector: HOSTILE[:40] in _text(browser, selector)), selector  # type: ignore[misc]
        assert browser.title == "edge-caption"
        assert _value(browser, "document.scripts.length") == 1
        assert _value(browser, "document.querySelectorAll('img[src=x]').length") == 0
        browser.get("about:blank")


@pytest.mark.usefixtures("nothing_wrong")
def test_languages_have_their_direction(browser: "Chrome") -> None:
    with served() as sink:
        sink.event(scene("كلب على الأريكة", 1, language="ar"))
        sink.event(caption("كلب على الأريكة"))
        _open(browser, sink)
        _shows(browser, "#events .text", "كلب على الأريكة")
        text = "document.querySelector('#events .text')"
        assert _value(browser, f"[{text}.lang, getComputedStyle({text}).direction]") == ["ar", "rtl"]
        assert _value(browser, "getComputedStyle(document.querySelector('.sentence')).direction") == "rtl"
        browser.get("about:blank")


@pytest.mark.usefixtures("nothing_wrong")
def test_rules_and_the_day(browser: "Chrome") -> None:
    session = context(words={"en": ["dog", "cat"]})
    with mock.patch("edge_runtime.server.live.trial.expressions", MadeRules), served(session=session) as sink:
        sink.event(scene("a dog", 1, started_at=time.time()))
        sink.event(scene("a cat", 2, started_at=time.time()))
        _open(browser, sink)
        assert eventually(lambda: browser.find_element("id", "when").is_displayed())
        browser.find_element("id", "when").send_keys("dog\n")
        _shows(browser, "#try-told", "1 of the last 2 events match")
        _shows(browser, "#matched .text", "a dog")
        _shows(browser, "#day-told", "2 events")
        bars = "[...document.querySelectorAll('#hours button')]"
        assert _value(browser, f"{bars}.length") in (23, 24, 25)
        assert _value(browser, f"{bars}.filter((one) => !one.disabled).length") in (1, 2)
        browser.execute_script(f"{bars}.find((one) => !one.disabled).click()")
        assert eventually(lambda: "a cat" in _text(browser, "#found .text"))
        browser.find_element("id", "when").clear()
        browser.get("about:blank")


def test_a_rule_that_does_not_parse_has_its_caret(browser: "Chrome") -> None:
    with mock.patch("edge_runtime.server.live.trial.expressions", MadeRules), served() as sink:
        _open(browser, sink)
        assert eventually(lambda: browser.find_element("id", "when").is_displayed())
        browser.find_element("id", "when").send_keys("dog (\n")
        _shows(browser, "#try-wrong", "not an expression\ndog (\n^")
        browser.get("about:blank")
    console(browser), requested(browser)


@pytest.mark.usefixtures("nothing_wrong")
def test_without_rules_their_part_is_hidden(browser: "Chrome") -> None:
    with mock.patch("edge_runtime.server.live.trial.importlib.util.find_spec", return_value=None), served() as sink:
        _open(browser, sink)
        assert eventually(lambda: _text(browser, "#health") != "")
        assert not browser.find_element("id", "rules").is_displayed()
        assert "°C" in _text(browser, "#health") or "not told by this machine" in _text(browser, "#health")
        browser.get("about:blank")


def test_with_a_token_one_logs_in_and_out(browser: "Chrome") -> None:
    with served(token=TOKEN) as sink:
        browser.get(sink.address.url)
        assert browser.current_url.endswith("/login")
        assert browser.execute_script(ACCESSIBILITY)["wrong"] == []
        browser.find_element("id", "token").send_keys("a wrong one\n")
        _shows(browser, "#told", "That is not the token.")
        browser.find_element("id", "token").send_keys(f"{TOKEN}\n")
        _shows(browser, "#connection", "Connected")
        assert browser.execute_script("return document.cookie") == ""
        sink.event(scene("a dog", 1))
        _shows(browser, "#events .text", "a dog")
        browser.find_element("css selector", "#leave button").click()
        assert eventually(lambda: browser.current_url.endswith("/login"))
        browser.get(sink.address.url)
        assert browser.current_url.endswith("/login")
    console(browser), requested(browser)


def _furnished(sink: WebSink) -> None:
    first = scene("a dog on a couch", 1)
    for event in (
        first,
        later(first, "end"),
        scene("a cat by a window", 2, source="1", zone="door"),
        caption("a cat by a window"),
        StatusEvent("lost", "1: the camera is lost; trying again until it is back", "1"),
        AlertEvent("cats", scene("a cat by a window", 2, source="1", zone="door"), first.at),
    ):
        sink.event(event)


def _all_shown() -> SinkContext:
    return context(("0", "1"), words={"en": ["dog", "cat"]})


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), (375, 740)])
def test_it_can_be_used_by_everybody(browser: "Chrome", scheme: str, size: tuple[int, int]) -> None:
    with mock.patch("edge_runtime.server.live.trial.expressions", MadeRules), served(session=_all_shown()) as sink:
        features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
        screen = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size[0] < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        _furnished(sink)
        _open(browser, sink)
        assert eventually(lambda: "cats" in _text(browser, "#rules-list"))
        browser.find_element("id", "query").send_keys("dog\n")
        _shows(browser, "#search-told", "1 found")
        _shows(browser, "#statuses", "1: the camera is lost; trying again until it is back")
        dark = _value(browser, "getComputedStyle(document.body).backgroundColor")
        assert (dark == "rgb(15, 21, 20)") == (scheme == "dark")
        found = browser.execute_script(ACCESSIBILITY)
        assert found["wrong"] == []
        assert found["looked"] > 40
        assert _value(browser, "[...document.querySelectorAll('[aria-live]')].map((one) => one.id)") == ["announcer"]
        browser.get("about:blank")
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    console(browser), requested(browser)


def test_the_keyboard_reaches_everything_and_shows_where_it_is(browser: "Chrome") -> None:
    from selenium.webdriver.common.keys import Keys

    with mock.patch("edge_runtime.server.live.trial.expressions", MadeRules), served(session=_all_shown()) as sink:
        _furnished(sink)
        _open(browser, sink)
        assert eventually(lambda: browser.find_element("id", "when").is_displayed())
        reached = []
        for _ in range(14):
            browser.switch_to.active_element.send_keys(Keys.TAB)
            reached.append(
                _value(
                    browser,
                    "[document.activeElement.id || document.activeElement.textContent,"
                    " getComputedStyle(document.activeElement).outlineStyle]",
                )
            )
        names = [name for name, _ in reached]
        assert names[0] == "To the events"
        for wanted in ("source", "pause", "query", "date", "when"):
            assert wanted in names, names
        assert [name for name, outline in reached if outline == "none" and not name.startswith("\n")] == []
        browser.get("about:blank")
    console(browser), requested(browser)


def test_motion_that_is_not_wanted(browser: "Chrome") -> None:
    features = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
    with served() as sink:
        sink.event(scene("a dog", 1))
        _open(browser, sink)
        assert eventually(lambda: _value(browser, "document.querySelector('#picture').naturalWidth") == 64)
        assert sink._page is not None
        assert len(sink._page.pictures) == 0
        sink.event(scene("a cat", 2, picture=jpeg(9, (80, 48))))
        assert eventually(lambda: _value(browser, "document.querySelector('#picture').naturalWidth") == 80)
        assert _value(browser, "getComputedStyle(document.querySelector('#events li')).animationName") == "none"
        browser.get("about:blank")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    console(browser), requested(browser)


def test_the_page_is_small() -> None:
    folder = Path(__file__).parents[3] / "edge_runtime" / "server" / "page"
    assert sum(file.stat().st_size for file in folder.iterdir()) < 40_000
