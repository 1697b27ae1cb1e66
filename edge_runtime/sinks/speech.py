"""New scenes said aloud, for those who cannot look, or look elsewhere."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge_runtime.console.options import option
from edge_runtime.console.validation import shortened
from edge_runtime.errors import OptionError
from edge_runtime.events import AlertEvent, Event, SceneEvent, StatusEvent, StatusKind
from edge_runtime.frames.base import Frame
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink
from edge_runtime.speech.audio import Engine
from edge_runtime.speech.espeak import PROGRAM, Espeak
from edge_runtime.speech.player import Player
from edge_runtime.speech.sentence import spoken
from edge_runtime.speech.speaker import Speaker, Utterance
from edge_runtime.speech.tones import Tone
from edge_runtime.speech.wyoming import SCHEME, Wyoming

_log = logging.getLogger("edge_runtime.sinks")

_TONES: dict[StatusKind, Tone] = {
    "lost": Tone.LOST,
    "frozen": Tone.LOST,
    "recovered": Tone.READY,
    "moving": Tone.READY,
    "failed": Tone.FAILED,
    "slowed": Tone.BUSY,
}
_VOICE = re.compile(r"[A-Za-z0-9][\w+.-]{0,99}", re.ASCII)
_REMEMBERED = 64
"""Scenes that began without a sentence, of which the next sentence is said."""


@dataclass(frozen=True)
class SpeechKind(SinkKind):
    """What is said aloud.

    Attributes:
        engine: Who speaks: `espeak-ng`, or the address of a Wyoming server such as Piper's; None for nobody.
        voice: Name of its voice; None for that of the captions' language.
        within: Seconds from the capture of a frame in which a sentence about it may begin.

    Raises:
        OptionError: No such engine, or no name of a voice.
    """

    table = "speech"

    engine: str | None = option(
        None,
        f"say new scenes aloud, at most 12 words: {PROGRAM} (so too without ENGINE), or {SCHEME}://HOST:PORT for a server such as "
        "Piper's",
        metavar="ENGINE",
        flag="speak",
        alone=PROGRAM,
    )
    voice: str | None = option(
        None, "voice that speaks; without it that of the captions' language", metavar="VOICE", flag="speak-voice"
    )
    within: float = option(
        8.0,
        "seconds after which a scene is no news any more and not begun",
        metavar="S",
        flag="speak-within",
        low=0.5,
        high=3600,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.voice is not None and _VOICE.fullmatch(self.voice) is None:
            raise OptionError(f"voice {shortened(self.voice)!r}: no name of a voice; {PROGRAM} --voices lists some")
        if self.engine is not None:
            self._engine(self.engine)

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        """Yield the one that is asked for."""
        if self.engine is not None:
            names = tuple(source.name for source in context.sources)
            sink = SpeechSink(self._engine(self.engine), tuple(context.words) or ("en",), names, self.within)
            yield WantedSink(sink, key=(self, names, tuple(context.words)))

    def _engine(self, engine: str) -> Engine:
        if engine == PROGRAM:
            return Espeak(self.voice)
        if engine.partition(":")[0] != SCHEME:
            raise OptionError(f"speech engine {shortened(engine)!r}: must be {PROGRAM}, or {SCHEME}://HOST:PORT")
        return Wyoming(engine, self.voice)


class SpeechSink:
    """Says what is new, in the first language, and lets tones be heard of what happened to cameras.

    A scene is said when it begins, never when it is only known better; one that a rule has alerted on goes before all others. Where
    several sources are looked at, the number of the source goes before; the name of a zone does, too.

    Attributes:
        name: For messages.
        wants_frames: No.
    """

    wants_frames = False

    def __init__(
        self,
        engine: Engine,
        languages: Sequence[str],
        sources: Sequence[str],
        within: float,
        player: Player | None = None,
    ) -> None:
        """Make one.

        Args:
            engine: Makes sound of text.
            languages: BCP 47 tags of the captions', the main one first.
            sources: Names of what is looked at.
            within: As for `Speaker`.
            player: Lets it be heard; None for the first that is installed.
        """
        self.name = engine.name
        self._engine, self._languages, self._sources, self._within = engine, languages, list(sources), within
        self._player = player
        self._speaker: Speaker | None = None
        self._unsaid: dict[str, None] = {}

    def check(self) -> None:
        """See whether there are a voice and a player.

        Raises:
            SpeechError: There are not.
        """
        self._engine.check(self._languages[:1])
        if self._player is None:
            Player.found(self.name)

    def open(self) -> None:
        """Begin to listen, and let that be heard.

        Raises:
            SoundError: Nothing can be heard.
        """
        speaker = Speaker(self._engine, self._player or Player.found(self.name), _log.warning, self._within)
        speaker.start()
        self._speaker = speaker

    def event(self, event: Event) -> None:
        """Say what is new; returns at once."""
        if self._speaker is None:
            return
        if isinstance(event, SceneEvent):
            self._scene(event, self._speaker)
        elif isinstance(event, AlertEvent) and event.scene.shown:
            self._speaker.say(self._utterance(event.scene, urgent=True))
        elif isinstance(event, StatusEvent) and event.kind in _TONES:
            self._speaker.sound(_TONES[event.kind])

    def frame(self, frame: Frame, caption: str) -> None:
        """Frames make no sound."""

    def lingers(self) -> bool:
        """Return whether a sentence is still being said, or waits."""
        return self._speaker is not None and self._speaker.busy

    def close(self) -> None:
        """Be silent at once."""
        if self._speaker is not None:
            self._speaker.close()

    def _scene(self, event: SceneEvent, speaker: Speaker) -> None:
        sentence = bool(event.text)
        if event.kind == "end":
            self._unsaid.pop(event.id, None)
            speaker.forget(event.id)
            return
        if event.kind == "new":
            if event.failure:
                speaker.sound(Tone.FAILED)
            if not sentence:
                self._unsaid[event.id] = None
                while len(self._unsaid) > _REMEMBERED:
                    del self._unsaid[next(iter(self._unsaid))]
        if event.failure or not event.shown:
            return
        utterance = self._utterance(event)
        if event.kind == "new" or (sentence and event.id in self._unsaid):
            if sentence:
                self._unsaid.pop(event.id, None)
            speaker.say(utterance)
        else:
            speaker.improve(event.id, utterance.text, utterance.language)

    def _utterance(self, event: SceneEvent, urgent: bool = False) -> Utterance:
        where = [event.zone] if event.zone else []
        if len(self._sources) > 1 and event.source in self._sources:
            where.insert(0, str(self._sources.index(event.source) + 1))
        said = ", ".join([*where, event.shown])
        # What stands in the place of a sentence is English in every language.
        language = event.language if event.text else "en"
        return Utterance(event.id, spoken(said, language), language, event.captured, urgent)
