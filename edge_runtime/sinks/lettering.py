"""Captions as a sink draws them into pictures, where the letters for them are installed."""

import logging

from edge_runtime.errors import SinkError
from edge_runtime.sinks.overlay import Pixels, draw_caption
from edge_runtime.sinks.script import undrawable

_log = logging.getLogger("edge_runtime.sinks")


class Lettering:
    """Draws a sink's captions. What no font has the letters of is not drawn, rather than as boxes, and that is said once.

    Args:
        name: Of the sink, for messages.
        letters: Those that captions are usually written in; empty where they are not known.
    """

    def __init__(self, name: str, letters: str = "") -> None:
        self._name, self._letters = name, letters
        self._said: set[str] = set()

    def check(self) -> None:
        """See whether the usual letters can be drawn.

        Raises:
            SinkError: One of them cannot.
        """
        lacking = undrawable(self._letters)
        if lacking is not None:
            raise SinkError(f"{self._name}: {lacking}")

    def draw(self, pixels: Pixels, caption: str) -> Pixels:
        """Return a frame with those lines of a caption that can be drawn, as `draw_caption` does it.

        Args:
            pixels: uint8 [H, W, 3], B, G, R; stays as it is.
            caption: A sentence, or a line each in several languages.
        """
        return draw_caption(pixels, "\n".join(line for line in caption.split("\n") if self._can_draw(line)))

    def _can_draw(self, line: str) -> bool:
        lacking = undrawable(line)
        if lacking is not None and lacking not in self._said:
            self._said.add(lacking)
            _log.warning("%s: %s; until then such captions are not drawn", self._name, lacking)
        return lacking is None
