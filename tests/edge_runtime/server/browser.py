"""A real Chromium."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome


def require_browser() -> tuple[str, str]:
    """Paths of browser and driver; the test is skipped where there are none."""
    pytest.importorskip("selenium", reason="selenium is not installed")
    browser, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip("no Chromium: apt install chromium chromium-driver")
    return browser, driver


@contextlib.contextmanager
def chromium(
    folder: Path, size: tuple[int, int] = (1280, 900), features: Sequence[tuple[str, str]] = ()
) -> Iterator["Chrome"]:
    """A browser without a past; `features` are media features, as `prefers-color-scheme`."""
    browser, driver = require_browser()
    # The driver is found already: nothing is to be looked up or told elsewhere.
    os.environ.setdefault("SE_OFFLINE", "true")
    os.environ.setdefault("SE_AVOID_STATS", "true")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        f"--window-size={size[0]},{size[1]}",
        f"--user-data-dir={folder}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    found = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        found.set_page_load_timeout(30)
        found.set_script_timeout(30)
        if features:
            emulated = [{"name": name, "value": value} for name, value in features]
            found.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": emulated})
        yield found
    finally:
        found.quit()


def console(browser: "Chrome") -> list[str]:
    """What the browser complained of since the last call."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")]


def requested(browser: "Chrome") -> list[str]:
    """Every address that was asked since the last call."""
    found = []
    for entry in browser.get_log("performance"):
        message: dict[str, Any] = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.append(message["params"]["request"]["url"])
    return found


ACCESSIBILITY = r"""
// What axe would look for, of what this page can do wrong.
const wrong = [];
const shown = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? true;
const named = (element) => (element.getAttribute("aria-label")
  || (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("")
  || [...(element.labels ?? [])].map((label) => label.textContent).join("") || element.textContent || element.title || "").trim();
const tell = (element, what) => wrong.push(`${what}: ${element.outerHTML.slice(0, 120)}`);

if (!document.documentElement.lang) wrong.push("no language");
if (!document.title) wrong.push("no title");
if (document.querySelectorAll("main").length !== 1) wrong.push("not one main");
if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
let level = 0;
for (const heading of document.querySelectorAll("h1,h2,h3,h4")) {
  if (+heading.tagName[1] > level + 1) tell(heading, "a level is left out");
  level = +heading.tagName[1];
}
for (const section of document.querySelectorAll("section")) if (!named(section)) tell(section, "a region without a name");
for (const control of document.querySelectorAll("button,input,select,a")) if (!named(control)) tell(control, "a control without a name");
for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) tell(image, "a picture without alt");
const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
for (const id of ids) if (ids.filter((other) => other === id).length > 1) wrong.push(`an id twice: ${id}`);
for (const element of document.querySelectorAll("[aria-labelledby],[for]")) {
  const value = element.getAttribute("aria-labelledby") ?? element.getAttribute("for");
  for (const id of value.split(" ")) if (!document.getElementById(id)) tell(element, "a label that leads nowhere");
}
for (const list of document.querySelectorAll("ol,ul")) {
  for (const child of list.children) if (child.tagName !== "LI") tell(child, "in a list, but no item");
}
for (const element of document.querySelectorAll("[tabindex]")) if (element.tabIndex > 0) tell(element, "an order of its own");

const numbers = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
const light = (color) => {
  const [r, g, b] = numbers(color).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor, parts = numbers(color);
    if (parts.length < 4 || parts[3] > 0.99) return color;
  }
  return "rgb(255,255,255)";
};
const ratio = (first, second) => {
  const [low, high] = [light(first), light(second)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
let looked = 0;
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!shown(element) || !(own || element.tagName === "INPUT")) continue;
  looked += 1;
  const style = getComputedStyle(element), size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
  const found = ratio(style.color, ground(element));
  if (found < (large ? 3 : 4.5)) tell(element, `contrast ${found.toFixed(2)}`);
}
for (const control of document.querySelectorAll("input,select,.tools button")) {
  if (!shown(control)) continue;
  const found = ratio(getComputedStyle(control).borderTopColor, ground(control.parentElement));
  if (found < 3) tell(control, `border ${found.toFixed(2)}`);
}
if (document.documentElement.scrollWidth > innerWidth) wrong.push(`wider than the window: ${document.documentElement.scrollWidth}`);
return { wrong, looked };
"""
