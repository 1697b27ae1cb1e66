"""The live picture, for as long as somebody watches: a frame is encoded once, for all."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator

from edge_runtime.console.terminal import plain
from edge_runtime.frames.base import Frame
from edge_runtime.frames.jpeg import jpeg_of
from edge_runtime.machine.opencv import opencv

MOST_WIDE = 640
"""Pixels; what is wider is made smaller."""
_QUALITY = 75
_INTERVAL = 0.1
"""Seconds between two frames at the least."""
MOST_SENT = 200
"""Pictures that are sent in a second to all together: where more than 20 watch, each sees fewer, and captions stay as young."""
_BOUNDARY = "frame"
MEDIA_TYPE = f"multipart/x-mixed-replace; boundary={_BOUNDARY}"
_NEXT = f"--{_BOUNDARY}\r\n".encode()


class LivePictures:
    """Newest picture of each source that is watched.

    `wants` and `encode` are called from threads of the loop that captures, the rest in the server's.

    Args:
        most: Viewers at a time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._viewers: Counter[str] = Counter()
        self._due: dict[str, float] = {}
        self._newest: dict[str, tuple[int, bytes]] = {}
        self._changed = asyncio.Event()
        self._closed = False
        self._guarding = threading.Lock()
        self.encoded = 0

    def __len__(self) -> int:
        return self._viewers.total()

    @property
    def is_full(self) -> bool:
        """Return whether nobody else may watch."""
        return len(self) >= self._most

    def wants(self, source: str) -> bool:
        """Return whether the next frame of a source is to be shown."""
        # One of a text that is looked up in a dictionary: no lock is needed, and this is asked at every frame of a camera.
        return self._viewers.get(source, 0) > 0 and time.monotonic() >= self._due.get(source, 0.0)

    def encode(self, frame: Frame) -> bytes | None:
        """Return a frame as a JPEG of at most `MOST_WIDE` pixels in width; None where it is not wanted any more, or cannot be made."""
        with self._guarding:
            now = time.monotonic()
            due = self._due.get(frame.source, 0.0)
            if now < due or not self._viewers.get(frame.source, 0):
                return None
            interval = max(_INTERVAL, len(self) / MOST_SENT)
            # From the time it was due rather than from now: ten a second stay ten, though a camera's frames come between.
            self._due[frame.source] = max(due + interval, now)
        pixels = frame.pixels
        height, width = pixels.shape[:2]
        if width > MOST_WIDE:
            size = (MOST_WIDE, max(1, round(height * MOST_WIDE / width)))
            cv2 = opencv()
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        found = jpeg_of(pixels, _QUALITY)
        self.encoded += bool(found)
        return found or None

    def show(self, source: str, jpeg: bytes) -> None:
        """Show a picture to those who watch its source."""
        head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
        # The line that ends a picture goes with it: browsers show one only once they have read that.
        self._newest[source] = (self._newest.get(source, (0, b""))[0] + 1, b"".join((head, jpeg, b"\r\n", _NEXT)))
        self._wake()

    def begin(self, source: str) -> None:
        """Count one who watches from now on."""
        self._viewers[source] += 1

    def end(self, source: str) -> None:
        """Count one less."""
        self._viewers[source] -= 1
        if self._viewers[source] <= 0:
            del self._viewers[source]
            # A picture of now must not be shown as one of then, to the next who comes.
            self._newest.pop(source, None)

    async def parts(self, source: str) -> AsyncIterator[bytes]:
        """Yield pictures as parts of one answer, the newest each time: who is slow sees fewer.

        Args:
            source: Name of a source, for which `begin` was called.
        """
        seen = self._newest.get(source, (0, b""))[0] - 1
        yield _NEXT
        while not self._closed:
            number, part = self._newest.get(source, (seen, b""))
            if number <= seen:
                await self._changed.wait()
                continue
            seen = number
            yield part

    def close(self) -> None:
        """End for everyone."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        # Those who wait have the former one.
        self._changed.set()
        self._changed = asyncio.Event()


def by_shown_name(sources: list[str]) -> dict[str, str]:
    """Return sources by the names under which a page knows them: without characters that steer, or are no text."""
    return {plain(source): source for source in sources}
