"""Failures of actions, told once each."""

import threading
from collections.abc import Callable


class Failures:
    """Tells the first failure of a kind, counts those that follow, and tells how many there were once it works again.

    Args:
        log: Takes a sentence; called from any thread.
    """

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log = log
        self._counts: dict[str, dict[str, int]] = {}
        self._lock = threading.Lock()

    def failed(self, name: str, sentence: str) -> None:
        """Take a failure.

        Args:
            name: Of the action.
            sentence: What went wrong; the same words are the same kind.
        """
        with self._lock:
            counts = self._counts.setdefault(name, {})
            counts[sentence] = counts.get(sentence, 0) + 1
            first = counts[sentence] == 1
        if first:
            self._log(f"{sentence}; told once")

    def worked(self, name: str) -> None:
        """Take a success: what failed before is told again the next time."""
        with self._lock:
            failed = sum(self._counts.pop(name, {}).values())
        if failed:
            self._log(f"{name}: works again, after {_times(failed)} that it did not")

    def close(self) -> None:
        """Tell what was counted and not told."""
        with self._lock:
            left, self._counts = self._counts, {}
        for counts in left.values():
            for sentence, count in counts.items():
                if count > 1:
                    self._log(f"{sentence}; {_times(count)} in all")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
