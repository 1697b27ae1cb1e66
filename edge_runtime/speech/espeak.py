"""The voice of espeak-ng: small, quick, in a hundred languages, and a process of its own for each sentence."""

import shutil
import struct
import subprocess
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from functools import cache

from edge_runtime.errors import SpeechError
from edge_runtime.speech.audio import SAMPLE_BYTES, Chunk, Format
from edge_runtime.speech.child import Child

PROGRAM = "espeak-ng"
_HEADER = 44
"""Bytes before the samples, as espeak-ng writes WAV to a pipe."""
_CHUNK = 4096
_ASK_SECONDS = 5.0
_CODES = {"zh": "cmn", "no": "nb"}
"""Languages that espeak-ng calls otherwise."""


class Espeak:
    """Speaks by the program `espeak-ng`, which must be on the PATH.

    The text goes in by stdin and is never an argument, so nothing that a sentence holds can become an option.

    Args:
        voice: Name of its voice, for every language; None for that of the caption's language.

    Attributes:
        name: For messages.
    """

    name = f"--speak {PROGRAM}"

    def __init__(self, voice: str | None = None) -> None:
        self._voice = voice

    def check(self, languages: Iterable[str]) -> None:
        """See whether it is installed, and has a voice for each language.

        Args:
            languages: BCP 47 tags.

        Raises:
            SpeechError: It is not, or has not.
        """
        for language in languages:
            self._voice_of(language)

    def say(self, text: str, language: str, stopped: Callable[[], bool]) -> Generator[Chunk, None, None]:
        """Yield the sound of a sentence; see `Engine`.

        Args:
            text: One line.
            language: Its BCP 47 tag.
            stopped: Whether nobody wants to hear it any more.

        Raises:
            SpeechError: It cannot be made, or takes too long.
        """
        command = [self._program(), "--stdin", "--stdout", "-b", "1", "-v", self._voice_of(language)]
        with closing(Child(self.name, command, takes_sound=False)) as child:
            if not child.write(text.encode(errors="replace"), stopped):
                return
            child.end_input()
            yield from self._chunks(child, stopped)

    def _chunks(self, child: Child, stopped: Callable[[], bool]) -> Generator[Chunk, None, None]:
        given, format_ = b"", None
        while more := child.read(_CHUNK, stopped):
            given += more
            if format_ is None and len(given) >= _HEADER:
                format_, given = self._format(given), given[_HEADER:]
            whole = len(given) // SAMPLE_BYTES * SAMPLE_BYTES
            if format_ is not None and whole:
                yield Chunk(format_, given[:whole])
                given = given[whole:]
        if more is not None and format_ is None:
            raise child.failure()

    def _format(self, header: bytes) -> Format:
        kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", header, 20)
        if header[:4] != b"RIFF" or header[8:12] != b"WAVE" or kind != 1 or bits != SAMPLE_BYTES * 8:
            raise SpeechError(f"{self.name}: what it gives is no WAV of 16 bits; install it again")
        return Format(rate, channels)

    def _program(self) -> str:
        found = shutil.which(PROGRAM)
        if found is None:
            raise SpeechError(f"{self.name}: there is no such program; sudo apt install {PROGRAM}")
        return found

    def _voice_of(self, language: str) -> str:
        program = self._program()
        wished = [self._voice] if self._voice else _wished(language)
        for voice in wished:
            if _has_voice(program, voice):
                return voice
        if self._voice:
            raise SpeechError(f"{self.name}: it has no voice {self._voice}; {PROGRAM} --voices lists them")
        raise SpeechError(f"{self.name}: it has no voice for {language}; name one of another language by --speak-voice")


def _wished(language: str) -> list[str]:
    """Return names that a voice for a language may have, the closest first: `pt-BR` -> `pt-br`, `pt`."""
    first, *others = language.lower().split("-")
    regions = [other for other in others if len(other) == 2]
    code = _CODES.get(first, first)
    return [f"{code}-{region}" for region in regions] + [code]


@cache
def _has_voice(program: str, voice: str) -> bool:
    try:
        asked = subprocess.run(
            [program, "-q", "--stdin", "-v", voice],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ASK_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return True  # it is heard of when it is to speak
    return asked.returncode == 0
