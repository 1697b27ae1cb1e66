"""What is asked of a source."""

from dataclasses import dataclass

from edge_runtime.console.options import Options, option
from edge_runtime.errors import OptionError


@dataclass(frozen=True)
class SourceOptions(Options):
    """Which sources, and what is asked of each; a source that cannot do it gives the nearest that it can.

    Attributes:
        address: How each is written: a camera, file, folder or stream.
        realtime: Play a file at its own speed, so that frames nobody takes in time are gone.
        width: Pixels of a row; None leaves it to the camera.
        height: Rows; None leaves it to the camera.
        fps: Frames a second of a camera, pictures a second of a folder in real time; None leaves it to the source.
        retries: Times that a lost source is opened again before it is given up; None for ever.
        loop: Play a file or a folder again whenever it has come to its end.

    Raises:
        OptionError: A value outside its range, a width without a height, or no source, or one twice.
    """

    table = "source"

    address: tuple[str, ...] = option(
        ("0",),
        "camera number, /dev/video0, video file, folder of pictures, rtsp:// or http:// stream, picamera or rpicam, or "
        "demo for a clip that ships; repeat it to watch several",
        metavar="SOURCE",
        flag="source",
        path=True,
        secret=True,
    )
    realtime: bool = option(False, "play files at their own speed instead of looking at every frame")
    width: int | None = option(None, "pixels asked of the camera", metavar="W", low=16, high=16384)
    height: int | None = option(None, "pixels asked of the camera", metavar="H", low=16, high=16384)
    fps: float | None = option(None, "frames a second asked of the camera", metavar="F", low=0.01, high=1000)
    retries: int | None = option(
        None, "times a lost camera is tried again (default: for ever)", metavar="N", low=0, high=2**31
    )
    loop: bool = option(False, "play files and folders again and again, until it is stopped")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.address:
            raise OptionError("no source; name at least one camera, file or stream")
        if len(set(self.address)) != len(self.address):
            raise OptionError("the same source is named twice; name each once")
        if (self.width is None) != (self.height is None):
            raise OptionError("a width without a height, or a height without a width; name both")
