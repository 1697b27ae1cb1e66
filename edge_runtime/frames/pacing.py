"""The speed of a medium: when its frames are due."""

import threading
import time

CATCH_UP_SECONDS = 1.0
"""A machine that cannot even skip fast enough plays slower after this long."""


class Pace:
    """Holds the frames of a medium against the monotonic clock, which starts with the first one."""

    def __init__(self) -> None:
        self._start: float | None = None
        self._skipping_since: float | None = None

    def is_due(self, position: float, interval: float, closing: threading.Event) -> bool:
        """Wait until a frame is due.

        Args:
            position: Seconds of the frame from the start of the medium.
            interval: Seconds from one frame to the next.
            closing: Ends the wait.

        Returns:
            False where its time has passed already, so that it is to be skipped.
        """
        now = time.monotonic()
        if self._start is None:
            self._start = now - position
        late = now - self._start - position
        if late < interval:
            self._skipping_since = None
            if late < 0:
                closing.wait(-late)
            return True
        if self._skipping_since is None:
            self._skipping_since = now
        if now - self._skipping_since < CATCH_UP_SECONDS:
            return False
        self._start, self._skipping_since = now - position, None
        return True
