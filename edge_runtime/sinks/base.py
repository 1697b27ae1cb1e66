"""What every sink is."""

from typing import Protocol, runtime_checkable

from edge_runtime.events import Event
from edge_runtime.frames.base import Frame


class Sink(Protocol):
    """Takes captions somewhere. All its methods are called from one thread of its own, so it may be slow without harm.

    Attributes:
        name: For messages, as the user wrote it: `--record out.mp4`.
        wants_frames: Whether `frame` is called with every frame.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def wants_frames(self) -> bool: ...  # noqa: D102

    def check(self) -> None:
        """See whether it could be opened, and leave nothing behind: all sinks are asked before any of them is opened.

        Raises:
            SinkError: As for `open`.
        """
        ...

    def open(self) -> None:
        """Make ready; called once, before anything else but `check`.

        Raises:
            SinkError: It cannot be used; one sentence with the remedy.
        """
        ...

    def event(self, event: Event) -> None:
        """Take an event.

        Raises:
            SinkError: It can no longer be used; the loop says so once and goes on without it.
        """
        ...

    def frame(self, frame: Frame, caption: str) -> None:
        """Take a frame with the sentence that is shown at the time, empty before the first one.

        Raises:
            SinkError: As for `event`.
        """
        ...

    def close(self) -> None:
        """Write out what is held back; called once, also after an error."""
        ...


@runtime_checkable
class IdleSink(Protocol):
    """A sink with something to do while nothing comes, such as looking for keys."""

    def idle(self) -> None:
        """Called about every 50 ms while there is neither event nor frame, from the sink's thread.

        Raises:
            SinkError: As for `event`.
        """
        ...
