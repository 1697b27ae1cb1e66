"""The thread that speaks: one sentence at a time, and one that waits."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

from edge_runtime.errors import SoundError, SpeechError
from edge_runtime.speech.audio import Engine
from edge_runtime.speech.backoff import Backoff
from edge_runtime.speech.player import Player
from edge_runtime.speech.tones import Tone, sound_of

_END_SECONDS = 0.2
"""What the thread has to let go in; its programs are killed by then."""


@dataclass(frozen=True)
class Utterance:
    """What is to be said of a scene.

    Attributes:
        scene: Its id.
        text: A sentence, short enough already.
        language: BCP 47 tag of the sentence.
        captured: When the frame was captured that it is about, seconds of `time.monotonic`.
        urgent: Whether it goes before what is not.
    """

    scene: str
    text: str
    language: str
    captured: float
    urgent: bool = False


class Speaker:
    """Says the newest, in a thread of its own; none of its methods waits for a sound.

    While a sentence is said one other waits, and gives way to a newer one. What is urgent is given way to by all else, and cuts off
    what is being said; only what is urgent replaces it. A tone goes before the sentence that waits.

    Args:
        engine: Makes sound of text.
        player: Lets it be heard.
        log: Takes a sentence about a failure, once for each row of failures, and when it is over.
        within: Seconds from a frame's capture in which a sentence about it may begin.

    Attributes:
        left_out: Sentences that were not said, or not to their end, because of newer ones or of their age.
    """

    def __init__(self, engine: Engine, player: Player, log: Callable[[str], None], within: float) -> None:
        self.left_out = 0
        self._engine, self._player, self._within = engine, player, within
        self._voice, self._sound = Backoff(log, engine.name), Backoff(log, engine.name)
        self._tones: list[Tone] = []
        self._waiting: Utterance | None = None
        self._saying: Utterance | None = None
        self._last = ""
        """Scene of what was begun last."""
        self._missed = self._cut = self._closing = False
        self._busy = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)

    def start(self) -> None:
        """Say that it listens, and begin.

        Raises:
            SoundError: Nothing can be heard.
        """
        self._player.play([sound_of(Tone.READY)], lambda: False, lambda: None)
        self._thread.start()

    def say(self, utterance: Utterance) -> None:
        """Say something as soon as may be, unless it is replaced."""
        with self._changed:
            if self._closing or (utterance.urgent and utterance.scene == self._last):
                return
            if self._waiting is not None and self._waiting.scene != utterance.scene:
                self._miss()
                if self._waiting.urgent and not utterance.urgent:
                    return
            self._waiting = utterance
            if utterance.urgent and self._saying is not None and not self._saying.urgent:
                self.left_out += 1
                self._cut = True
            self._changed.notify_all()

    def improve(self, scene: str, text: str, language: str) -> None:
        """Let what waits be said in a better sentence, where it is of this scene.

        Args:
            scene: Its id.
            text: The sentence.
            language: Its BCP 47 tag.
        """
        with self._changed:
            if self._waiting is not None and self._waiting.scene == scene:
                self._waiting = replace(self._waiting, text=text, language=language)

    def forget(self, scene: str) -> None:
        """Leave out what waits, where it is of this scene and not urgent: the scene is over."""
        with self._changed:
            if self._waiting is not None and self._waiting.scene == scene and not self._waiting.urgent:
                self._waiting = None
                self._miss()

    def sound(self, tone: Tone) -> None:
        """Let a tone be heard as soon as may be; one that waits already is not heard twice."""
        with self._changed:
            if tone not in self._tones and not self._closing:
                self._tones.append(tone)
                self._changed.notify_all()

    @property
    def busy(self) -> bool:
        """Return whether something is being said, or waits."""
        with self._changed:
            return self._thread.is_alive() and bool(self._busy or self._waiting or self._tones)

    def close(self) -> None:
        """Be silent at once."""
        with self._changed:
            self._closing = True
            self._waiting = None
            self._tones.clear()
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(_END_SECONDS)

    def _miss(self) -> None:
        self.left_out += 1
        self._missed = True

    def _run(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                while not (self._waiting or self._tones or self._closing):
                    self._changed.wait()
                if self._closing:
                    return
                self._busy, self._cut = True, False
                tone = self._tones.pop(0) if self._tones else None
                said = self._take() if tone is None else None
                ticks = said is not None and self._missed
                self._missed = self._missed and not ticks
            if tone is not None:
                self._play(tone)
            elif said is not None:
                if ticks:
                    self._play(Tone.BUSY)
                self._say(said)

    def _take(self) -> Utterance | None:
        """Return what waits, unless it is out of date. The lock is held."""
        said, self._waiting = self._waiting, None
        if said is None or time.monotonic() - said.captured > self._within:
            self._miss()
            return None
        if not self._voice.ready or not self._sound.ready:
            return None
        self._saying = said
        self._last = said.scene
        return said

    def _stopped(self) -> bool:
        return self._closing or self._cut

    def _say(self, said: Utterance) -> None:
        begun: list[bool] = []
        try:
            with closing(self._engine.say(said.text, said.language, self._stopped)) as chunks:
                self._player.play(chunks, self._stopped, lambda: begun.append(True))
        except SoundError as error:
            self._sound.failed(str(error))
        except SpeechError as error:
            if self._voice.failed(str(error)):
                self._play(Tone.FAILED)  # who cannot see must not take silence for peace
        else:
            if begun:  # what was cut off before tells nothing
                self._voice.worked()
                self._sound.worked()
        finally:
            with self._changed:
                self._saying = None

    def _play(self, tone: Tone) -> None:
        if not self._sound.ready:
            return
        try:
            self._player.play([sound_of(tone)], lambda: self._closing, lambda: None)
        except SoundError as error:
            self._sound.failed(str(error))
