import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from edge_runtime.cli import main
from edge_runtime.errors import ConfigurationError, OptionError, SinkError
from edge_runtime.events import AlertEvent, StatusEvent, StatusKind
from edge_runtime.live.options import read_configuration
from edge_runtime.sinks.base import SinkContext
from edge_runtime.sinks.speech import SpeechKind, SpeechSink
from edge_runtime.speech.espeak import Espeak
from edge_runtime.speech.tones import Tone, sound_of
from tests.edge_runtime.fake_source import FakeSource
from tests.edge_runtime.fake_source import scene as picture
from tests.edge_runtime.sinks.made_events import caption, frame, scene
from tests.edge_runtime.speech.stand_ins import FakeEngine, FakeWyoming, player_to, script, sound, wait_for

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


class _Sink(SpeechSink):
    """With an engine that waits until it is let go."""

    def __init__(self, folder: Path, sources: tuple[str, ...] = ("0",)) -> None:
        self.engine = FakeEngine()
        player, self.file = player_to(folder)
        super().__init__(self.engine, ("en",), sources, 60.0, player)
        self.check()
        self.open()

    def settled(self) -> list[tuple[str, str]]:
        self.engine.gate.set()
        wait_for(lambda: not self.lingers())
        return self.engine.asked


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[_Sink]:
    found = _Sink(tmp_path)
    yield found
    found.close()


def _now() -> float:
    return time.monotonic()


def test_new_scenes_are_said_and_nothing_else(sink: _Sink) -> None:
    sink.event(caption("a caption"))
    sink.frame(frame(), "a caption")
    sink.event(scene("a dog", "1", captured=_now()))
    sink.settled()
    sink.event(scene("a brown dog", "1", "update", captured=_now()))
    sink.event(scene("a brown dog", "1", "end", captured=_now()))
    assert sink.settled() == [("a dog", "en")]


def test_at_most_twelve_words_of_the_first_language_as_a_guess_where_it_is_one(sink: _Sink) -> None:
    text = "a man in a red shirt and a woman in a blue dress are standing next to a car"
    guess: dict[str, Any] = {"hedged": True, "shown": f"perhaps {text}", "further": (("de", "ein Mann", "ein Mann"),)}
    sink.event(scene(text, captured=_now(), **guess))
    assert sink.settled() == [("perhaps a man in a red shirt and a woman", "en")]


def test_where_nothing_can_be_said_that_is_said(sink: _Sink) -> None:
    unclear: dict[str, Any] = {"shown": "no clear picture (covered)", "abstained": "covered", "language": "de"}
    sink.event(scene("", "1", captured=_now(), **unclear))
    assert sink.settled() == [("no clear picture (covered)", "en")]  # in the language in which it is shown
    sink.event(scene("", "1", "update", captured=_now(), **unclear))
    sink.event(scene("ein Hund", "1", "update", captured=_now(), language="de"))
    sink.settled()
    sink.event(scene("ein brauner Hund", "1", "update", captured=_now(), language="de"))
    assert sink.settled()[1:] == [("ein Hund", "de")]


def test_a_captioner_that_fails_is_heard(sink: _Sink) -> None:
    sink.event(scene("", "1", captured=_now(), failure="the captioner broke", shown="the captioner broke"))
    assert sink.settled() == []
    assert sound_of(Tone.FAILED).samples in sink.file.read_bytes()
    sink.event(scene("a dog", "1", "update", captured=_now()))
    assert sink.settled() == [("a dog", "en")]


def test_what_waits_is_replaced_improved_and_forgotten(sink: _Sink) -> None:
    sink.engine.gate.clear()
    sink.event(scene("a dog", "1", captured=_now()))
    wait_for(lambda: sink.engine.asked)
    sink.event(scene("a cat", "2", captured=_now()))
    sink.event(scene("a bird", "3", captured=_now()))
    sink.event(scene("a white bird", "3", "update", captured=_now()))
    assert sink.settled() == [("a dog", "en"), ("a white bird", "en")]
    sink.engine.gate.clear()
    sink.event(scene("a fish", "4", captured=_now()))
    wait_for(lambda: len(sink.engine.asked) == 3)
    sink.event(scene("a horse", "5", captured=_now()))
    sink.event(scene("a horse", "5", "end", captured=_now()))
    assert sink.settled()[2:] == [("a fish", "en")]


def test_alerts_go_first(sink: _Sink) -> None:
    sink.engine.gate.clear()
    sink.event(scene("a dog", "1", captured=_now()))
    wait_for(lambda: sink.engine.asked)
    smoke = scene("smoke from a house", "2", captured=_now())
    sink.event(smoke)
    sink.event(AlertEvent("fire", smoke, 1_700_000_001.0))
    sink.event(scene("a cat", "3", captured=_now()))
    assert sink.settled() == [("a dog", "en"), ("smoke from a house", "en")]


@pytest.mark.parametrize(
    ("kind", "tone"),
    [
        ("lost", Tone.LOST),
        ("frozen", Tone.LOST),
        ("recovered", Tone.READY),
        ("moving", Tone.READY),
        ("failed", Tone.FAILED),
        ("slowed", Tone.BUSY),
        ("day", None),
        ("ended", None),
        ("resized", None),
    ],
)
def test_sounds_of_what_happened(kind: StatusKind, tone: Tone | None, sink: _Sink) -> None:
    sink.event(StatusEvent(kind, "it happened"))
    assert sink.settled() == []
    ready = sound_of(Tone.READY).samples
    assert sink.file.read_bytes() == ready + (sound_of(tone).samples if tone else b"")


def test_which_of_several_cameras_and_which_zone(tmp_path: Path) -> None:
    sink = _Sink(tmp_path, ("rtsp://a/***", "rtsp://b/***"))
    sink.event(scene("a dog", "1", captured=_now(), source="rtsp://b/***", zone="porch"))
    assert sink.settled() == [("2, porch, a dog", "en")]
    sink.close()


def test_a_scene_that_is_old_is_not_begun(tmp_path: Path) -> None:
    engine = FakeEngine()
    player, _ = player_to(tmp_path)
    sink = SpeechSink(engine, ("en",), ("0",), 5.0, player)
    sink.open()
    sink.event(scene("a dog", captured=_now() - 6))
    wait_for(lambda: not sink.lingers())
    assert engine.asked == []
    sink.close()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ({"engine": "festival"}, "speech engine 'festival': must be espeak-ng, or wyoming://HOST:PORT"),
        (
            {"engine": "wyoming://h:x"},
            "speech engine wyoming://h:x: no address of a server; write wyoming://127.0.0.1:10200",
        ),
        ({"voice": "-w/tmp/x"}, "voice '-w/tmp/x': no name of a voice; espeak-ng --voices lists some"),
        ({"voice": "a b"}, "voice 'a b': no name of a voice"),
        ({"within": 0.1}, "--speak-within 0.1: must be 0.5 to 3600"),
    ],
)
def test_what_cannot_be_asked_for(kind: dict[str, str], said: str) -> None:
    with pytest.raises(OptionError) as caught:
        SpeechKind(**kind)  # type: ignore[arg-type]
    assert str(caught.value).startswith(said)


def test_its_table_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text('[speech]\nengine = "festival"\n')
    with pytest.raises(ConfigurationError, match=r"\[speech\] speech engine 'festival': must be espeak-ng"):
        read_configuration(file)
    file.write_text('[speech]\nengine = "wyoming://127.0.0.1:10200"\nvoice = "de_DE-thorsten-low"\nwithin = 5\n')
    options = read_configuration(file)
    assert options[SpeechKind] == SpeechKind("wyoming://127.0.0.1:10200", "de_DE-thorsten-low", 5.0)


def test_the_flag_alone_means_espeak(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--speak", "--no-text"], ["--no-text", "--speak"], ["--speak", "espeak-ng"]):
        assert main(["live", *words, "--print-config"]) == 0
        assert '\nengine = "espeak-ng"\n' in capsys.readouterr().out
    assert main(["live", "--print-config"]) == 0
    assert "\n# engine =\n" in capsys.readouterr().out


def test_without_its_option_there_is_none() -> None:
    context = SinkContext((FakeSource([]),), None, False, lambda: None, words={"pt-BR": ["cão"], "en": ["dog"]})
    assert list(SpeechKind().sinks(context)) == []
    (wanted,) = SpeechKind("espeak-ng").sinks(context)
    assert wanted.sink.name == "--speak espeak-ng"
    (other,) = SpeechKind("espeak-ng").sinks(SinkContext((FakeSource([], name="1"),), None, False, lambda: None))
    assert other.key != wanted.key


@needs_espeak
def test_a_language_without_a_voice_is_refused_before_anything_opens(tmp_path: Path) -> None:
    player, _ = player_to(tmp_path)
    with pytest.raises(SinkError, match="it has no voice for tlh; name one of another language by --speak-voice"):
        SpeechSink(Espeak(), ("tlh", "en"), ("0",), 5.0, player).check()
    SpeechSink(Espeak(), ("en", "tlh"), ("0",), 5.0, player).check()  # only the first is said


# The whole command.


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of a dark picture, and then a bright one."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(2):
        Image.fromarray(picture(number)).save(folder / f"{number + 1}.png")
    return folder


@pytest.fixture
def live(pictures: Path, tiny_bundle: Path) -> Callable[..., int]:
    """The command, of those pictures."""
    return lambda *words: main(["live", "--source", str(pictures), "--bundle", str(tiny_bundle), *words])


@pytest.fixture
def no_sound_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs of a folder of ours before those of the system, and no PulseAudio."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


def test_without_a_voice(
    live: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script(tmp_path, "aplay", "cat > /dev/null")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert live("--speak") == 2
    assert capsys.readouterr() == (
        "",
        "edge-caption: --speak espeak-ng: there is no such program; sudo apt install espeak-ng\n",
    )


def test_without_a_player(
    live: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert live("--speak", "wyoming://127.0.0.1") == 2
    assert capsys.readouterr() == (
        "",
        "edge-caption: --speak wyoming://127.0.0.1: there is no program that plays sound; sudo apt install alsa-utils\n",
    )


@pytest.mark.usefixtures("no_sound_server")
def test_without_a_loudspeaker(
    live: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script(tmp_path, "aplay", "echo 'aplay: main:831: audio open error: No such file or directory' >&2; exit 1")
    assert live("--speak", "wyoming://127.0.0.1") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "(aplay: main:831: audio open error: No such file or directory), so nothing can be heard; plug in" in said


@pytest.mark.usefixtures("no_sound_server")
def test_captions_go_on_beside_it(
    live: Callable[..., int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, heard = player_to(tmp_path)
    with FakeWyoming(sound(b"abcdefgh")) as server:
        assert live("--speak", server.address) == 0
    assert capsys.readouterr().out == "a dark picture\na bright picture\n"
    assert heard.read_bytes().startswith(sound_of(Tone.READY).samples)
