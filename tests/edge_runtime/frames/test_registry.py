"""A kind of source that this file declares and registers with one call, and nobody else has heard of."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from edge_runtime.cli import main
from edge_runtime.console.options import option
from edge_runtime.errors import ConfigurationError, SourceError
from edge_runtime.frames import registry
from edge_runtime.frames.base import FrameSource
from edge_runtime.frames.kinds import SourceKind, SourceRequest
from edge_runtime.frames.opening import open_source, open_sources
from edge_runtime.live.options import LiveOptions, read_configuration
from tests.edge_runtime.fake_source import FakeSource, scene


@dataclass(frozen=True)
class _ToyKind(SourceKind):
    table = "toy"
    schemes = ("toy", "toys")

    scenes: int = option(2, "scenes of it", low=1, high=9, flag="toy-scenes", metavar="N")

    @classmethod
    def identity(cls, address: str) -> str:
        return address.partition("://")[2].partition("?")[0]

    def source(self, request: SourceRequest) -> FrameSource:
        if request.address.endswith("broken"):
            raise SourceError(f"{request.name}: is broken; mend it")
        frames = [scene(number) for number in range(self.scenes) for _ in range(3)]
        return FakeSource(frames, live=request.options.realtime, name=request.name)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> type[SourceKind]:
    monkeypatch.setattr(registry, "_KINDS", list(registry._KINDS))
    registry.register(_ToyKind)
    return _ToyKind


def test_it_is_captioned(toy: type[SourceKind], tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["live", "--source", "toy://cam", "--toy-scenes", "3", "--bundle", str(tiny_bundle)]
    assert main(words) == 0
    assert capsys.readouterr() == (
        "a dark picture\na bright picture\na dark picture\n",
        "edge-caption: toy://cam: the end\n",
    )


def test_a_file_has_its_table(
    toy: type[SourceKind], tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "live.toml"
    file.write_text(f'[source]\naddress = "toys://cam"\n[toy]\nscenes = 1\n[model]\nbundle = "{tiny_bundle}"\n')
    assert main(["live", "--config", str(file)]) == 0
    assert capsys.readouterr().out == "a dark picture\n"
    assert main(["live", "--config", str(file), "--print-config"]) == 0
    out = capsys.readouterr().out
    assert "\n[toy]\n# scenes of it\nscenes = 1\n" in out
    file.write_text(out)
    assert read_configuration(file)[_ToyKind] == _ToyKind(1)
    file.write_text("[toy]\nscenes = 10\n")
    with pytest.raises(ConfigurationError, match=r"live\.toml: \[toy\] scenes 10: must be 1 to 9"):
        read_configuration(file)


def test_what_is_asked_of_every_source_reaches_it(toy: type[SourceKind]) -> None:
    options = LiveOptions(_ToyKind(5))
    assert not open_source("toy://cam", own=options.every(SourceKind)).live
    first, second = open_sources(["toy://cam?password=geheim", "toy://cam2?password=geheim"])
    assert (first.name, second.name) == ("toy://cam?password=***", "toy://cam2?password=***")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--source", "toy://broken"], "toy://broken: is broken; mend it"),
        (["--toy-scenes", "0"], "--toy-scenes 0: must be 1 to 9"),
        (["--source", "toy://a", "--source", "toys://a"], "toys://a: the same source as toy://a; name each once"),
        (["--source", "ftp://a"], "use rtsp://, rtsps://, http://, https://, toy://, toys://, or a file"),
    ],
)
def test_one_sentence(
    words: list[str], said: str, toy: type[SourceKind], tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["live", *words, "--bundle", str(tiny_bundle)]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1


def test_without_registration_nobody_knows_it() -> None:
    with pytest.raises(SourceError, match="streams of this kind cannot be read"):
        open_source("toy://cam")
