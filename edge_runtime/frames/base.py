"""What every source of frames is."""

from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from edge_runtime.machine.opencv import STALL_SECONDS as STALL_SECONDS

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Frame:
    """A picture as a camera gave it.

    Attributes:
        source: Name of the source.
        number: Counted by the source from 0, frames that nobody looked at included.
        pixels: uint8 [H, W, 3], B, G, R, 0 to 255, turned, mirrored and cut as asked for.
        captured: When it came, seconds of `time.monotonic`.
        captured_at: The same, seconds since 1970.
        position: Seconds from the start of the medium, or since the source was first opened where it has no start.
    """

    source: str
    number: int
    pixels: Pixels
    captured: float
    captured_at: float
    position: float


class FrameSource(Protocol):
    """A context manager that owns a device or a file; entering opens it, and it may be entered again after it was lost.

    Attributes:
        name: As the user wrote it, without a password.
        live: Whether frames come at their own pace, and those nobody takes are gone; otherwise each waits to be taken.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def live(self) -> bool: ...  # noqa: D102

    def __enter__(self) -> Self:
        """Open it.

        Raises:
            SourceError: There is no such source, it is in use, or cannot be read; one sentence with the remedy.
        """
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the device back; stops a `grab` that waits in another thread as soon as the device allows."""
        ...

    def grab(self) -> bool:
        """Wait for the next frame, without converting it.

        Returns:
            False at the end of the medium.

        Raises:
            SourceLostError: The stream broke, or no frame came for `STALL_SECONDS`.
        """
        ...

    def retrieve(self) -> Pixels:
        """The frame that was grabbed last, uint8 [H, W, 3], B, G, R.

        Raises:
            SourceLostError: It cannot be decoded.
        """
        ...

    @property
    def position(self) -> float | None:
        """Seconds of the grabbed frame from the start of the medium; None of a camera."""
        ...
