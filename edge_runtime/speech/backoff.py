"""Something that failed is tried again, with growing pauses, and said once."""

import time
from collections.abc import Callable

_FIRST_SECONDS, _LONGEST_SECONDS = 1.0, 60.0


class Backoff:
    """Remembers failures of one thing.

    Args:
        log: Takes a sentence: of the first failure, and when it works again.
        name: For the latter.
    """

    def __init__(self, log: Callable[[str], None], name: str) -> None:
        self._log, self._name = log, name
        self._failures, self._again = 0, 0.0

    @property
    def ready(self) -> bool:
        """Return whether it is to be tried."""
        return time.monotonic() >= self._again

    def failed(self, why: str) -> bool:
        """Note a failure; whether it is the first in a row.

        Args:
            why: A sentence.
        """
        self._failures += 1
        self._again = time.monotonic() + min(_LONGEST_SECONDS, _FIRST_SECONDS * 2 ** min(self._failures - 1, 10))
        if self._failures == 1:
            self._log(f"{why}; captions go on, and it is tried again")
        return self._failures == 1

    def worked(self) -> None:
        """Note that it works."""
        if self._failures:
            self._log(f"{self._name}: it speaks again")
        self._failures, self._again = 0, 0.0
