import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_runtime.errors import SinkError, SoundError, SpeechError
from edge_runtime.speech import child
from edge_runtime.speech.audio import Chunk, Format
from edge_runtime.speech.player import Player
from tests.edge_runtime.speech.stand_ins import player_to, script

_SOUND = [Chunk(Format(16_000, 2), b"abcd"), Chunk(Format(16_000, 2), b"efgh")]


def _never() -> bool:
    return False


def _nothing() -> None:
    pass


def test_samples_go_to_the_program(tmp_path: Path) -> None:
    player, heard = player_to(tmp_path)
    begun: list[float] = []
    player.play(_SOUND, _never, lambda: begun.append(time.monotonic()))
    assert heard.read_bytes() == b"abcdefgh"
    assert Path(f"{heard}.arguments").read_text() == "-q -t raw -f S16_LE -r 16000 -c 2 -\n"
    assert len(begun) == 1


def test_nothing_to_play_starts_nothing(tmp_path: Path) -> None:
    player, heard = player_to(tmp_path)
    player.play([], _never, _nothing)
    assert not heard.exists()


def test_what_is_cut_off_is_silent_at_once(tmp_path: Path) -> None:
    player, _ = player_to(tmp_path, "exec sleep 60")
    begun = time.monotonic()
    endless = (Chunk(Format(8_000), bytes(4096)) for _ in iter(int, 1))
    player.play(endless, lambda: time.monotonic() - begun > 0.2, _nothing)
    assert time.monotonic() - begun < 1
    begun = time.monotonic()
    player.play(_SOUND, lambda: time.monotonic() - begun > 0.2, _nothing)  # it has taken all, and plays on
    assert time.monotonic() - begun < 1


def test_a_player_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "STALL_SECONDS", 0.3)
    player, _ = player_to(tmp_path, "exec sleep 60")
    with pytest.raises(SoundError, match=r"^--speak test: aplay hangs, so nothing can be heard; plug in a loudspeaker"):
        player.play([Chunk(Format(8_000), bytes(1 << 20))], _never, _nothing)


@pytest.mark.parametrize(
    "body",
    ["echo 'open error: no such device' >&2; exit 1", "cat > /dev/null; echo 'open error: no such device' >&2; exit 1"],
)
def test_without_a_loudspeaker(body: str, tmp_path: Path) -> None:
    player, _ = player_to(tmp_path, body)
    with pytest.raises(SoundError) as caught:
        player.play([Chunk(Format(8_000), bytes(1 << 18))], _never, _nothing)
    assert str(caught.value) == (
        "--speak test: aplay has ended (open error: no such device), so nothing can be heard; plug in a loudspeaker, and see what "
        "aplay -l lists"
    )
    assert isinstance(caught.value, (SpeechError, SinkError))


def test_an_error_of_the_voice_goes_through(tmp_path: Path) -> None:
    def broken() -> Iterator[Chunk]:
        yield _SOUND[0]
        raise SpeechError("the voice is gone")

    player, _ = player_to(tmp_path)
    with pytest.raises(SpeechError, match=r"^the voice is gone$") as caught:
        player.play(broken(), _never, _nothing)
    assert not isinstance(caught.value, SoundError)


def test_which_program_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with pytest.raises(SoundError, match="there is no program that plays sound; sudo apt install alsa-utils"):
        Player.found("--speak test")
    paplay = script(tmp_path, "paplay", "cat")
    assert Player.found("--speak test").program == str(paplay)
    aplay = script(tmp_path, "aplay", "cat")
    assert Player.found("--speak test").program == str(aplay)
    monkeypatch.setenv("PULSE_SERVER", "unix:/run/pulse")
    assert Player.found("--speak test").program == str(paplay)
    monkeypatch.delenv("PULSE_SERVER")
    (tmp_path / "pulse").mkdir()
    (tmp_path / "pulse" / "native").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert Player.found("--speak test").program == str(paplay)


@pytest.mark.skipif(shutil.which("aplay") is None, reason="alsa-utils is not installed")
def test_the_real_aplay_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into a file, by ALSA's own plugin: it knows the arguments, and plays all of what it is given."""
    heard = tmp_path / "heard.raw"
    configuration = tmp_path / "asound.conf"
    configuration.write_text(
        f'pcm.!default {{ type file slave.pcm null file "{heard}" format raw }}\npcm.null {{ type null }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(configuration))
    samples = bytes(range(256)) * 200
    Player("--speak test", shutil.which("aplay") or "").play([Chunk(Format(22_050), samples)], _never, _nothing)
    assert heard.read_bytes().startswith(samples)


@pytest.mark.parametrize(
    ("rate", "channels"), [(0, 1), (10**9, 1), (22_050, 0), (22_050, 99), (22_050.0, 1), (True, 1)]
)
def test_no_format(rate: int, channels: int) -> None:
    with pytest.raises(SpeechError, match="no loudspeaker plays"):
        Format(rate, channels)


def test_a_program_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match=f"aplay cannot be run \\({os.strerror(2)}\\)"):
        Player("--speak test", str(tmp_path / "aplay")).play(_SOUND, _never, _nothing)
