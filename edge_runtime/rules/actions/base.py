"""What every action is."""

from typing import Protocol

from edge_runtime.events import AlertEvent


class Action(Protocol):
    """Something that a rule does. `act` is called from a thread of its own, so it may take its time.

    Attributes:
        name: For messages, without a secret.
        workers: How many may run at once.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def workers(self) -> int: ...  # noqa: D102

    def check(self) -> None:
        """See whether it could be done, and do nothing.

        Raises:
            ActionError: It could not; one sentence with the remedy.
        """
        ...

    def act(self, alert: AlertEvent) -> None:
        """Do it for an alert.

        Raises:
            ActionError: It could not be done.
        """
        ...

    def stop(self) -> None:
        """Give up what waits, such as another try; may be called from any thread."""
        ...
