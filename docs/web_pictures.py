"""The pictures of docs/web.md: the live page in a real Chromium, with the sentences of the model that ships.

    python docs/web_pictures.py

writes `docs/web-light.webp`, `docs/web-dark.webp` and `docs/web-phone.webp`. Everything shown is in the public domain
or CC0, see examples/README.md. Install `.[live,web]` and Selenium, and Debian's `chromium` and `chromium-driver`.
"""

import io
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from edge_runtime import Captioner
from edge_runtime.events import AlertEvent, CaptionEvent, Counters, SceneEvent
from edge_runtime.frames.base import Frame
from edge_runtime.frames.health import SourceHealth
from edge_runtime.sinks.base import SinkContext
from edge_runtime.sinks.web import WebKind, WebSink

ROOT = Path(__file__).parent.parent
SHOWN = ("photographer.jpg", "outside/coffee.jpg", "officer.jpg", "outside/cat.jpg")
"""Of `examples/`, the oldest first."""
_NAME, _WIDTH, _HEIGHT = "/dev/video0", 640, 480
_SCREENS = (
    ("web-light", "light", 1200, 820, False),
    ("web-dark", "dark", 1200, 820, False),
    ("web-phone", "light", 390, 844, True),
)
_ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking")


@dataclass(frozen=True)
class _Camera:
    """Stands for the source; frames are handed to the page by hand."""

    name: str = _NAME
    live: bool = True


def _fitted(name: str) -> Image.Image:
    with Image.open(ROOT / "examples" / name) as opened:
        picture = opened.convert("RGB")
    scale = max(_WIDTH / picture.width, _HEIGHT / picture.height)
    size = (round(picture.width * scale), round(picture.height * scale))
    left, top = (size[0] - _WIDTH) // 2, (size[1] - _HEIGHT) // 3
    return picture.resize(size, Image.Resampling.LANCZOS).crop((left, top, left + _WIDTH, top + _HEIGHT))


def _tell(sink: WebSink, captioner: Captioner) -> Image.Image:
    """Tell the page of a scene a picture; returns the last one."""
    picture = Image.new("RGB", (_WIDTH, _HEIGHT))
    for number, name in enumerate(SHOWN):
        picture = _fitted(name)
        found = captioner.caption(picture)
        file = io.BytesIO()
        picture.resize((320, 240)).save(file, "JPEG", quality=85)
        now = time.time() - 95 * (len(SHOWN) - 1 - number)
        scene = SceneEvent(
            "new", f"{int(now * 1e3):012x}-{number:06x}", _NAME, "", now, now, time.monotonic(), 38.0, number, now,
            found.text, found.shown, found.tokens, found.confidence, found.abstained, found.hedged, found.language, (),
            np.zeros(1, np.float32), file.getvalue(), _WIDTH, _HEIGHT,
        )  # fmt: skip
        sink.event(scene)
        if "cat" in found.tokens:
            sink.event(AlertEvent("cats", scene, now))
        sink.event(
            CaptionEvent(
                _NAME, number, now, time.monotonic(), now, 38.0, found.text, found.shown, found.text, True, (),
                found.timings, found.variant, "changed", 1.8, Counters(), found.confidence, found.abstained, found.hedged,
            )
        )  # fmt: skip
        if number + 1 < len(SHOWN):
            end = SceneEvent(**{**vars(scene), "kind": "end", "at": now + 80, "jpeg": b""})
            sink.event(end)
    return picture


@contextmanager
def browser() -> Iterator[Any]:
    """Give a Chromium without a window, whose folder is gone at the end."""
    from selenium import webdriver

    os.environ |= {"SE_OFFLINE": "true", "SE_AVOID_STATS": "true"}
    with tempfile.TemporaryDirectory() as folder:
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or ""
        for argument in (*_ARGUMENTS, f"--user-data-dir={folder}"):
            options.add_argument(argument)
        found = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        try:
            yield found
        finally:
            found.quit()


def main() -> None:
    """Serve, look and write."""
    counters = Counters(frames=9120, looked_at=3204, captions=41, lost=0)
    health = (SourceHealth(_NAME, True, 0.1, False, False, None, counters),)
    captioner = Captioner.load()
    camera: Any = _Camera()
    context = SinkContext((camera,), None, False, lambda: None, "", {"en": captioner.words}, health=lambda: health)
    (wanted,) = WebKind(address="127.0.0.1:0").sinks(context)
    sink: Any = wanted.sink
    sink.open()
    picture = _tell(sink, captioner)
    pixels = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
    ended = threading.Event()

    def film() -> None:
        while not ended.wait(0.05):
            if sink.wants(_NAME):
                sink.frame(Frame(_NAME, 0, pixels, 0.0, 0.0, 0.0), "")

    threading.Thread(target=film, daemon=True).start()
    try:
        with browser() as opened:
            for name, scheme, width, height, phone in _SCREENS:
                features = [{"name": "prefers-color-scheme", "value": scheme}]
                opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
                screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
                opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
                opened.get(sink.address.url)
                time.sleep(3)
                with Image.open(io.BytesIO(opened.get_screenshot_as_png())) as shot:
                    path = ROOT / "docs" / f"{name}.webp"
                    shot.convert("RGB").save(path, quality=75, method=6)
                    print(f"{path.name}: {shot.width} x {shot.height}, {path.stat().st_size} bytes")
    finally:
        ended.set()
        sink.close()


if __name__ == "__main__":
    main()
