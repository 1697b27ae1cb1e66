"""What is asked of a source."""

from dataclasses import dataclass

from edge_runtime.errors import OptionError

_SIDES, _RATES = (16, 16384), (0.01, 1000.0)


@dataclass(frozen=True)
class SourceOptions:
    """What is asked of a source; a source that cannot do it gives the nearest that it can.

    Attributes:
        width: Pixels of a row; None leaves it to the camera.
        height: Rows; None leaves it to the camera.
        fps: Frames a second of a camera, pictures a second of a folder in real time; None leaves it to the source.
        realtime: Play a file at its own speed, so that frames nobody takes in time are gone.

    Raises:
        OptionError: A value outside its range.
    """

    width: int | None = None
    height: int | None = None
    fps: float | None = None
    realtime: bool = False

    def __post_init__(self) -> None:
        for name, pixels in (("width", self.width), ("height", self.height)):
            if pixels is not None and not _SIDES[0] <= pixels <= _SIDES[1]:
                raise OptionError(f"{name} {pixels}: must be {_SIDES[0]} to {_SIDES[1]} pixels")
        if self.fps is not None and not _RATES[0] <= self.fps <= _RATES[1]:
            raise OptionError(f"rate {self.fps:g}: must be {_RATES[0]:g} to {_RATES[1]:g} frames a second")
        if (self.width is None) != (self.height is None):
            raise OptionError("a width without a height, or a height without a width; name both")
