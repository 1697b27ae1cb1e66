import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge_runtime.errors import SoundError, SpeechError
from edge_runtime.speech import backoff
from edge_runtime.speech.speaker import Speaker, Utterance
from edge_runtime.speech.tones import Tone, sound_of
from tests.edge_runtime.speech.stand_ins import FakeEngine, player_to, wait_for


class _Room:
    """A speaker, and what is heard of it."""

    def __init__(self, folder: Path, within: float = 60.0, seconds: float = 0.0) -> None:
        self.engine = FakeEngine(seconds)
        self.said: list[str] = []
        player, self._heard = player_to(folder)
        self.speaker = Speaker(self.engine, player, self.said.append, within)
        self.speaker.start()

    @property
    def heard(self) -> list[str]:
        """Tones by their names, and texts."""
        left, found = self._heard.read_bytes(), []
        sounds = {tone.name: sound_of(tone).samples for tone in Tone}
        while left:
            tone = next((name for name, samples in sounds.items() if left.startswith(samples)), None)
            end = len(sounds[tone]) if tone else left.find(b".") + 1
            found.append(tone or left[:end].decode())
            left = left[end + end % 2 :]  # samples are of two bytes
        return found

    def say(self, text: str, urgent: bool = False, age: float = 0.0) -> None:
        """The text is also the scene's id; it ends with a full stop."""
        self.speaker.say(Utterance(text, f"{text}.", "en", time.monotonic() - age, urgent))

    def begun(self, text: str) -> None:
        wait_for(lambda: f"{text}." in self.engine.texts)

    def quiet(self) -> None:
        wait_for(lambda: not self.speaker.busy)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[_Room]:
    found = _Room(tmp_path)
    yield found
    found.speaker.close()


def test_it_says_that_it_listens_and_then_what_it_is_told(room: _Room) -> None:
    room.say("a dog")
    room.quiet()
    room.say("a cat")
    room.quiet()
    assert room.heard == ["READY", "a dog.", "a cat."]
    assert (room.speaker.left_out, room.said, room.engine.closed) == (0, [], 2)


def test_a_newer_sentence_takes_the_place_of_the_one_that_waits(room: _Room) -> None:
    room.engine.gate.clear()
    room.say("a")
    room.begun("a")
    for text in ("b", "c", "d"):
        room.say(text)
    room.engine.gate.set()
    room.quiet()
    assert room.heard == ["READY", "a.", "BUSY", "d."]  # the ticks tell that something was left out
    assert room.speaker.left_out == 2


def test_none_of_it_waits_for_a_sound(room: _Room) -> None:
    room.engine.gate.clear()
    room.say("a")
    room.begun("a")
    begun = time.perf_counter()
    for number in range(500):
        room.say(f"{number}", urgent=number % 3 == 0)
        room.speaker.sound(Tone.LOST)
        room.speaker.improve(f"{number}", "better.", "en")
        room.speaker.forget(f"{number}")
    assert (time.perf_counter() - begun) / 500 < 0.002


def test_what_is_old_is_not_begun(tmp_path: Path) -> None:
    room = _Room(tmp_path, within=0.5)
    room.say("old", age=0.6)
    room.quiet()
    room.say("new", age=0.1)
    room.quiet()
    assert room.heard == ["READY", "BUSY", "new."]
    assert room.engine.texts == ["new."]
    room.speaker.close()


def test_a_scene_that_is_over_or_known_better_while_it_waits(room: _Room) -> None:
    room.engine.gate.clear()
    room.say("a")
    room.begun("a")
    room.say("b")
    room.speaker.improve("a", "too late.", "en")
    room.speaker.improve("b", "b, surely.", "de")
    room.speaker.forget("a")
    room.engine.gate.set()
    room.quiet()
    assert room.engine.asked == [("a.", "en"), ("b, surely.", "de")]
    room.engine.gate.clear()
    room.say("c")
    room.begun("c")
    room.say("d")
    room.speaker.forget("d")
    room.engine.gate.set()
    room.quiet()
    assert room.heard == ["READY", "a.", "b, surely.", "c."]


def test_what_is_urgent_cuts_off_and_stays(tmp_path: Path) -> None:
    room = _Room(tmp_path, seconds=30)
    room.say("a")
    room.begun("a")
    begun = time.monotonic()
    room.say("fire", urgent=True)
    room.begun("fire")
    assert time.monotonic() - begun < 1
    room.say("flood", urgent=True)  # waits: an alert does not cut off another
    room.say("b")
    room.speaker.forget("flood")
    room.say("fire", urgent=True)  # is being said
    assert room.engine.texts == ["a.", "fire."]
    room.speaker.close()
    assert room.engine.closed == 2


def test_what_is_urgent_goes_before(room: _Room) -> None:
    room.engine.gate.clear()
    room.say("fire", urgent=True)
    room.begun("fire")
    room.say("flood", urgent=True)
    room.say("b")
    room.speaker.forget("flood")
    room.engine.gate.set()
    room.quiet()
    assert room.engine.texts == ["fire.", "flood."]


def test_an_alert_does_not_say_twice_what_was_said(room: _Room) -> None:
    room.say("a dog")
    room.quiet()
    room.say("a dog", urgent=True)
    room.quiet()
    assert room.engine.texts == ["a dog."]


def test_tones_go_before_and_each_once(room: _Room) -> None:
    room.engine.gate.clear()
    room.say("a")
    room.begun("a")
    room.say("b")
    for tone in (Tone.LOST, Tone.LOST, Tone.FAILED):
        room.speaker.sound(tone)
    room.engine.gate.set()
    room.quiet()
    assert room.heard == ["READY", "a.", "LOST", "FAILED", "b."]


def test_a_voice_that_is_away_is_said_once_and_tried_again(room: _Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "_FIRST_SECONDS", 0.1)
    room.engine.failure = SpeechError("--speak test: no server is there; start it")
    room.say("a")
    room.quiet()
    room.say("b")  # too early
    room.quiet()
    assert room.engine.texts == ["a."]
    time.sleep(0.12)
    room.say("c")
    room.quiet()
    assert room.said == ["--speak test: no server is there; start it; captions go on, and it is tried again"]
    assert room.heard == ["READY", "FAILED"]  # silence would be taken for peace
    room.engine.failure = None
    room.say("d")  # twice as long
    time.sleep(0.25)
    room.say("e")
    room.quiet()
    assert room.engine.texts == ["a.", "c.", "e."]
    assert room.said[1:] == ["--speak test: it speaks again"]
    room.engine.failure = SpeechError("again")
    room.say("f")
    room.quiet()
    assert room.said[2:] == ["again; captions go on, and it is tried again"]


def test_without_a_loudspeaker_it_is_refused(tmp_path: Path) -> None:
    player, _ = player_to(tmp_path, "exit 1")
    with pytest.raises(SoundError, match="so nothing can be heard"):
        Speaker(FakeEngine(), player, print, 1.0).start()


def test_a_loudspeaker_that_is_pulled_out_is_said_once(room: _Room, tmp_path: Path) -> None:
    player_to(tmp_path, "echo 'No such device' >&2; exit 1")
    room.say("a")
    room.quiet()
    room.speaker.sound(Tone.LOST)
    room.say("b")
    room.quiet()
    assert len(room.said) == 1
    assert "(No such device), so nothing can be heard; plug in a loudspeaker" in room.said[0]


def _closes_at_once(speaker: Speaker) -> None:
    begun = time.monotonic()
    speaker.close()
    assert time.monotonic() - begun < 0.3
    assert not any(thread.name == "speech" and thread.is_alive() for thread in threading.enumerate())


@pytest.mark.parametrize(
    "begin", [lambda room: None, lambda room: room.say("a"), lambda room: room.speaker.sound(Tone.FAILED)]
)
def test_it_is_silent_at_once_when_it_is_closed(begin: Callable[[_Room], None], tmp_path: Path) -> None:
    room = _Room(tmp_path, seconds=30)
    begin(room)
    time.sleep(0.05)
    _closes_at_once(room.speaker)
    room.say("late")
    room.speaker.sound(Tone.LOST)
    assert not room.speaker.busy
