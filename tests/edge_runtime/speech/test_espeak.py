import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.errors import SpeechError
from edge_runtime.speech.espeak import Espeak
from tests.edge_runtime.speech.stand_ins import RATE, script

needs_it = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def _never() -> bool:
    return False


def _said(text: str, language: str = "en", voice: str | None = None) -> bytes:
    return b"".join(chunk.samples for chunk in Espeak(voice).say(text, language, _never))


@needs_it
def test_it_speaks() -> None:
    chunks = list(Espeak().say("a man in a red shirt", "en", _never))
    assert {(chunk.format.rate, chunk.format.channels) for chunk in chunks} == {(RATE, 1)}
    samples = np.frombuffer(b"".join(chunk.samples for chunk in chunks), "<i2")
    assert 0.8 * RATE < len(samples) < 4 * RATE
    assert np.abs(samples).max() > 3000


@needs_it
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("dois cachorros", "pt-BR"),
        ("两只狗", "zh-Hans"),
        ("كلبان", "ar"),
        ("zwei Hunde", "de-AT"),
        ("two dogs", "en-US"),
    ],
)
def test_it_speaks_the_captions_language(text: str, language: str) -> None:
    assert len(_said(text, language)) > RATE // 2
    assert _said(text, language) != _said(text, "fi")


@needs_it
@pytest.mark.parametrize(
    "text",
    ["--version", "-w pwned.wav", "-f /etc/passwd", "'; touch pwned; '", "$(touch pwned)", "\n-v xx\n", "\udcff\x00"],
)
def test_a_hostile_sentence_is_only_said(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _said(text)
    assert list(tmp_path.iterdir()) == []


@needs_it
def test_a_named_voice() -> None:
    assert _said("two dogs", "en", "de") == _said("two dogs", "de")
    with pytest.raises(SpeechError, match="--speak espeak-ng: it has no voice nobody; espeak-ng --voices lists them"):
        Espeak("nobody").check(["en"])


@needs_it
def test_a_language_without_a_voice() -> None:
    Espeak().check(["en", "pt-BR", "zh-Hant", "no", "ar", "de"])
    with pytest.raises(SpeechError, match="it has no voice for tlh; name one of another language by --speak-voice"):
        Espeak().check(["en", "tlh"])


def test_without_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpeechError, match=r"^--speak espeak-ng: there is no such program; sudo apt install espeak-ng$"):
        Espeak().check(["en"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("echo 'broken data' >&2; exit 3", r"espeak-ng has ended \(broken data\)"),
        ("cat > /dev/null; exit 0", r"espeak-ng has ended \(status 0\)"),
        ("cat > /dev/null; head -c 100 /dev/zero", "what it gives is no WAV of 16 bits; install it again"),
    ],
)
def test_a_program_that_is_broken(body: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, "espeak-ng", f'case "$*" in *-q*) exit 0;; esac\n{body}')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(SpeechError, match=said):
        _said("two dogs")


def test_a_program_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path, "espeak-ng", 'case "$*" in *-q*) exit 0;; esac\nexec sleep 60')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("edge_runtime.speech.child.STALL_SECONDS", 0.2)
    with pytest.raises(SpeechError, match="espeak-ng hangs"):
        _said("two dogs")
    begun = time.monotonic()
    assert list(Espeak().say("two dogs", "en", lambda: time.monotonic() - begun > 0.1)) == []
