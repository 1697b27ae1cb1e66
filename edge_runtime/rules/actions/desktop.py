"""A notification of the desktop, and a sound: programs that every desktop has, run as any other command."""

import contextlib
import html
import math
import shutil
import struct
import tempfile
import wave
from pathlib import Path

from edge_runtime.errors import ActionError
from edge_runtime.events import AlertEvent
from edge_runtime.rules.actions.program import run_program

_PLAYERS = ("paplay", "pw-play", "aplay")
_RATE, _HERTZ, _SECONDS, _LOUDNESS = 16000, (660.0, 880.0), 0.15, 0.4
"""Of the tone that ships: samples a second, two notes, seconds of each, share of the full scale."""


class NotifyAction:
    """Shows a notification, by notify-send.

    Args:
        timeout: Seconds that the program may take.

    Attributes:
        name: For messages.
        workers: How many may run at once.
    """

    workers = 1
    name = "notify"

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout

    def check(self) -> None:
        """See whether the program is there.

        Raises:
            ActionError: It is not.
        """
        if shutil.which("notify-send") is None:
            raise ActionError("notify: notify-send is not installed; run: sudo apt install libnotify-bin")

    def act(self, alert: AlertEvent) -> None:
        """Show it.

        Raises:
            ActionError: There is no desktop.
        """
        # Servers of notifications read markup in the body; a source's name must not be any.
        body = html.escape(f"{alert.scene.source}: {alert.scene.shown or alert.scene.failure}", quote=False)
        words = ("notify-send", "--app-name=edge-caption", "--", alert.rule, body)
        run_program(self.name, [word.replace("\0", "") for word in words], self._timeout)

    def stop(self) -> None:
        """Nothing waits."""


class SoundAction:
    """Plays a WAV file.

    Args:
        file: The file; None for the tone that ships.
        timeout: Seconds that the program may take.

    Attributes:
        name: For messages.
        workers: How many may run at once.
    """

    workers = 1
    name = "sound"

    def __init__(self, file: Path | None, timeout: float) -> None:
        self._file, self._timeout = file, timeout

    def check(self) -> None:
        """See whether there is a program that plays, and a file that is a sound.

        Raises:
            ActionError: There is not.
        """
        if self._player() is None:
            raise ActionError("sound: no program to play it is installed; run: sudo apt install alsa-utils")
        if self._file is not None:
            try:
                with contextlib.closing(wave.open(str(self._file), "rb")):
                    pass
            except OSError as error:
                raise ActionError(f"sound {self._file}: cannot be read ({error.strerror}); check its name") from None
            except (wave.Error, EOFError):
                raise ActionError(f"sound {self._file}: no WAV file; give one in PCM") from None

    def act(self, alert: AlertEvent) -> None:
        """Play it.

        Raises:
            ActionError: It cannot be played.
        """
        if self._file is not None:
            self._play(self._file)
            return
        try:
            with tempfile.TemporaryDirectory(prefix="edge-caption-") as folder:
                made = Path(folder) / "tone.wav"
                write_tone(made)
                self._play(made)
        except ActionError:
            raise
        except OSError as error:
            raise ActionError(f"sound: the tone cannot be written ({error.strerror})") from None

    def stop(self) -> None:
        """Nothing waits."""

    def _play(self, file: Path) -> None:
        player = self._player()
        if player is None:
            raise ActionError("sound: no program to play it is installed; run: sudo apt install alsa-utils")
        run_program(self.name, [player, str(file.absolute())], self._timeout)

    @staticmethod
    def _player() -> str | None:
        return next((player for player in _PLAYERS if shutil.which(player)), None)


def write_tone(path: Path) -> None:
    """Write the tone that ships: two notes that rise, 16 bits, one channel.

    Args:
        path: Of a WAV file.
    """
    samples = []
    length = int(_RATE * _SECONDS)
    for hertz in _HERTZ:
        for at in range(length):
            # It swells and fades, for a note that is cut clicks.
            swell = math.sin(math.pi * at / length)
            samples.append(int(32767 * _LOUDNESS * swell * math.sin(2 * math.pi * hertz * at / _RATE)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
