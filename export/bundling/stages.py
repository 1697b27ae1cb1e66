"""How far a long piece of work is."""

import time
from collections.abc import Callable


class Stages:
    """Says each stage as it begins, and how long the one before took.

    Args:
        count: How many there are.
        say: Receives a line for each.
    """

    def __init__(self, count: int, say: Callable[[str], None]) -> None:
        self._count, self._say = count, say
        self._done = 0
        self._begun = time.monotonic()

    def next(self, what: str) -> None:
        """Begin a stage.

        Args:
            what: What is done in it.
        """
        now = time.monotonic()
        took = f", {now - self._begun:.0f} s after the one before" if self._done else ""
        self._done, self._begun = self._done + 1, now
        self._say(f"stage {self._done} of {self._count}{took}: {what}")
