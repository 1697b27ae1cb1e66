"""Does what rules ask for, beside the captions and never before them."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from edge_runtime.events import AlertEvent
from edge_runtime.rules.actions.base import Action
from edge_runtime.rules.actions.failures import Failures
from edge_runtime.rules.actions.lane import Lane


class Runner:
    """The actions of all rules, each in a lane of its own.

    Args:
        actions: Of each rule, by its name.
        log: Takes a sentence about a failure, from any thread.
        ended: Takes an alert and whether any of its actions was done, once all of them have ended; from any thread.
    """

    def __init__(
        self,
        actions: Mapping[str, Sequence[Action]],
        log: Callable[[str], None],
        ended: Callable[[AlertEvent, bool], None],
    ) -> None:
        self._failures = Failures(log)
        self._ended = ended
        self._lanes = {
            rule: [Lane(action, self._failures.failed, self._failures.worked) for action in asked]
            for rule, asked in actions.items()
        }

    def check(self) -> None:
        """See whether every action could be done.

        Raises:
            ActionError: One could not.
        """
        for lanes in self._lanes.values():
            for lane in lanes:
                lane.action.check()

    def run(self, alert: AlertEvent) -> None:
        """Have everything done that the alert's rule asks for. A rule that asks for nothing has done it."""
        lanes = self._lanes.get(alert.rule, [])
        if not lanes:
            self._ended(alert, True)
            return
        outcome = _Outcome(len(lanes), lambda well: self._ended(alert, well))
        for lane in lanes:
            lane.put(alert, outcome.take)

    def close(self, seconds: float) -> None:
        """Finish what waits, and end.

        Args:
            seconds: How long it may take; what waits then is given up.
        """
        by = time.monotonic() + seconds
        for lanes in self._lanes.values():
            for lane in lanes:
                lane.close(by)
        self._failures.close()


class _Outcome:
    """How the actions of one alert ended: it was sent where any of them was done."""

    def __init__(self, actions: int, ended: Callable[[bool], None]) -> None:
        self._left, self._ended = actions, ended
        self._well = False
        self._lock = threading.Lock()

    def take(self, well: bool) -> None:
        with self._lock:
            self._left -= 1
            self._well = self._well or well
            last = self._left == 0
        if last:
            self._ended(self._well)
