"""Sound as samples, and what is asked of whoever makes it from text."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Protocol

from edge_runtime.errors import SpeechError

_RATES, _CHANNELS = (4_000, 192_000), (1, 8)
SAMPLE_BYTES = 2
"""Samples are signed 16-bit numbers, the lower byte first: what espeak-ng and Piper give and every player takes."""


@dataclass(frozen=True)
class Format:
    """How samples are to be played.

    Attributes:
        rate: Samples a second of each channel.
        channels: Side by side in each moment.

    Raises:
        SpeechError: No loudspeaker plays that; a server may have sent it.
    """

    rate: int
    channels: int = 1

    def __post_init__(self) -> None:
        for value, (low, high) in ((self.rate, _RATES), (self.channels, _CHANNELS)):
            if type(value) is not int or not low <= value <= high:
                raise SpeechError("sound of a rate or of channels that no loudspeaker plays")

    @property
    def bytes_per_second(self) -> int:
        """Return how many bytes a second of it has."""
        return self.rate * self.channels * SAMPLE_BYTES


@dataclass(frozen=True)
class Chunk:
    """A piece of sound.

    Attributes:
        format: How it is to be played; the same in every piece of a sentence.
        samples: Signed 16-bit numbers, the lower byte first, whole ones.
    """

    format: Format
    samples: bytes


class Engine(Protocol):
    """Makes sound of text.

    Attributes:
        name: For messages, as the user wrote it: `--speak espeak-ng`.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    def check(self, languages: Iterable[str]) -> None:
        """See whether it could speak, before anything is opened.

        Args:
            languages: BCP 47 tags of what it will be asked to say.

        Raises:
            SpeechError: It cannot, and waiting would not help; one sentence with the remedy.
        """
        ...

    def say(self, text: str, language: str, stopped: Callable[[], bool]) -> Generator[Chunk, None, None]:
        """Yield the sound of a sentence, piece by piece as it is made; nothing is left running once the iterator is closed.

        Args:
            text: One line, from anywhere; never part of a command.
            language: BCP 47 tag of the text.
            stopped: Asked meanwhile: whether nobody wants to hear it any more.

        Raises:
            SpeechError: It cannot be made, or takes too long; one sentence.
        """
        ...
