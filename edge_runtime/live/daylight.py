"""Day and night of a camera with an infrared cut filter: at night it takes the filter away, and its picture has no colours.

All of the picture changes at once then, and nothing has happened. So the switch is found out and told.
"""

from typing import Literal

import numpy as np

from edge_runtime.captioner import Floats

Light = Literal["day", "night"]

_GREY, _COLOURED = 2.5, 6.0
"""Levels of colour, of 255, below which a picture has none, and above which it has some; between them, as in fog, nothing changes.

A camera at night sends no colour at all; what its codec makes of that is one or two levels. Fog and snow have three and more in their
most coloured places, if only from the sensor's noise."""
_PLACES = 10
"""Of the thumbnail's 192: as many coloured ones are enough to be a picture in colours."""
_DARK = 12.0
"""Mean level below which a picture is too dark to have colours, whatever the filter does: a covered lens is no night."""
_HELD_SECONDS = 3.0
"""For how long it must be so: cameras go to and fro at dusk."""


class DayNight:
    """Tells when a camera switches.

    Attributes:
        light: What it is; None before anything is known.
        switching: Whether colours have come or gone, and it is not yet told: what changes meanwhile may be no news.
    """

    def __init__(self) -> None:
        self.light: Light | None = None
        self._other: Light | None = None
        self._since = 0.0

    @property
    def switching(self) -> bool:
        """Return whether colours have come or gone, and it is not yet told."""
        return self.light is not None and self._other is not None

    def look(self, thumbnail: Floats, at: float) -> Light | None:
        """Look at a frame.

        Args:
            thumbnail: float32 [12, 16, 3], 0 to 255.
            at: When it was captured, in seconds of any clock.

        Returns:
            What it is from now on, where the camera has switched; None where it has not, also of the first that is known.
        """
        if float(thumbnail.mean()) < _DARK:
            return None
        colours = (thumbnail.max(axis=2) - thumbnail.min(axis=2)).ravel()
        colour = float(np.partition(colours, -_PLACES)[-_PLACES])
        seen: Light | None = "night" if colour < _GREY else "day" if colour > _COLOURED else None
        if seen is None or seen == self.light:
            self._other = None
            return None
        if self._other != seen:
            self._other, self._since = seen, at
        if at - self._since < _HELD_SECONDS:
            return None
        first, self.light, self._other = self.light is None, seen, None
        return None if first else seen
