"""What every sink is, and what its kind says of itself."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from edge_runtime.console.options import Options
from edge_runtime.events import Event
from edge_runtime.frames.base import Frame, FrameSource
from edge_runtime.frames.health import SourceHealth


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


@runtime_checkable
class LingeringSink(Protocol):
    """A sink with something to finish that may be cut off where somebody waits for the end, such as a sentence that is being said."""

    def lingers(self) -> bool:
        """Return whether it is at it, once all events have come; asked from the sink's thread, until it is not or nobody may wait."""
        ...


@runtime_checkable
class ChoosySink(Protocol):
    """A sink that wants frames at times, or of some sources; any other that wants frames gets them all."""

    def wants(self, source: str) -> bool:
        """Return whether it wants the next frame of a source.

        Called before the frame is converted, from the thread that captures: it must not wait, and where no sink wants it nor the
        gate looks, the frame costs nothing.
        """
        ...


@runtime_checkable
class EmittingSink(Protocol):
    """A sink with events of its own for the others, such as alerts; it is closed before them, so that they hear the last one.

    Attributes:
        emits: Whether it has.
    """

    @property
    def emits(self) -> bool: ...  # noqa: D102


@runtime_checkable
class LastingSink(Protocol):
    """A sink that runs on when the configuration is read again, and has to know the session that it then runs for."""

    def adopt(self, context: "SinkContext") -> None:
        """Go on for another session; called from the thread that begins it, for the first one too.

        Args:
            context: Of the session.
        """
        ...


@dataclass(frozen=True)
class SinkContext:
    """What a sink may need to know of the session that it is made for.

    Attributes:
        sources: What is looked at; not opened yet.
        fps: Frames a second that the cameras are asked for; None where that is left to them.
        overwrite: Whether a file that is there already is written over, rather than beside it.
        stop: Ends the session; may be called from any thread.
        letters: Those that captions are usually written in, of every language that is said; empty where they are not known. What draws has
            to have them.
        words: Language -> every word that the model can say in it, the main language first; empty where they are not known.
        emit: Hands an event of a sink's own, such as an alert, to every sink; may be called from any thread.
        health: Tells how each source is at this moment; may be called from any thread.
        kinds: The options of every kind of sink: where the journal is, for one that shows it.
    """

    sources: tuple[FrameSource, ...]
    fps: float | None
    overwrite: bool
    stop: Callable[[], None]
    letters: str = ""
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    emit: Callable[[Event], None] = lambda _: None
    health: Callable[[], Sequence[SourceHealth]] = tuple
    kinds: tuple["SinkKind", ...] = ()

    @property
    def several(self) -> bool:
        """Return whether captions are of more than one source, and must name it."""
        return len(self.sources) > 1

    @property
    def seen(self) -> Hashable:
        """Return the sources, to be compared with those of another session."""
        return tuple((source.name, source.live) for source in self.sources)


@dataclass(frozen=True)
class WantedSink:
    """A sink that is asked for.

    Attributes:
        sink: Made, not opened.
        key: All that it depends on: one that runs already with the same key is this one, and goes on with what it has open when
            the configuration is read again. None is its options alone.
        writes: The file that it writes, which no other sink and no source may be; None of what is no file.
        stdout: Whether it writes to stdout.
        yields: Whether it leaves stdout to another sink that writes there.
    """

    sink: Sink
    key: Hashable = None
    writes: Path | None = None
    stdout: bool = False
    yields: bool = False


class SinkKind(Options):
    """A kind of sink. Subclass it as a frozen dataclass, whose fields are the kind's options, and register it."""

    def sinks(self, context: SinkContext) -> Iterable[WantedSink]:
        """Return the sinks that these options ask for; none where they ask for none.

        Args:
            context: What they are made for.

        Raises:
            SinkError, OptionError: They cannot be made.
        """
        raise NotImplementedError(f"{type(self).__name__}.sinks")
