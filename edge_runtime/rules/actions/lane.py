"""What waits for an action: a bounded queue, and the threads that work it off."""

import threading
import time
from collections import deque
from collections.abc import Callable

from edge_runtime.errors import ActionError
from edge_runtime.events import AlertEvent
from edge_runtime.rules.actions.base import Action

MOST_WAITING = 16
"""Alerts that wait for an action at the most; each may hold a picture."""

Done = Callable[[bool], None]
"""Takes whether it was done."""


class Lane:
    """Does an action for one alert after the other, in threads of its own: one that hangs holds up nothing but itself.

    Args:
        action: What is done.
        failed: Takes a sentence about a failure, in the lane's thread.
        worked: Called after a success, in the lane's thread.
    """

    def __init__(self, action: Action, failed: Callable[[str, str], None], worked: Callable[[str], None]) -> None:
        self.action = action
        self._failed, self._worked = failed, worked
        self._waiting: deque[tuple[AlertEvent, Done]] = deque()
        self._changed = threading.Condition()
        self._running = 0
        self._closing = False
        self._threads: list[threading.Thread] = []

    def put(self, alert: AlertEvent, done: Done) -> None:
        """Have it done for an alert; where too many wait, the oldest is left out.

        Args:
            alert: For which.
            done: Called once, from any thread.
        """
        dropped: Done | None = None
        with self._changed:
            closing = self._closing
            if not closing:
                if len(self._waiting) >= MOST_WAITING:
                    _, dropped = self._waiting.popleft()
                self._waiting.append((alert, done))
                # Threads begin when they are needed: most rules are quiet for hours.
                if self._running + len(self._waiting) > len(self._threads) < self.action.workers:
                    thread = threading.Thread(target=self._work, name=self.action.name, daemon=True)
                    self._threads.append(thread)
                    thread.start()
                self._changed.notify()
        if closing:
            done(False)
        elif dropped is not None:
            self._failed(self.action.name, f"{self.action.name}: too slow, an alert was left out")
            dropped(False)

    def close(self, by: float) -> bool:
        """Finish what waits, and end.

        Args:
            by: Time of `time.monotonic` after which it is given up.

        Returns:
            Whether everything was done.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(max(0.0, by - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            self.action.stop()
            with self._changed:
                self._waiting.clear()
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                if not self._waiting:
                    return
                alert, done = self._waiting.popleft()
                self._running += 1
            try:
                well = self._do(alert)
            finally:
                with self._changed:
                    self._running -= 1
            done(well)

    def _do(self, alert: AlertEvent) -> bool:
        try:
            self.action.act(alert)
        except ActionError as error:
            self._failed(self.action.name, str(error))
            return False
        except Exception as error:
            told = " ".join(str(error).split())
            self._failed(
                self.action.name, f"{self.action.name}: an unexpected {type(error).__name__} ({told}); please report it"
            )
            return False
        self._worked(self.action.name)
        return True
