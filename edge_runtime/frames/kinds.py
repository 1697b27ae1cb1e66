"""What a kind of source says of itself: which addresses it answers to, its own options, and how one is made."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import ClassVar

from edge_runtime.console.options import Options
from edge_runtime.frames.addresses import scheme_of
from edge_runtime.frames.base import FrameSource
from edge_runtime.frames.options import SourceOptions


@dataclass(frozen=True)
class SourceRequest:
    """A source that is asked for.

    Attributes:
        address: As the user wrote it; it may hold a password.
        options: What is asked of every source.
        name: How it is called in messages and events: the address without its secrets.
        log: Takes a sentence about what is passed over.
    """

    address: str
    options: SourceOptions
    name: str
    log: Callable[[str], None]


class SourceKind(Options):
    """A kind of source. Subclass it as a frozen dataclass, whose fields are the kind's own options, and register it.

    Attributes:
        table: Of its own options in the configuration file; a kind without options needs none.
        schemes: What stands before `://` in its addresses; a kind of other addresses has its own `answers`.
    """

    table: ClassVar[str] = ""
    schemes: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def answers(cls, address: str) -> bool:
        """Return whether an address is one of its own.

        Args:
            address: As the user wrote it.

        Raises:
            OSError, ValueError: It is a path that cannot be looked at.
        """
        return scheme_of(address) in cls.schemes

    @classmethod
    def identity(cls, address: str) -> Hashable:
        """Return the same for all ways to write one camera, file or stream.

        Args:
            address: One of its own.

        Raises:
            SourceError: It cannot be taken apart.
        """
        return address

    def source(self, request: SourceRequest) -> FrameSource:
        """Make the source, not opened yet.

        Args:
            request: What is asked for, its address one of the kind's own.

        Raises:
            SourceError: The address cannot be used.
        """
        raise NotImplementedError(f"{type(self).__name__}.source")
