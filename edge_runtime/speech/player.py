"""What is heard: samples handed to a player of the system, `paplay` or `aplay`."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.errors import SoundError, SpeechError
from edge_runtime.speech.audio import Chunk, Format
from edge_runtime.speech.child import STALL_SECONDS, Child

PLAYERS = {
    "paplay": ("--raw", "--format=s16le", "--rate={rate}", "--channels={channels}"),
    "aplay": ("-q", "-t", "raw", "-f", "S16_LE", "-r", "{rate}", "-c", "{channels}", "-"),
}
"""Programs, and how each is told what it is fed."""


def has_sound_server() -> bool:
    """Return whether PulseAudio, or PipeWire in its place, serves this user; the device itself may be in use then."""
    if os.environ.get("PULSE_SERVER"):
        return True
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return runtime is not None and Path(runtime, "pulse", "native").exists()


@dataclass(frozen=True)
class Player:
    """Plays by a program, one run of it a sound: what is cut off is silent at once, and nothing holds the device meanwhile.

    Attributes:
        name: For messages.
        program: Path of one of `PLAYERS`.
    """

    name: str
    program: str

    @classmethod
    def found(cls, name: str) -> "Player":
        """Choose one that is installed.

        Args:
            name: For messages.

        Raises:
            SoundError: There is none.
        """
        for program in PLAYERS if has_sound_server() else reversed(PLAYERS):
            path = shutil.which(program)
            if path is not None:
                return cls(name, path)
        raise SoundError(f"{name}: there is no program that plays sound; sudo apt install alsa-utils")

    def play(self, chunks: Iterable[Chunk], stopped: Callable[[], bool], begun: Callable[[], None]) -> None:
        """Play a sound to its end.

        Args:
            chunks: Its pieces; an error of whoever makes them goes through.
            stopped: Asked meanwhile: whether it is to be cut off.
            begun: Called when the first samples are handed over.

        Raises:
            SoundError: It cannot be heard; one sentence with the remedy.
        """
        child: Child | None = None
        try:
            for chunk in chunks:
                if child is None:
                    child = self._started(chunk.format)
                    begun()
                try:
                    if not child.write(chunk.samples, stopped):
                        return
                except SpeechError as error:
                    raise self._unheard(error) from None
            if child is not None:
                child.end_input()
                try:
                    child.finish(STALL_SECONDS, stopped)
                except SpeechError as error:
                    raise self._unheard(error) from None
        finally:
            if child is not None:
                child.close()

    def _started(self, wanted: Format) -> Child:
        arguments = PLAYERS[Path(self.program).name]
        told = [part.format(rate=wanted.rate, channels=wanted.channels) for part in arguments]
        try:
            return Child(self.name, [self.program, *told], takes_sound=True)
        except SpeechError as error:
            raise self._unheard(error) from None

    def _unheard(self, error: SpeechError) -> SoundError:
        return SoundError(f"{error}, so nothing can be heard; plug in a loudspeaker, and see what aplay -l lists")
