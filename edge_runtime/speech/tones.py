"""Short sounds that say what needs no words: each is another melody, so that they are told apart without being learnt."""

from enum import Enum
from functools import cache

import numpy as np

from edge_runtime.speech.audio import Chunk, Format

_FORMAT = Format(22_050)
_LOUDNESS = 0.25
"""Of the largest sample: beside a voice, not over it."""
_FADE_SECONDS = 0.006
"""At both ends of a note, which would click otherwise."""


class Tone(Enum):
    """A sound: notes of hertz (0 is a pause) and milliseconds."""

    READY = ((660, 80), (880, 120))
    """It begins to listen, or a camera is back: rising."""
    LOST = ((880, 120), (440, 220))
    """A camera is away, or its picture stands still: falling."""
    BUSY = ((1200, 30), (0, 50), (1200, 30))
    """More happens than can be said, or captions come late: two ticks."""
    FAILED = ((196, 160), (0, 60), (196, 160), (0, 60), (196, 240))
    """Something does not work: low, three times."""


@cache
def sound_of(tone: Tone) -> Chunk:
    """Return the samples of a tone."""
    notes = [_note(hertz, milliseconds / 1e3) for hertz, milliseconds in tone.value]
    samples = np.concatenate(notes) * _LOUDNESS * np.iinfo(np.int16).max
    return Chunk(_FORMAT, samples.astype("<i2").tobytes())


def _note(hertz: int, seconds: float) -> np.typing.NDArray[np.float64]:
    at = np.arange(round(seconds * _FORMAT.rate)) / _FORMAT.rate
    fades = np.minimum(np.minimum(at, seconds - at) / _FADE_SECONDS, 1).clip(0)
    return np.asarray(np.sin(2 * np.pi * hertz * at) * fades)
