"""The picture of README's "See it in a minute": the page of `edge-caption demo` in a real Chromium.

    python docs/demo_picture.py

runs the demo until somebody is seen, and writes `docs/demo.webp`. Install `.[live,web]` and Selenium, and Debian's
`chromium` and `chromium-driver`.
"""

import io
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, cast

from PIL import Image
from web_pictures import browser

OUT = Path(__file__).parent / "demo.webp"
_WIDTH, _HEIGHT = 1200, 820
_SECONDS = 46.0
"""Into the clip's second turn, where the cat looks over the edge of the table."""


def main() -> None:
    """Run the demo, look and write."""
    command = [sys.executable, "-m", "edge_runtime", "demo", "--no-browser", "--web", "127.0.0.1:0", "--seconds", "90"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
        try:
            lines = iter(cast(IO[str], child.stderr))
            url = next(found[1] for found in map(re.compile(r"Look at +(\S+)").match, lines) if found)
            begun = time.monotonic()
            with browser() as opened:
                opened.set_window_size(_WIDTH, _HEIGHT)
                screen = {"width": _WIDTH, "height": _HEIGHT, "deviceScaleFactor": 1, "mobile": False}
                opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
                opened.get(url)
                time.sleep(max(0.0, begun + _SECONDS - time.monotonic()))
                shot = opened.get_screenshot_as_png()
        finally:
            child.terminate()
    with Image.open(io.BytesIO(shot)) as picture:
        picture.convert("RGB").save(OUT, quality=75, method=6)
        print(f"{OUT.name}: {picture.width} x {picture.height}, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
