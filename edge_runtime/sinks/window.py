"""A window for each source, with the caption on the newest frame."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_runtime.console.options import option
from edge_runtime.events import Event, StatusEvent
from edge_runtime.frames.base import Frame
from edge_runtime.machine.opencv import opencv
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink
from edge_runtime.sinks.lettering import Lettering
from edge_runtime.sinks.overlay import draw_caption
from edge_runtime.sinks.screen import check_screen, on_screen

Pixels = npt.NDArray[np.uint8]

_QUIT = (27, ord("q"), ord("Q"))
"""Keys that stop: Esc and q."""
_NO_KEY = 255
_LARGEST = (1280, 720)
"""Width and height in pixels that a window begins with at the most; the user may pull it larger."""


@dataclass(frozen=True)
class WindowKind(SinkKind):
    """Whether a window is shown.

    Attributes:
        enabled: Whether it is.
    """

    table = "window"

    enabled: bool = option(False, "show the picture with its caption in a window", flag="window")

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        """Yield the one that is asked for."""
        if self.enabled:
            yield WantedSink(WindowSink(context.stop, context.letters), key=context.seen)


class WindowSink:
    """Shows frames with OpenCV; Esc, q or closing a window stops the loop.

    Attributes:
        name: For messages.
        wants_frames: Yes.
    """

    name = "--window"
    wants_frames = True

    def __init__(self, stop: Callable[[], None], letters: str = "") -> None:
        """Make one.

        Args:
            stop: Called once, from the sink's thread, when the user wants to stop.
            letters: Those that captions are usually written in.
        """
        self._stop = stop
        self._lettering = Lettering(self.name, letters)
        self._stopping = False
        self._newest: dict[str, Pixels] = {}
        """The frame that each source's window shows."""

    def open(self) -> None:
        """Nothing yet: a window opens with the first frame."""

    def check(self) -> None:
        """See that there are a screen, and the letters of what is to be drawn.

        Raises:
            SinkError: There are none, or OpenCV was built without windows.
        """
        self._lettering.check()
        check_screen(self.name)

    def event(self, event: Event) -> None:
        """Over a frame that gets old because its source is lost, say so instead of the caption."""
        if isinstance(event, StatusEvent) and event.kind == "lost" and event.source in self._newest:
            pixels = self._newest[event.source]
            self._show(event.source, pixels, draw_caption(pixels, event.message))

    def frame(self, frame: Frame, caption: str) -> None:
        """Show a frame."""
        self._show(frame.source, frame.pixels, self._lettering.draw(frame.pixels, caption))

    def idle(self) -> None:
        """Look for keys, and for windows that were closed."""
        if self._newest:
            on_screen(self._pump)

    def close(self) -> None:
        """Close the windows."""
        if self._newest:
            on_screen(self._close)

    def _show(self, source: str, pixels: Pixels, drawn: Pixels) -> None:
        if not self._stopping:
            on_screen(lambda: self._draw(source, pixels.shape, drawn))
            self._newest[source] = pixels
            on_screen(self._pump)

    def _draw(self, source: str, shape: tuple[int, ...], drawn: Pixels) -> None:
        cv2 = opencv()

        title = _title(source)
        if source not in self._newest:
            cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
            scale = min(1.0, _LARGEST[0] / shape[1], _LARGEST[1] / shape[0])
            cv2.resizeWindow(title, round(shape[1] * scale), round(shape[0] * scale))
        cv2.imshow(title, drawn)

    def _pump(self) -> None:
        """Let the windows redraw and hear the user."""
        cv2 = opencv()

        key = cv2.waitKey(1) & _NO_KEY
        closed = not all(map(_is_open, self._newest))
        if (key in _QUIT or closed) and not self._stopping:
            self._stopping = True
            self._stop()

    def _close(self) -> None:
        cv2 = opencv()

        for source in self._newest:
            if _is_open(source):
                cv2.destroyWindow(_title(source))
        self._newest.clear()
        cv2.waitKey(1)  # the windows go only while events are looked at


def _title(source: str) -> str:
    return f"edge-caption: {source}"


def _is_open(source: str) -> bool:
    cv2 = opencv()

    try:
        return bool(cv2.getWindowProperty(_title(source), cv2.WND_PROP_VISIBLE) >= 1)
    except cv2.error:  # with its last window OpenCV's Qt is gone
        return False
