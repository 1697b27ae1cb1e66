"""When a real Chromium has painted a sentence."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from edge_runtime.errors import OptionError

_NOTE = """
const place = document.getElementById("sentences"), shown = window.shown = [];
new MutationObserver(() => requestAnimationFrame((at) => {
  const text = [...place.querySelectorAll(".sentence")].map((one) => one.textContent).join("\\n");
  if (shown.at(-1)?.[1] !== text) shown.push([performance.timeOrigin + performance.now(), text]);
})).observe(place, { childList: true, characterData: true, subtree: true });
"""
_ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking")


@contextmanager
def reading(address: str) -> Iterator[Callable[[], list[tuple[float, str]]]]:
    """Open a page; what is yielded returns each sentence with the time at which it was about to be painted, in `time.monotonic`.

    Args:
        address: Of the live page.

    Raises:
        OptionError: There is no Chromium, or nothing to steer it by.
    """
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    try:
        from selenium import webdriver
    except ImportError:
        browser = None
    if browser is None or driver is None:
        raise OptionError(
            "--browser needs Chromium and Selenium; run: apt install chromium chromium-driver, pip install selenium"
        )
    os.environ |= {"SE_OFFLINE": "true", "SE_AVOID_STATS": "true"}
    with tempfile.TemporaryDirectory() as folder:
        options = webdriver.ChromeOptions()
        options.binary_location = browser
        for argument in (*_ARGUMENTS, f"--user-data-dir={folder}"):
            options.add_argument(argument)
        steered: Any = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        try:
            steered.get(address)
            steered.execute_script(_NOTE)
            # The browser's clock is that of the day.
            apart = time.time() - time.monotonic()
            yield lambda: [(at / 1e3 - apart, text) for at, text in steered.execute_script("return window.shown")]
        finally:
            steered.quit()
