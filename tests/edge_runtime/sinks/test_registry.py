"""A kind of sink that this file declares and registers with one call, and nobody else has heard of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from edge_runtime.cli import main
from edge_runtime.errors import ConfigurationError, OptionError
from edge_runtime.events import CaptionEvent, Event
from edge_runtime.frames.base import Frame
from edge_runtime.live.options import LiveOptions, kinds, read_configuration
from edge_runtime.options import option
from edge_runtime.sinks import registry
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink
from tests.edge_runtime.fake_source import scene

_heard: list[str] = []


@dataclass(frozen=True)
class _ToyKind(SinkKind):
    table = "toy"

    name: str | None = option(None, "what it is called", flag="toy", metavar="NAME")
    volume: float = option(1.0, "how loud, 100 % being all", low=0, high=11)
    colours: tuple[str, ...] = option(("red",), "what it shows", flag="toy-colour", metavar="COLOUR")
    squeaky: bool = option(False, "whether it squeaks")
    aloud: bool = option(False, "on stdout")
    mood: str = option("calm", "how it feels", choices=("calm", "wild"))

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        if self.name is not None:
            yield WantedSink(_ToySink(self), stdout=self.aloud)


class _ToySink:
    wants_frames = True

    def __init__(self, options: _ToyKind) -> None:
        self.name = f"--toy {options.name}"
        self._options = options

    def check(self) -> None:
        _heard.append("check")

    def open(self) -> None:
        _heard.append(f"open {self._options.volume:g} {self._options.colours}")

    def event(self, event: Event) -> None:
        if isinstance(event, CaptionEvent):
            _heard.append(event.text)

    def frame(self, frame: Frame, caption: str) -> None:
        _heard.append(f"frame {frame.number}")

    def close(self) -> None:
        _heard.append("close")


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> type[SinkKind]:
    monkeypatch.setattr(registry, "_KINDS", list(registry._KINDS))
    _heard.clear()
    registry.register(_ToyKind)
    return _ToyKind


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of a dark picture, and then a bright one."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(2):
        Image.fromarray(scene(number)).save(folder / f"{number + 1}.png")
    return folder


def _live(folder: Path, bundle: Path, *words: str) -> int:
    return main(["live", "--source", str(folder), "--bundle", str(bundle), "--no-text", *words])


def test_it_is_opened_and_receives_captions(toy: type[SinkKind], pictures: Path, tiny_bundle: Path) -> None:
    words = ("--toy", "bear", "--volume", "3", "--toy-colour", "red", "--toy-colour", "blue", "--squeaky")
    assert _live(pictures, tiny_bundle, *words) == 0
    # Frames do not wait for their captions.
    assert [one for one in _heard if not one.startswith("frame")] == [
        *("check", "open 3 ('red', 'blue')", "a dark picture", "a bright picture", "close")
    ]
    assert [one for one in _heard if one.startswith("frame")] == ["frame 0", "frame 1"]


def test_a_file_opens_it_too(toy: type[SinkKind], pictures: Path, tiny_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "live.toml").write_text("[toy]\nname = 'bear'\nvolume = 2\n")
    assert _live(pictures, tiny_bundle, "--config", str(tmp_path / "live.toml")) == 0
    assert _heard[1] == "open 2 ('red',)"
    assert _heard[-1] == "close"


def test_without_its_option_there_is_none(
    toy: type[SinkKind], pictures: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _live(pictures, tiny_bundle) == 2
    assert "captions go nowhere" in capsys.readouterr().err
    assert _heard == []


def test_what_writes_to_stdout_has_it_alone(
    toy: type[SinkKind], pictures: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["live", "--source", str(pictures), "--bundle", str(tiny_bundle), "--toy", "bear", "--aloud"]
    assert main(words) == 0
    assert capsys.readouterr().out == ""
    assert "a bright picture" in _heard
    assert main([*words, "--jsonl", "-"]) == 2
    assert capsys.readouterr() == ("", "edge-caption: --toy bear: --jsonl - writes to stdout already; name a file\n")


def test_its_table_is_printed_and_read_back(
    toy: type[SinkKind], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["live", "--toy", "bear", "--mood", "wild", "--print-config"]) == 0
    out = capsys.readouterr().out
    assert (
        '[toy]\n# what it is called\nname = "bear"\n# how loud, 100 % being all\nvolume = 1.0\n# what it shows\ncolours = ["red"]\n'
        '# whether it squeaks\nsqueaky = false\n# on stdout\naloud = false\n# how it feels\nmood = "wild"\n'
    ) in out
    (tmp_path / "live.toml").write_text(out)
    assert read_configuration(tmp_path / "live.toml") == LiveOptions(_ToyKind("bear", mood="wild"))


def test_help_names_its_flags(toy: type[SinkKind], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["live", "--help"])
    out = " ".join(capsys.readouterr().out.split())
    assert "--volume VOLUME how loud, 100 % being all (default: 1.0)" in out
    assert "--squeaky, --no-squeaky whether it squeaks" in out
    assert "--mood {calm,wild}" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--volume", "12"), "--volume 12: must be 0 to 11"),
        (("--volume", "loud"), "argument --volume: must be a number, not 'loud'"),
        (("--mood", "sad"), "argument --mood: invalid choice: 'sad'"),
    ],
)
def test_its_flags_are_checked(
    words: tuple[str, str], said: str, toy: type[SinkKind], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status: Any = main(["live", *words])
    except SystemExit as ended:
        status = ended.code
    assert status == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("volume = 12", "live.toml: [toy] volume 12: must be 0 to 11"),
        ("volume = 'loud'", "live.toml: [toy] volume must be a number, not 'loud'"),
        ("squeaky = 1", "live.toml: [toy] squeaky must be true or false, not 1"),
        ("mood = 'sad'", "live.toml: [toy] mood sad: must be one of calm, wild"),
        ("colours = [[]]", "live.toml: [toy] colours must be a list of texts, not [[]]"),
        (
            "loudness = 1",
            "live.toml: unknown key 'loudness' in [toy]; known are: name, volume, colours, squeaky, aloud, mood",
        ),
    ],
)
def test_its_table_is_checked(text: str, said: str, toy: type[SinkKind], tmp_path: Path) -> None:
    (tmp_path / "live.toml").write_text(f"[toy]\n{text}\n")
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(tmp_path / "live.toml")
    assert str(caught.value) == f"{tmp_path}/{said}"


def test_without_registration_nobody_knows_it(tmp_path: Path) -> None:
    (tmp_path / "live.toml").write_text("[toy]\nvolume = 3\n")
    with pytest.raises(ConfigurationError, match=r"unknown table \[toy\]"):
        read_configuration(tmp_path / "live.toml")


def test_what_cannot_be_registered(toy: type[SinkKind]) -> None:
    @dataclass(frozen=True)
    class SameTable(SinkKind):
        table = "toy"
        other: bool = option(False, "other")

    @dataclass(frozen=True)
    class SameFlag(SinkKind):
        table = "toy2"
        loud: float = option(1.0, "how loud", flag="volume")

    @dataclass(frozen=True)
    class Negated(SinkKind):
        table = "toy3"
        text: str | None = option(None, "a text", flag="no-squeaky")

    @dataclass(frozen=True)
    class NoTable(SinkKind):
        loud: float = option(1.0, "how loud", flag="loud")

    @dataclass(frozen=True)
    class NoOption(SinkKind):
        table = "toy4"
        loud: float = 1.0

    @dataclass(frozen=True)
    class NoKind(SinkKind):
        table = "toy5"
        loud: dict[str, str] = option(None, "how loud", flag="loud")  # noqa: RUF009

    @dataclass
    class NotFrozen(SinkKind):
        table = "toy6"
        loud: float = option(1.0, "how loud", flag="loud")

    class NoDataclass(SinkKind):
        table = "toy7"
        loud: float = option(1.0, "how loud", flag="loud")

    for kind, said in (
        (SameTable, "SameTable: [toy] is the table of _ToyKind already; rename it"),
        (SameFlag, "SameFlag: --volume is an option of _ToyKind already; rename it"),
        (Negated, "Negated: --no-squeaky is an option of _ToyKind already; rename it"),
        (NoTable, 'NoTable: no table for its options; write table = "name", in small letters'),
        (NoOption, "NoOption.loud: no option; declare it with option(default, meaning)"),
        (NoKind, "NoKind.loud: an option is a bool, int, float, str or tuple[str, ...], or one of these or None"),
        (NotFrozen, "NotFrozen: no frozen dataclass; write @dataclass(frozen=True) above it"),
        (NoDataclass, "NoDataclass: no frozen dataclass; write @dataclass(frozen=True) above it"),
    ):
        with pytest.raises(OptionError) as caught:
            registry.register(kind)
        assert str(caught.value) == said
    assert registry.sink_kinds()[-1] is toy


def test_a_flag_of_the_rest_of_the_command_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True)
    class Beam(SinkKind):
        table = "ray"
        beam: bool = option(False, "a ray of light")

    monkeypatch.setattr(registry, "_KINDS", list(registry._KINDS))
    registry.register(Beam)
    with pytest.raises(OptionError, match="Beam: --beam is an option of ModelOptions already; rename it"):
        kinds()
